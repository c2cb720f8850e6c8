"""A bucket that stays away or refuses everything ends the process with a sentence; no brief is refused for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.stack.control import running
from pipelines.dispatcher.making import ATTEMPTS
from pipelines.dispatcher.outage_budget import GivenUp
from tests.pipelines.dispatcher.factory import SMALL
from tests.pipelines.dispatcher.orders import RecordingAnnouncer, a_maker, an_order, impatient
from tests.support.briefs import admitted
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
    with pytest.raises(GivenUp, match=rf"the store {address} did not work .*gave no usable answer for 0.25 s") as given:
        busy.make([order])
    assert given.value.seconds >= 1.0
    faults.down = False

    busy.address = "gs://nowhere-at-all/prod"
    with pytest.raises(GivenUp, match="there is no such bucket"):
        busy.make([order])

    busy.address, busy.outage_budget = address, impatient(60.0)
    faults.give("POST", *["none"] * 4, *["403"] * (ATTEMPTS - 1))  # in the midst of the flow
    assert busy.make([order]) == []
    assert faults.waiting == []
    assert (announcer.announced, order.tally.made, order.tally.failed) == ([order.key], 2, 0)
