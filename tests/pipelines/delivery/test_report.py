"""The page of a tenant's deliveries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Delivered, State
from foundry.store.object_store import LocalStore, ObjectStore
from foundry.tenant import Tenant
from pipelines.delivery.report import PAGE, ROWS_SHOWN, page_of, write_page
from pipelines.delivery.tally import MOST_KEYS, tally_of
from tests.support.chromium import opened
from tests.support.delivered import a_delivered, a_receipt, a_slot, a_tenant, an_attempt, keep

HOSTILE = '<img src=x onerror="alert(1)">"\'</title><script>alert(2)</script>'
ARABIC = "عطر الربيع"
GERMAN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def own(tmp_path: Path) -> ObjectStore:
    return LocalStore(tmp_path / "store").for_tenant("aurelle")


@pytest.fixture
def tenant(tmp_path: Path) -> Tenant:
    return a_tenant(tmp_path / "tenants", {"id": "handover"})


def some_of_all(target: str, path: str = "spring/serum.jpg") -> Iterator[Delivered]:
    """Records in every state, with every grade of proof."""
    for number, proof in enumerate(Proof):
        receipts = tuple(
            a_receipt(path=f"{number}/{path}", proof=proof, version=str(version), target_id=f"id-{number}")
            for version in range(1 + number % 2)
        )
        yield a_delivered(target=target, slot=a_slot(product=f"p{number}"), receipts=receipts)
    changed = a_receipt(path=f"c/{path}")
    why = f"{path} was changed"
    slot = a_slot(product=path[:60])
    yield a_delivered(State.CONFLICT, target=target, slot=slot, receipts=(changed,), code="foreign_change", why=why)
    refused = {"receipts": (), "attempt": an_attempt(), "code": "file_refused", "why": f"{path} is too large"}
    yield a_delivered(State.SET_ASIDE, target=target, slot=a_slot(scene="s"), **refused)
    yield a_delivered(State.OPEN, target=target, slot=a_slot(scene="o"), receipts=(), why="no answer")
    for day in ("2026-12-24", "2026-12-24", "2027-01-06"):
        slot = a_slot(scene=f"w{day}", alternative=len(day))
        yield a_delivered(State.WAITING, target=target, slot=slot, receipts=(), until=day)
    yield a_delivered(State.EXPIRED, target=target, slot=a_slot(scene="e"))


def words_of(text: str) -> str:
    """The page's text, without its style and tags."""
    body = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_page_says_what_is_there_with_which_proof_what_waits_and_why(own: ObjectStore, tenant: Tenant) -> None:
    keep(own, *some_of_all("handover"))
    name = write_page(own, tenant, NOW)
    words = words_of(own.get(name).decode())
    assert name == PAGE
    for said in (
        "4 files delivered at 1 target. 2 files need somebody: set aside, or changed by others.",
        "1 file is still to be sent. 2 files wait for the end of an embargo.",
        "1 by hash 1 by reread 1 by size 1 by accepted",
        "Changed by others 1",
        "foreign_change spring/serum.jpg was changed",
        "Set aside 1",
        "file_refused spring/serum.jpg is too large",
        "24 Dec 2026 1 file 6 Jan 2027 1 file",
        "version 2",
        "30 Nov 2026, 12:00 UTC",
    ):
        assert said in words, said


def test_a_tenant_without_targets_is_told_how_to_have_some(own: ObjectStore, tmp_path: Path) -> None:
    text = page_of(own, a_tenant(tmp_path / "tenants"), NOW)
    assert "No targets are declared. Declare them under `delivery:`" in text


def test_texts_of_targets_and_people_cannot_become_markup(own: ObjectStore, tmp_path: Path) -> None:
    keep(own, *some_of_all("handover", HOSTILE))
    text = page_of(own, a_tenant(tmp_path / "tenants", {"id": "handover"}, name=HOSTILE), NOW)
    assert "<script" not in text
    assert "<img" not in text
    assert "script-src" not in text
    assert "default-src &#39;none&#39;" in text


def test_a_campaign_leads_to_its_report_where_there_is_one(own: ObjectStore, tenant: Tenant) -> None:
    keep(own, a_delivered(target="handover"))
    assert "report.html" not in page_of(own, tenant, NOW)
    with own.replacing("campaigns/spring/report.html") as file:
        file.write_text("report")
    assert '<a href="../campaigns/spring/report.html">' in page_of(own, tenant, NOW)
    assert "report.html" not in page_of(own, tenant, NOW, root="")


def test_lists_are_bounded_and_counts_are_not() -> None:
    def many() -> Iterator[Delivered]:
        for number in range(5_000):
            slot = a_slot(product=f"p{number}", scope=f"campaign:c{number}")
            state = State.SET_ASIDE if number % 2 else State.DELIVERED
            moment = f"2026-11-30T10:{number // 60 % 60:02d}:{number % 60:02d}+00:00"
            yield a_delivered(state, slot=slot, receipts=(a_receipt(delivered_at=moment),), code=f"code{number}")

    tally = tally_of(many(), (State.SET_ASIDE, State.DELIVERED), ROWS_SHOWN)
    assert tally.files == 5_000
    assert len(tally.scopes.counts) == len(tally.reasons.counts) == MOST_KEYS + 1
    assert sum(tally.scopes.counts.values()) == 5_000
    assert tally.left_out(State.SET_ASIDE) == 2_500 - ROWS_SHOWN
    newest = [record.receipts[0].delivered_at for record in tally.shown[State.DELIVERED]]
    assert newest == sorted(newest, reverse=True)
    assert newest[0] == "2026-11-30T10:59:58+00:00"


@pytest.mark.browser
def test_the_page_reads_well_on_a_phone_in_both_themes_and_asks_the_network_for_nothing(
    own: ObjectStore, tmp_path: Path
) -> None:
    targets = [{"id": name} for name in ("handover", "second", "a-target-with-a-rather-long-name-for-a-phone")]
    found = a_tenant(tmp_path / "tenants", *targets, name=ARABIC)
    keep(own, *some_of_all("handover", f"{ARABIC}/{GERMAN}.jpg"), *some_of_all("second", HOSTILE))
    page_at = Path(own.address(write_page(own, found, NOW)))
    with opened(page_at, width=360) as (page, noise):
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert page.evaluate("document.documentElement.scrollWidth") == 360
            colours = "(place => getComputedStyle(document.querySelector(place)).backgroundColor)"
            assert page.evaluate(f"{colours}('.proved .hash') !== {colours}('body')")
        assert page.evaluate(
            "[...document.querySelectorAll('.proved .proofs')].every(each => each.clientHeight === 10)"
        )
        assert noise == []
