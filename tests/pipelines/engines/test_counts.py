"""Counts of a run: equal on all engines and to the manifest, apart for each plan, told while the engine works."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from foundry.store.object_store import LocalStore
from infra.stack import JobServer
from pipelines.campaign.flow import Outcome, build_all
from pipelines.engines.engine import Engine, choose_engine
from pipelines.engines.live_counts import LiveCounts
from pipelines.planning.admission import Admitted
from tests.pipelines.engines.campaigns import on_flink
from tests.support.briefs import a_tenant, admitted
from tests.support.counted import counted
from tests.support.fakes import PaintingHandler, SlowPainter

NEVER_FALLING = ("shots", "variants", "files_made", "files_refused", "attempts")


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> list[Admitted]:
    """Campaigns of two tenants."""
    folder = tmp_path_factory.mktemp("orders")
    other: dict[str, Any] = {"owner": a_tenant("northpeak"), "tenant": "northpeak", "placements": ["google/half-page"]}
    return [admitted(folder), admitted(folder, **other)]


@pytest.fixture(scope="module")
def begun(orders: list[Admitted], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which the second campaign is whole."""
    root = tmp_path_factory.mktemp("begun") / "store"
    made(orders[1:], root, choose_engine("embedded"))
    return root


def made(orders: list[Admitted], root: Path, where: Engine, **refusing: str) -> list[Outcome]:
    """Make the orders in one run; return the outcome of each."""
    found = [(each.plan, each.inputs) for each in orders]
    outcomes = build_all(found, LocalStore(root), generator=PaintingHandler(**refusing), engine=where)
    return [outcomes[each.plan.digest] for each in orders]


def check_counts_of_a_run_with_refusals(orders: list[Admitted], begun: Path, root: Path, where: Engine) -> None:
    """One campaign loses a shot's files, the other is there already: counts, manifests and letters agree."""
    refused_bucket = min({shot.bucket for shot in orders[0].plan.shots()})
    shutil.copytree(begun, root)
    outcomes = made(orders, root, where, refuse=refused_bucket)
    plan, lost = orders[0].plan, [shot for shot in orders[0].plan.shots() if shot.bucket == refused_bucket]
    files_lost = sum(sum(1 for _ in plan.variants(shot)) for shot in lost)
    assert 0 < files_lost < plan.variant_count
    assert counted(outcomes[0].counts) == {
        "attempts": plan.shot_count,
        "shots": plan.shot_count,
        "variants": plan.variant_count,
        "files_made": plan.variant_count - files_lost,
        "files_refused": files_lost,
        "refusals/shot_refused": len(lost),
        "refusals/no_master": files_lost,
    }
    assert counted(outcomes[1].counts) == {"files_found": orders[1].plan.variant_count}
    for outcome in outcomes:
        codes = Counter(letter.code for letter in outcome.letters)
        assert codes == {
            kind.removeprefix("refusals/"): number
            for kind, number in outcome.counts.items()
            if kind.startswith("refusals/")
        }
        assert outcome.rows == outcome.counts.get("files_made", 0) + outcome.counts.get("files_found", 0)


def test_counts_agree_with_the_manifest_on_the_embedded_engine(
    orders: list[Admitted], begun: Path, tmp_path: Path
) -> None:
    check_counts_of_a_run_with_refusals(orders, begun, tmp_path / "store", choose_engine("embedded"))


@pytest.mark.prism
def test_counts_agree_with_the_manifest_on_prism(orders: list[Admitted], begun: Path, tmp_path: Path) -> None:
    check_counts_of_a_run_with_refusals(orders, begun, tmp_path / "store", choose_engine("prism"))


@pytest.mark.flink
@pytest.mark.slow
def test_counts_agree_with_the_manifest_on_flink(
    orders: list[Admitted], begun: Path, tmp_path: Path, jobs: JobServer
) -> None:
    check_counts_of_a_run_with_refusals(orders, begun, tmp_path / "store", on_flink(jobs, 2))


@contextmanager
def sampled(live: LiveCounts, every_s: float = 0.05) -> Iterator[list[dict[str, int]]]:
    """Yield the counts that were told while the block ran."""
    samples: list[dict[str, int]] = []
    ended = threading.Event()

    def sample() -> None:
        while not ended.wait(every_s):
            samples.append(live.now())

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        ended.set()
        thread.join()


def _sizes(root: Path, *kinds: str) -> Iterator[int]:
    return (file.stat().st_size for kind in kinds for file in root.glob(f"*/{kind}/*/*") if file.suffix != ".json")


def told_while_it_works(folder: Path, where: Engine) -> tuple[list[dict[str, int]], Any]:
    """Build a campaign of slow shots; return the counts that were told meanwhile, and the campaign."""
    each, live = admitted(folder, alternatives=2), LiveCounts()
    with sampled(live) as samples:
        build_all(
            [(each.plan, each.inputs)],
            LocalStore(folder / "store"),
            generator=SlowPainter(1.0),
            engine=where,
            counts=live,
        )
    for kind in NEVER_FALLING:
        told = [sample.get(kind, 0) for sample in samples]
        assert told == sorted(told), kind
    totals = {"shots": each.plan.shot_count, "variants": each.plan.variant_count}
    assert {kind: live.now()[kind] for kind in totals} == totals
    assert counted(live.now(each.plan.digest)) == counted(live.now())
    assert live.now()["bytes_written"] >= sum(_sizes(folder / "store", "masters", "renditions", "thumbnails"))
    stages = set(live.run.times(each.plan.digest)) | set(live.run.times())
    assert stages >= {"expand", "draw", "upscale", "master", "render", "publish", "manifest"}
    return samples, each.plan


def test_progress_is_told_shot_by_shot_on_the_embedded_engine(tmp_path: Path) -> None:
    samples, plan = told_while_it_works(tmp_path, choose_engine("embedded"))
    shots = {sample.get("shots", 0) for sample in samples}
    assert shots & set(range(1, plan.shot_count)), "a shot was told before the last one"


@pytest.mark.prism
def test_progress_is_told_while_prism_works(tmp_path: Path) -> None:
    samples, plan = told_while_it_works(tmp_path, choose_engine("prism"))
    assert any(sum(sample.values()) > 0 and sample.get("variants", 0) < plan.variant_count for sample in samples)


@pytest.mark.flink
@pytest.mark.slow
def test_progress_is_told_stage_by_stage_on_flink(tmp_path: Path, jobs: JobServer) -> None:
    samples, plan = told_while_it_works(tmp_path, on_flink(jobs, 2))
    assert any(sample.get("shots", 0) > 0 and sample.get("variants", 0) < plan.variant_count for sample in samples)


def test_a_run_that_breaks_is_not_asked_any_longer(tmp_path: Path) -> None:
    class Breaking(PaintingHandler):
        def run_inference(self, *_args: Any, **_named: Any) -> Any:
            raise OSError(28, "No space left on device")

    each, live = admitted(tmp_path), LiveCounts()
    orders = [(each.plan, each.inputs)]
    with pytest.raises(RuntimeError, match="No space left"):
        build_all(orders, LocalStore(tmp_path / "store"), generator=Breaking(), counts=live)
    assert "counts" not in {thread.name for thread in threading.enumerate()}
    assert "shots" not in live.now()
