"""Every diffusers family, by one handler: tiny random weights, the real classes."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foundry.card.card import ModelCard
from models.diffusion.diffusers_handler import DiffusersHandler
from models.diffusion.loaded import LoadedPipeline
from models.drawing import Guide, Undrawn
from tests.support.drawing import WORDS, a_mask, a_picture, a_request, drawn, levels, pictures
from tests.support.tiny_pipelines import FAMILIES, tiny

HEARS_NO_NEGATIVE = {"flux", "consistency", "turbo"}
IMAGE_TO_IMAGE = {
    "stable-diffusion", "stable-diffusion-xl", "stable-diffusion-3", "flux", "flux-schnell", "flux-2", "qwen-image",
    "kandinsky", "consistency", "turbo",
}  # fmt: skip
INPAINTING = IMAGE_TO_IMAGE - {"consistency", "kandinsky"}


class Bench:
    """Each family's card and pipeline, made once."""

    def __init__(self, root: Path):
        self.root = root
        self.made: dict[str, tuple[ModelCard, LoadedPipeline]] = {}

    def of(self, family: str, **settings: Any) -> tuple[DiffusersHandler, LoadedPipeline]:
        """A handler for the family, and its loaded pipeline."""
        if family not in self.made:
            card = tiny(family, self.root)
            self.made[family] = (card, DiffusersHandler(card, device="cpu").load_model())
        card, loaded = self.made[family]
        return DiffusersHandler(card, device="cpu", **settings), loaded


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("families"))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_draws_the_right_size_and_a_repeat_is_bit_identical(bench: Bench, family: str) -> None:
    handler, loaded = bench.of(family)
    wide = a_request(width_px=88, height_px=56)
    first, again, other, seed = pictures(
        handler, loaded, wide, wide, a_request("the sea", width_px=88, height_px=56), replace(wide, seed=2)
    )
    assert first.shape == (56, 88, 3)
    assert first.dtype == np.float32
    assert 0 <= first.min() < first.max() <= 1
    assert np.array_equal(pictures(handler, loaded, wide)[0], pictures(handler, loaded, wide)[0])
    assert levels(first, again) <= handler.card.tolerance
    assert levels(first, seed) > 2
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_batch_of_eight_equals_eight_batches_of_one(bench: Bench, family: str) -> None:
    handler, loaded = bench.of(family)
    requests = [a_request(words, seed) for seed, words in enumerate(WORDS)]
    together = pictures(handler, loaded, *requests)
    alone = [pictures(handler, loaded, request)[0] for request in requests]
    worst = max(levels(one, other) for one, other in zip(together, alone, strict=True))
    assert worst <= handler.card.tolerance


@pytest.mark.parametrize("family", FAMILIES)
def test_words_to_avoid_change_the_picture_or_are_reported_as_ignored(bench: Bench, family: str) -> None:
    handler, loaded = bench.of(family)
    plain, avoiding = drawn(handler, loaded, [a_request(), a_request(negative_prompt="people, text")])
    if family in HEARS_NO_NEGATIVE:
        assert avoiding.ignored_words == ("people", "text")
        assert np.array_equal(plain.pixels, pictures(handler, loaded, a_request())[0])
        assert levels(plain.pixels, avoiding.pixels) <= handler.card.tolerance
    else:
        assert avoiding.ignored_words == ()
        assert not np.array_equal(plain.pixels, avoiding.pixels)


@pytest.mark.parametrize("family", FAMILIES)
def test_kept_prompt_embeddings_change_no_bit_and_the_encoder_runs_once_per_text(bench: Bench, family: str) -> None:
    handler, loaded = bench.of(family)
    plain, _ = bench.of(family, reuse_embeddings=False)
    loaded.embeddings.forget()
    encoder = loaded.pipeline.components.get("text_encoder") or loaded.pipeline.components["prior_text_encoder"]
    calls = []
    hook = encoder.register_forward_hook(lambda *_: calls.append(1))
    unsaid = family in HEARS_NO_NEGATIVE or family == "flux-2"  # its call takes negative embeddings, and no words
    words = a_request("a lamp", negative_prompt="" if unsaid else "dust")
    kept = [pictures(handler, loaded, replace(words, seed=seed))[0] for seed in range(3)]
    once = len(calls)
    without = [pictures(plain, loaded, replace(words, seed=seed))[0] for seed in range(3)]
    hook.remove()
    assert all(np.array_equal(one, other) for one, other in zip(kept, without, strict=True))
    if family == "kandinsky":  # its text goes into a prior, not into the pipeline's call
        assert once == len(calls) - once
    else:
        assert once <= 2
        assert len(calls) - once == 3 * once


