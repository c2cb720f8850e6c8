"""Every benchmark, one after the other."""

from benchmarks import memory, orchestration, planning, sharing

for module in (planning, memory, sharing, orchestration):
    print(f"\n== {module.__name__}")
    module.main()
