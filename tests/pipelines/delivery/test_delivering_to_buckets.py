"""Deliveries into a bucket: arrival, a changed price, a change by others, an end, and what reconciliation finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.bucket.bucket_connector import OWNER
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import State
from foundry.store.bucket_requests import CONNECTIONS
from infra.stack import running
from pipelines.delivery.reconciling import Kind, compare, mend
from tests.support.buckets import client_of, named_bucket
from tests.support.deliveries import TENANT, a_row, write_campaign
from tests.support.delivery_desk import Desk

pytestmark = pytest.mark.gcs


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with running("gcs") as server:
        yield server.address()


@pytest.fixture
def desk(endpoint: str, tmp_path: Path) -> Iterator[Desk]:
    with client_of(endpoint):
        bucket = named_bucket()
        CONNECTIONS.client().bucket(bucket).blob(f"in/{OWNER}").upload_from_string(TENANT)
        yield Desk(tmp_path, kind="bucket", address=f"gs://{bucket}/in")


def objects(desk: Desk) -> dict[str, int]:
    """Path → generation of everything but the owner's word."""
    bucket = desk.target_fields["address"].split("/")[2]
    found = CONNECTIONS.client().bucket(bucket).list_blobs(prefix="in/")
    return {blob.name.removeprefix("in/"): blob.generation for blob in found if not blob.name.endswith(OWNER)}


def files(desk: Desk) -> dict[str, int]:
    return {path: seen for path, seen in objects(desk).items() if path.endswith(".jpg") and path[0] != "_"}


def test_files_arrive_change_end_and_are_compared(desk: Desk) -> None:
    rows = [a_row(desk.own, number) for number in range(4)]
    write_campaign(desk.own, rows)
    run = desk.deliver()
    assert (run.sent, run.proofs, run.whole) == (4, {Proof.HASH: 4}, True)
    assert "spring/_delivered.json" in objects(desk)
    before = files(desk)
    assert desk.deliver().sent == 0
    assert list(compare(TENANT, desk.target(), desk.setting())) == []

    write_campaign(desk.own, [a_row(desk.own, 0, "new price"), *rows[1:]])
    run = desk.deliver()
    assert (run.sent, run.versions) == (1, 1)
    after = files(desk)
    assert len([path for path in before if after[path] != before[path]]) == 1

    write_campaign(desk.own, [a_row(desk.own, 0, "new price"), *rows[1:3]])
    run = desk.deliver(expire_removed=True)
    assert run.expired == 1
    assert len(files(desk)) == 3
    assert [path for path in objects(desk) if path.startswith("_expired/")] == [
        f"_expired/{path}" for path in before if path not in files(desk)
    ]


def test_a_change_by_others_and_a_removal_are_reported_and_mended(desk: Desk) -> None:
    rows = [a_row(desk.own, number) for number in range(3)]
    write_campaign(desk.own, rows)
    desk.deliver()
    first, second, _ = sorted(files(desk))
    bucket = CONNECTIONS.client().bucket(desk.target_fields["address"].split("/")[2])
    bucket.blob(f"in/{first}").upload_from_string(b"by the customer")
    bucket.blob(f"in/{second}").delete()

    found = list(compare(TENANT, desk.target(), desk.setting()))
    assert sorted((each.kind, each.path) for each in found) == [(Kind.FOREIGN, first), (Kind.MISSING, second)]
    write_campaign(desk.own, [a_row(desk.own, number, "anew") for number in range(3)])
    run = desk.deliver()
    assert run.states[State.CONFLICT] >= 1
    assert bucket.blob(f"in/{first}").download_as_bytes() == b"by the customer"
    assert "spring/_delivered.json" not in objects(desk)

    list(mend(TENANT, desk.target(), desk.setting(), compare(TENANT, desk.target(), desk.setting()), take="ours"))
    assert desk.deliver().whole
    assert list(compare(TENANT, desk.target(), desk.setting())) == []
    assert bucket.blob(f"in/{first}").download_as_bytes() != b"by the customer"
    assert "spring/_delivered.json" in objects(desk)
