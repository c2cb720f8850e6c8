"""The figures of a flood, and what may not be true of them."""

from __future__ import annotations

import statistics
from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.flood_work import FLOODER, SIZES, Order

MOST_KB_A_BRIEF = 64.0
"""Memory that grows by more than this with every brief is a leak."""
WARM_SHARE = 0.3
"""The share of the time that is passed over before memory's slope is taken: caches fill."""
ROWS = 12


@dataclass(frozen=True)
class Measured:
    """Briefs; seconds at which each was sent and finished, by campaign; samples of Watch; the bare flow's runs."""

    orders: list[Order]
    sent: dict[str, float]
    finished: dict[str, float]
    refused: int
    samples: list[tuple[float, int, float, float]]
    bare: list[dict[str, float]]
    exit: int

    def waits(self, size: str, *, flooding: bool) -> list[float]:
        """Seconds from the brief's record to its campaign's end, of one size of the flooding tenant or all others."""
        chosen = [each for each in self.orders if each.size == size and (each.tenant == FLOODER) == flooding]
        return [self.wait(each) for each in chosen if each.campaign in self.finished]

    def wait(self, order: Order) -> float:
        """Seconds of a brief that was finished."""
        return self.finished[order.campaign] - self.sent[order.campaign]

    @property
    def seconds(self) -> float:
        """From the first brief to the last campaign's end."""
        return max(self.finished.values()) - min(self.sent.values())


def jain(shares: Sequence[float]) -> float:
    """Jain's index: 1 if all have the same, 1/n if one has all."""
    return sum(shares) ** 2 / (len(shares) * sum(share**2 for share in shares))


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def slope(found: Measured) -> float:
    """Kilobytes resident more for every brief finished, by least squares over the samples once it is warm."""
    ended, warm_from = sorted(found.finished.values()), min(found.sent.values()) + WARM_SHARE * found.seconds
    warm = [(bisect(ended, at), memory) for at, _, memory, _ in found.samples if at > warm_from]
    if len({done for done, _ in warm}) < 2:
        return 0.0
    return 1024 * statistics.linear_regression(*zip(*warm, strict=True)).slope


def normalised(found: Measured) -> list[float]:
    """By tenant, without the flooding one: seconds until its last brief was finished, for each file it ordered.

    A shot counts as ten files, as it does for the scheduler.
    """
    ends: dict[str, float] = {}
    costs: defaultdict[str, int] = defaultdict(int)
    began = min(found.sent.values())
    for each in found.orders:
        costs[each.tenant] += SIZES[each.size].cost
        if each.campaign in found.finished:
            ends[each.tenant] = max(ends.get(each.tenant, 0.0), found.finished[each.campaign] - began)
    return [end / costs[name] for name, end in ends.items() if name != FLOODER]


def print_figures(found: Measured) -> None:
    """All of them."""
    print(f"{len(found.orders)} briefs, {len(found.finished)} finished in {found.seconds:.1f} s; exit {found.exit}")
    print("\nwait from the brief to its campaign's end, seconds: p50, p95, most")
    for size in SIZES:
        _print_waits(f"{size:>7}, flooding tenant", found.waits(size, flooding=True))
        _print_waits(f"{size:>7}, the others", found.waits(size, flooding=False))
    means = _means(found)
    _print_waits("tenants' mean waits", means)
    print(f"Jain's index: tenants' mean waits {jain(means):.3f}, times to their last file by what they ordered "
          f"{jain(normalised(found)):.3f} (the flooding tenant left out)")  # fmt: skip
    print("\nseconds, records not committed, MB resident")
    step = max(1, len(found.samples) // ROWS)
    for at, lag, memory, _ in [*found.samples[::step], found.samples[-1]]:
        print(f"{at - found.samples[0][0]:8.0f} {lag:7d} {memory:7.0f}")
    print(f"memory grows by {slope(found):.1f} kB for every brief")
    _print_throughput(found)


def _means(found: Measured) -> list[float]:
    waits: defaultdict[str, list[float]] = defaultdict(list)
    for each in found.orders:
        if each.tenant != FLOODER and each.campaign in found.finished:
            waits[each.tenant].append(found.wait(each))
    return [statistics.mean(each) for each in waits.values()]


def _print_waits(title: str, waits: Sequence[float]) -> None:
    if waits:
        print(
            f"{title:>26} ({len(waits):5d}) {quantile(waits, 0.5):7.1f} {quantile(waits, 0.95):7.1f} {max(waits):7.1f}"
        )


def _print_throughput(found: Measured) -> None:
    """Of all of `foundry serve`, from the first brief on, against the bare flow before and after it."""
    count = len(found.orders)
    processor = (found.samples[-1][3] - found.samples[0][3]) / count
    alone = sum(run["processor"] for run in found.bare) / max(1, sum(run["briefs"] for run in found.bare))
    walls = [run["wall"] / max(1, run["briefs"]) for run in found.bare]
    print("\nmilliseconds a brief: on the clock, of the processor")
    print(f"   serve {1000 * found.seconds / count:7.0f} {1000 * processor:7.0f}")
    print(f"    bare {1000 * statistics.mean(walls):7.0f} {1000 * alone:7.0f}   "
          f"(on the clock {', '.join(f'{1000 * wall:.0f}' for wall in walls)}, before and after)")  # fmt: skip
    if alone:
        wall = found.seconds / count / statistics.mean(walls)
        print(f"   ratio {wall:7.2f} {processor / alone:7.2f}")


def problems(found: Measured) -> list[str]:
    """Return a sentence for each figure that must not be as it is."""
    wrong = []
    if missing := len(found.orders) - len(found.finished):
        wrong.append(f"{missing} briefs were not finished")
    if found.refused:
        wrong.append(f"{found.refused} files, shots or briefs were refused")
    if found.exit:
        wrong.append(f"serve ended with {found.exit}")
    if len(found.orders) >= 1000 and slope(found) > MOST_KB_A_BRIEF:
        wrong.append(f"memory grows by {slope(found):.0f} kB with every brief; the limit is {MOST_KB_A_BRIEF:.0f}")
    return wrong
