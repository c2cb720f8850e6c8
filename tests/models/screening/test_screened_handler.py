"""Redraws are bounded; batches, kills and other tenants change nothing; what must not be resembled is not."""

from __future__ import annotations

import dataclasses
import pickle
import shutil
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import apache_beam as beam
import numpy as np
import pytest
from apache_beam.ml.inference.base import ModelHandler, RunInference
from apache_beam.testing.util import assert_that, equal_to
from PIL import Image

from foundry.errors import Refusals
from foundry.manifest import CheckRecord, MasterRecord, as_json, master_from_json
from foundry.names import seed_of
from foundry.plan.plan import Plan
from foundry.plan.shot import ShotOrder
from foundry.store.object_store import ForeignName, LocalStore, NoSuchObject
from foundry.tenant import Tenant
from models.drawing import Drawing, Drawn, DrawRequest, Undrawn
from models.registry import card
from models.screening.context import ScreenContext, screen_context
from models.screening.screen import Screen
from models.screening.screened_handler import ScreenedHandler
from pipelines.engines.engine import embedded_runner
from tests.support.briefs import EXAMPLES, a_tenant, admitted
from tests.support.drawings import drawn, only, order, photograph, png, scene


class Sketcher(ModelHandler[DrawRequest, Drawn | Undrawn, str]):  # type: ignore[misc]
    """Draws from (name, seed) alone; some attempts are blank, some repeat another alternative, some are refused."""

    def __init__(self, plan: dict[tuple[str, int], str]):
        super().__init__()
        self.plan = {(name, seed_of(name, attempt)): what for (name, attempt), what in plan.items()}
        self.drawings = 0

    def load_model(self) -> str:
        return "sketcher"

    def run_inference(
        self, batch: Sequence[DrawRequest], model: str, inference_args: Any = None
    ) -> list[Drawn | Undrawn]:
        assert model == "sketcher"
        self.drawings += len(batch)
        return [self._made(request) for request in batch]

    def _made(self, request: DrawRequest) -> Drawn | Undrawn:
        what = self.plan.get((request.order.name, request.seed), f"{request.order.name}/{request.seed}")
        if what == "refused":
            return Undrawn(request, "content_policy", "the vendor refuses this prompt")
        if what == "blank":
            return Drawn(request, np.full((96, 96, 3), 0.5, np.float32), "", ())
        coarse = np.random.default_rng(seed_of(what)).random((6, 6, 3)).astype(np.float32)
        pixels = np.asarray(Image.fromarray(np.uint8(coarse * 255)).resize((96, 96), Image.Resampling.BICUBIC))
        return Drawn(request, pixels.astype(np.float32) / 255, what, ())


TROUBLE = {
    ("shot-0", 0): "blank",
    ("shot-0", 1): "sun",
    ("shot-1", 0): "sun",
    ("shot-1", 1): "moon",
    ("shot-2", 0): "moon",
    ("shot-2", 1): "sun",
    ("shot-2", 2): "moon",
    ("shot-3", 0): "moon",
    ("shot-3", 1): "blank",
    ("shot-4", 0): "sun",
}


def cuts(orders: Sequence[ShotOrder]) -> list[list[Sequence[ShotOrder]]]:
    """All ways to cut a list into batches."""
    inner = range(1, len(orders))
    places = [c for size in range(len(orders)) for c in combinations(inner, size)]
    return [[orders[a:b] for a, b in zip((0, *cut), (*cut, len(orders)), strict=True)] for cut in places]


def essence(drawing: Drawing) -> tuple[Any, ...]:
    return (
        drawing.order,
        drawing.pixels.tobytes(),
        drawing.seed,
        drawing.attempts,
        drawing.passed,
        drawing.fingerprint,
    )


