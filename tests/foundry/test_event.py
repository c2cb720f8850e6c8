"""What machines are told, read by another implementation of CloudEvents."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat

from foundry.store.object_store import LocalStore
from pipelines.campaign.flow import build
from tests.support.briefs import admitted
from tests.support.fakes import PaintingHandler
from tests.support.manifests import event_lines, manifest_rows


def told(folder: Path, refuse: str = "") -> list[str]:
    each = admitted(folder)
    build(each.plan, each.inputs, LocalStore(folder / "store"), generator=PaintingHandler(refuse=refuse))
    return event_lines(folder / "store")


@pytest.mark.campaign
def test_every_asset_and_the_end_are_told_and_told_again_with_the_same_ids(tmp_path: Path) -> None:
    lines = told(tmp_path)
    headers = {"content-type": "application/cloudevents+json"}
    events = [from_structured_event(HTTPMessage(headers, line.encode()), JSONFormat()) for line in lines]
    assert [event.get_type().rpartition("campaign-foundry.")[2] for event in events] == ["asset.finished"] * 6 + [
        "campaign.finished"
    ]
    assert {event.get_source() for event in events} == {"/tenants/aurelle/campaigns/test"}
    assert len({event.get_id() for event in events}) == 7
    for event, record in zip(events, manifest_rows(tmp_path / "store"), strict=False):
        data = event.get_data()
        assert isinstance(data, dict)
        assert (event.get_subject(), data["crc32c"]) == (record["asset"], record["crc32c"])
        assert (tmp_path / "store/aurelle" / data["address"]).stat().st_size == data["size_bytes"]
    assert told(tmp_path) == lines


@pytest.mark.campaign
def test_what_failed_is_told(tmp_path: Path) -> None:
    events = [json.loads(line) for line in told(tmp_path, refuse="story")]
    failed = [event["data"]["code"] for event in events if event["type"].endswith("asset.failed")]
    assert sorted(failed) == ["no_master", "no_master", "shot_refused"]
    assert (events[-1]["data"]["assets"], events[-1]["data"]["failed"]) == (4, 3)
