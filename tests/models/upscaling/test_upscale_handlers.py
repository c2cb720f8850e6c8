"""Handlers enlarge drawings to their compositions' sizes, in order, bit for bit the same again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from foundry.card.card import ModelCard
from foundry.plan.composition import compositions
from models.drawing import Drawing
from models.registry import card
from models.upscaling.network import CompactUpscaler, write_network
from models.upscaling.upscale_handlers import NoWeights, ResampleHandler, UpscaleHandler, resample_drawing, upscaler_of
from tests.models.upscaling.pictures import CARD, Pixels, toy_card
from tests.support.drawings import order


def drawing(bucket: str, pixels: Pixels) -> Drawing:
    return Drawing(
        order=order(bucket=bucket), pixels=pixels, seed=0, caption="", ignored_words=(), attempts=(), passed=True
    )


def noise(seed: int) -> Pixels:
    return np.random.default_rng(seed).random((480, 480, 3), np.float32)


def test_the_handler_fills_each_composition_in_order_and_repeats_bit_for_bit(tmp_path: Path) -> None:
    torch.manual_seed(1)
    write_network(CompactUpscaler(4, 1), tmp_path / "weights")
    handler = UpscaleHandler(toy_card(tmp_path), device="cpu")
    model = handler.load_model()
    batch = [drawing("landscape", noise(1)), drawing("story", noise(2))]
    first, second = handler.run_inference(batch, model)
    for given, made in zip(batch, (first, second), strict=True):
        target = compositions()[given.order.bucket]
        assert made.drawing is given
        assert made.pixels.shape == (target.height_px, target.width_px, 3)
        assert made.pixels.dtype == np.float32
        assert 0 <= made.pixels.min() <= made.pixels.max() <= 1
    (again,) = handler.run_inference([drawing("landscape", noise(1))], model)
    assert np.array_equal(again.pixels, first.pixels)
    assert handler.get_num_bytes(batch) == 2 * 480 * 480 * 3 * 4


def test_a_resampled_drawing_keeps_a_flat_colour_and_cuts_the_aspect_in_the_middle() -> None:
    pixels = np.full((48, 96, 3), 0.4, np.float32)
    pixels[:, :20] = pixels[:, -20:] = 1
    made = resample_drawing(drawing("square", pixels), (300, 300))
    assert made.shape == (300, 300, 3)
    assert np.abs(made - 0.4).max() < 1e-6


@pytest.mark.parametrize("sizes", [{}, {"square": (320, 200)}])
def test_a_card_may_say_how_large_its_masters_are(sizes: dict[str, tuple[int, int]]) -> None:
    model = card("lanczos", "upscale").model_copy(update={"sizes": sizes})
    (made,) = ResampleHandler(model).run_inference(
        [drawing("square", np.full((48, 96, 3), 0.4, np.float32))], NoWeights()
    )
    assert made.pixels.shape == ((200, 320, 3) if sizes else (2880, 2880, 3))


def test_a_resampler_never_leaves_the_range() -> None:
    hard = np.zeros((40, 40, 3), np.float32)
    hard[:, 20:] = 1
    made = resample_drawing(drawing("square", hard), (400, 400))
    assert made.min() == 0
    assert made.max() == 1


@pytest.mark.parametrize(("model", "kind"), [(CARD, UpscaleHandler), (card("lanczos", "upscale"), ResampleHandler)])
def test_the_card_decides_between_a_network_and_the_resampler(model: ModelCard, kind: type[object]) -> None:
    assert type(upscaler_of(model)) is kind
