"""Asks in the store: those that are due come first, and what is none is told apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from foundry.store.object_store import LocalStore, ObjectStore
from pipelines.delivery.asked import FOLDER, Ask, BrokenAsk, ask_for_day, due_asks, new_ask, put_ask, remove_asks

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def own(tmp_path: Path) -> ObjectStore:
    return LocalStore(tmp_path).for_tenant("aurelle")


def test_asks_that_are_due_come_the_oldest_first_and_the_others_are_not_read(own: ObjectStore) -> None:
    for hours in (3, -2, 0, -1, 48):
        put_ask(own, new_ask("campaign:spring", f"{hours}", NOON, NOON + timedelta(hours=hours)))
    own.put_once(f"{FOLDER}/20990101T000000Z-{'0' * 32}.json", b"never read before its time")
    asks = list(due_asks(own, NOON))
    assert [ask.cause for ask in asks if isinstance(ask, Ask)] == ["-2", "-1", "0"]
    remove_asks(own, [ask.name for ask in asks])
    assert list(due_asks(own, NOON)) == []
    remove_asks(own, [ask.name for ask in asks])  # another process has removed them


def test_more_asks_than_are_read_at_once_are_all_found(own: ObjectStore) -> None:
    for number in range(130):
        put_ask(own, new_ask(f"campaign:c{number}", "order", NOON))
    assert len({ask.scope for ask in due_asks(own, NOON) if isinstance(ask, Ask)}) == 130


@pytest.mark.parametrize(
    "data",
    [b"", b"{no", b"[]", b'{"scope": "campaign:spring"}', b'{"scope": "campaign:a/../b", "cause": "", "since": "x"}'],
)
def test_an_object_that_is_no_ask_is_named(own: ObjectStore, data: bytes) -> None:
    name = f"{FOLDER}/20260101T000000Z-x.json"
    own.put_once(name, data)
    (found,) = due_asks(own, NOON)
    assert isinstance(found, BrokenAsk)
    assert str(found) == f"{name} is no ask; remove it, and deliver its campaign with `foundry deliver`"


def test_a_day_is_asked_for_once_and_never_for_this_moment(own: ObjectStore) -> None:
    for day in ("2026-12-24", "2026-12-24", "2026-11-30"):
        ask_for_day(own, "campaign:spring", day, NOON)
    names = [name.split("/")[-1][:16] for name in own.list(f"{FOLDER}/")]
    assert names == ["20261130T130000Z", "20261224T000000Z"]
