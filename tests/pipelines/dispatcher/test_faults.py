"""Whatever dies, moves or changes its mind: the same objects, each written once, all told of, all committed."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from foundry.brief.brief import Brief
from models.drawing import Drawing
from pipelines.bus.topics import CAMPAIGN_FINISHED, FINISHED, PROGRESS
from pipelines.dispatcher.scheduler import Limits
from tests.pipelines.dispatcher.factory import Factory, undisturbed
from tests.pipelines.dispatcher.test_serving import named
from tests.support.fakes import PaintingHandler, SlowPainter
from tests.support.rounds import ROUNDS
from tests.support.waiting import until

pytestmark = pytest.mark.kafka
SCENES = [{"id": f"s{number}", "prompt": f"Plaster wall, light {number}"} for number in range(4)]


def states(factory: Factory, campaign: str) -> list[str]:
    return [said["data"]["state"] for said in factory.told(PROGRESS, campaign)]


def several(factory: Factory, count: int) -> list[Brief]:
    return [
        factory.brief(named(f"c{number}"), ("aurelle", "northpeak")[number % 2], scenes=SCENES[: 1 + number % 3])
        for number in range(count)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, ROUNDS + 1))
def test_killed_at_random_moments_it_makes_what_an_undisturbed_run_makes(
    factory: Factory, tmp_path: Path, seed: int
) -> None:
    briefs, chance = several(factory, 6), random.Random(seed)
    wanted = undisturbed(factory, briefs, tmp_path / "alone")
    factory.submit(*briefs)
    written: dict[str, float] = {}
    kills = 0
    while kills < 3:
        with factory.process("cost=60", "jobs=2", "slow=0.5") as serving:
            until(lambda: (factory.root / "aurelle").exists() or (factory.root / "northpeak").exists())
            time.sleep(chance.uniform(0.5, 5.0))
            kills += serving.poll() is None
            serving.kill()
        for path in factory.root.glob("*/renditions/*/*"):
            assert written.setdefault(str(path), path.stat().st_mtime) == path.stat().st_mtime
    names = [brief.campaign.id for brief in briefs]
    with factory.process() as serving:
        until(lambda: len({said["data"]["plan"] for said in factory.told(CAMPAIGN_FINISHED, *names)}) == 6, 150)
        until(factory.all_committed)
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(60) == 0
    assert factory.objects() == wanted
    told = factory.told(FINISHED, *names)
    unique = {said["id"]: (said["data"]["plan"], said["data"]["address"]) for said in told}
    assert len(unique) == len(set(unique.values())) == sum(2 * len(brief.scenes) for brief in briefs)


@pytest.mark.slow
def test_two_dispatchers_share_the_work_and_a_survivor_takes_over(factory: Factory, tmp_path: Path) -> None:
    briefs = several(factory, 6)
    wanted = undisturbed(factory, briefs, tmp_path / "alone")
    names = [brief.campaign.id for brief in briefs]
    with factory.running(SlowPainter(0.5), limits=Limits(jobs=2)) as first:
        factory.submit(*briefs[:3])
        until(lambda: factory.told(CAMPAIGN_FINISHED, *names))
        with factory.running(SlowPainter(0.5), limits=Limits(jobs=2)) as second:
            factory.submit(*briefs[3:])
            until(second.offsets.claims.partitions)
            assert not set(first.offsets.claims.partitions()) & set(second.offsets.claims.partitions())
        until(lambda: len({said["data"]["plan"] for said in factory.told(CAMPAIGN_FINISHED, *names)}) == 6, 240)
        until(factory.all_committed)
    assert factory.objects() == wanted


@pytest.mark.slow
def test_a_rebalance_in_work_longer_than_the_poll_interval_loses_and_repeats_nothing(factory: Factory) -> None:
    PaintingHandler.forget()
    campaign = named("long")
    painter = SlowPainter(12.0)
    with factory.running(painter, max_poll_interval_s=6.0) as first:
        factory.submit(factory.brief(campaign))
        until(lambda: first.orders.making)
        before = first.offsets.claims.rebalances
        with factory.running(painter, max_poll_interval_s=6.0) as second:
            until(second.offsets.claims.partitions)
            until(lambda: factory.told(CAMPAIGN_FINISHED, campaign))
            until(factory.all_committed)
        assert first.offsets.claims.rebalances >= before
    assert PaintingHandler.pictures <= 2, "drawn once, or by both if the partition moved"
    assert len({said["id"] for said in factory.told(FINISHED, campaign)}) == 2


def test_sigterm_finishes_the_round_commits_and_leaves(factory: Factory) -> None:
    first, second = named("round"), named("later")
    with factory.process("jobs=1", "slow=3") as serving:
        factory.submit(factory.brief(first), factory.brief(second))
        until(lambda: "waiting" in states(factory, first))
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(90) == 0
    done = {name for name in (first, second) if factory.told(CAMPAIGN_FINISHED, name)}
    assert second not in done
    assert not factory.all_committed()
    with factory.running():
        until(lambda: factory.told(CAMPAIGN_FINISHED, second))
        until(factory.all_committed)
    assert factory.told(CAMPAIGN_FINISHED, first)


def some_are_done(factory: Factory, campaign: str) -> bool:
    """Whether the campaign's progress tells of finished files."""
    return any(said["data"]["done"] for said in factory.told(PROGRESS, campaign))