def test_however_orders_are_cut_into_batches_the_drawings_and_their_attempts_are_the_same() -> None:
    screen = only("contrast", "duplicate")
    orders = [order(k) for k in range(5)] + [order(0, scene=1, name="other-0")]
    expected = None
    for batches in cuts(orders):
        handler = ScreenedHandler(Sketcher(TROUBLE), screen)
        studio = handler.load_model()
        found = [essence(made) for batch in batches for made in handler.run_inference(batch, studio)]
        expected = expected or found
        assert found == expected
    assert [len(attempts) for _, _, _, attempts, _, _ in expected or []] == [2, 2, 3, 3, 2, 1]
    assert [passed for _, _, _, _, passed, _ in expected or []] == [True, True, False, True, True, True]


def test_a_duplicates_record_names_the_alternative_and_the_distance() -> None:
    handler = ScreenedHandler(Sketcher(TROUBLE), only("contrast", "duplicate"))
    drawings = handler.run_inference([order(k) for k in range(2)], handler.load_model())
    refused, accepted = (attempt.checks[-1] for attempt in drawings[1].attempts)
    assert refused == CheckRecord("duplicate", False, "0 of 256 bits differ from alternative 0", "at least 10")
    assert accepted.passed
    assert drawings[0].attempts[1].checks[-1].name == "not_blank"
    assert drawings[1].fingerprint != drawings[0].fingerprint != ""


def keep(store: LocalStore, plan: Plan, drawing: Drawing) -> None:
    """Write a master's record as the flow does."""
    made = drawing.order
    blank = MasterRecord(
        name=made.name,
        address=made.master,
        tenant=made.tenant,
        prompt="",
        negative_prompt="",
        caption="",
        ignored_words=(),
        seed=drawing.seed,
        attempts=drawing.attempts,
        bucket=made.bucket,
        mirrored=made.mirrored,
        width_px=1,
        height_px=1,
        product_box=None,
        product_picture=None,
        model="",
        model_version="",
        weights_sha256="",
        upscaler="",
        screen="",
        cost_usd="0",
        size_bytes=0,
        crc32c="",
        fingerprint=drawing.fingerprint,
    )
    store.for_tenant(plan.tenant.id).put_once(made.record, as_json(blank).encode())


def test_a_run_that_was_killed_after_any_master_goes_on_to_the_same_drawings(tmp_path: Path) -> None:
    plan = admitted(tmp_path, alternatives=4, placements=["google/medium-rectangle"]).plan
    orders = list(plan.shots())[:4]
    trouble = {(orders[int(name[5:])].name, at): what for (name, at), what in TROUBLE.items() if name != "shot-4"}
    expected: list[Any] = []
    for killed in range(5):
        store = LocalStore(tmp_path / f"store-{killed}")
        context = pickle.loads(pickle.dumps(screen_context({plan.digest: plan}, store)))
        found: dict[str, Any] = {}
        for _ in range(2):
            missing = [one for one in orders if not store.for_tenant("aurelle").exists(one.record)]
            handler = ScreenedHandler(Sketcher(trouble), only("contrast", "duplicate"), context)
            for drawing in handler.run_inference(missing, handler.load_model()):
                found[drawing.order.name] = essence(drawing)
                if drawing.passed and drawing.order.alternative < killed:
                    keep(store, plan, drawing)
        expected = expected or [found[one.name] for one in orders]
        assert [found[one.name] for one in orders] == expected
    assert [passed for *_, passed, _ in expected] == [True, True, False, True]
    kept = orders[0].record
    assert (
        master_from_json(LocalStore(tmp_path / "store-4").for_tenant("aurelle").get(kept)).fingerprint
        == expected[0][-1]
    )


def test_what_the_generator_refuses_for_good_is_not_drawn_again_and_carries_its_code() -> None:
    sketcher = Sketcher({("shot-0", 0): "refused", ("shot-1", 0): "blank", ("shot-1", 1): "refused"})
    handler = ScreenedHandler(sketcher, only("contrast"))
    first, second, third = handler.run_inference([order(0), order(1), order(2)], handler.load_model())
    assert sketcher.drawings == 4
    assert (first.passed, first.code, first.reason) == (False, "content_policy", "the vendor refuses this prompt")
    assert first.pixels.shape == (0, 0, 3)
    assert first.attempts[0].checks == (
        CheckRecord("drawn", False, "content_policy: the vendor refuses this prompt", "a drawing"),
    )
    assert [len(drawing.attempts) for drawing in (second, third)] == [2, 1]
    assert (second.code, third.passed, third.code) == ("content_policy", True, "shot_refused")


