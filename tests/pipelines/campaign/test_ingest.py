"""The files that a run copies into a tenant's store before it begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.inputs.picture import decode, picture_name
from foundry.plan.slice import slice_plan
from foundry.store.object_store import LocalStore
from foundry.stored_inputs import read_input
from imaging.still.name_card import HEIGHT_PX, WIDTH_PX
from pipelines.campaign.flow import ingest
from pipelines.planning.admission import Admitted
from tests.support.briefs import admitted, product_picture
from tests.support.sounds import hum

COLOURS = ("#B0651D", "#11AA55", "#3355CC")


def of_three_pictures(folder: Path) -> Admitted:
    """A campaign of three products with a picture each, and a film with music."""
    products = []
    for at, colour in enumerate(COLOURS):
        product_picture(folder / f"{at}.png", colour)
        products.append({"id": f"p{at}", "name": f"Product {at}", "picture": f"{at}.png"})
    (folder / "music.wav").write_bytes(hum(48_000 * 20))
    return admitted(
        folder, products=products, placements=["instagram/reels-film"], film={"music": "music.wav"}, alternatives=2
    )


def test_a_plan_brings_all_files_that_it_needs(tmp_path: Path) -> None:
    each, store = of_three_pictures(tmp_path), LocalStore(tmp_path / "store")
    ingest(each.plan, each.inputs, store)
    own = store.for_tenant("aurelle")
    wanted = {facts.key for facts in each.inputs} | {one.key for one in each.plan.tenant.files.pictures.values()}
    assert {name.rsplit("/", 1)[1] for name in own.list("inputs/")} == wanted


def test_a_slice_brings_the_files_of_its_own_shots(tmp_path: Path) -> None:
    each, store = of_three_pictures(tmp_path), LocalStore(tmp_path / "store")
    plan = each.plan
    last = slice_plan(plan, plan.shot_count - 1, plan.shot_count)
    ingest(last, each.inputs, store)
    there = {name.rsplit("/", 1)[1] for name in store.for_tenant("aurelle").list("inputs/")}
    assert {key for key in plan.pictures if key in there} == {shot.picture for shot in last.shots()}
    assert dict(plan.sounds)["music.wav"] in there


def test_names_that_are_set_as_type_are_drawn_once_and_read_like_pictures(tmp_path: Path) -> None:
    bare = [{"id": f"p{at}", "name": f"Product {at % 2}"} for at in range(3)]
    each, store = admitted(tmp_path, products=bare, products_without_pictures="words"), LocalStore(tmp_path / "store")
    ingest(each.plan, each.inputs, store)
    own = store.for_tenant("aurelle")
    cards = sorted(own.list("name-cards/"))
    assert len(cards) == len(set(each.plan.pictures)) == 2, "two products of one name share a card, and so a shot"
    keys = [key for key in each.plan.pictures if key]
    assert {picture_name(key) for key in keys} == set(cards)
    assert decode(read_input(own, keys[0])).size == (WIDTH_PX, HEIGHT_PX)
    first = own.get(cards[0])
    ingest(each.plan, each.inputs, store)
    assert own.get(cards[0]) == first


def test_a_bundle_is_drawn_from_its_products_pictures_also_for_a_slice(tmp_path: Path) -> None:
    product_picture(tmp_path / "cream.png", "#F0EAE0")
    products = [
        {"id": "cream", "name": "Cream", "picture": "cream.png", "height_mm": "50"},
        {"id": "serum", "name": "Serum", "picture": "serum.png", "height_mm": "100"},
        {"id": "set", "name": "Set", "shows": ["serum", "cream"]},
    ]
    each, store = admitted(tmp_path, products=products), LocalStore(tmp_path / "store")
    plan, key = each.plan, each.plan.pictures[2]
    shot = next(at for at, shot in enumerate(plan.shots()) if shot.picture == key)

    ingest(slice_plan(plan, shot, shot + 1), each.inputs, store)

    own = store.for_tenant("aurelle")
    assert key is not None
    assert list(own.list("line-ups/")) == [picture_name(key)]
    drawn = decode(read_input(own, key))
    assert drawn.getchannel("A").getbbox() == (0, 0, *drawn.size)
    assert drawn.size[0] / drawn.size[1] == pytest.approx(0.427 * 1.5 + 0.05, abs=0.01)
