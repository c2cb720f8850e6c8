"""Every benchmark, one after the other."""

from benchmarks import memory, orchestration, planning, sharing, upscaling

for module in (planning, memory, sharing, orchestration, upscaling):
    print(f"\n== {module.__name__}")
    module.main()
