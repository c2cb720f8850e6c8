"""Every benchmark, one after the other."""

from benchmarks import orchestration, planning, sharing

for module in (planning, sharing, orchestration):
    print(f"\n== {module.__name__}")
    module.main()