@pytest.mark.parametrize("family", FAMILIES)
def test_a_picture_is_redrawn_where_the_family_can_and_refused_in_a_sentence_where_not(
    bench: Bench, family: str
) -> None:
    handler, loaded = bench.of(family)
    requests = [a_request(seed=seed, steps=4, guide=Guide(image=a_picture(seed), strength=0.5)) for seed in (0, 1)]
    made = handler.run_inference(requests, loaded)
    if family in IMAGE_TO_IMAGE:
        alone = pictures(handler, loaded, requests[1])[0]
        assert made[1].pixels.shape == (64, 64, 3)  # type: ignore[union-attr]
        assert levels(made[1].pixels, alone) <= handler.card.tolerance  # type: ignore[union-attr]
        other = pictures(handler, loaded, replace(requests[1], guide=Guide(image=a_picture(7), strength=0.5)))[0]
        assert not np.array_equal(alone, other)
    else:
        assert {type(one) for one in made} == {Undrawn}
        assert made[0].code == "no_such_mode"  # type: ignore[union-attr]
        assert "has no image-to-image; name a card of another family" in made[0].reason  # type: ignore[union-attr]


@pytest.mark.parametrize("family", FAMILIES)
def test_inpainting_keeps_what_the_mask_keeps_to_the_last_bit(bench: Bench, family: str) -> None:
    handler, loaded = bench.of(family)
    image, mask = a_picture(3), a_mask()
    requests = [a_request(seed=seed, guide=Guide(image=image, mask=mask)) for seed in (0, 1)]
    made = handler.run_inference(requests, loaded)
    if family not in INPAINTING:
        assert {one.code for one in made} == {"no_such_mode"}  # type: ignore[union-attr]
        return
    for one in drawn(handler, loaded, requests):
        assert np.array_equal(one.pixels[mask == 0], image[mask == 0])
        assert np.abs(one.pixels[mask == 1] - image[mask == 1]).mean() > 0.02
    first, second = (one.pixels for one in made)  # type: ignore[union-attr]
    assert not np.array_equal(first, second)


def test_odd_sizes_are_drawn_on_a_larger_canvas_and_cropped_with_the_guide_in_register(bench: Bench) -> None:
    handler, loaded = bench.of("flux")
    image, mask = a_picture(3)[:50, :45], a_mask()[:50, :45]
    guided = a_request(guide=Guide(image=image, mask=mask), width_px=45, height_px=50)
    (made,) = pictures(handler, loaded, guided)
    assert made.shape == (50, 45, 3)
    assert np.array_equal(made[mask == 0], image[mask == 0])


@pytest.mark.parametrize(
    ("guide", "changes", "sentence"),
    [
        (Guide(mask=a_mask()), {}, "has a mask and no image"),
        (Guide(image=a_picture(size=32)), {}, "has its image at 32x32, and the drawing is 64x64"),
        (Guide(image=a_picture(), strength=0.1), {}, "which is none; raise the strength or the steps"),
        (Guide(control=a_picture()), {}, "has a control picture and no ControlNet; give both or neither"),
        (Guide(reference=a_picture()), {}, "has a reference picture and no IP-Adapter"),
    ],
)
def test_a_guide_that_does_not_go_with_its_order_is_refused_alone(
    bench: Bench, guide: Guide, changes: dict[str, Any], sentence: str
) -> None:
    handler, loaded = bench.of("stable-diffusion")
    good, bad = handler.run_inference([a_request(), a_request(guide=guide, **changes)], loaded)
    assert good.pixels.shape == (64, 64, 3)  # type: ignore[union-attr]
    assert isinstance(bad, Undrawn)
    assert sentence in bad.reason


def test_the_cards_scheduler_replaces_the_folders_and_an_unknown_one_is_refused(bench: Bench, tmp_path: Path) -> None:
    _, loaded = bench.of("turbo")
    assert type(loaded.pipeline.scheduler).__name__ == "EulerAncestralDiscreteScheduler"
    assert loaded.pipeline.scheduler.config.timestep_spacing == "trailing"
    wrong = tiny("turbo", bench.root, scheduler={"name": "AutoencoderKL"})
    with pytest.raises(Exception, match=r"scheduler\.name 'AutoencoderKL' is no scheduler"):
        DiffusersHandler(wrong, device="cpu").load_model()


def test_two_threads_on_one_pipeline_draw_what_each_draws_alone(bench: Bench) -> None:
    handler, loaded = bench.of("stable-diffusion")
    requests = [a_request(words, seed) for seed, words in enumerate(WORDS[:4])]
    wanted = [pictures(handler, loaded, request)[0] for request in requests]
    found: dict[int, Any] = {}

    def draw(at: int) -> None:
        found[at] = pictures(handler, loaded, requests[at])[0]

    threads = [threading.Thread(target=draw, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(found[at], wanted[at]) for at in range(4))
