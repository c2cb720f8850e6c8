"""Feeds that are damaged anywhere: each id is read, named by a fault or in doubt, or the feed is refused."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from foundry.catalog.refusals import BadFeed
from tests.support.feed_reading import read_feed
from tests.support.feeds import make_feed

TIMES = 25
MARKS = b"\"'<>&,;\t\n\r\\{}[]\x00\xff"
TEXTS = ("google-tsv", "meta-csv", "csv", "shopify-csv", "google-json", "google-xml")


def damaged(content: bytes, chance: random.Random, *, can_cut: bool) -> bytes:
    """Return content with a few bytes changed, put in, and perhaps taken out or repeated."""
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4))):
        at, way = chance.randrange(len(made)), chance.randrange(5 if can_cut else 2)
        if way == 0:
            made[at] = chance.choice(MARKS)
        elif way == 1:
            made[at:at] = bytes(chance.choices(MARKS, k=2))
        elif way == 2:
            del made[at : at + chance.choice((1, 40, 400))]
        elif way == 3:
            made[at:at] = made[at : at + 200]
        else:
            del made[at + 1 :]
    return bytes(made) or b"x"


@pytest.mark.parametrize("kind", TEXTS)
def test_no_id_is_lost_in_silence(tmp_path: Path, kind: str) -> None:
    made = make_feed(tmp_path / "feed", kind, 20, 3)
    content, chance = made.path.read_bytes(), random.Random(kind)
    known = set(read_feed(made.path, **made.feed).column("id"))
    refused = 0
    for _ in range(TIMES):
        made.path.write_bytes(damaged(content, chance, can_cut=False))
        try:
            read = read_feed(made.path, **made.feed)
        except BadFeed:
            refused += 1
            continue
        ids, named = read.column("id"), {fault.id for fault in read.faults}
        is_in_doubt = not named <= known or not set(ids) <= known or len(ids) > len(set(ids))
        assert known <= set(ids) | named or is_in_doubt
    assert refused < TIMES


@pytest.mark.parametrize(
    ("kind", "ending"),
    [
        *((kind, "") for kind in TEXTS),
        ("xlsx", ""),
        ("parquet", ""),
        *(("csv", each) for each in (".gz", ".zip", ".zst")),
    ],
)
def test_damage_is_a_matter_of_rows_or_refused(tmp_path: Path, kind: str, ending: str) -> None:
    made = make_feed(tmp_path / f"feed{ending}", kind, 12, 3)
    content, chance = made.path.read_bytes(), random.Random(kind + ending)
    outcomes = set()
    for _ in range(TIMES):
        made.path.write_bytes(damaged(content, chance, can_cut=True))
        try:
            outcomes.add(bool(read_feed(made.path, **made.feed).facts.rows))
        except BadFeed as refused:
            outcomes.add(str(refused))
    assert len(outcomes) > 1
    assert all(str(outcome).isprintable() for outcome in outcomes)
