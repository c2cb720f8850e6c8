"""Deliveries to Bynder and ResourceSpace by the engine: through storms, lost answers and changes by users."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from foundry.delivery.receipt import State
from pipelines.delivery.differences import Kind
from pipelines.delivery.reconciling import compare
from tests.connectors.bynder_server import BRAND, Bynder
from tests.connectors.local_vendor import LocalVendor, away, done_then_away, storm
from tests.connectors.resourcespace_server import USER, ResourceSpace
from tests.support.deliveries import TENANT, a_row, write_campaign
from tests.support.delivery_desk import HttpDesk
from tests.support.moods import cut_in_half, lost

SECRET, VARIABLE = "s3cret-Value-7f", "DELIVERY_AURELLE__KEY"
FILES = 12


@dataclass
class Place:
    """A target of a desk, and the server behind it."""

    desk: HttpDesk
    server: Bynder | ResourceSpace
    steps: tuple[str, ...]

    def versions(self) -> dict[str, int]:
        """Return the contents that each asset in use has had so far."""
        if isinstance(self.server, Bynder):
            return {each.id: len(each.versions) for each in self.server.media.values() if not each.archived}
        return {str(each.ref): each.uploads for each in self.server.resources.values() if each.archive == 0}

    def rename(self, target_id: str) -> None:
        """Change an asset's title as a user does."""
        if isinstance(self.server, Bynder):
            self.server.media[target_id].words["name"] = "renamed"
        else:
            self.server.resources[int(target_id)].fields["title"] = "renamed"

    def rows(self, **looks: str) -> None:
        """Write the campaign; `p3="cheaper"` makes another file of product 3."""
        write_campaign(self.desk.own, [a_row(self.desk.own, at, looks.get(f"p{at}", "")) for at in range(FILES)])

    def ids(self) -> dict[str, str]:
        """Return the target's id by product."""
        return {each.slot.product: each.receipts[0].target_id for each in self.desk.records()}


UPLOADS = {
    "bynder-v7": ("prepare", "chunk", "finalise", "save", "look"),
    "bynder-v4": ("init", "part", "register", "finalise", "poll", "save", "look"),
    "resourcespace": ("create_resource", "upload_multipart", "update_field", "put_resource_data", "get_resource_data"),
}


@pytest.fixture(params=UPLOADS)
def there(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Place]:
    monkeypatch.setenv(VARIABLE, SECRET)
    kind, _, api = request.param.partition("-")
    server: LocalVendor = Bynder() if kind == "bynder" else ResourceSpace()
    with server:
        fields: dict[str, object] = {"user": USER, "key": {"variable": VARIABLE}}
        if kind == "bynder":
            fields = {"brand": BRAND, "api": api, "sign_in": {"kind": "token", "token": {"variable": VARIABLE}}}
        desk = HttpDesk(tmp_path, kind=kind, url=server.url, **fields)
        assert isinstance(server, Bynder | ResourceSpace)
        yield Place(desk, server, UPLOADS[request.param])


def test_through_failures_of_every_step_each_file_is_there_once_and_then_only_what_changes_is_sent(
    there: Place,
) -> None:
    for step in there.steps:
        there.server.will(step, *storm(1), lost, away(), done_then_away, cut_in_half)
    there.rows()
    run = there.desk.deliver()
    assert run.states == {State.DELIVERED: FILES}
    assert sorted(there.versions()) == sorted(there.ids().values())
    first = there.versions()
    for step in (*there.steps, "save_version", "modify"):
        there.server.will(step, lost, done_then_away)
    there.rows(p7="cheaper")
    assert there.desk.deliver().states == {State.DELIVERED: FILES}
    second = there.versions()
    assert [each for each in second if second[each] != first[each]] == [there.ids()["p00007"]]
    assert list(compare(TENANT, there.desk.target(), there.desk.setting())) == []


def test_a_users_own_words_are_a_conflict_and_reported_and_what_ends_is_archived(there: Place) -> None:
    there.rows()
    there.desk.deliver()
    ids = there.ids()
    there.rename(ids["p00002"])
    (difference,) = compare(TENANT, there.desk.target(), there.desk.setting())
    assert (difference.kind, difference.found and difference.found.target_id) == (Kind.FOREIGN, ids["p00002"])
    rows = [a_row(there.desk.own, at, "cheaper" if at == 2 else "") for at in range(FILES)]
    write_campaign(there.desk.own, [replace(rows[0], expiry="2026-12-01"), *rows[1:]])
    there.desk.day = "2026-12-05"
    assert there.desk.deliver().states == {State.DELIVERED: FILES - 2, State.EXPIRED: 1, State.CONFLICT: 1}
    assert ids["p00000"] not in there.versions()
    write_campaign(there.desk.own, rows)
    there.desk.deliver()
    assert ids["p00000"] in there.versions()
    assert there.ids() == ids


def test_no_record_tells_a_secret_or_an_address_that_is_one(there: Place) -> None:
    for step in there.steps:
        there.server.will(step, lost)
    there.rows()
    there.desk.deliver()
    stored = b"".join(each.read_bytes() for each in there.desk.root.rglob("deliveries/**/*") if each.is_file())
    assert len(stored) > 1_000
    assert not any(word in stored for word in (SECRET.encode(), b"signature", b"policy-of", b"access_key", b"sign="))
