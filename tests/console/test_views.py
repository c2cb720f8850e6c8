"""How plans, runs and explanations look in a terminal and to scripts."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from rich.console import Console

from console.stats_view import print_stats, stats_as_json
from console.views import plan_as_json, print_explanation, print_plan, print_summary, summary_as_json
from foundry.plan.estimate import Needs, count_needs
from foundry.store.object_store import LocalStore
from pipelines.campaign.explain import Explanation
from pipelines.campaign.run_stats import RunStats, run_stats
from pipelines.campaign.running import RunSummary
from pipelines.planning.admission import Admitted
from tests.support.briefs import admitted

SUMMARY = RunSummary(
    tenant="aurelle", campaign="spring", plan="ab" * 16, variants=12, made=9, reused=2, failed=1, shots_drawn=3,
    clips_filmed=0, cost_usd=Decimal("0.12345"), seconds=61.27, report="demo/report.html",
    manifest="demo/manifest.json", dead_letters="demo/dead_letters.jsonl",
)  # fmt: skip


def terminal() -> tuple[Console, io.StringIO]:
    written = io.StringIO()
    return Console(file=written, width=200, soft_wrap=True), written


def planned(folder: Path) -> tuple[Admitted, Needs]:
    each = admitted(folder)
    return each, count_needs(each.plan, LocalStore(folder / "store").for_tenant("aurelle"))


def test_a_plan_shows_each_placement_with_its_pixels_and_what_it_needs(tmp_path: Path) -> None:
    out, written = terminal()
    print_plan(*planned(tmp_path), out)
    shown = written.getvalue()
    assert "google/leaderboard" in shown
    assert "728x90" in shown
    assert "aurelle/test" in shown
    assert "Nothing to make" not in shown


def test_a_plan_of_which_everything_exists_says_so(tmp_path: Path) -> None:
    each, lacking = planned(tmp_path)
    out, written = terminal()
    print_plan(each, replace(lacking, variants_to_make=0, variants_only_rendered=0), out)
    assert "Nothing to make. Everything exists." in written.getvalue()


def test_the_plans_json_adds_up(tmp_path: Path) -> None:
    each, lacking = planned(tmp_path)
    told = json.loads(json.dumps(plan_as_json(each, lacking)))
    variants = told["variants"]
    assert (
        variants["make"] + variants["render_only"] + variants["reuse"] == variants["total"] == each.plan.variant_count
    )
    assert sum(counts["make"] for counts in told["placements"].values()) == variants["make"]
    assert Decimal(told["estimate"]["usd"]) == lacking.money


def test_a_summary_counts_files_and_names_the_page() -> None:
    out, written = terminal()
    err, warned = terminal()
    print_summary(SUMMARY, out, err)
    assert "spring: 12 assets, 9 made now, 2 reused, 1 failed; 3 shots drawn; $0.1234; 61.3 s" in written.getvalue()
    assert "demo/report.html" in written.getvalue()
    assert "1 dead letters: demo/dead_letters.jsonl" in warned.getvalue()


def test_clips_are_counted_only_where_there_are_any() -> None:
    out, written = terminal()
    print_summary(replace(SUMMARY, clips_filmed=2, failed=0), out, out)
    assert "3 shots drawn, 2 clips filmed;" in written.getvalue()
    assert "dead letters" not in written.getvalue()


def test_the_summarys_json_has_money_as_text_and_every_address() -> None:
    told = json.loads(json.dumps(summary_as_json(SUMMARY)))
    assert (told["cost_usd"], told["seconds"]) == ("0.1234", 61.3)
    assert {"report", "manifest", "dead_letters"} <= told.keys()


def test_an_explanation_groups_fields_and_leaves_out_those_that_say_nothing() -> None:
    checks = [{"name": "size", "passed": True, "measured": "1", "limit": "2"}]
    failed = [{"name": "sharp", "passed": False, "measured": "0.1", "limit": "0.2"}]
    record = {"asset": "ab", "headline": "[b]Hello[/b]", "legal": "", "shot_checks": checks, "checks": failed}
    out, written = terminal()
    print_explanation(Explanation(asset=record, master={"name": "cd"}, clips=({"clip": "ef"},)), out)
    shown = written.getvalue()
    assert "[b]Hello[/b]" in shown, "copy is never read as markup"
    assert "legal" not in shown
    assert "Clip 1" in shown
    assert "pass  size: 1 (2)" in shown
    assert "FAIL  sharp: 0.1 (0.2)" in shown


def test_the_stats_of_a_run_say_plainly_that_the_processor_drew() -> None:
    counts = {"processor_us/draw/draw": 1_500_000, "processor_us/render/encode": 250_000}
    stats = run_stats(counts, {"device_us/cpu/busy": 3_000_000, "device_us/cpu/loading": 1_000_000}, wall_s=10.0)
    out, written = terminal()
    print_stats(stats, out)
    shown = written.getvalue()
    assert "shots  draw          1.500              -" in shown
    assert "Drawing device cpu (processor, since this machine showed no accelerator)" in shown
    assert "60.0 %  has nothing to do" in shown
    told = json.loads(json.dumps(stats_as_json(stats)))
    assert told["steps"][1] == {"of": "files", "step": "encode", "processor_s": 0.25, "accelerator_s": 0.0}
    assert told["device"]["accelerator"] is False
    assert told["device"]["seconds"]["nothing_to_do"] == 6.0


def test_a_run_that_made_nothing_has_no_steps_and_no_device() -> None:
    assert stats_as_json(RunStats()) == {"steps": [], "device": None}
