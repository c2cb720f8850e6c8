"""The order of card versions."""

from __future__ import annotations

import re

Token = tuple[int, int, str]


def version_key(version: str) -> tuple[tuple[int, ...], bool, tuple[Token, ...], str]:
    """Return a key that sorts versions from the oldest to the newest.

    1. The numbers at the beginning are compared by value, part by part: 1.9 < 1.10 < 2. Parts are separated by
       whatever is no letter or digit; zeros at the end count for nothing, so 2 and 2.0 are one release. A `v` before
       the first number is ignored.
    2. A word begins a pre-release, and a pre-release comes before its release: 2.0-rc1 < 2.0, and 2.0rc1 too. So does
       a version that is a word alone.
    3. Pre-releases of one release are compared word by word and number by number, a number before a word, a shorter one
       before a longer one, whatever the case: alpha < alpha.1 < beta < rc2 < rc10.
    4. A `+` begins a build, which decides only between versions that are otherwise equal (1.0 < 1.0+cuda); so does the
       text itself at last, so that no two versions are equal.

    These are the rules of Semantic Versioning 2.0.0, section 11, for versions that are not held to its form.
    """
    public, _, _ = version.partition("+")
    tokens = re.findall(r"\d+|[a-z]+", re.sub(r"^v(?=\d)", "", public.lower()))
    words = next((at for at, token in enumerate(tokens) if not token.isdigit()), len(tokens))
    release = [int(token) for token in tokens[:words]]
    while release and release[-1] == 0:
        release.pop()
    before = tuple((0, int(token), "") if token.isdigit() else (1, 0, token) for token in tokens[words:])
    return tuple(release), not before, before, version
