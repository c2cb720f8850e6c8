"""Runs of whole orders: summaries, what is not run again, what a display is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from foundry.errors import BadInput
from foundry.store.object_store import LocalStore
from models.registry import WeightsRefused
from pipelines.campaign.flow import build
from pipelines.campaign.report import report_again
from pipelines.campaign.running import RunOptions, RunSummary, run_all
from pipelines.planning.admission import Admitted
from tests.support.briefs import admitted
from tests.support.cards import a_registry, only
from tests.support.fakes import PaintingHandler
from tests.support.lfs_pointers import A_POINTER


class Recorder:
    """A display that keeps what it was told."""

    def __init__(self) -> None:
        self.totals: list[Mapping[str, int]] = []

    @contextmanager
    def __call__(self, totals: Mapping[str, int], counts: Callable[[], Mapping[str, int]]) -> Iterator[None]:
        self.totals.append(totals)
        yield


@pytest.fixture
def made(tmp_path: Path) -> tuple[Admitted, str]:
    """An order of which everything exists, but no report yet, and its store's address."""
    each = admitted(tmp_path, placements=["google/leaderboard"])
    build(each.plan, each.inputs, LocalStore(tmp_path / "store"), generator=PaintingHandler())
    return each, str(tmp_path / "store")


def run(order: tuple[Admitted, str]) -> tuple[RunSummary, Recorder]:
    display = Recorder()
    (summary,) = run_all([order[0]], order[1], display=display)
    return summary, display


def test_a_run_that_finds_everything_writes_the_report_and_costs_nothing(made: tuple[Admitted, str]) -> None:
    summary, _ = run(made)
    assert (summary.made, summary.reused, summary.failed, summary.shots_drawn) == (0, 2, 0, 0)
    assert summary.cost_usd == Decimal(0)
    assert Path(summary.report).is_file()
    assert Path(summary.manifest).is_file()
    assert (summary.tenant, summary.campaign, summary.plan) == ("aurelle", "test", made[0].plan.digest)


def test_a_second_run_of_the_same_plan_runs_no_flow(made: tuple[Admitted, str]) -> None:
    run(made)
    written = Path(made[1], "aurelle", "campaigns", "test", "report.html").stat().st_mtime_ns
    _, display = run(made)
    assert display.totals == []
    assert Path(made[1], "aurelle", "campaigns", "test", "report.html").stat().st_mtime_ns == written


def test_another_plan_of_the_campaign_replaces_what_its_views_show(made: tuple[Admitted, str], tmp_path: Path) -> None:
    run(made)
    other = admitted(tmp_path, placements=["google/leaderboard"], metadata={"season": "spring"})
    assert other.plan.digest != made[0].plan.digest
    run((other, made[1]))
    marks = list(Path(made[1], "aurelle", "campaigns", "test", "plans").iterdir())
    assert [mark.name for mark in marks] == [other.plan.digest]


def test_a_display_is_told_what_is_to_be_made(made: tuple[Admitted, str]) -> None:
    for name in Path(made[1], "aurelle", "records").rglob("*.json"):
        name.unlink()
        break
    _, display = run(made)
    assert display.totals == [{"shots": 0, "variants": 1}]


def test_an_unknown_engine_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    each = admitted(tmp_path, placements=["google/leaderboard"])
    with pytest.raises(BadInput, match="steam"):
        run_all([each], str(tmp_path / "store"), options=RunOptions(engine="steam"))
    assert not list((tmp_path / "store").rglob("*.json"))


def test_a_report_needs_a_run(tmp_path: Path) -> None:
    each = admitted(tmp_path)
    with pytest.raises(BadInput, match="holds no run of this campaign; use `foundry run` first"):
        report_again(each, str(tmp_path / "store"))


def test_a_report_is_written_again_from_what_the_store_holds(made: tuple[Admitted, str]) -> None:
    summary, _ = run(made)
    first = Path(summary.report).read_text("utf-8")
    Path(summary.report).unlink()
    assert report_again(*made) == summary.report
    again = Path(summary.report).read_text("utf-8")
    assert "google/leaderboard" in again
    assert len(again) == pytest.approx(len(first), rel=0.02)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(Path.unlink, "are missing"), (lambda path: path.write_bytes(A_POINTER), "are a Git LFS pointer in place of")],
    ids=["missing", "a pointer"],
)
def test_weights_that_a_later_stage_lacks_end_a_run_before_a_shot_is_drawn(
    tmp_path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    each = admitted(tmp_path, placements=["google/leaderboard"])
    model = only(a_registry(tmp_path, "1", task="upscale"))
    spoil(model.folder / "unet" / "diffusion_pytorch_model.safetensors")
    cards = replace(each.plan.cards, upscale=model)
    order = replace(each, plan=replace(each.plan, cards=cards))
    with pytest.raises(WeightsRefused, match=f"model tiny@1: weights unet/diffusion_pytorch_model.safetensors {said}"):
        run_all([order], str(tmp_path / "store"))
    assert not list((tmp_path / "store").rglob("masters/*"))
