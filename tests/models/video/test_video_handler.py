"""Every video family films through one handler: the pipeline's own frames, streamed, in a lossless file."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from foundry.errors import BadInput
from foundry.manifest import CheckRecord
from foundry.names import seed_of
from foundry.plan.clip import ClipOrder, NoFirstFrame, Scenario, clip_order
from foundry.store.object_store import LocalStore
from imaging.film.clip_master import encode_clip
from imaging.pixels.arrays import Pixels
from models.registry import WeightsRefused, cards
from models.video.video_handler import Filmed, Unfilmed, VideoHandler, read_first_frame
from tests.support.tiny_video import FAMILIES, a_video_card

MASTER = "masters/ab/ab.png"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("video")


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    made = LocalStore(tmp_path / "store")
    picture = Image.linear_gradient("L").resize((96, 80)).convert("RGB")
    with made.scratch_file(".png") as file:
        picture.save(file)
        made.for_tenant("aurelle").put_once(MASTER, file.read_bytes())
    return made


def an_order(card: Any, **changes: Any) -> ClipOrder:
    first = MASTER if card.task == "image-to-video" else None
    scenario = Scenario("calm sea at sunset", "clutter", first)
    made = clip_order(card, "aurelle", scenario, "square")
    return ClipOrder(**{**made.__dict__, **changes})


def read_back(file: Path) -> tuple[np.ndarray[Any, Any], Any]:
    """All frames as (n, height, width, 3) 10-bit levels, and the stream's facts."""
    import av

    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        frames = [frame.to_ndarray(format="gbrp10le") for frame in container.decode(stream)]
        facts = (stream.codec_context.name, stream.codec_context.pix_fmt, int(stream.average_rate))
    return np.stack(frames), facts


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_films_the_frames_of_its_own_pipeline(family: str, shelf: Path, store: LocalStore) -> None:
    import torch

    card = a_video_card(family, shelf)
    handler, order = VideoHandler(card, store, device="cpu"), an_order(card)
    loaded = handler.load_model()
    (filmed,) = handler.run_inference([order], loaded)
    assert isinstance(filmed, Filmed)
    levels, facts = read_back(filmed.file)
    assert facts == ("ffv1", "gbrp10le", 8)
    assert levels.shape == (9, 64, 64, 3)
    asked = {
        "prompt": order.prompt, "negative_prompt": order.negative_prompt, "height": 64, "width": 64,
        "num_frames": 13 if family == "hunyuan-image" else 9, "num_inference_steps": 2, "guidance_scale": 3.0,
        "generator": torch.Generator("cpu").manual_seed(seed_of(order.name)), "output_type": "np",
    }  # fmt: skip
    if family.startswith("ltx"):
        asked["frame_rate"] = 8
    if order.first_frame:
        asked["image"] = read_first_frame(store, order)
    whole = loaded.pipeline(**asked).frames[0]
    assert np.abs(levels / 1023 - whole).max() <= 0.51 / 1023


def test_filming_twice_makes_the_same_bytes_and_another_seed_makes_others(shelf: Path, store: LocalStore) -> None:
    card = a_video_card("ltx", shelf)
    handler = VideoHandler(card, store, device="cpu")
    loaded, order = handler.load_model(), an_order(card)
    files = [handler.run_inference([each], loaded)[0] for each in (order, order, an_order(card, name="f" * 32))]
    first, again, other = (made.file.read_bytes() for made in files if isinstance(made, Filmed))
    assert first == again
    assert first != other


def gradients(count: int, edge: int = 192) -> Iterator[Pixels]:
    for number in range(count):
        yield np.full((edge, edge, 3), number % 50 / 50, np.float32)


def peak_of(count: int, file: Path) -> int:
    tracemalloc.start()
    assert encode_clip(gradients(count), file, 24) == count
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_a_longer_clip_needs_no_more_memory_to_encode(tmp_path: Path) -> None:
    peak_of(2, tmp_path / "warm.mkv")
    short, long = peak_of(10, tmp_path / "short.mkv"), peak_of(110, tmp_path / "long.mkv")
    frame = 192 * 192 * 3 * 4
    assert (long - short) / 100 < 0.05 * frame
    assert short < 8 * frame


def test_a_file_moves_into_the_store_in_blocks(tmp_path: Path) -> None:
    store, source = LocalStore(tmp_path / "store"), tmp_path / "large"
    source.write_bytes(bytes(range(256)) * 4096 * 40)
    tracemalloc.start()
    assert store.put_file_once("clips/large", source)
    assert tracemalloc.get_traced_memory()[1] < 4 << 20
    tracemalloc.stop()
    assert not store.put_file_once("clips/large", source)
    assert store.get("clips/large") == source.read_bytes()
    assert list((tmp_path / "store" / ".scratch").iterdir()) == []


def test_impossible_sizes_and_lengths_are_refused_in_a_sentence(shelf: Path, store: LocalStore) -> None:
    card = a_video_card("wan", shelf)
    handler = VideoHandler(card, store, device="cpu")
    wrong = [an_order(card, width_px=72), an_order(card, frames=10), an_order(card, frames_per_second=0)]
    refused = handler.run_inference(wrong, handler.load_model())
    assert [each.code for each in refused if isinstance(each, Unfilmed)] == ["impossible_clip"] * 3
    width, frames, _ = (each.reason for each in refused if isinstance(each, Unfilmed))
    assert width == (
        "card tiny-wan@1 asks for width 72 px; this model films multiples of 16: change the card's size to 64."
    )
    assert frames == "card tiny-wan@1 asks for 10 frames; this model films 4 x k + 1: change the card's frames to 9."


