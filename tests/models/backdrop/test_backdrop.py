"""The embedded model is real: words and seeds change its pictures, and a shot repeats bit for bit."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from foundry.card.card import ModelCard
from foundry.colour import lab_of_hex, lab_of_srgb
from foundry.errors import FoundryError
from foundry.plan.composition import compositions
from foundry.plan.shot import ShotOrder
from lab.renders.recipes import held_back
from lab.training.backdrop.schedule import SIZES
from models.backdrop.prompt_compiler import compile_prompt
from models.diffusion.diffusers_handler import DiffusersHandler
from models.diffusion.loaded import LoadedPipeline
from models.diffusion.requests import group_alike
from models.drawing import Drawn, DrawRequest
from models.registry import WeightsRefused, card, cards, verify, weights_of
from models.screening.pixel_checks import check_pixels
from models.screening.screened_handler import ScreenedHandler

CARD = card("backdrop", "text-to-image")
WALL_OFF, GROUND_OFF = 12, 18
"""CIE76 distances; measured on these prompts, with room to spare."""


def order(prompt: str = "Soft silk fabric", **changes: object) -> ShotOrder:
    made = ShotOrder(
        name="n",
        plan="p",
        tenant="aurelle",
        subject=0,
        scene=0,
        bucket="square",
        mirrored=False,
        alternative=0,
        prompt=prompt,
        negative_prompt="",
        palette=("#EFDFC2", "#C4633F"),
        picture=None,
        width_px=128,
        height_px=128,
        steps=4,
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def handler() -> DiffusersHandler:
    return DiffusersHandler(CARD, device="cpu")


@pytest.fixture(scope="module")
def loaded(handler: DiffusersHandler) -> LoadedPipeline:
    return handler.load_model()


def drawn(handler: DiffusersHandler, loaded: LoadedPipeline, *requests: DrawRequest) -> list[Drawn]:
    return handler.run_inference(requests, loaded)


def test_prompt_and_seed_change_the_picture_and_a_repeat_does_not(
    handler: DiffusersHandler, loaded: LoadedPipeline
) -> None:
    first, again, seed, prompt = (
        drawn(handler, loaded, DrawRequest(order(words), number))[0].pixels
        for words, number in (("silk", 1), ("silk", 1), ("silk", 2), ("sunset over the sea", 1))
    )
    assert first.shape == (128, 128, 3)
    assert first.dtype == np.float32
    assert np.array_equal(first, again)
    assert np.abs(first - seed).mean() > 0.005
    assert np.abs(first - prompt).mean() > 0.02


def test_a_picture_does_not_depend_on_its_batch_beyond_the_cards_tolerance(loaded: LoadedPipeline) -> None:
    wide = CARD.model_copy(update={"batch": CARD.batch.model_copy(update={"cpu": 4})})
    together = DiffusersHandler(wide, device="cpu")
    requests = [DrawRequest(order(words), seed) for seed, words in enumerate(("silk", "dunes", "bokeh", "window"))]
    batch = drawn(together, loaded, *requests)
    alone = [drawn(DiffusersHandler(CARD, device="cpu"), loaded, request)[0] for request in requests]
    worst = max(float(np.abs(a.pixels - b.pixels).max()) * 255 for a, b in zip(batch, alone, strict=True))
    assert worst <= CARD.tolerance
    assert [d.request.seed for d in batch] == [0, 1, 2, 3]


def test_batches_hold_one_size_and_step_count_and_results_keep_the_order(
    handler: DiffusersHandler, loaded: LoadedPipeline
) -> None:
    sizes = [(128, 128), (64, 128), (128, 128), (64, 128)]
    requests = [DrawRequest(order(width_px=w, height_px=h, steps=2), i) for i, (w, h) in enumerate(sizes)]
    assert list(group_alike(requests, 8)) == [[0, 2], [1, 3]]
    assert list(group_alike(requests, 1)) == [[0], [2], [1], [3]]
    shapes = [one.pixels.shape[:2] for one in drawn(handler, loaded, *requests)]
    assert shapes == [(h, w) for w, h in sizes]


def test_refused_drawings_are_drawn_again_with_the_next_seed_a_bounded_number_of_times(
    handler: DiffusersHandler, loaded: LoadedPipeline
) -> None:
    screen = card("measured", "screen")
    strict = screen.model_copy(update={"thresholds": {**screen.thresholds, "contrast": 9}})
    (drawing,) = ScreenedHandler(handler, strict).run_inference([order(steps=1)], loaded)
    assert not drawing.passed
    assert len(drawing.attempts) == screen.attempts
    assert len({attempt.seed for attempt in drawing.attempts}) == screen.attempts


@pytest.mark.parametrize(
    ("pixels", "failed"),
    [
        (np.full((64, 64, 3), 0.5), {"not_blank", "detail"}),
        (np.zeros((64, 64, 3)), {"not_blank", "not_clipped", "detail"}),
        (np.tile(np.linspace(0.2, 0.8, 64)[None, :, None], (64, 1, 1)) * np.array([0, 1, 0]), {"on_palette"}),
    ],
)
def test_the_screen_refuses_blank_clipped_flat_and_off_palette(pixels: np.ndarray, failed: set[str]) -> None:  # type: ignore[type-arg]
    request = DrawRequest(order(), 1)
    checks = check_pixels(Drawn(request, pixels.astype(np.float32), "", ()), card("measured", "screen"))
    assert {check.name for check in checks if not check.passed} == failed
    assert all("at " in check.limit and check.measured for check in checks)


def copied(tmp_path: Path) -> ModelCard:
    folder = tmp_path / "weights"
    shutil.copytree(CARD.folder, folder)
    source = CARD.source.model_copy(update={"folder": "weights"})
    return CARD.model_copy(update={"source": source, "path": tmp_path / "card.yaml"})


def test_changed_missing_and_pickled_weights_are_refused(tmp_path: Path) -> None:
    model = copied(tmp_path)
    verify(model)
    weights = model.folder / "unet" / "diffusion_pytorch_model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    with pytest.raises(WeightsRefused, match="have SHA-256"):
        verify(model)
    weights.unlink()
    with pytest.raises(WeightsRefused, match="are missing"):
        verify(model)
    (model.folder / "extra.bin").write_bytes(b"x")
    with pytest.raises(WeightsRefused, match="pickle"):
        verify(model)


def test_the_card_names_every_weight_file_and_they_are_small() -> None:
    assert weights_of(CARD.folder) == CARD.weights
    assert sum(path.stat().st_size for path in CARD.folder.rglob("*")) < 60_000_000


def test_unknown_cards_and_wrong_tasks_are_refused_in_a_sentence() -> None:
    with pytest.raises(FoundryError, match="there are: backdrop, crisp, guardian, lanczos, measured"):
        card("flux", "text-to-image")
    with pytest.raises(FoundryError, match="does upscale, not text-to-image"):
        card("lanczos", "text-to-image")
    assert set(cards()) >= {"backdrop", "crisp", "guardian", "lanczos", "measured"}


def wall_of(picture: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """CIE Lab of the upper part, where wall or sky is."""
    return lab_of_srgb(picture[: picture.shape[0] * 2 // 5 : 4, ::4])


@pytest.mark.parametrize(("words", "wall"), [("Desert dunes", "#4C8A57"), ("A terrazzo floor", "#A3A5A8")])
def test_a_palette_that_training_never_paired_with_the_scene_is_followed(
    handler: DiffusersHandler, loaded: LoadedPipeline, words: str, wall: str
) -> None:
    kind = compile_prompt(words).scene_kind
    assert held_back(kind, wall)
    asked = order(words, palette=(wall, "#DCC7A6", "#C4633F"), width_px=512, height_px=512, steps=10)
    picture = drawn(handler, loaded, DrawRequest(asked, 3))[0].pixels
    assert np.linalg.norm(np.median(wall_of(picture), axis=(0, 1)) - lab_of_hex(wall)) < WALL_OFF
    ground = lab_of_srgb(picture[360::4, ::4])
    assert np.linalg.norm(np.median(ground, axis=(0, 1)) - lab_of_hex("#DCC7A6")) < GROUND_OFF


def test_the_cards_sizes_are_the_training_sizes_and_fit_the_compositions() -> None:
    assert sorted(CARD.sizes.values()) == sorted(SIZES)
    for bucket, (width, height) in CARD.sizes.items():
        composition = compositions()[bucket]
        assert width % 16 == height % 16 == 0
        assert abs(width / height - composition.width_px / composition.height_px) < 0.07