def test_a_cancelled_campaign_is_stopped_and_keeps_what_was_made(factory: Factory) -> None:
    campaign = named("huge")
    brief = factory.brief(campaign, scenes=SCENES)
    with factory.running(SlowPainter(2.0), limits=Limits(cost=20)):
        factory.submit(brief)
        until(lambda: some_are_done(factory, campaign))
        factory.cancel("aurelle", campaign)
        until(lambda: states(factory, campaign)[-1:] == ["cancelled"])
        until(factory.all_committed)
    last = factory.told(PROGRESS, campaign)[-1]["data"]
    assert 0 < last["done"] < last["total"]
    assert not factory.told(CAMPAIGN_FINISHED, campaign)


def test_a_newer_revision_supersedes_the_older_one_and_wins(factory: Factory) -> None:
    campaign = named("twice")
    old, new = (factory.brief(campaign, scenes=SCENES, metadata={"revision": number}) for number in (1, 2))
    with factory.running(SlowPainter(2.0), limits=Limits(cost=20)):
        factory.submit(old, request="old")
        until(lambda: some_are_done(factory, campaign))
        factory.submit(new, request="new")
        until(lambda: factory.told(CAMPAIGN_FINISHED, campaign))
        until(factory.all_committed)
    ends = {said["data"]["request"]: said["data"]["state"] for said in factory.told(PROGRESS, campaign)}
    assert ends == {"old": "superseded", "new": "finished"}
    last = factory.told(PROGRESS, campaign)[-1]["data"]
    assert last["done"] + last["reused"] == last["total"]
    assert last["reused"] > 0


def test_the_same_brief_twice_is_one_order_for_both_who_asked(factory: Factory) -> None:
    campaign = named("same")
    brief = factory.brief(campaign)
    with factory.running(SlowPainter(5.0)) as running:
        factory.submit(brief, request="mine")
        until(lambda: running.orders.making)
        factory.submit(brief, request="yours")
        until(factory.all_committed)
    ends = {said["data"]["request"]: said["data"]["state"] for said in factory.told(PROGRESS, campaign)}
    assert ends == {"mine": "finished", "yours": "finished"}
    assert len(factory.told(CAMPAIGN_FINISHED, campaign)) == 1


def test_parts_leave_what_one_run_leaves(factory: Factory, tmp_path: Path) -> None:
    brief = factory.brief(named("parts"), scenes=SCENES)
    wanted = undisturbed(factory, [brief], tmp_path / "alone")
    with factory.running(limits=Limits(cost=20)):
        factory.submit(brief)
        until(lambda: factory.told(CAMPAIGN_FINISHED, brief.campaign.id))
        until(factory.all_committed)
    assert factory.objects() == wanted


def test_a_plan_that_breaks_a_round_takes_nobody_with_it(factory: Factory) -> None:
    from pipelines.bus.dead_topic import dead_messages

    class Breaking(PaintingHandler):
        """Cannot draw for one campaign."""

        def run_inference(self, batch: Any, model: Any, inference_args: Any = None) -> list[Drawing]:
            if any("broken" in order.prompt for order in batch):
                raise RuntimeError("out of memory, or the like")
            return super().run_inference(batch, model, inference_args)

    good, bad = named("good"), named("bad")
    with factory.running(Breaking()):
        factory.submit(factory.brief(bad, scenes=[{"id": "s", "prompt": "A broken wall"}]), factory.brief(good))
        until(lambda: factory.told(CAMPAIGN_FINISHED, good))
        until(lambda: states(factory, bad)[-1:] == ["refused"])
        until(factory.all_committed)
    [letter] = [each for each in dead_messages(factory.bus) if bad.encode() in each.message.value]
    assert letter.code == "run_failed"
    assert "out of memory" not in letter.reason, "tenants read it"
