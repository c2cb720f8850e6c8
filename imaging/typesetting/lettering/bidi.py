"""The direction of each character of a paragraph: the Unicode Bidirectional Algorithm (UAX #9), in full.

A level is the depth of embedding: even from left to right, odd from right to left. Rule names are UAX #9's. HarfBuzz
mirrors and reverses glyphs, given the direction of every run; this module decides only the order.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

DEEPEST = 125
PAIRS = (
    "()[]{}༺༻༼༽᚛᚜⁅⁆⁽⁾₍₎⌈⌉⌊⌋〈〉❨❩❪❫❬❭❮❯❰❱❲❳❴❵⟅⟆⟦⟧⟨⟩⟪⟫⟬⟭⟮⟯⦃⦄⦅⦆⦇⦈⦉⦊⦋⦌⦍⦐⦏⦎⦑⦒⦓⦔⦕⦖⦗⦘⧘⧙⧚⧛⧼⧽⸢⸣⸤⸥⸦⸧⸨⸩"
    "⹕⹖⹗⹘⹙⹚⹛⹜〈〉《》「」『』【】〔〕〖〗〘〙〚〛﹙﹚﹛﹜﹝﹞（）［］｛｝｟｠｢｣"
)
SAME = {"\u2329": "\u3008", "\u232a": "\u3009"}
CLOSER = {SAME.get(o, o): SAME.get(c, c) for o, c in zip(PAIRS[::2], PAIRS[1::2], strict=True)}
EMBEDDINGS = {"RLE": (1, ""), "LRE": (0, ""), "RLO": (1, "R"), "LRO": (0, "L")}
ISOLATES = ("LRI", "RLI", "FSI")
REMOVED = frozenset((*EMBEDDINGS, "PDF", "BN"))
NEUTRAL = frozenset(("B", "S", "WS", "ON", *ISOLATES, "PDI"))
TURNING = frozenset(("R", "AL", "AN", *EMBEDDINGS, "PDF", *ISOLATES, "PDI"))


@lru_cache(maxsize=4_096)
def _kind(character: str) -> str:
    """Return the character's class; of those that this Python does not know yet, emoji are neutral, others letters."""
    return unicodedata.bidirectional(character) or ("ON" if "\U0001f000" <= character < "\U00020000" else "L")


@lru_cache(maxsize=4_096)
def levels(text: str, rtl: bool) -> tuple[int, ...]:
    """Return the level of every character of one paragraph, for its base direction; `line_levels` applies L1."""
    kinds = [_kind(character) for character in text]
    base = int(rtl)
    if not rtl and TURNING.isdisjoint(kinds):
        return (0,) * len(text)
    found, resolved = _explicit(kinds, base)
    for indices, start, end in _sequences(kinds, found, base):
        _weak(resolved, indices, start)
        _brackets(text, kinds, resolved, indices, start, found[indices[0]])
        _neutral(resolved, indices, start, end, found[indices[0]])
    for at, kind in enumerate(resolved):
        if kinds[at] not in REMOVED:
            odd = found[at] % 2
            found[at] += (kind != "R") if odd else {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)
    for at, kind in enumerate(kinds):
        if kind in REMOVED:
            found[at] = found[at - 1] if at else base
    return tuple(found)


def line_levels(text: str, found: Sequence[int], rtl: bool) -> list[int]:
    """Return the levels of one line from its part of the paragraph's: its end's white space has the base level (L1)."""
    resolved, trailing = list(found), True
    for at in range(len(text) - 1, -1, -1):
        kind = _kind(text[at])
        trailing = kind in ("S", "B") or (trailing and (kind in ("WS", *ISOLATES, "PDI") or kind in REMOVED))
        if trailing:
            resolved[at] = int(rtl)
    return resolved


def visual(found: Sequence[int]) -> list[int]:
    """Return indices from left to right, for pieces of these levels in logical order (L2)."""
    order = list(range(len(found)))
    for level in range(max(found, default=0), 0, -1):
        at = 0
        while at < len(order):
            stop = at
            while stop < len(order) and found[order[stop]] >= level:
                stop += 1
            order[at:stop] = reversed(order[at:stop])
            at = max(stop, at + 1)
    return order


