"""Reports on an order: their events, and their lines for people."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from foundry.errors import BadInput
from pipelines.bus.order_progress import (
    ENDED,
    MOST_FAILED_IDS,
    OrderProgress,
    campaign_key,
    progress_event,
    progress_line,
    refusal_event,
)

RUNNING = OrderProgress(request="r", plan="p", state="running", total=10, done=2, reused=1, shots_total=4, shots_done=3)


def test_equal_progress_has_one_event_id_and_other_progress_another() -> None:
    first, again = progress_event("aurelle", "spring", RUNNING), progress_event("aurelle", "spring", replace(RUNNING))
    later = progress_event("aurelle", "spring", replace(RUNNING, done=3))
    assert first.id == again.id != later.id
    assert (first.source, first.subject) == ("/tenants/aurelle/campaigns/spring", "spring")


def test_only_the_first_failed_files_are_named() -> None:
    many = tuple(f"file-{number}" for number in range(MOST_FAILED_IDS + 50))
    event = progress_event("aurelle", "spring", replace(RUNNING, failed_ids=many))
    assert event.data["failed_ids"] == list(many[:MOST_FAILED_IDS])


def test_a_refusal_carries_code_and_sentence() -> None:
    event = refusal_event("aurelle", "spring", "order-7", BadInput("tenant", "is unknown"), record="t:0:7")
    reason = {"request": "order-7", "record": "t:0:7", "code": "bad_input", "reason": "tenant: is unknown"}
    assert event.data == reason
    later = refusal_event("aurelle", "spring", "order-7", BadInput("tenant", "is unknown"), record="t:0:8")
    assert later.id != event.id


def test_all_messages_about_a_campaign_have_one_key() -> None:
    assert campaign_key("aurelle", "spring") == "aurelle/spring"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "running  3/10 files, 3/4 shots"),
        ({"failed": 2}, "running  3/10 files, 3/4 shots, 2 failed"),
        ({"left_ms": 1500}, "running  3/10 files, 3/4 shots, 2 s left"),
        ({"state": "refused", "reason": "no price"}, "refused  3/10 files, 3/4 shots: no price"),
    ],
)
def test_a_report_is_one_line(changes: dict[str, object], line: str) -> None:
    assert progress_line(asdict(replace(RUNNING, **changes))).strip() == line  # type: ignore[arg-type]


def test_what_ends_the_watching_is_what_ends_an_order() -> None:
    assert {"waiting", "running"}.isdisjoint(ENDED)
    assert {"finished", "refused", "cancelled", "superseded"} == ENDED
