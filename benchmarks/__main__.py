"""Every benchmark, one after the other; what needs a peer that is missing says so in its row.

`latency` and `flood` start a broker, and `flood` takes minutes: they come last.
"""

from benchmarks import (
    adopting,
    boxing,
    drawing,
    embedding,
    encoding,
    engines,
    flood,
    latency,
    memory,
    metering,
    orchestration,
    packing,
    planning,
    quoting,
    reel,
    remote,
    rendering,
    screening,
    sets,
    sharing,
    starvation,
    upscaling,
    video,
)  # fmt: skip

for module in (
    adopting, planning, memory, metering, boxing, sharing, quoting, orchestration, starvation, engines, packing,
    drawing, sets, remote, screening, upscaling, encoding, embedding, rendering, reel, video, latency, flood,
):  # fmt: skip
    print(f"\n== {module.__name__}")
    module.main()
