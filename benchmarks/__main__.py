"""Every benchmark, one after the other."""

from benchmarks import (
    drawing,
    memory,
    orchestration,
    packing,
    planning,
    reel,
    remote,
    screening,
    sharing,
    upscaling,
    video,
)

for module in (planning, memory, sharing, orchestration, packing, drawing, remote, screening, upscaling, reel, video):
    print(f"\n== {module.__name__}")
    module.main()