def test_redraws_are_bounded_and_a_bare_generators_model_will_do() -> None:
    sketcher = Sketcher({("shot-0", at): "blank" for at in range(9)})
    handler = ScreenedHandler(sketcher, card("measured", "screen").model_copy(update={"attempts": 2}))
    (drawing,) = handler.run_inference([order()], "sketcher")
    assert (drawing.passed, len(drawing.attempts), sketcher.drawings) == (False, 2, 2)
    assert [attempt.seed for attempt in drawing.attempts] == [seed_of("shot-0", 0), seed_of("shot-0", 1)]


def test_the_handler_crosses_into_beam_with_its_context_and_networks(tmp_path: Path) -> None:
    plan = admitted(tmp_path, alternatives=2, placements=["google/medium-rectangle"]).plan
    context = screen_context({plan.digest: plan}, LocalStore(tmp_path / "store"))
    handler = ScreenedHandler(Sketcher({}), only("contrast", "unsafe", "duplicate"), context)
    runner, options = embedded_runner()
    with beam.Pipeline(runner=runner, options=options) as pipeline:
        batches = pipeline | beam.Create([list(plan.shots())[:2]])
        made = batches | RunInference(handler.with_no_batching())
        facts = made | beam.Map(lambda d: (d.order.alternative, d.passed, [c.name for c in d.attempts[-1].checks]))
        first, second = ["not_blank", "unsafe"], ["not_blank", "unsafe", "duplicate"]
        assert_that(facts, equal_to([(0, True, first), (1, True, second)]))


def protecting(tmp_path: Path, tenant: str, pixels: np.ndarray[Any, Any]) -> Plan:
    """A plan of a tenant that protects one picture."""
    folder = tmp_path / tenant
    shutil.copytree(EXAMPLES / "tenants" / tenant, folder)
    (folder / "mascot.png").write_bytes(png(pixels))
    owner: Tenant = a_tenant(tenant).model_copy(update={"protected": ("mascot.png",), "folder": folder})
    plan = admitted(tmp_path, owner=a_tenant(tenant), tenant=tenant, placements=["google/medium-rectangle"]).plan
    return dataclasses.replace(plan, tenant=owner)


def test_a_drawing_like_a_protected_picture_is_refused_for_its_tenant_and_no_other(tmp_path: Path) -> None:
    own, foreign = (
        protecting(tmp_path, "aurelle", photograph()),
        protecting(tmp_path, "northpeak", photograph("coffee")),
    )
    store = LocalStore(tmp_path / "store")
    context = screen_context({own.digest: own, foreign.digest: foreign}, store)
    screen = Screen(only("likeness"), pickle.loads(pickle.dumps(context)))
    mirrored = drawn(photograph()[:, ::-1])
    ours = next(own.shots())
    (check,) = screen.judge(dataclasses.replace(mirrored, request=DrawRequest(ours, 1)))
    assert not check.passed
    assert "protected picture mascot.png" in check.measured
    theirs = next(foreign.shots())
    (check,) = screen.judge(dataclasses.replace(mirrored, request=DrawRequest(theirs, 1)))
    assert check.passed
    assert all(name.startswith(("aurelle/", "northpeak/")) for name in store.list())
    borrowed = dataclasses.replace(ours, tenant="northpeak")
    with pytest.raises(NoSuchObject, match="does not exist"):
        context.pictures(borrowed)
    with pytest.raises(ForeignName):
        store.for_tenant("northpeak").get("../aurelle/protected/x")


def test_without_protected_pictures_likeness_says_nothing_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    assert Screen(only("likeness"), ScreenContext()).judge(drawn(scene())) == ()
    plan = protecting(tmp_path, "aurelle", photograph())
    (tmp_path / "aurelle" / "mascot.png").write_bytes(b"no picture")
    with pytest.raises(Refusals, match=r"protected\[0\]: 'mascot\.png' is not a readable picture"):
        screen_context({plan.digest: plan}, LocalStore(tmp_path / "store"))
