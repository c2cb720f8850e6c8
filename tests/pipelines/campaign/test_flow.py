"""The flow from plan to manifest, on the embedded engine, with painted shots."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from foundry.store.object_store import LocalStore
from pipelines.campaign.flow import Outcome, build
from pipelines.planning.admission import Admitted
from tests.support.briefs import BRIEF, WIDE_COPY, a_brief, admitted, not_tried
from tests.support.fakes import PaintingHandler
from tests.support.manifests import manifest_rows
from tests.support.stored import objects

pytestmark = pytest.mark.campaign


@pytest.fixture(autouse=True)
def _forget() -> None:
    PaintingHandler.forget()


def make(each: Admitted, root: Path, **refusing: str) -> Outcome:
    return build(each.plan, each.inputs, LocalStore(root), generator=PaintingHandler(**refusing))


def changed(before: dict[str, bytes], after: dict[str, bytes], kind: str) -> set[str]:
    return {name for name in set(after) - set(before) if f"/{kind}/" in name}


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of the test brief's finished campaign."""
    folder = tmp_path_factory.mktemp("made")
    make(admitted(folder), folder / "store")
    return folder / "store"


@pytest.fixture
def store(made_once: Path, tmp_path: Path) -> Path:
    """A copy of that store, to go on with."""
    return shutil.copytree(made_once, tmp_path / "store")


def test_every_variant_is_made_once_and_a_second_run_makes_nothing(tmp_path: Path) -> None:
    each = admitted(tmp_path)
    first = make(each, tmp_path / "store")
    assert (first.rows, first.letters) == (6, ())
    assert PaintingHandler.pictures == each.plan.shot_count == 2
    before = objects(tmp_path / "store")
    second = make(each, tmp_path / "store")
    assert PaintingHandler.pictures == 2
    assert objects(tmp_path / "store") == before
    assert second.rows == 6


def test_a_changed_price_renders_only_what_shows_it(store: Path, tmp_path: Path) -> None:
    before = objects(store)
    product = {**BRIEF["products"][0]}
    product["prices"] = [{"amount": "48", "currency": "USD"}, {"amount": "39", "currency": "EUR"}]
    make(admitted(tmp_path, products=[product]), store)
    after = objects(store)
    assert PaintingHandler.pictures == 0
    assert len(changed(before, after, "renditions")) == 2  # de-DE, in the two layouts with a price
    assert not changed(before, after, "masters")


def test_a_changed_headline_renders_only_its_locale(store: Path, tmp_path: Path) -> None:
    before = objects(store)
    messages = {**BRIEF["messages"], "de-DE": {"headline": "Neu", "call_to_action": "Entdecken"}}
    make(admitted(tmp_path, messages=messages), store)
    after = objects(store)
    assert len(changed(before, after, "renditions")) == 3
    assert PaintingHandler.pictures == 0


def test_an_added_placement_makes_only_its_files(store: Path, tmp_path: Path) -> None:
    before = objects(store)
    make(
        admitted(tmp_path, placements=[*BRIEF["placements"], "google/billboard"]),
        store,
    )
    after = objects(store)
    assert len(changed(before, after, "renditions")) == 2
    assert PaintingHandler.pictures == 0


def test_metadata_follows_the_asset_and_changes_no_file(store: Path, tmp_path: Path) -> None:
    before = objects(store)
    make(admitted(tmp_path, metadata={"owner": "someone"}), store)
    after = objects(store)
    assert not changed(before, after, "renditions")
    assert [row["metadata"] for row in manifest_rows(tmp_path / "store")] == ['{"owner": "someone"}'] * 6


def test_a_refused_shot_becomes_dead_letters_and_the_rest_goes_on(tmp_path: Path) -> None:
    outcome = make(admitted(tmp_path), tmp_path / "store", refuse="story")
    codes = sorted(letter.code for letter in outcome.letters)
    assert codes == ["no_master", "no_master", "shot_refused"]
    assert outcome.rows == 4


def test_copy_that_only_the_run_finds_too_wide_becomes_a_dead_letter_that_names_it(tmp_path: Path) -> None:
    outcome = make(not_tried(tmp_path, **WIDE_COPY), tmp_path / "store")
    assert (outcome.rows, len(outcome.letters)) == (3, 1)
    (letter,) = outcome.letters
    assert letter.code == "copy_does_not_fit"
    assert "de-DE: headline" in letter.reason


def test_the_order_of_lists_and_keys_changes_no_name(tmp_path: Path) -> None:
    def shuffled() -> dict[str, Any]:
        brief = a_brief()
        second = {"id": "cream", "name": "Cream", "picture": "serum.png"}
        brief["products"] = [second, *brief["products"]]
        brief["messages"] = dict(reversed(list(brief["messages"].items())))
        brief["placements"] = list(reversed(brief["placements"]))
        return dict(reversed(list(brief.items())))

    straight = {**shuffled()}
    straight["products"] = list(reversed(straight["products"]))
    straight["placements"] = list(reversed(straight["placements"]))
    one, other = admitted(tmp_path, **shuffled()).plan, admitted(tmp_path, **straight).plan
    names = [[v.name for shot in plan.shots() for v in plan.variants(shot)] for plan in (one, other)]
    assert names[0] == names[1]
    assert one.digest == other.digest
    assert len(set(names[0])) == 12
    assert one.shot_count == 2  # both products show the same picture, so they share their shots
