"""Watching answers for the order that was asked, says why it waits, and ends with the code that the end means."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from console.cli import app
from foundry.brief.brief import Brief
from foundry.errors import FoundryError
from pipelines.bus import topics
from pipelines.bus.messages import BusMessage, brief_message, event_message
from pipelines.bus.order_progress import OrderProgress, State, campaign_key, progress_event, progress_line
from pipelines.bus.producing import SentMessage, open_writer
from pipelines.bus.settings import BusSettings
from pipelines.bus.watching import NothingKnown, Wanted, watch_order
from tests.support import briefs

pytestmark = pytest.mark.kafka
TENANT = "aurelle"


@pytest.fixture(scope="module")
def bus(broker: BusSettings) -> BusSettings:
    topics.create_topics(broker, [TENANT], partitions=3)
    return broker


@pytest.fixture
def campaign() -> str:
    return f"c{uuid.uuid4().hex[:8]}"


def order(bus: BusSettings, campaign: str, request: str = "", *, own: bool = False, **changes: Any) -> str:
    """Send a brief of the campaign; return its place."""
    named = {"tenant": TENANT, "campaign": {"id": campaign, "name": campaign}}
    brief = Brief.model_validate(briefs.a_brief(**(named | changes)))
    with open_writer(bus) as out:
        return place_of(
            out.send(topics.briefs_topic(TENANT).name if own else topics.BRIEFS, brief_message(brief, request))
        )


def place_of(sent: SentMessage) -> str:
    return f"{sent.topic}:{sent.partition}:{sent.offset}"


def report(
    bus: BusSettings, campaign: str, places: Sequence[str], state: State, *, topic: str = topics.PROGRESS, **fields: Any
) -> None:
    """Send a report as the dispatcher does."""
    progress = OrderProgress(**({"request": "r", "plan": "p", "total": 4} | fields), state=state, records=tuple(places))
    with open_writer(bus) as out:
        out.send(topic, event_message(progress_event(TENANT, campaign, progress), campaign_key(TENANT, campaign)))


def watched(bus: BusSettings, *, patience_s: float = 1.0, **wanted: str) -> tuple[list[str], list[str]]:
    """States that are shown until the end, and sentences that are said; the last state is `nothing` if none comes."""
    said: list[str] = []
    states: list[str] = []
    try:
        reports = watch_order(bus, Wanted(**wanted), patience_s=patience_s, say=said.append)
        states.extend(each["state"] for each in reports)
    except NothingKnown:
        states.append("nothing")
    return states, said


def typed(bus: BusSettings, *words: str) -> Any:
    return CliRunner().invoke(app, ["watch", *words, "--bootstrap", bus.bootstrap])


def code_of(done: Any) -> int:
    """The exit code of a command, as console.main gives it to refusals."""
    return done.exception.exit_code if isinstance(done.exception, FoundryError) else done.exit_code


def test_an_order_is_shown_from_its_newest_report_to_its_end(bus: BusSettings, campaign: str) -> None:
    place = order(bus, campaign)
    for done in (0, 1):
        report(bus, campaign, [place], "running", done=done)
    later = threading.Timer(1.0, report, (bus, campaign, [place], "finished"), {"done": 4})
    later.start()
    found = list(watch_order(bus, Wanted(tenant=TENANT, campaign=campaign), patience_s=30))
    later.join()
    assert [(each["state"], each["done"]) for each in found] == [("running", 1), ("finished", 4)]
    assert progress_line(found[0]).split() == ["running", "1/4", "files,", "0/0", "shots"]


def test_of_an_unknown_campaign_it_says_at_once_that_nothing_is_known_and_how_long_it_waits(bus: BusSettings) -> None:
    began = time.monotonic()
    done = typed(bus, TENANT, "never-ordered", "--patience", "1")
    assert code_of(done) == 4
    assert "nothing is known of aurelle/never-ordered yet; waiting up to 1 seconds" in done.stderr
    assert time.monotonic() - began < 20


def test_after_a_retry_the_end_of_the_earlier_order_is_not_shown(bus: BusSettings, campaign: str) -> None:
    first = order(bus, campaign)
    report(bus, campaign, [first], "finished", done=4)
    assert watched(bus, tenant=TENANT, campaign=campaign) == (["finished"], [])
    again = order(bus, campaign)
    states, said = watched(bus, tenant=TENANT, campaign=campaign)
    assert states == ["nothing"]
    assert again in said[0]
    report(bus, campaign, [again], "finished", done=4)
    assert watched(bus, tenant=TENANT, campaign=campaign)[0] == ["finished"]


def test_a_revision_that_supersedes_is_the_one_that_is_shown(bus: BusSettings, campaign: str) -> None:
    first, revision = order(bus, campaign), order(bus, campaign, alternatives=2)
    report(bus, campaign, [first], "running")
    report(bus, campaign, [revision], "waiting")
    report(bus, campaign, [first], "superseded")  # comes after the revision's first report
    report(bus, campaign, [revision], "finished", done=4)
    assert watched(bus, tenant=TENANT, campaign=campaign)[0] == ["finished"]
    assert watched(bus, record=first)[0] == ["superseded"]


def test_the_same_request_sent_again_later_is_another_order(bus: BusSettings, campaign: str) -> None:
    request = f"order-{campaign}"
    first, revision = order(bus, campaign, request), order(bus, campaign, "other", alternatives=2)
    report(bus, campaign, [first], "finished", request=request)
    report(bus, campaign, [revision], "finished", request="other")
    assert watched(bus, request=request)[0] == ["finished"]
    again = order(bus, campaign, request)
    assert watched(bus, request=request)[0] == ["nothing"]
    assert watched(bus, record=again)[0] == ["nothing"]
    assert watched(bus, record=first)[0] == ["finished"]


def test_an_order_on_the_tenants_own_topic_counts_as_well(bus: BusSettings, campaign: str) -> None:
    first = order(bus, campaign)
    report(bus, campaign, [first], "finished")
    time.sleep(0.05)
    own = order(bus, campaign, own=True)
    states, said = watched(bus, tenant=TENANT, campaign=campaign)
    assert states == ["nothing"]
    assert own in said[0]


@pytest.mark.parametrize(
    ("state", "failed", "code"),
    [("finished", 0, 0), ("finished", 2, 3), ("refused", 0, 2), ("cancelled", 0, 6), ("superseded", 0, 6)],
)
def test_it_ends_with_the_code_that_the_end_means(
    bus: BusSettings, campaign: str, state: State, failed: int, code: int
) -> None:
    place = order(bus, campaign)
    report(bus, campaign, [place], state, failed=failed)
    done = typed(bus, TENANT, campaign, "--json")
    assert done.exit_code == code, done.output
    assert json.loads(done.stdout)["state"] == state


def test_a_tenants_own_topic_is_read_when_told_and_other_events_passed_over(bus: BusSettings, campaign: str) -> None:
    own, place = topics.events_topic(TENANT).name, order(bus, campaign)
    with open_writer(bus) as out:
        for value in (b"{", b"[]", b'{"state": "odd"}', None):
            headers = (("ce_type", b"campaign-foundry.campaign.progress"),)
            out.send(own, BusMessage(campaign_key(TENANT, campaign).encode(), value, headers))
        out.send(own, BusMessage(campaign_key(TENANT, campaign).encode(), b'{"state": "finished"}', ()))
    report(bus, campaign, [place], "refused", topic=own, reason="no price")
    done = typed(bus, TENANT, campaign, "--own-topic")
    assert done.exit_code == 2
    assert done.stdout.strip() == "refused  0/4 files, 0/0 shots: no price"
    assert code_of(typed(bus, TENANT, campaign, "--patience", "0")) == 4  # nothing is on the shared topic


def test_what_names_no_order_is_refused(bus: BusSettings) -> None:
    for words in ((), (TENANT,), ("--own-topic", "--request", "r")):
        done = typed(bus, *words)
        assert code_of(done) == 2
        assert str(done.exception).startswith("watch: ")


def test_submit_watches_the_order_that_it_sent(bus: BusSettings, campaign: str, tmp_path: Any) -> None:
    file = tmp_path / "brief.yaml"
    file.write_text(yaml.safe_dump(briefs.a_brief(tenant=TENANT, campaign={"id": campaign, "name": "C"})))
    earlier = order(bus, campaign)
    report(bus, campaign, [earlier], "finished")
    partition, offset = earlier.split(":")[1:]
    answered = threading.Event()

    def answer() -> None:
        answered.wait(4)
        report(bus, campaign, [f"{topics.BRIEFS}:{partition}:{int(offset) + 1}"], "refused", reason="no price")

    thread = threading.Thread(target=answer)
    thread.start()
    done = CliRunner().invoke(app, ["submit", str(file), "--request", "r", "--watch", "--bootstrap", bus.bootstrap])
    thread.join()
    assert done.exit_code == 2, done.output
    assert done.stdout.splitlines()[-1].strip() == "refused  0/4 files, 0/0 shots: no price"
