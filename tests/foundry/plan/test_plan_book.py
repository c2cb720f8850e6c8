"""Plans by reference: stored once, read back exactly, refused where they are others, and small wherever they travel."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from foundry.card.selection import Cards, ResolvedAdapter
from foundry.plan.clips import plan_clips
from foundry.plan.plan import Plan
from foundry.plan.plan_book import (
    BadStoredPlan,
    LoadedPlans,
    PlanBook,
    keep_plans,
    loaded_plans,
    read_plan,
    refer_to,
    store_plan,
)
from foundry.plan.plan_document import content_of
from foundry.plan.slice import PlanSlice, slice_plan
from foundry.store.object_store import CorruptObject, LocalStore
from foundry.stored_inputs import store_input
from foundry.tenant import Tenant, load_tenant
from tests.foundry.plan.many_plans import a_plan, plans
from tests.support.briefs import EXAMPLES, ROOT, admitted, product_picture
from tests.support.cards import a_registry, only
from tests.support.moving_briefs import a_story_card, ordered_moving
from tests.support.sounds import hum

SCENES = [{"id": f"s{number}", "prompt": f"Plaster wall, light {number}"} for number in range(3)]
METADATA = {"owner": "someone", "share": 0.25, "tags": ["a", {"z": None, "b": 1}], "day": "2027-01-31"}


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


def read_again(plan: Plan, store: LocalStore) -> Plan:
    """The plan as another process reads it."""
    own = store.for_tenant(plan.tenant.id)
    return read_plan(store_plan(plan, own), own)


def without_places(cards: Cards) -> Cards:
    """The cards without what says where they, and their pictures, were on this machine."""
    adapters = tuple(replace(one, card=_nowhere(one.card), picture=None) for one in cards.adapters)
    clip = _nowhere(cards.clip) if cards.clip else None
    return Cards(_nowhere(cards.generate), _nowhere(cards.upscale), _nowhere(cards.screen), adapters, clip)


def _nowhere(card: Any) -> Any:
    return card.model_copy(update={"path": Path(), "home": None})


def assert_same(found: Plan, plan: Plan) -> None:
    """Both order the very same files."""
    assert found.digest == plan.digest
    assert (found.brief, found.placements, found.pictures) == (plan.brief, plan.placements, plan.pictures)
    assert found.brief.model_dump_json() == plan.brief.model_dump_json()
    assert found.sounds == plan.sounds
    assert without_places(found.cards) == without_places(plan.cards)
    assert found.cards.uses == plan.cards.uses
    assert found.cells == plan.cells
    assert found.tenant.brand == plan.tenant.brand
    assert found.tenant.brand_digest == plan.tenant.brand_digest
    assert found.tenant.protected_digest == plan.tenant.protected_digest
    assert found.tenant.files.layouts == plan.tenant.files.layouts
    assert list(found.shots()) == list(plan.shots())
    assert list(plan_clips(found)) == list(plan_clips(plan))
    assert [list(found.variants(shot)) for shot in found.shots()] == [
        list(plan.variants(shot)) for shot in plan.shots()
    ]
    assert found.document() == plan.document()


def a_rich_tenant(folder: Path) -> Tenant:
    """The example tenant with protected pictures, quotas of its own, and its layouts."""
    shutil.copytree(EXAMPLES / "tenants" / "aurelle", folder / "tenants" / "aurelle")
    product_picture(folder / "tenants" / "aurelle" / "old.png", "#113355")
    file = folder / "tenants" / "aurelle" / "tenant.yaml"
    fields = yaml.safe_load(file.read_text(encoding="utf-8"))
    fields |= {"protected": ["old.png"], "models": {"upscale": "lanczos", "screen": "measured"}}
    fields |= {"quota": {"budget": "12.50"}, "storage": {"bucket": "aurelle-assets"}}
    file.write_text(yaml.safe_dump(fields), encoding="utf-8")
    return load_tenant(folder / "tenants", "aurelle")


@settings(max_examples=10, deadline=None)
@given(plan=plans)
def test_a_stored_plan_is_read_back_exactly(tmp_path_factory: pytest.TempPathFactory, plan: Plan) -> None:
    assert_same(read_again(plan, LocalStore(tmp_path_factory.mktemp("store"))), plan)


def test_a_tenant_is_read_back_with_its_logos_layouts_and_protected_pictures(tmp_path: Path, store: LocalStore) -> None:
    owner = a_rich_tenant(tmp_path)
    plan = admitted(tmp_path, owner=owner, metadata=METADATA, embargo="2027-01-01", priority=9).plan
    own = store.for_tenant("aurelle")
    for picture in owner.files.pictures.values():
        store_input(own, f"inputs/{picture.key[:2]}/{picture.key}", picture.file)
    found = read_again(plan, store)
    shutil.rmtree(tmp_path / "tenants")
    assert_same(found, plan)
    assert len(found.tenant.files.layouts) > 0
    logo = found.tenant.logo_file("dark")
    assert logo
    assert found.tenant.files.content(logo) == (EXAMPLES / "tenants" / "aurelle" / "logo.png").read_bytes()
    assert (found.tenant.quota, found.tenant.storage) == (owner.quota, owner.storage)


def test_cards_of_a_folder_of_ones_own_are_read_back_with_their_adapters(tmp_path: Path, store: LocalStore) -> None:
    registry = a_registry(
        tmp_path, "1", id="look", task="adapter", adapter={"kind": "ip-adapter", "bases": ["backdrop"]}
    )
    each = admitted(tmp_path)
    followed = each.inputs[0]
    worn = ResolvedAdapter(only(registry), 800, followed)  # type: ignore[arg-type]
    cards = replace(each.plan.cards, adapters=(worn,))
    plan = Plan(**{**vars_of(each.plan), "cards": cards})
    shutil.rmtree(tmp_path / "cards")
    found = read_again(plan, store)
    assert_same(found, plan)
    assert found.cards.adapters[0].use.picture == followed.key
    assert found.cards.adapters[0].card.weights == worn.card.weights


def vars_of(plan: Plan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in ("brief", "tenant", "cards", "pictures", "placements", "sounds")}


def test_a_plan_of_films_with_sound_and_subtitles_is_read_back(tmp_path: Path, store: LocalStore) -> None:
    (tmp_path / "music.wav").write_bytes(hum(48_000 * 20))
    film = {
        "template": "story-15s", "music": "music.wav", "bpm": 120,
        "subtitles": {"en-US": [{"start": "0.5", "end": "3.2", "text": "Skin that wakes up first."}]},
    }  # fmt: skip
    plan = admitted(tmp_path, scenes=SCENES, placements=["instagram/reels-film", "meta/story"], film=film).plan
    found = read_again(plan, store)
    assert_same(found, plan)
    assert any(variant.timeline for shot in found.shots() for variant in found.variants(shot))


def test_a_plan_of_scenes_that_move_is_read_back(
    tmp_path: Path, store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = ordered_moving(tmp_path, monkeypatch, a_story_card(tmp_path)).plan
    found = read_again(plan, store)
    assert_same(found, plan)
    assert list(plan_clips(found))


def test_a_changed_stored_plan_is_refused(store: LocalStore) -> None:
    plan, own = a_plan(), store.for_tenant("aurelle")
    reference = store_plan(plan, own)
    changed = plan.document().replace(b"Hello", b"Adieu")
    own.path(reference.name).unlink()
    own.put_once(reference.name, changed)
    with pytest.raises(CorruptObject, match="sha256"):
        read_plan(reference, own)


def test_a_changed_stored_plan_is_written_again_by_who_has_the_plan(store: LocalStore) -> None:
    plan, own = a_plan(), store.for_tenant("aurelle")
    reference = store_plan(plan, own)
    own.path(reference.name).unlink()
    own.put_once(reference.name, b"{}")
    assert store_plan(plan, own) == reference
    assert own.get(reference.name) == plan.document()


@pytest.mark.parametrize("changes", [{"digest": "0" * 32}, {"tenant": "northpeak"}])
def test_a_stored_plan_of_another_order_or_tenant_is_refused(store: LocalStore, changes: dict[str, str]) -> None:
    own = store.for_tenant("aurelle")
    reference = replace(store_plan(a_plan(), own), **changes)
    with pytest.raises(BadStoredPlan, match="is wanted"):
        read_plan(reference, own)


def test_a_missing_stored_plan_ends_the_run_and_says_what_to_do(store: LocalStore) -> None:
    with pytest.raises(BadStoredPlan, match="is missing; run the campaign again") as lost:
        read_plan(refer_to(a_plan()), store.for_tenant("aurelle"))
    assert str(pickle.loads(pickle.dumps(lost.value))) == str(lost.value)
    assert isinstance(lost.value, OSError)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"names": ["0" * 32, "1" * 32]}, "names its shots and files in another way"),
        ({"form": "campaign-foundry/plan/2"}, "in a form that this program does not read"),
        ({"more": 1}, "in a form that this program does not read"),
    ],
)
def test_a_plan_that_another_version_stored_is_refused(store: LocalStore, changes: dict[str, Any], says: str) -> None:
    plan, own = a_plan(), store.for_tenant("aurelle")
    data = json.dumps({**json.loads(plan.document()), **changes}).encode()
    reference = replace(refer_to(plan), content=content_of(data).sha256)
    own.put_once(reference.name, data)
    with pytest.raises(BadStoredPlan, match=says):
        read_plan(reference, own)


def test_a_stored_plan_tells_no_place_of_the_machine_that_admitted_it(tmp_path: Path) -> None:
    text = admitted(tmp_path).plan.document().decode()
    assert str(tmp_path) not in text
    assert str(ROOT) not in text


def test_a_book_has_the_plans_at_hand_and_another_process_reads_them(store: LocalStore) -> None:
    first, second = a_plan(), a_plan(scenes=2)
    book: PlanBook = pickle.loads(pickle.dumps(keep_plans([first, second], store)))
    assert list(book) == sorted([first.digest, second.digest])
    assert book[first.digest] is first
    assert book.get("0" * 32) is None
    loaded_plans.clear()
    assert book[first.digest] is not first
    assert book[first.digest] is book[first.digest]
    assert_same(book[second.digest], second)


def test_the_book_of_a_huge_plan_is_as_small_as_that_of_a_small_one(store: LocalStore) -> None:
    few, many = (a_plan(pictures=(None,) * count) for count in (1, 500))
    assert len(pickle.dumps(keep_plans([few], store))) == len(pickle.dumps(keep_plans([many], store)))


def test_a_slice_is_stored_as_its_plan_and_read_as_the_slice(store: LocalStore) -> None:
    plan = a_plan(scenes=3, alternatives=2)
    slices = [slice_plan(plan, 0, 2), slice_plan(plan, 2, 6)]
    for each in slices:
        book = pickle.loads(pickle.dumps(keep_plans([each], store)))
        loaded_plans.clear()
        found = book[plan.digest]
        assert isinstance(found, PlanSlice)
        assert (found.first, found.stop, found.name) == (each.first, each.stop, each.name)
        assert list(found.shots()) == list(each.shots())
    assert len(list(store.for_tenant("aurelle").list("plans/"))) == 1


def test_a_process_keeps_the_plans_that_were_asked_for_last(store: LocalStore) -> None:
    own, kept = store.for_tenant("aurelle"), LoadedPlans(most=2, products=5)
    one, two, three = (store_plan(a_plan(scenes=count), own) for count in (1, 2, 3))
    first = kept.get(one, store)
    kept.get(two, store)
    assert kept.get(one, store) is first
    kept.get(three, store)
    assert kept.get(one, store) is first
    large = store_plan(a_plan(pictures=(None,) * 6), own)
    held = kept.get(large, store)
    assert kept.get(large, store) is held
    assert kept.get(one, store) is not first


def test_stores_do_not_share_their_plans(tmp_path: Path) -> None:
    plan, kept = a_plan(), LoadedPlans()
    here, there = LocalStore(tmp_path / "here"), LocalStore(tmp_path / "there")
    reference = store_plan(plan, here.for_tenant("aurelle"))
    kept.get(reference, here)
    with pytest.raises(BadStoredPlan):
        kept.get(reference, there)


WORKER = """
import json, pickle, sys
book = pickle.load(sys.stdin.buffer)
print(json.dumps([variant.name for plan in book.values() for shot in plan.shots() for variant in plan.variants(shot)]))
"""


def test_a_worker_of_its_own_has_all_it_needs_in_the_store(tmp_path: Path, store: LocalStore) -> None:
    plan = admitted(tmp_path, owner=a_rich_tenant(tmp_path)).plan
    book = pickle.dumps(keep_plans([plan], store))
    for place in ("tenants", "serum.png"):
        (tmp_path / place).rename(tmp_path / f"moved-{place}")
    told = subprocess.run(
        [sys.executable, "-c", WORKER], input=book, capture_output=True, cwd=ROOT, check=True, timeout=120
    )
    assert json.loads(told.stdout) == [variant.name for shot in plan.shots() for variant in plan.variants(shot)]