def _explicit(kinds: list[str], base: int) -> tuple[list[int], list[str]]:
    """Return levels by embeddings, overrides and isolates, and the kinds that overrides leave (X1 to X8)."""
    matched = _isolate_ends(kinds)
    starts = {end: start for start, end in matched.items()}
    stack: list[tuple[int, str, int]] = [(base, "", -1)]  # level, override, index of the isolate's start
    found, resolved, lost = [base] * len(kinds), list(kinds), 0
    for at, kind in enumerate(kinds):
        if kind == "PDI" and any(entry[2] == starts.get(at, -2) for entry in stack):
            while stack.pop()[2] != starts[at]:
                continue
        level, override, inside = stack[-1]
        found[at] = level
        if override and kind not in REMOVED and kind != "B":
            resolved[at] = override
        if kind in EMBEDDINGS or kind in ISOLATES:
            odd, forced = EMBEDDINGS.get(kind) or (_isolate_turns(kinds, at, matched), "")
            deeper = level + 1 + ((level + 1) % 2 != odd)
            if deeper <= DEEPEST:
                stack.append((deeper, forced, at if kind in ISOLATES else -1))
            elif kind in EMBEDDINGS:
                lost += 1
        elif kind == "PDF" and lost:
            lost -= 1
        elif kind == "PDF" and inside < 0 and len(stack) > 1:
            stack.pop()
    return found, resolved


def _isolate_ends(kinds: list[str]) -> dict[int, int]:
    """Return the end of each isolate by its start (BD9)."""
    opened: list[int] = []
    found: dict[int, int] = {}
    for at, kind in enumerate(kinds):
        if kind in ISOLATES:
            opened.append(at)
        elif kind == "PDI" and opened:
            found[opened.pop()] = at
    return found


def _isolate_turns(kinds: list[str], at: int, matched: dict[int, int]) -> int:
    """Return 1 if the isolate at `at` runs from right to left; FSI follows its first strong character (P2, P3)."""
    if kinds[at] != "FSI":
        return int(kinds[at] == "RLI")
    index, end = at + 1, matched.get(at, len(kinds))
    while index < end:
        if kinds[index] in ("L", "R", "AL"):
            return int(kinds[index] != "L")
        index = matched.get(index, end) + 1 if kinds[index] in ISOLATES else index + 1
    return 0


def _sequences(kinds: list[str], found: list[int], base: int) -> Iterator[tuple[list[int], str, str]]:
    """Yield isolating run sequences as indices, with the strong kinds before and after them (X9, X10)."""
    kept = [at for at, kind in enumerate(kinds) if kind not in REMOVED]
    place = {at: n for n, at in enumerate(kept)}
    matched = {a: b for a, b in _isolate_ends(kinds).items() if found[a] == found[b]}
    runs: dict[int, list[int]] = {}
    first = -1
    for n, at in enumerate(kept):
        if n and found[kept[n - 1]] == found[at]:
            runs[first].append(at)
        else:
            first = at
            runs[first] = [at]
    continued = {b for b in matched.values() if b in runs}
    for first, run in runs.items():
        if first in continued and kinds[first] == "PDI":
            continue
        sequence = list(run)
        while (end := matched.get(sequence[-1], -1)) in runs and kinds[sequence[-1]] in ISOLATES:
            sequence += runs[end]
        level, last = found[first], sequence[-1]
        before = found[kept[place[first] - 1]] if place[first] else base
        open_end = kinds[last] in ISOLATES and last not in matched
        after = base if open_end or place[last] + 1 == len(kept) else found[kept[place[last] + 1]]
        yield sequence, "LR"[max(level, before) % 2], "LR"[max(level, after) % 2]


def _weak(kinds: list[str], indices: list[int], start: str) -> None:
    """Resolve weak kinds in place (W1 to W7)."""
    _absorb_marks(kinds, indices, start)
    _resolve_numbers(kinds, indices, start)
    _join_separators(kinds, indices)
    _join_signs(kinds, indices)
    strong = start
    for at in indices:  # W7
        if kinds[at] in ("R", "L"):
            strong = kinds[at]
        elif kinds[at] == "EN" and strong == "L":
            kinds[at] = "L"


