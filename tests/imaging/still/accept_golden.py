"""Make today's pictures the golden ones: `python -m tests.imaging.still.accept_golden [NAME ...]`; all without a name.

Look at the page that the failed test names first: what is accepted here is what a designer has seen.
"""

from __future__ import annotations

import sys

from tests.imaging.still.golden_pictures import FOLDER, cases, change, drawn, keep, kept


def main(names: list[str]) -> None:
    """Write what changed, remove what no layout draws any more, and say so."""
    known = {case.name: case for case in cases()}
    if unknown := sorted(set(names) - set(known)):
        raise SystemExit(f"no golden picture is called {', '.join(unknown)}; there are: {', '.join(known)}")
    for name in names or known:
        today = drawn(known[name])
        if not known[name].file.is_file():
            print(f"new      {name}")
        elif (found := change(kept(known[name]), today)).tolerable:
            continue
        else:
            print(f"accepted {name}: {found}")
        keep(known[name], today)
    for file in sorted(FOLDER.glob("*.webp")) if not names else ():
        if file.stem not in known:
            file.unlink()
            print(f"removed  {file.stem}")


if __name__ == "__main__":
    main(sys.argv[1:])
