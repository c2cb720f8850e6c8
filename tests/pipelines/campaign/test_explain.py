"""From a file or an id back to everything that went into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from foundry.store.object_store import LocalStore
from pipelines.campaign.explain import UnknownAsset, explain
from pipelines.campaign.flow import build
from tests.support.briefs import admitted
from tests.support.fakes import PaintingHandler
from tests.support.manifests import manifest_rows


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explained")
    each = admitted(folder, placements=["google/leaderboard"])
    build(each.plan, each.inputs, LocalStore(folder / "store"), generator=PaintingHandler())
    return folder / "store"


@pytest.fixture(scope="module")
def record(store: Path) -> dict[str, Any]:
    return manifest_rows(store)[0]


def test_a_file_is_found_by_the_id_that_it_carries(store: Path, record: dict[str, Any]) -> None:
    file = store / record["tenant"] / record["address"]
    explanation = explain(str(file), str(store))
    assert explanation.asset == record
    assert explanation.master["name"] == record["shot"]
    assert explanation.bytes_unchanged is True


def test_an_id_says_nothing_of_bytes(store: Path, record: dict[str, Any]) -> None:
    explanation = explain(record["asset"], str(store))
    assert explanation.asset == record
    assert explanation.bytes_unchanged is None
    assert "bytes_unchanged" not in explanation.as_json()


def test_a_changed_file_is_told_from_the_recorded_one(store: Path, record: dict[str, Any], tmp_path: Path) -> None:
    changed = tmp_path / record["file_name"]
    changed.write_bytes((store / record["tenant"] / record["address"]).read_bytes() + b"\n")
    assert explain(str(changed), str(store)).bytes_unchanged is False


def test_a_file_without_an_id_is_refused_with_what_to_give_instead(store: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "holiday.jpg"
    foreign.write_bytes(b"\xff\xd8\xff\xd9")
    with pytest.raises(UnknownAsset, match=r"holiday\.jpg: carries no asset id in its XMP; give the id"):
        explain(str(foreign), str(store))


@pytest.mark.parametrize(
    ("asked", "says"),
    [("0" * 32, "no manifest in this store names it"), ("../else", "is neither a file nor an asset id")],
)
def test_what_the_store_does_not_know_is_refused(store: Path, asked: str, says: str) -> None:
    with pytest.raises(UnknownAsset, match=says):
        explain(asked, str(store))


def test_the_json_holds_the_masters_record_below_the_assets(store: Path, record: dict[str, Any]) -> None:
    told = explain(record["asset"], str(store)).as_json()
    assert {**told, "master_record": None} == {**record, "master_record": None}
    assert told["master_record"]["name"] == record["shot"]
