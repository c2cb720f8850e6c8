"""Git LFS pointers: the short texts that lie in place of files which were not fetched.

Their first line is `version https://git-lfs.github.com/spec/v1`, the last one `size` and the bytes of the file
(docs/spec.md of Git LFS).
"""

from __future__ import annotations

import re

MARKS = (b"version https://git-lfs.", b"version https://hawser.")
LONGEST = 1_024
"""Bytes; the specification makes every pointer shorter."""
REMEDY = "fetch the file itself: run `git lfs pull` in its repository"
_SIZE = re.compile(rb"^size (\d{1,19})\r?$", re.MULTILINE)


def pointer_clause(head: bytes) -> str:
    """Return the words that call a file with these first bytes a pointer, to follow "is" or "are"; "" for another file.

    `head` should hold 1,024 bytes, or all of a shorter file.
    """
    if not head.startswith(MARKS):
        return ""
    size = _SIZE.search(head[:LONGEST])
    return "a Git LFS pointer in place of the file" + (f", which has {int(size[1])} bytes" if size else "")
