"""A bucket that stays away or refuses everything ends the process with a sentence; no brief is refused for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from foundry.tenant import Storage, Tenant
from infra.stack.control import running
from pipelines.dispatcher.making import RoundResult
from tests.pipelines.dispatcher.factory import SMALL
from tests.pipelines.dispatcher.orders import RecordingAnnouncer, a_maker, an_order, impatient
from tests.support.briefs import a_tenant, admitted
from tests.support.buckets import client_of, named_bucket
from tests.support.faulty_proxy import Faults, faulty

pytestmark = pytest.mark.gcs


@pytest.fixture
def faults() -> Iterator[Faults]:
    with (
        running("gcs") as gcs,
        faulty(lambda front: gcs.port("http")) as proxy,
        client_of(f"http://127.0.0.1:{proxy.port}"),
    ):
        yield proxy


def test_it_stays_away_or_refuses_and_blames_nobody(faults: Faults, tmp_path: Path) -> None:
    address, announcer, order = (
        f"gs://{named_bucket()}/prod",
        RecordingAnnouncer(),
        an_order(admitted(tmp_path, placements=SMALL), 1),
    )
    busy = a_maker(tmp_path, announcer, seconds=1.0)
    busy.address = address
    faults.down = True
    [away] = busy.make([order]).away
    assert "gave no usable answer for 0.25 s" in away.reason
    faults.down = False

    busy.address = "gs://nowhere-at-all/prod"
    [away] = busy.make([order]).away
    assert "there is no such bucket" in away.reason
    assert "no such bucket" in busy.ask_store(order)

    busy.address, busy.outage_budget = address, impatient(60.0)
    faults.give("POST", *["none"] * 6, "403")  # in the midst of the flow
    [away] = busy.make([order]).away
    assert "refused it" in away.reason
    assert busy.make([order]) == RoundResult()
    assert faults.waiting == []
    assert (order.attempts, announcer.announced, order.tally.failed) == (0, [order.key], 0)


def housed(tenant: str, bucket: str) -> Tenant:
    """A tenant with a bucket of its own."""
    return a_tenant(tenant).model_copy(update={"storage": Storage(bucket=bucket)})


def test_one_tenants_bucket_that_is_missing_holds_up_nobody_else(faults: Faults, tmp_path: Path) -> None:
    mine = an_order(admitted(tmp_path, placements=SMALL), 1)
    homeless = housed("northpeak", "not-created-yet")
    theirs = an_order(admitted(tmp_path, owner=homeless, tenant="northpeak", placements=SMALL), 2)
    announcer = RecordingAnnouncer()
    busy = a_maker(tmp_path, announcer, seconds=120.0)
    busy.address = f"gs://{named_bucket()}/prod"
    result = busy.make([theirs, mine])
    assert [away.order for away in result.away] == [theirs]
    assert (announcer.announced, result.failed) == ([mine.key], [])


def test_a_missing_store_holds_up_no_tenant_with_a_bucket_of_its_own(faults: Faults, tmp_path: Path) -> None:
    home = housed("northpeak", named_bucket())
    theirs = an_order(admitted(tmp_path, owner=home, tenant="northpeak", placements=SMALL), 1)
    announcer = RecordingAnnouncer()
    busy = a_maker(tmp_path, announcer, seconds=120.0)
    busy.address = "gs://not-created-yet/prod"
    result = busy.make([theirs, an_order(admitted(tmp_path, placements=SMALL), 2)])
    assert [away.order.tenant for away in result.away] == ["aurelle"]
    assert announcer.announced == [theirs.key]
