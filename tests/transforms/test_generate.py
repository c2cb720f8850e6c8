"""The accelerator stage's functions: verdicts become dead letters with a reason, masters are written once."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import apache_beam as beam
import numpy as np
import pytest

from foundry.inputs.picture import picture_name
from foundry.manifest import Attempt, CheckRecord, master_from_json
from foundry.names import sha256_file
from foundry.plan.plan import Plan
from foundry.store.object_store import LocalStore
from models.drawing import Drawing, Enlarged
from tests.support.briefs import admitted
from tests.support.drawing import an_order
from transforms.counting import gathered
from transforms.generate import product_picture, refusal, route_by_verdict, write_master

BLANK = CheckRecord("not_blank", False, "0.01", "at least 0.1")
SHARP = CheckRecord("detail", True, "0.4", "at least 0.2")


def a_drawing(*verdicts: bool, **changes: object) -> Drawing:
    attempts = tuple(Attempt(seed, passed, (SHARP, BLANK)) for seed, passed in enumerate(verdicts))
    empty = np.zeros((0, 0, 3), np.float32)
    made = Drawing(
        order=an_order(),
        pixels=empty,
        seed=1,
        caption="",
        ignored_words=(),
        attempts=attempts,
        passed=bool(verdicts and verdicts[-1]),
    )
    return dataclasses.replace(made, **changes)


def test_a_refusal_names_the_checks_that_the_last_drawing_failed() -> None:
    letter = refusal(a_drawing(False, False))
    assert (letter.stage, letter.code) == ("screen", "shot_refused")
    assert letter.reason == "refused 2 times, last for not_blank (0.01; at least 0.1); change the scene's prompt."


def test_a_generators_own_refusal_keeps_its_code_and_reason() -> None:
    letter = refusal(a_drawing(code="too_long", reason="the prompt has 900 words; the limit is 512."))
    assert (letter.stage, letter.code) == ("draw", "too_long")
    assert letter.reason == "the prompt has 900 words; the limit is 512."
    assert letter.key == an_order().key


def test_drawings_that_passed_go_on_and_others_are_tagged_and_counted() -> None:
    good, bad = a_drawing(False, True), a_drawing(False)
    with gathered() as counts:
        assert list(route_by_verdict(good)) == [good]
        (tagged,) = route_by_verdict(bad)
    assert isinstance(tagged, beam.pvalue.TaggedOutput)
    assert (tagged.tag, tagged.value) == ("refused", refusal(bad))
    found = {kind: number for (kind, plan), number in counts.amounts.items() if plan == good.order.plan and number}
    assert found == {"attempts": 3, "shots": 1, "refusals/shot_refused": 1}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return admitted(tmp_path_factory.mktemp("brief")).plan


def test_a_master_is_written_once_and_its_record_tells_what_is_stored(plan: Plan, tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    own = store.for_tenant("aurelle")
    shot = dataclasses.replace(next(plan.shots()), picture=None)
    for level in (0.25, 0.75):  # the second drawing of the shot yields to the first
        pixels = np.full((64, 48, 3), level, np.float32)
        drawing = a_drawing(True, order=shot, pixels=pixels, seed=3, fingerprint="f0")
        assert write_master(Enlarged(drawing, pixels), {plan.digest: plan}, store) == shot
    record = master_from_json(own.get(shot.record))
    assert (record.width_px, record.height_px, record.seed, record.fingerprint) == (48, 64, 3, "f0")
    assert record.size_bytes == len(own.get(shot.master))
    assert record.model == plan.cards.generate.id
    assert sorted(own.list("masters")) == sorted([shot.master, shot.record])


def test_a_product_picture_is_read_from_its_tenant_once(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    admitted(tmp_path)
    key = sha256_file(tmp_path / "serum.png")
    store.for_tenant("aurelle").put_once(picture_name(key), (tmp_path / "serum.png").read_bytes())
    picture = product_picture(store, "aurelle", key)
    assert (picture.mode, picture.size) == ("RGBA", (240, 480))
    assert product_picture(store, "aurelle", key) is picture
    with pytest.raises(Exception, match=key) as missing:
        product_picture(store, "northpeak", key)
    assert getattr(missing.value, "code", "") == "no_such_object"


def test_a_refused_shot_tells_what_was_paid_for_its_drawings(tmp_path: Path) -> None:
    plan = admitted(tmp_path).plan
    dear = plan.cards.generate.model_copy(
        update={"unit_cost": plan.cards.generate.unit_cost.model_copy(update={"money": Decimal("0.04")})}
    )
    priced = replace(plan, cards=replace(plan.cards, generate=dear))
    twice = a_drawing(False, False)
    drawing = replace(twice, order=replace(twice.order, plan=priced.digest))
    screened = 2 * priced.cards.screen.unit_cost.money
    assert Decimal(refusal(drawing, {priced.digest: priced}).cost_usd) == Decimal("0.08") + screened
    unbilled = replace(drawing, unpaid=2, code="content_policy", reason="the vendor's content policy refuses it.")
    assert Decimal(refusal(unbilled, {priced.digest: priced}).cost_usd) == 0
