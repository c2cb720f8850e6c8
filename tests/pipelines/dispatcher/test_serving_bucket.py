"""Briefs on a real broker become objects in a bucket of a real server, each written once, and are told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.bus.topics import CAMPAIGN_FINISHED, FINISHED
from tests.pipelines.dispatcher.factory import Factory, undisturbed
from tests.pipelines.dispatcher.test_serving import named
from tests.support.waiting import until

pytestmark = [pytest.mark.gcs, pytest.mark.kafka]


def test_a_brief_becomes_objects_in_the_bucket_and_events_and_its_like_writes_nothing(
    bucket_factory: Factory, tmp_path: Path
) -> None:
    factory, first, again = bucket_factory, named("first"), named("again")
    briefs = [factory.brief(first), factory.brief(first, tenant="northpeak"), factory.brief(again)]
    wanted = undisturbed(factory, briefs, tmp_path / "alone")
    with factory.running():
        factory.submit(*briefs[:2])
        until(lambda: len(factory.told(CAMPAIGN_FINISHED, first)) == 2)
        until(factory.all_committed)
        written = factory.generations()
        factory.submit(briefs[2])  # the same pictures and files for another campaign
        until(lambda: factory.told(CAMPAIGN_FINISHED, again))
        until(factory.all_committed)
    assert factory.objects() == wanted
    assert factory.generations() == written
    assert written
    told = factory.told(FINISHED, first, again)
    assert len({said["id"] for said in told}) == 3 * 2  # two locales each
    assert {said["data"]["address"] for said in told} <= {name.split("/", 1)[1] for name in wanted}
