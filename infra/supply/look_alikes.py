"""Write `foundry/look_alikes.txt`, the table of letters that look alike, from ICU's data of UTS #39.

Run `python -m infra.supply.look_alikes` where PyICU is installed (the extra `judge`). The table is generated, and not
looked up in ICU, because ICU is a C++ library that users would have to build.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import foundry

TABLE = Path(foundry.__file__).with_name("look_alikes.txt")
HEAD = """\
# Letters that look alike: code point, prototype (UTS #39, confusables). Written by infra.supply.look_alikes
# from ICU {icu}, Unicode {unicode}. Characters that NFKC changes are left out. Licence of the data: Unicode-3.0.
"""


def entries(checker: Any) -> Iterator[tuple[str, str]]:
    """Yield each character that NFKC leaves alone and that looks like another text, with that text."""
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        if unicodedata.category(letter) in ("Cs", "Cn", "Co") or unicodedata.normalize("NFKC", letter) != letter:
            continue
        prototype = str(checker.getSkeleton(0, letter))
        if prototype != letter and unicodedata.normalize("NFD", letter) == letter:
            yield letter, prototype


def main() -> None:
    """Write the table."""
    import icu

    lines = [f"{ord(letter):04X} {prototype}" for letter, prototype in entries(icu.SpoofChecker())]
    head = HEAD.format(icu=icu.ICU_VERSION, unicode=icu.UNICODE_VERSION)
    TABLE.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
