"""Every benchmark, one after the other."""

from benchmarks import drawing, memory, orchestration, packing, planning, remote, screening, sharing, upscaling

for module in (planning, memory, sharing, orchestration, packing, drawing, remote, screening, upscaling):
    print(f"\n== {module.__name__}")
    module.main()
