"""Events of catalogs: tombstones, restorations and the end of a run."""

from __future__ import annotations

from dataclasses import replace

from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat

from foundry.catalog.events import (
    ASSET_RESTORED,
    ASSET_WITHDRAWN,
    CATALOG_REFRESHED,
    CATALOG_STOPPED,
    CatalogOrigin,
    replacement_events,
    restoration_events,
    run_event,
    withdrawal_events,
)
from foundry.catalog.runs import GateFinding, RunState
from tests.support.catalog_records import a_file, a_product, a_product_record, a_run_record

ORIGIN = CatalogOrigin("aurelle", "autumn", keep_days=30)


def test_a_tombstone_names_the_file_the_items_and_the_last_day_of_the_undo() -> None:
    record = a_product_record(state="withdrawn", reason="gone", withdrawn_at="2026-11-30T01:30:00+00:00")
    (event,) = withdrawal_events(ORIGIN, record)
    read = from_structured_event(
        HTTPMessage({"content-type": "application/cloudevents+json"}, event.as_json().encode()), JSONFormat()
    )
    data = read.get_data()
    assert isinstance(data, dict)
    assert (read.get_type(), read.get_source()) == (ASSET_WITHDRAWN, "/tenants/aurelle/catalogs/autumn")
    assert read.get_subject() == record.files[0].variant
    assert data["items"] == ["M0-blue", "M0-red"]
    assert (data["reason"], data["undo_until"], data["replaced_by"]) == ("gone", "2026-12-30", "")
    assert data["address"] == record.files[0].address


def test_a_withdrawal_that_is_told_again_has_the_same_id_and_one_of_a_later_run_another() -> None:
    record = a_product_record(state="withdrawn", withdrawn_at="2026-11-30T01:30:00+00:00")
    later = replace(record, run="20261207T013000Z", withdrawn_at="2026-12-07T01:30:00+00:00")
    (first,), (again,), (other,) = (list(withdrawal_events(ORIGIN, each)) for each in (record, record, later))
    assert first.id == again.id
    assert first.id != other.id


def test_a_replaced_file_names_the_one_in_its_place_and_a_file_that_stayed_is_not_told() -> None:
    kept, old, new = a_file(placement="meta/story"), a_file(look="49 EUR"), a_file(look="39 EUR")
    lost = a_file(look="49 EUR", locale="de-DE")
    record = a_product_record(files=(kept, new), before=(kept, old, lost))
    told = list(replacement_events(ORIGIN, record))
    assert [(each.subject, each.data["replaced_by"]) for each in told] == [
        (old.variant, new.variant),
        (lost.variant, ""),
    ]
    assert {(each.type, each.data["reason"]) for each in told} == {(ASSET_WITHDRAWN, "replaced")}


def test_a_restored_product_tells_each_of_its_files() -> None:
    files = (a_file(), a_file(placement="meta/story"))
    told = list(restoration_events(ORIGIN, a_product_record(files=files)))
    assert [(each.type, each.subject) for each in told] == [(ASSET_RESTORED, file.variant) for file in files]


def test_an_event_names_at_most_a_thousand_items_and_counts_all() -> None:
    product = a_product(items=tuple(f"size-{number}" for number in range(1_500)))
    (event,) = restoration_events(ORIGIN, a_product_record(product=product))
    assert (len(event.data["items"]), event.data["item_count"]) == (1_000, 1_500)


def test_a_run_that_a_gate_stopped_says_so_with_the_gate() -> None:
    gate = GateFinding(gate="bad_rows", measured="7.1 %", limit="5 %", stops=True, what="7.1 % of the rows are bad")
    passed = GateFinding(gate="withdrawn", measured="0 %", limit="30 %", stops=False, what="nothing is withdrawn")
    stopped = run_event(a_run_record(state=RunState.STOPPED, gates=(gate, passed)))
    assert stopped.type == CATALOG_STOPPED
    assert stopped.data["gates"] == ["bad_rows: 7.1 % of the rows are bad"]
    finished = run_event(a_run_record(changes={"new": 3}))
    assert (finished.type, finished.data["changes"]) == (CATALOG_REFRESHED, {"new": 3})
    assert len({stopped.id, finished.id}) == 2
