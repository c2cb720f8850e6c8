"""`foundry sets`: what there is, what is wrong with a set, and how it looks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from console.sets import sets_app
from foundry.errors import BadInput, Refusals
from foundry.sets.files import UnknownSet, shipped_sets
from tests.support.briefs import EXAMPLES
from tests.support.own_sets import a_client, a_shelf_owner

SERUM = str(EXAMPLES / "products" / "aurelle-serum.png")
TABLE = """
id: table
version: 1
title: A table
ground: {shape: plane, surface: {material: plaster, colour: floor}}
parts: [{shape: cylinder, surface: {material: marble, colour: accent}, size: [2, 2, 0.2], carries: true}]
"""


def sets(*arguments: str) -> str:
    """What the command prints; what it refuses is raised."""
    done = CliRunner().invoke(sets_app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def a_table(folder: Path, text: str = TABLE) -> str:
    (folder / "table.yaml").write_text(text)
    return str(folder / "table.yaml")


def test_the_list_names_every_set_and_a_tenants_own(tmp_path: Path) -> None:
    a_shelf_owner(tmp_path)
    shipped = json.loads(sets("list", "--json"))
    assert set(shipped) == set(shipped_sets())
    own = json.loads(sets("list", "--json", "--tenant", "client", "--tenants", str(tmp_path)))
    assert own["ourshelf"] == {"version": 1, "title": "Our shelf", "scene": None, "words": ["shelf"], "own": True}
    assert not own["podium"]["own"]


def test_a_set_is_shown_as_its_file_reads_it(tmp_path: Path) -> None:
    shown = sets("show", a_table(tmp_path))
    again = tmp_path / "again"
    again.mkdir()
    told = json.loads(sets("show", a_table(again, shown), "--json"))
    assert told == json.loads(sets("show", a_table(tmp_path), "--json"))
    assert told["parts"][0]["size"] == [2, 2, 0.2]


def test_an_unknown_set_names_its_neighbours() -> None:
    with pytest.raises(UnknownSet, match="podium"):
        sets("show", "podum")
    with pytest.raises(BadInput, match="does not exist"):
        sets("show", "nowhere/table.yaml")


def test_the_library_is_listed_and_a_tenants_own_with_it(tmp_path: Path) -> None:
    a_shelf_owner(tmp_path)
    tenant = ["--tenant", "client", "--tenants", str(tmp_path), "--json"]
    shapes, materials = json.loads(sets("shapes", *tenant)), json.loads(sets("materials", *tenant))
    assert shapes["prop"] == {"vase": "Prop of client"}
    assert "ylinder" in shapes["shape"]["cylinder"]
    assert materials["own"] == {"our-oak": "Our oak"}
    assert all(text.endswith(".") for kind in ("shape", "gobo", "sky") for text in shapes[kind].values())
    assert all(text.endswith(".") for text in materials["material"].values())


def test_names_that_nobody_knows_are_refused_with_their_neighbours(tmp_path: Path) -> None:
    wrong = TABLE.replace("marble", "marbel").replace("shape: cylinder", "shape: cylindre")
    with pytest.raises(Refusals) as caught:
        sets("check", "--no-draw", a_table(tmp_path, wrong))
    assert "sets/table.yaml: parts[0].shape: 'cylindre' is not known; near it: cylinder" in str(caught.value)
    assert "sets/table.yaml: parts[0].surface.material: 'marbel' is not known; near it: marble" in str(caught.value)


def test_the_shipped_sets_name_nothing_unknown() -> None:
    assert json.loads(sets("check", "--no-draw", "--json"))["problems"] == []


def test_a_tenants_broken_prop_is_found_by_the_check(tmp_path: Path) -> None:
    a_shelf_owner(tmp_path, props__vase_glb=b"glTF, or not")
    with pytest.raises(Refusals, match=r"props/vase\.glb.*is not a whole GLB file"):
        sets("check", "--tenant", "client", "--tenants", str(tmp_path))


def test_a_set_and_a_tenants_own_are_drawn_by_the_check(tmp_path: Path) -> None:
    tenant = a_shelf_owner(tmp_path)
    told = json.loads(sets("check", "--tenant", tenant.id, "--tenants", str(tmp_path), "--json"))
    assert told == {"checked": 1, "drawn": True, "problems": []}


def test_a_preview_draws_the_set_with_the_product_and_says_where(tmp_path: Path) -> None:
    target = tmp_path / "sheet.png"
    asked = ["--edge", "40", "--samples", "1", "--light", "left", "--seed", "1", "-o", str(target)]
    told = sets("preview", a_table(tmp_path), *asked, "--palette", "sage,cream,#C4633F", "--product", SERUM)
    assert told == f"{target}\n"
    with Image.open(target) as sheet:
        assert len(sheet.convert("RGB").getcolors(100_000) or ()) > 100


def test_a_palette_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not three colours"):
        sets("preview", a_table(tmp_path), "--palette", "sage,cream", "-o", str(tmp_path / "sheet.png"))


def test_another_tenants_set_is_not_known(tmp_path: Path) -> None:
    a_shelf_owner(tmp_path)
    a_client(tmp_path, "other")
    with pytest.raises(UnknownSet):
        sets("show", "ourshelf", "--tenant", "other", "--tenants", str(tmp_path))