def _absorb_marks(kinds: list[str], indices: list[int], start: str) -> None:
    """Give marks the kind of the character before them (W1)."""
    before = start
    for at in indices:
        if kinds[at] == "NSM":
            kinds[at] = "ON" if before in (*ISOLATES, "PDI") else before
        before = kinds[at]


def _resolve_numbers(kinds: list[str], indices: list[int], start: str) -> None:
    """Make European numbers after Arabic letters Arabic, then Arabic letters right-to-left (W2, W3)."""
    strong = start
    for at in indices:
        if kinds[at] in ("R", "L", "AL"):
            strong = kinds[at]
        elif kinds[at] == "EN" and strong == "AL":
            kinds[at] = "AN"
    for at in indices:
        kinds[at] = "R" if kinds[at] == "AL" else kinds[at]


def _join_separators(kinds: list[str], indices: list[int]) -> None:
    """Give one separator between two numbers of one kind their kind (W4)."""
    for left, at, right in zip(indices, indices[1:], indices[2:], strict=False):
        beside = kinds[left] if kinds[left] == kinds[right] else ""
        if (kinds[at] in ("ES", "CS") and beside == "EN") or (kinds[at] == "CS" and beside == "AN"):
            kinds[at] = beside


def _join_signs(kinds: list[str], indices: list[int]) -> None:
    """Join signs to the number beside them, and make other signs and separators neutral (W5, W6)."""
    for order in (indices, indices[::-1]):
        before = ""
        for at in order:
            if kinds[at] == "ET" and before == "EN":
                kinds[at] = "EN"
            before = kinds[at]
    for at in indices:
        if kinds[at] in ("ET", "ES", "CS"):
            kinds[at] = "ON"


def _as_strong(kind: str) -> str:
    return "R" if kind in ("R", "AN", "EN") else "L" if kind == "L" else ""


def _brackets(text: str, original: list[str], kinds: list[str], indices: list[int], start: str, level: int) -> None:
    """Give each pair of brackets the direction of its content, or of the text before it (N0)."""
    own = "LR"[level % 2]
    place = {at: n for n, at in enumerate(indices)}
    for opened, closed in _pairs(text, kinds, indices):
        inside = {_as_strong(kinds[at]) for at in indices[place[opened] + 1 : place[closed]]} - {""}
        if not inside:
            continue
        direction = own
        if own not in inside:
            earlier = (_as_strong(kinds[at]) for at in reversed(indices[: place[opened]]))
            direction = next((kind for kind in earlier if kind), start)
        for at in (opened, closed):
            kinds[at] = direction
            for mark in indices[place[at] + 1 :]:
                if original[mark] != "NSM":
                    break
                kinds[mark] = direction


def _pairs(text: str, kinds: list[str], indices: list[int]) -> list[tuple[int, int]]:
    """Return bracket pairs in the order of their openers; the search ends once 63 are open (BD16)."""
    opened: list[tuple[str, int]] = []
    found = []
    for at in indices:
        character = SAME.get(text[at], text[at])
        if kinds[at] != "ON":
            continue
        if character in CLOSER:
            if len(opened) == 63:
                break
            opened.append((CLOSER[character], at))
        else:
            depth = next((n for n in range(len(opened) - 1, -1, -1) if opened[n][0] == character), -1)
            if depth >= 0:
                found.append((opened[depth][1], at))
                del opened[depth:]
    return sorted(found)


def _neutral(kinds: list[str], indices: list[int], start: str, end: str, level: int) -> None:
    """Give neutrals between two of one direction that direction, the others the embedding's (N1, N2)."""
    own, at = "LR"[level % 2], 0
    while at < len(indices):
        stop = at
        while stop < len(indices) and kinds[indices[stop]] in NEUTRAL:
            stop += 1
        before = _as_strong(kinds[indices[at - 1]]) if at else start
        after = _as_strong(kinds[indices[stop]]) if stop < len(indices) else end
        for index in indices[at:stop]:
            kinds[index] = before if before == after else own
        at = max(stop, at + 1)
