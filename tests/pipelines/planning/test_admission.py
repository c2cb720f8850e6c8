"""The gate as a whole: what it gives, what it asks for, and that it says everything at once."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest
import yaml

from foundry.brief.intake import parse
from foundry.errors import BadInput, FoundryError, Refusals
from foundry.inputs.file_name import ForeignFile
from models.registry import cards_of
from pipelines.planning.admission import BriefFolders, admit, admit_brief, admit_file
from tests.support.briefs import BRIEF, EXAMPLES, a_brief, a_tenant, admitted, product_picture

WIDE = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen " * 4


def brief_file(folder: Path, *briefs: dict[str, object]) -> Path:
    product_picture(folder / "serum.png")
    path = folder / "brief.yaml"
    path.write_text("---\n".join(yaml.safe_dump(brief, allow_unicode=True) for brief in briefs), encoding="utf-8")
    return path


def test_an_admitted_brief_brings_its_plan_its_estimate_and_its_files(tmp_path: Path) -> None:
    each = admitted(tmp_path)
    assert (each.estimate.shots, each.estimate.variants) == (each.plan.shot_count, each.plan.variant_count)
    assert [facts.file.name for facts in each.inputs] == ["serum.png"]
    assert each.plan.pictures == (each.inputs[0].key,)


def test_a_file_that_two_products_share_is_needed_once(tmp_path: Path) -> None:
    twin = {**BRIEF["products"][0], "id": "twin"}
    assert len(admitted(tmp_path, products=[BRIEF["products"][0], twin]).inputs) == 1


def test_copy_that_will_not_fit_is_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    messages = {**BRIEF["messages"], "de-DE": {"headline": WIDE}}
    with pytest.raises(Refusals) as refused:
        admitted(tmp_path, messages=messages)
    assert {problem.code for problem in refused.value.problems} == {"copy_does_not_fit"}
    assert "google/leaderboard de-DE: headline" in str(refused.value)


def test_every_problem_of_every_kind_is_told_at_once(tmp_path: Path) -> None:
    brief = a_brief(
        products=[{**BRIEF["products"][0], "picture": "nowhere.png"}],
        messages={"en-US": {"headline": "A miracle for {colour}"}},
        placements=["google/leaderboard", "google/leaderbord"],
    )
    with pytest.raises(Refusals) as refused:
        admit(parse(brief), tmp_path, a_tenant(), cards_of(a_tenant()))
    said = str(refused.value)
    assert said.startswith("brief aurelle/test is refused for 5 reason(s):")
    assert all(part in said for part in ("nowhere.png", "'miracle'", "{colour}", "leaderbord"))


def test_refusals_survive_the_way_between_processes(tmp_path: Path) -> None:
    with pytest.raises(Refusals) as refused:
        admitted(tmp_path, placements=["google/leaderbord"])
    copy = pickle.loads(pickle.dumps(refused.value))
    assert str(copy) == str(refused.value)
    assert [problem.code for problem in copy.problems] == [problem.code for problem in refused.value.problems]


def test_a_file_of_briefs_is_admitted_whole_in_its_order(tmp_path: Path) -> None:
    second = a_brief(campaign={"id": "second", "name": "Second"})
    path = brief_file(tmp_path, a_brief(), second)
    orders = admit_file(path, EXAMPLES / "tenants")
    assert [each.plan.brief.campaign.id for each in orders] == ["test", "second"]


def test_one_bad_brief_of_a_file_refuses_the_file_before_any_of_it_runs(tmp_path: Path) -> None:
    path = brief_file(tmp_path, a_brief(), a_brief(placements=["google/leaderbord"]))
    with pytest.raises(FoundryError, match="leaderbord"):
        admit_file(path, EXAMPLES / "tenants")


def test_tenants_are_looked_for_beside_the_file_unless_a_folder_is_named(tmp_path: Path) -> None:
    path = brief_file(tmp_path, a_brief())
    with pytest.raises(BadInput, match="'aurelle' has no tenant") as refused:
        admit_file(path)
    assert str(tmp_path) not in str(refused.value)
    shutil.copytree(EXAMPLES / "tenants", tmp_path / "tenants")
    assert admit_file(path)[0].plan.tenant.folder == tmp_path / "tenants" / "aurelle"
    assert admit_file(path, EXAMPLES / "tenants")[0].plan.tenant.folder == EXAMPLES / "tenants" / "aurelle"


def test_names_of_files_begin_at_the_briefs_folder_or_that_of_assets_and_lead_to_no_tenants(
    tmp_path: Path,
) -> None:
    shutil.copytree(EXAMPLES / "tenants", tmp_path / "briefs" / "tenants")
    path = brief_file(tmp_path / "briefs", a_brief())
    (tmp_path / "briefs" / "serum.png").rename(product_picture(tmp_path / "assets" / "serum.png"))
    with pytest.raises(Refusals, match=r"products\[0\]\.picture: 'serum\.png' does not exist"):
        admit_file(path)
    assert admit_file(path, assets=tmp_path / "assets")[0].plan.shot_count == 2
    for name in ("tenants/northpeak/logo.png", "./tenants//northpeak/logo.png", "tenants/northpeak/none.png"):
        other = {**a_brief()["products"][0], "picture": name}
        with pytest.raises(Refusals) as refused:
            admit_file(brief_file(tmp_path / "briefs", a_brief(products=[other])))
        (problem,) = refused.value.problems
        assert (problem.code, problem.limit) == ("foreign_file", ForeignFile(name).limit)


def test_the_same_brief_gives_the_same_plan_by_every_way_in(tmp_path: Path) -> None:
    path = brief_file(tmp_path, a_brief())
    (by_file,) = admit_file(path, EXAMPLES / "tenants")
    by_brief = admit_brief(parse(a_brief()), BriefFolders(EXAMPLES / "tenants", tmp_path))
    assert by_file.plan.digest == by_brief.plan.digest
    assert [shot.name for shot in by_file.plan.shots()] == [shot.name for shot in by_brief.plan.shots()]


def test_notes_tell_what_was_assumed(tmp_path: Path) -> None:
    bare = {"id": "cream", "name": "Cream"}
    notes = admitted(tmp_path, draws=True, products=[bare]).assumptions
    assert any("Product cream has no picture" in note for note in notes)
    assert any("Product cream has no price; layouts leave its place free." in note for note in notes)
