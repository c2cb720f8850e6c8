"""A dead message keeps the record as it came, and says where it came from and why it died."""

from __future__ import annotations

import hashlib
import json
import pickle
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.errors import BadInput
from pipelines.bus.dead import MOST_BODY_BYTES, OWN_PREFIX, PREFIX, read_dead_message, to_dead_message
from pipelines.bus.dead_topic import DeadFilter, NoSuchDeadMessage, OriginGone, moment_ms
from pipelines.bus.messages import BusMessage, Sender

Names = st.text(st.characters(categories=("Ll", "Lu", "Nd")), min_size=1, max_size=12)
Headers = st.lists(st.tuples(Names, st.none() | st.binary(max_size=12)), max_size=4)


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
    assert (message.key, message.value) == (None, None)
    assert dict(message.headers)[f"{OWN_PREFIX}null"] == b"key,value"


def test_json_shows_bytes_that_are_no_text() -> None:
    dead = read_dead_message(as_record(to_dead_message(record(b"k", b"\xff{"), BadInput("a", "b"), "read"), 5))
    told = json.loads(dead.as_json())
    assert (told["place"], told["key"], told["value"]) == ("3:5", "k", "\ufffd{")


def test_a_record_of_another_writer_is_listed_without_reasons() -> None:
    dead = read_dead_message(record(b"k", b"v"))
    assert (dead.code, dead.reason, dead.origin) == ("", "", "::")


class Broken(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


AnyText = st.text(max_size=8) | st.just("\ud800") | st.just(f"{PREFIX}stage")


@settings(max_examples=100, deadline=None)
@given(st.none() | st.binary(max_size=20), st.none() | st.binary(max_size=40),
       st.lists(st.tuples(AnyText, st.none() | st.binary(max_size=12)), max_size=4),
       st.sampled_from([Broken(), BadInput("\x1b[2J\ud800", "b"), OSError(), RecursionError("x" * 9000)]))  # fmt: skip
def test_whatever_a_record_and_its_error_hold_a_small_dead_message_is_made(
    key: bytes | None, value: bytes | None, headers: Any, error: Exception
) -> None:
    message = to_dead_message(record(key, value, headers), error, "read", "ab" * 16)
    assert (message.key, message.value) == (key, value)
    assert size(message) < 10_000
    reason = dict(message.headers)[f"{PREFIX}exception.message"].decode()
    assert len(reason) <= 2000
    assert reason.isprintable() or "\n" in reason
    assert read_dead_message(as_record(message, 5)).trace_id == "ab" * 16


def size(message: BusMessage) -> int:
    headers = sum(len(name.encode()) + len(value or b"") for name, value in message.headers)
    return len(message.key or b"") + len(message.value or b"") + headers


@pytest.mark.parametrize(
    ("key", "value", "headers", "left_out"),
    [
        (b"k", bytes(5_999_850), [], ("value",)),
        (bytes(2_000_000), b"v", [], ("key",)),
        (b"k", b"v", [(f"h{n}", b"") for n in range(100_000)], ("headers",)),
        (b"k", b"v", [("h", bytes(5_000_000))], ("headers",)),
        (bytes(1_500_000), bytes(1_500_000), [("h" * 2_000_000, bytes(1_000_000))], ("key", "value", "headers")),
        (b"k", bytes(MOST_BODY_BYTES), [], ()),
    ],
)
def test_of_a_large_record_the_hash_and_the_place_are_kept(
    key: bytes, value: bytes, headers: Any, left_out: tuple[str, ...]
) -> None:
    message = to_dead_message(record(key, value, headers), BadInput("a", "b"), "read")
    dead = read_dead_message(as_record(message, 5))
    assert dead.left_out == left_out
    assert (dead.size_bytes, dead.sha256) == (len(value), hashlib.sha256(value).hexdigest())
    assert dead.origin == "campaign.briefs:3:17"
    assert size(message) < 600_000


def test_a_dead_message_names_its_tenant_and_whether_that_is_sure() -> None:
    claimed = record(b"k", b'{"tenant": "aurelle", "campaign": {"id": "c"}}', [("ce_id", b"order-7")])
    dead = read_dead_message(as_record(to_dead_message(claimed, BadInput("a", "b"), "admit"), 5))
    assert (dead.sender, dead.stage) == (Sender("aurelle", verified=False, campaign="c", request_id="order-7"), "admit")
    own = SimpleNamespace(**{**vars(record(b"k", b"{")), "topic": "campaign.briefs.northpeak"})
    dead = read_dead_message(as_record(to_dead_message(own, BadInput("a", "b"), "read"), 5))
    assert dead.sender == Sender("northpeak", verified=True)


def test_the_dead_are_chosen_by_tenant_time_stage_and_code() -> None:
    value = b'{"tenant": "aurelle"}'
    dead = read_dead_message(
        SimpleNamespace(**{**vars(as_record(to_dead_message(record(b"", value), BadInput("a", "b"), "admit"), 5)),
                           "timestamp": 5000})
    )  # fmt: skip
    assert DeadFilter().wants(dead)
    assert DeadFilter(tenant="aurelle", since_ms=5000, stage="admit", code="bad_input").wants(dead)
    for other in (
        DeadFilter(tenant="northpeak"),
        DeadFilter(since_ms=5001),
        DeadFilter(stage="run"),
        DeadFilter(code="x"),
    ):
        assert not other.wants(dead)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2h", 1_000_000 - 7_200_000), ("90s", 910_000), ("1d", 1_000_000 - 86_400_000),
        ("1970-01-01T00:10", 600_000), ("1970-01-01T01:10+01:00", 600_000), ("1970-01-02", 86_400_000),
    ],
)  # fmt: skip
def test_a_time_is_an_age_or_a_date(text: str, ms: int) -> None:
    assert moment_ms(text, datetime.fromtimestamp(1000, UTC)) == ms


@pytest.mark.parametrize("text", ["", "2", "h", "-2h", "yesterday", "9" * 500 + "h", "2026-13-01", "\ud800"])
def test_what_is_no_time_is_one_sentence(text: str) -> None:
    with pytest.raises(BadInput, match="is no time; give an age such as 2h"):
        moment_ms(text, datetime.fromtimestamp(1000, UTC))


def test_a_lost_origin_says_so_after_pickling_too() -> None:
    with pytest.raises(OriginGone, match="is no longer in the topic; ask its sender to send it again"):
        raise pickle.loads(pickle.dumps(OriginGone("3:5", "campaign.briefs:3:17", "is no longer in the topic")))


def test_a_place_without_a_message_is_named_after_pickling_too() -> None:
    with pytest.raises(NoSuchDeadMessage, match="no dead message lies at '9:9'"):
        raise pickle.loads(pickle.dumps(NoSuchDeadMessage("9:9")))
