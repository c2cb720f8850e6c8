"""Every benchmark, one after the other; what needs a peer that is missing says so in its row."""

from benchmarks import (
    drawing,
    encoding,
    engines,
    memory,
    orchestration,
    packing,
    planning,
    reel,
    remote,
    rendering,
    screening,
    sharing,
    upscaling,
    video,
)  # fmt: skip

for module in (
    planning, memory, sharing, orchestration, engines, packing, drawing, remote, screening, upscaling, encoding,
    rendering, reel, video,
):  # fmt: skip
    print(f"\n== {module.__name__}")
    module.main()
