"""Page files of a large report, read back as a browser reads them."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np

SCRIPT = re.compile(rb'takeFile\("(facets|texts|page)",(\d+)((?:,"[A-Za-z0-9+/]+={0,2}")+)\);\n')


def read_script(script: bytes) -> tuple[str, int, Any, bytes]:
    """Return kind, number, JSON and columns of a page file, which must be one call with plain base64 and no more."""
    call = SCRIPT.fullmatch(script)
    assert call, script[:200]
    packed = [zlib.decompress(base64.b64decode(each.strip(b'"'))) for each in call[3].split(b",")[1:]]
    return call[1].decode(), int(call[2]), json.loads(packed[0]), b"".join(packed[1:])


def sorted_scripts(scripts: Iterable[bytes], kind: str) -> list[tuple[Any, bytes]]:
    """Return JSON and columns of the page files of one kind, in the order of their numbers."""
    read = sorted((number, head, columns) for of, number, head, columns in map(read_script, scripts) if of == kind)
    assert [number for number, *_ in read] == list(range(len(read)))
    return [(head, columns) for _, head, columns in read]


def facet_rows(scripts: Iterable[bytes]) -> list[list[tuple[str, str]]]:
    """Return for each row the value and label of every facet."""
    rows, entries = [], {}
    for head, columns in sorted_scripts(scripts, "facets"):
        start, codes = 0, []
        for facet, width in enumerate(head["widths"]):
            codes.append(np.frombuffer(columns, f"<u{width}", head["rows"], start))
            start += head["rows"] * width
            for at, (value, label, _) in enumerate(head["entries"][facet]):
                entries[facet, head["firsts"][facet] + at] = (value, label or value)
        rows += [[entries[facet, int(code)] for facet, code in enumerate(row)] for row in zip(*codes, strict=True)]
    return rows


def page_rows(scripts: Iterable[bytes]) -> list[dict[str, Any]]:
    """Return the record of each row."""
    rows = []
    for head, _ in sorted_scripts(scripts, "page"):
        for at in range(head["rows"]):
            row = {}
            for name, (values, *codes) in head["fields"].items():
                row[name] = values[codes[0][at] if codes else 0 if len(values) == 1 else at]
            rows.append(row)
    return rows