def test_a_judge_sees_three_frames_and_has_a_clip_filmed_again(shelf: Path, store: LocalStore) -> None:
    seen: list[tuple[Pixels, ...]] = []

    def judge(order: ClipOrder, frames: tuple[Pixels, ...]) -> tuple[CheckRecord, ...]:
        seen.append(frames)
        return (CheckRecord("calm", len(seen) == 2, "loud", "calm"),)

    card = a_video_card("ltx", shelf)
    handler = VideoHandler(card, store, device="cpu", judge=judge)
    loaded, order = handler.load_model(), an_order(card)
    (filmed,) = handler.run_inference([order], loaded)
    assert isinstance(filmed, Filmed)
    assert [attempt.passed for attempt in filmed.attempts] == [False, True]
    assert filmed.seed == seed_of(order.name, 1)
    assert [len(frames) for frames in seen] == [3, 3]
    levels, _ = read_back(filmed.file)
    assert np.abs(np.stack(seen[1]) - levels[[0, 4, 8]] / 1023).max() <= 0.51 / 1023
    (refused,) = handler.run_inference([order], loaded)
    assert isinstance(refused, Unfilmed)
    assert refused.reason == "refused 3 times, last for calm (loud; calm); change the prompt."
    assert [file.suffix for file in (store.root / ".scratch").iterdir()] == [".mkv"]


def test_a_card_that_asks_for_optimisations_is_refused(shelf: Path, store: LocalStore) -> None:
    card = a_video_card("ltx", shelf, optimisations={"compile": True})
    with pytest.raises(BadInput, match="optimisations are not offered for video"):
        VideoHandler(card, store, device="cpu").load_model()


def test_a_bug_while_filming_leaves_no_file_behind_and_rises(shelf: Path, store: LocalStore) -> None:
    def broken(frames: Any) -> Any:
        raise RuntimeError("out of memory")

    handler = VideoHandler(card := a_video_card("ltx", shelf), store, device="cpu")
    loaded = handler.load_model()
    loaded.pipeline.transformer.register_forward_pre_hook(lambda module, given: broken(given))
    with pytest.raises(RuntimeError, match="out of memory"):
        handler.run_inference([an_order(card)], loaded)
    assert list((store.root / ".scratch").iterdir()) == []
    assert "decode" not in vars(loaded.pipeline.vae)


def test_a_folder_that_does_not_film_is_refused(store: LocalStore) -> None:
    card = cards()["backdrop"].model_copy(update={"task": "text-to-video"})
    with pytest.raises(BadInput, match="StableDiffusionPipeline does not film; name a video folder"):
        VideoHandler(card, store, device="cpu").load_model()


def test_the_cards_scheduler_replaces_the_folders(shelf: Path, store: LocalStore) -> None:
    scheduler = {"name": "FlowMatchEulerDiscreteScheduler", "settings": {"shift": 3.0}}
    loaded = VideoHandler(a_video_card("ltx", shelf, scheduler=scheduler), store, device="cpu").load_model()
    assert loaded.pipeline.scheduler.config.shift == 3.0


def test_changed_weights_are_refused_before_anything_is_loaded(shelf: Path, store: LocalStore) -> None:
    card = a_video_card("ltx", shelf)
    file = "vae/diffusion_pytorch_model.safetensors"
    changed = card.model_copy(update={"weights": {**card.weights, file: "0" * 64}})
    with pytest.raises(WeightsRefused, match=file):
        VideoHandler(changed, store, device="cpu").load_model()


def test_a_missing_first_frame_is_one_dead_letter(shelf: Path, store: LocalStore) -> None:
    card = a_video_card("ltx-image", shelf)
    handler = VideoHandler(card, store, device="cpu")
    (refused,) = handler.run_inference([an_order(card, first_frame="masters/no/no.png")], handler.load_model())
    assert isinstance(refused, Unfilmed)
    assert refused.code == "no_such_object"


def test_a_card_and_an_order_must_agree_about_the_first_frame(shelf: Path) -> None:
    with pytest.raises(NoFirstFrame, match="names no first frame"):
        clip_order(a_video_card("ltx-image", shelf), "aurelle", Scenario("sea"), "square")
    with pytest.raises(NoFirstFrame, match="takes no first frame"):
        clip_order(a_video_card("ltx", shelf), "aurelle", Scenario("sea", first_frame=MASTER), "square")


def test_a_clips_name_follows_from_its_inputs(shelf: Path) -> None:
    card = a_video_card("ltx", shelf)
    names = {
        clip_order(card, tenant, Scenario(prompt), "square", alternative).name
        for tenant in ("aurelle", "northpeak")
        for prompt in ("sea", "wood")
        for alternative in (0, 1)
    }
    assert len(names) == 8
    assert clip_order(card, "aurelle", Scenario("sea"), "square").name in names
