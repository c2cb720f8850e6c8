"""Layout files: inheritance, a tenant's own, variations, and refusals that name neighbours."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from foundry.channel.placement import placements
from foundry.errors import BadInput, FoundryError
from foundry.layout.files import UnknownLayout, layout_for, layout_named, layouts_of, merge_layouts
from foundry.tenant import Tenant, load_tenant
from tests.support.briefs import EXAMPLES

SQUARE, STORY = "meta/feed-square", "meta/story"


def a_tenant_with(tmp_path: Path, **files: str) -> Tenant:
    shutil.copytree(EXAMPLES / "tenants" / "aurelle", tmp_path / "aurelle")
    for name, text in files.items():
        (tmp_path / "aurelle" / "layouts" / f"{name.replace('_', '-')}.yaml").write_text(text)
    return load_tenant(tmp_path, "aurelle")


def test_maps_are_merged_areas_replaced_and_null_takes_away() -> None:
    below = {"logo": {"area": [0, 0, 1, 1], "align": "start"}, "blocks": {"a": {"gap": 1}, "b": {"gap": 2}}}
    above = {"logo": {"areas": [[0, 0, 5, 5]]}, "blocks": {"a": None, "b": {"gap": 3}}}
    assert merge_layouts(below, above) == {
        "logo": {"areas": [[0, 0, 5, 5]], "align": "start"},
        "blocks": {"b": {"gap": 3}},
    }


def test_a_tenants_layout_extends_the_shipped_one_of_its_own_name(tmp_path: Path) -> None:
    tenant = a_tenant_with(tmp_path, square_stage="{id: square-stage, extends: square-stage, version: 9, ground: ink}")
    own, shipped = layout_for(placements()[SQUARE], tenant), layout_for(placements()[SQUARE])
    assert (own.version, own.ground, own.blocks) == (9, "ink", shipped.blocks)
    assert own.digest != shipped.digest
    assert layout_for(placements()[SQUARE]).version == shipped.version


def test_a_tenants_default_is_taken_before_the_shipped_one(tmp_path: Path) -> None:
    text = "{id: our-square, extends: square-panel, version: 1, family: square, default: true}"
    assert layout_for(placements()[SQUARE], a_tenant_with(tmp_path, our_square=text)).id == "our-square"


def test_an_unknown_parent_and_an_unknown_layout_name_their_neighbours(tmp_path: Path) -> None:
    text = "{id: ours, extends: square-stag, version: 1, family: square}"
    with pytest.raises(UnknownLayout, match=r"square-stag.*square-stage"):
        layout_named("ours", placements()[SQUARE], a_tenant_with(tmp_path, ours=text))
    with pytest.raises(UnknownLayout, match=r"story-panl.*story-panel"):
        layout_named("story-panl", placements()[STORY])


def test_a_circle_is_refused(tmp_path: Path) -> None:
    tenant = a_tenant_with(
        tmp_path,
        one="{id: one, extends: two, version: 1, family: square}",
        two="{id: two, extends: one, version: 1}",
    )
    with pytest.raises(BadInput, match="one → two → one"):
        layout_named("one", placements()[SQUARE], tenant)


def test_a_file_that_is_no_layout_is_refused_with_its_reason(tmp_path: Path) -> None:
    text = "{id: ours, extends: square-stage, version: 1, gives_way: [legal]}"
    with pytest.raises(BadInput, match="legal never gives way"):
        layout_named("ours", placements()[SQUARE], a_tenant_with(tmp_path, ours=text))
    text = "{id: ours, extends: square-stage, version: 1, logo: {area: {columns: [1, 13], rows: [1, 1]}}}"
    shutil.rmtree(tmp_path / "aurelle")
    with pytest.raises(BadInput, match=r"\[1, 13\] are not on the grid, which has 12"):
        layout_named("ours", placements()[SQUARE], a_tenant_with(tmp_path, ours=text))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{id: ours, id: ours}", "the key 'id' stands twice"),
        ("{id: ours, extends: [square-stage]}", "extends"),
        ("{id: ours, family: {a: 1}}", "family"),
        ("{id: ours, family: square, variations: {a: 1}}", "variations"),
        ("{id: ours, family: square, variations: [5]}", "variations[0]"),
        ("{id: ours, extends: square-stage, family: square, variations: [{when: {wider_than: 5}}]}", "wider_than"),
        ("{id: ours, extends: square-stage, family: square, variations: [{when: 5}]}", "'`when` is a map"),
        ("{id: ours, extends: square-stage, family: square, blocks: [1]}", "blocks"),
        ("{id: ours, extends: " + "x" * 90_000 + "}", "extends"),
        ("[" * 60, "nested deeper than 50"),
        ("{<<: {id: ours}}", "merge keys"),
    ],
)
def test_a_hostile_layout_file_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(FoundryError) as refused:
        layout_named("ours", placements()[SQUARE], a_tenant_with(tmp_path, ours=text))
    assert said.strip("'") in str(refused.value)
    assert len(str(refused.value)) < 2_000


def test_a_chain_of_layouts_is_followed_so_far_and_no_further(tmp_path: Path) -> None:
    chain = {f"l{n}": f"{{id: l{n}, extends: l{n + 1}, version: 1, family: square}}" for n in range(60)}
    with pytest.raises(BadInput, match="more than 20 files"):
        layout_named("l0", placements()[SQUARE], a_tenant_with(tmp_path, **chain))


def test_a_variation_applies_where_its_conditions_hold() -> None:
    story = placements()[STORY]
    reel = story.model_copy(update={"safe_area": story.safe_area.model_copy(update={"bottom": 300})})
    high = layout_named("story-stage", story).blocks["copy"].areas
    assert layout_named("story-stage", type(story).model_validate(reel.model_dump())).blocks["copy"].areas != high


def test_every_shipped_layout_serves_its_placements() -> None:
    for family, names in layouts_of().families().items():
        for place in placements().values():
            if place.family == family:
                assert [layout_named(name, place).family for name in names] == [family] * len(names)
