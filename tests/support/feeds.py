"""A seeded maker of feeds: realistic products in every kind of feed, with dirt by name, and the feed of the next night.

The same arguments give the same bytes. `make_feed` writes a million rows of TSV within seconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from foundry.catalog.rows import FetchedFeed
from tests.support.feed_dirt import FILE_DIRT, LINE_DIRT, REPEATED_ID, ROW_DIRT, LineDirt, RowDirt, Values
from tests.support.feed_rows import CHANGES, Shop, draw, group_changes, group_of
from tests.support.feed_writing import COLUMN_MAP, WRITERS, compress

Found = RowDirt | LineDirt


@dataclass(frozen=True, kw_only=True)
class MadeFeed:
    """A feed that was made. dirt: the name of what is wrong, by the number of the row's record, 1 for the first.

    Shopify's files have further records, for pictures alone, so there it is the number of the item.

    changes: what happened to an item since the feed that this one was made from, by its id; `added` for a new one.
    refused: the code with which the whole file must be refused, or "".
    """

    path: Path
    kind: str
    rows: int
    seed: int
    shop: Shop
    dirt: Mapping[int, str] = field(default_factory=dict)
    changes: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    groups: Mapping[int, str] = field(default_factory=dict)

    @property
    def feed(self) -> dict[str, Any]:
        """The section `feed` of a catalog file that lies beside this feed."""
        columns = {"columns": dict(COLUMN_MAP)} if self.kind in {"csv", "xlsx"} else {}
        currency = {"currency": self.shop.currency} if self.kind == "shopify-csv" else {}
        return {"source": self.path.name, "kind": self.kind, **columns, **currency}

    @property
    def fetched(self) -> FetchedFeed:
        """The feed as it is handed to a reader."""
        content = self.path.read_bytes()
        return FetchedFeed(self.path.name, self.path, hashlib.sha256(content).hexdigest(), len(content))

    def expected(self) -> dict[int, Found]:
        """Return what must be found, by the number of the record."""
        return {row: found_by(name) for row, name in self.dirt.items()}

    def numbers(self) -> Iterator[int]:
        """Yield the numbers of the shop's items that are in the feed, in order."""
        removed = {group for group, change in self.groups.items() if change == "removed"}
        return (number for number in range(self.rows) if not removed or group_of(number) not in removed)


def found_by(name: str) -> Found:
    """Return the dirt of a name."""
    return {**ROW_DIRT, **LINE_DIRT, "repeated id": REPEATED_ID}[name]


def make_feed(
    path: Path,
    kind: str = "google-tsv",
    rows: int = 1_000,
    seed: int = 1,
    *,
    dirt: Mapping[str, int] | None = None,
    file_dirt: str = "",
    shop: Shop | None = None,
) -> MadeFeed:
    """Write a feed of `rows` items to `path`, and return what was made.

    dirt: names of ROW_DIRT, LINE_DIRT or "repeated id", and how many rows have it, each another one. file_dirt: a name
    of FILE_DIRT. A path that ends in .gz, .zip, .bz2, .xz or .zst is compressed.
    """
    made = MadeFeed(
        path=path, kind=kind, rows=rows, seed=seed, shop=shop or Shop(seed), dirt=_spread(dirt or {}, rows, seed)
    )
    return _write(made, file_dirt)


def change_feed(
    made: MadeFeed,
    path: Path,
    seed: int = 2,
    *,
    share: float = 0.01,
    kinds: tuple[str, ...] = CHANGES,
    added: int = 0,
    dirt: Mapping[str, int] | None = None,
    file_dirt: str = "",
) -> MadeFeed:
    """Write the feed of the next night: `share` of the groups of items changed, each by one of `kinds` in turn.

    added: so many items more at the end. The dirt is that of the new feed; the old one's is gone.
    """
    groups = {**made.groups, **group_changes(seed, made.rows, share, kinds)}
    new = replace(made, path=path, groups=groups, rows=made.rows + added, changes={}, refused="")
    changes = {made.shop.item(n)[0]: groups[group_of(n)] for n in range(made.rows) if group_of(n) in groups}
    changes |= {made.shop.item(n)[0]: "added" for n in range(made.rows, new.rows)}
    records = sum(1 for _ in new.numbers())
    return _write(replace(new, changes=changes, dirt=_spread(dirt or {}, records, seed)), file_dirt)


def _spread(dirt: Mapping[str, int], records: int, seed: int) -> dict[int, str]:
    wanted = [name for name, count in dirt.items() for _ in range(count)]
    assert 2 * len(wanted) < records, "more dirt than half of the rows"
    ranked = sorted(range(2, records, 2), key=lambda row: draw(seed, row, 5))  # never two neighbours, nor the last one
    return dict(zip(ranked, wanted, strict=False))


def _write(made: MadeFeed, file_dirt: str) -> MadeFeed:
    plain = made.path.with_name(f"{made.path.name}.plain")
    lines = {row: found.spoil for row, found in made.expected().items() if isinstance(found, LineDirt)}
    WRITERS[made.kind](plain, _items(made), lines)
    if file_dirt:
        FILE_DIRT[file_dirt].spoil(plain)
    compress(plain, made.path)
    return replace(made, refused=FILE_DIRT[file_dirt].code) if file_dirt else made


def _items(made: MadeFeed) -> Iterator[tuple[str, ...]]:
    before = ""
    for row, number in enumerate(made.numbers(), start=1):
        values = made.shop.item(number, made.groups.get(group_of(number), "") if made.groups else "")
        if row in made.dirt:
            values = _spoiled(made.dirt[row], values, before)
        before = values[0]
        yield values


def _spoiled(name: str, values: tuple[str, ...], before: str) -> tuple[str, ...]:
    if name == "repeated id":
        return (before, *values[1:])
    found = found_by(name)
    if isinstance(found, LineDirt):
        return values
    row: Values = Shop.named(values)
    found.spoil(row)
    return tuple(row.values())
