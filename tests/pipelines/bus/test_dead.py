"""A dead message keeps the record as it came, and says where it came from and why it died."""

from __future__ import annotations

import json
import pickle
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.errors import BadInput
from pipelines.bus.dead import PREFIX, NoSuchDeadMessage, read_dead_message, to_dead_message
from pipelines.bus.messages import BusMessage

Names = st.text(st.characters(categories=("Ll", "Lu", "Nd")), min_size=1, max_size=12)
Headers = st.lists(st.tuples(Names, st.binary(max_size=12)), max_size=4)


def record(key: bytes | None, value: bytes | None, headers: Any = (), offset: int = 17) -> Any:
    return SimpleNamespace(
        topic="campaign.briefs", partition=3, offset=offset, key=key, value=value, headers=headers, timestamp=0
    )


def as_record(message: BusMessage, offset: int) -> Any:
    return record(message.key, message.value, message.headers, offset)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=20), st.binary(max_size=40), Headers)
def test_key_value_and_headers_come_back_as_they_were(key: bytes, value: bytes, headers: Any) -> None:
    dead = read_dead_message(as_record(to_dead_message(record(key, value, headers), BadInput("a", "b"), "read"), 5))
    assert dead.message == BusMessage(key, value, tuple(headers))
    assert (dead.place, dead.origin) == ("3:5", "campaign.briefs:3:17")
    assert (dead.code, dead.reason) == ("bad_input", "a: b")


def test_a_message_that_dies_again_tells_of_its_last_death_alone() -> None:
    first = to_dead_message(record(b"k", b"v"), BadInput("a", "b"), "read")
    second = to_dead_message(as_record(first, 9), ValueError("torn"), "run")
    names = [name for name, _ in second.headers]
    assert len(names) == len(set(names))
    assert dict(second.headers)[f"{PREFIX}stage"] == b"run"
    assert dict(second.headers)[f"{PREFIX}exception.class.name"] == b"ValueError"


def test_a_long_reason_is_cut_and_a_record_without_key_or_value_is_kept() -> None:
    message = to_dead_message(record(None, None), BadInput("a", "b" * 5000), "read")
    assert len(dict(message.headers)[f"{PREFIX}exception.message"]) == 2000
    assert (message.key, message.value) == (b"", b"")


def test_json_shows_bytes_that_are_no_text() -> None:
    dead = read_dead_message(as_record(to_dead_message(record(b"k", b"\xff{"), BadInput("a", "b"), "read"), 5))
    told = json.loads(dead.as_json())
    assert (told["place"], told["key"], told["value"]) == ("3:5", "k", "\ufffd{")


def test_a_record_of_another_writer_is_listed_without_reasons() -> None:
    dead = read_dead_message(record(b"k", b"v"))
    assert (dead.code, dead.reason, dead.origin) == ("", "", "::")


def test_a_place_without_a_message_is_named_after_pickling_too() -> None:
    with pytest.raises(NoSuchDeadMessage, match="no dead message lies at '9:9'"):
        raise pickle.loads(pickle.dumps(NoSuchDeadMessage("9:9")))
