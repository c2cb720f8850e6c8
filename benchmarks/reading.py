"""Character error rates of headlines that Tesseract reads back, by script: `python -m benchmarks.reading`."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Iterable, Iterator, Sequence

from tests.support.layout_matrix import Wanted, spread_looks
from tests.support.needing import lacking
from tests.support.reading import Reading, read_back
from tests.support.specimens import BRANDS, Masters, Refused, Renderer, copy_of, locales, looks, script_of


def readings(wanted: Wanted) -> Iterator[Reading | Refused]:
    """Yield every headline of a part of the matrix that is large enough, read back."""
    for brand in wanted.brands:
        copies = {locale: copy_of(brand, locale) for locale in wanted.locales or locales()}
        renderer = Renderer(brand, Masters())
        for look in spread_looks(looks(brand), wanted):
            for specimen in renderer.specimens(look, copies):
                found = specimen if isinstance(specimen, Refused) else read_back(specimen)
                if found is not None:
                    yield found


def table(found: Iterable[Reading]) -> str:
    """Return a table by script: headlines read, mean and median error rate, share without an error, and the worst."""
    by_script: dict[str, list[Reading]] = {}
    for reading in found:
        by_script.setdefault(script_of(reading.locale), []).append(reading)
    lines = [f"{'script':<11} {'read':>5} {'mean':>7} {'median':>7} {'perfect':>8}  worst"]
    for script, members in sorted(by_script.items()):
        worst = max(members, key=lambda reading: reading.error)
        errors = [reading.error for reading in members]
        perfect = sum(error == 0 for error in errors) / len(errors)
        figures = f"{statistics.mean(errors):>7.3f} {statistics.median(errors):>7.3f} {perfect:>8.0%}"
        said = (
            ""
            if worst.error == 0
            else f"{worst.error:.2f} {worst.layout} {worst.placement} {worst.locale}: {worst.read!r}"
        )
        lines.append(f"{script:<11} {len(members):>5} {figures}  {said}")
    return "\n".join(lines)


def main(given: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--brand", action="append", choices=BRANDS, default=[])
    parser.add_argument("--family", action="append", default=[])
    parser.add_argument("--locale", action="append", default=[])
    parser.add_argument("--shapes", type=int, default=1, help="At most so many shapes of frame a layout.")
    told = parser.parse_args(given)
    if missing := lacking("ocr"):
        raise SystemExit(f"{missing} on this machine; install it (Debian: tesseract-ocr, tesseract-ocr-ara, …)")
    wanted = Wanted(tuple(told.brand) or BRANDS, tuple(told.family), tuple(told.locale), told.shapes)
    found = list(readings(wanted))
    print(table(one for one in found if isinstance(one, Reading)))
    refused = [one for one in found if isinstance(one, Refused)]
    print(
        f"{len(refused)} refused"
        + "".join(f"\n  {one.layout} {one.placement} {one.locale}: {one.reason}" for one in refused)
    )


if __name__ == "__main__":
    main()
