"""A file of several briefs: those that are refused are named, and the others are made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from console.cli import app
from foundry.errors import FoundryError, Refusals
from foundry.store.object_store import LocalStore
from pipelines.campaign.flow import build
from pipelines.planning.admission import admit_file
from tests.support.briefs import EXAMPLES, a_brief, product_picture
from tests.support.fakes import PaintingHandler

TENANTS = EXAMPLES / "tenants"


def a_file(folder: Path, *briefs: dict[str, Any]) -> Path:
    """A file of these briefs, with the product's picture beside it."""
    product_picture(folder / "serum.png")
    path = folder / "briefs.yaml"
    path.write_text(yaml.safe_dump_all(briefs), encoding="utf-8")
    return path


def named(campaign: str, **changes: Any) -> dict[str, Any]:
    return a_brief(campaign={"id": campaign, "name": campaign}, placements=["google/leaderboard"], **changes)


WRONG = named("wrong", placments=["google/leaderboard"])
UNPLANNED = named("unplanned", products=[{"id": "serum", "name": "Serum", "picture": "none.png"}])


def test_briefs_that_cannot_be_read_or_planned_are_told_and_the_others_admitted(tmp_path: Path) -> None:
    path = a_file(tmp_path, named("one"), WRONG, UNPLANNED, named("two"))
    told: list[FoundryError] = []
    admitted = admit_file(path, TENANTS, on_refusal=told.append)
    assert [each.plan.brief.campaign.id for each in admitted] == ["one", "two"]
    assert "brief 2: " in str(told[0])
    assert "brief aurelle/unplanned" in str(told[1])
    with pytest.raises(Refusals, match="brief 2: "):
        admit_file(path, TENANTS)


def test_a_file_that_is_no_brief_at_all_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "briefs.yaml"
    path.write_text("[", encoding="utf-8")
    with pytest.raises(Refusals):
        admit_file(path, TENANTS, on_refusal=lambda _: None)


def test_a_run_makes_the_good_briefs_and_ends_with_the_code_of_the_refused_ones(tmp_path: Path) -> None:
    good = a_file(tmp_path, named("one"))
    (each,) = admit_file(good, TENANTS)
    build(each.plan, each.inputs, LocalStore(tmp_path / "store"), generator=PaintingHandler())
    path = a_file(tmp_path, named("one"), WRONG)
    words = ["run", str(path), "--store", str(tmp_path / "store"), "--tenants", str(TENANTS), "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert "brief 2: " in done.stderr
    (summary,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (summary["campaign"], summary["variants"], summary["stopped"]) == ("one", 2, None)
