"""Adapters change the pictures of those who asked for them, and of nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from foundry.card.adapter_use import AdapterUse
from foundry.card.card import ModelCard
from models.diffusion.diffusers_handler import DiffusersHandler
from models.diffusion.loaded import LoadedPipeline
from models.drawing import Drawn, Guide, Undrawn
from models.registry import weights_of
from tests.support.drawing import a_mask, a_picture, a_request, drawn, pictures
from tests.support.tiny_adapters import controlnet, ip_adapter, lora
from tests.support.tiny_pipelines import tiny
from tests.support.worn_adapters import worn_names


@dataclass
class Closet:
    """A base, its adapters by name, a handler and its loaded pipeline."""

    base: ModelCard
    adapters: dict[str, ModelCard]
    handler: DiffusersHandler
    loaded: LoadedPipeline

    def use(self, name: str, weight: int = 1000) -> tuple[AdapterUse, ...]:
        """What an order carries for one adapter."""
        return (AdapterUse(self.adapters[name].digest, weight),)


def closet(root: Path, family: str, denoiser: str) -> Closet:
    base = tiny(family, root)
    made = {
        "look": lora(base, root / "look", denoiser, seed=1, trigger="aurelle style"),
        "words": lora(base, root / "words", "text_encoder", seed=2),
        "both": lora(base, root / "both", denoiser, "text_encoder", seed=3),
    }
    if denoiser == "unet":
        made |= {"edges": controlnet(base, root / "edges"), "like": ip_adapter(base, root / "like")}
    handler = DiffusersHandler(base, adapters=tuple(made.values()), device="cpu")
    return Closet(base, made, handler, handler.load_model())


@pytest.fixture(scope="module", params=[("stable-diffusion", "unet"), ("stable-diffusion-xl", "unet")], ids=str)
def unets(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Closet:
    return closet(tmp_path_factory.mktemp("unets"), *request.param)


@pytest.fixture(
    scope="module",
    params=[("stable-diffusion", "unet"), ("stable-diffusion-xl", "unet"), ("flux", "transformer")],
    ids=str,
)
def any_closet(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Closet:
    return closet(tmp_path_factory.mktemp("closet"), *request.param)


class PowerCut(Exception):
    """Nothing that the handler foresees."""


@pytest.mark.parametrize("name", ["look", "words", "both"])
def test_a_tenants_adapter_never_touches_the_next_tenants_picture(any_closet: Closet, name: str) -> None:
    """Bit-equal to a handler that has never seen the adapter, in another pipeline that never wore one."""
    lone = DiffusersHandler(any_closet.base, device="cpu")
    theirs = a_request(tenant="northpeak")
    (wanted,) = pictures(lone, lone.load_model(), theirs)
    ours = a_request(adapters=any_closet.use(name))
    handler, loaded = any_closet.handler, any_closet.loaded
    (adapted,) = pictures(handler, loaded, ours)
    assert not np.array_equal(adapted, wanted)
    assert worn_names(loaded)
    assert np.array_equal(pictures(handler, loaded, theirs)[0], wanted)
    assert worn_names(loaded) == []
    mixed = pictures(handler, loaded, ours, theirs, ours)
    assert np.array_equal(mixed[1], wanted)
    assert np.array_equal(pictures(handler, loaded, ours)[0], adapted)


@pytest.mark.parametrize("name", ["look", "both"])
def test_nothing_of_an_adapter_stays_after_an_error_in_the_middle_of_its_batch(any_closet: Closet, name: str) -> None:
    lone = DiffusersHandler(any_closet.base, device="cpu")
    theirs = a_request(tenant="northpeak")
    (wanted,) = pictures(lone, lone.load_model(), theirs)
    handler, loaded = any_closet.handler, any_closet.loaded
    steps = []

    def cut(*_: Any) -> None:
        steps.append(1)
        if len(steps) == 2:
            raise PowerCut

    hook = loaded.denoiser.register_forward_hook(cut)
    with pytest.raises(PowerCut):
        handler.run_inference([a_request(adapters=any_closet.use(name))], loaded)
    hook.remove()
    assert worn_names(loaded) == []
    assert loaded.worn == ()
    assert np.array_equal(pictures(handler, loaded, theirs)[0], wanted)


def test_several_adapters_are_worn_at_once_by_their_weights(any_closet: Closet) -> None:
    handler, loaded = any_closet.handler, any_closet.loaded
    look, words = any_closet.use("look"), any_closet.use("words")
    none, one, two, less, nothing = (
        pictures(handler, loaded, a_request("aurelle style, a red wall" if not uses else "a red wall", adapters=uses))[
            0
        ]
        for uses in ((), look, look + words, look + any_closet.use("words", 300), any_closet.use("look", 0))
    )
    made = [none, one, two, less]
    assert all(not np.array_equal(a, b) for at, a in enumerate(made) for b in made[at + 1 :])
    assert np.abs(nothing - none).max() < 1e-5  # a weight of nothing, and the same words


def test_a_trigger_stands_before_the_prompt(unets: Closet) -> None:
    (one,) = drawn(unets.handler, unets.loaded, [a_request(adapters=unets.use("look"))])
    assert one.caption == "aurelle style, a red wall"


def refused(closet: Closet, adapter: ModelCard, card: ModelCard | None = None) -> Undrawn:
    handler = DiffusersHandler(card or closet.base, adapters=(adapter,), device="cpu")
    request = a_request(adapters=(AdapterUse(adapter.digest),))
    good, bad = handler.run_inference([a_request(), request], closet.loaded)
    assert isinstance(good, Drawn)
    assert isinstance(bad, Undrawn)
    assert bad.code == "adapter_refused"
    assert worn_names(closet.loaded) == []
    return bad


def test_an_adapter_that_does_not_fit_is_refused_and_never_a_silent_nothing(unets: Closet, tmp_path: Path) -> None:
    good = unets.adapters["look"]
    tensors = load_file(good.folder / "pytorch_lora_weights.safetensors")
    renamed = {key.replace("attentions.0", "attentions.7"): value for key, value in tensors.items()}
    halved = {key: value[: len(value) // 2].clone() for key, value in tensors.items()}
    stranger = {f"somewhere.{key}": value for key, value in tensors.items()}
    for number, content in enumerate((renamed, halved, stranger)):
        folder = tmp_path / f"bad{number}"
        folder.mkdir()
        save_file(content, folder / "pytorch_lora_weights.safetensors")
        source = good.source.model_copy(update={"folder": folder.name})
        changes = {"source": source, "path": tmp_path / "card.yaml", "weights": weights_of(folder), "id": folder.name}
        reason = refused(unets, good.model_copy(update=changes)).reason
        assert f"bad{number}@1" in reason
        assert "fit" in reason


def test_adapters_of_another_base_of_a_kind_not_taken_and_unknown_ones_are_refused(unets: Closet) -> None:
    look = unets.adapters["look"]
    assert look.adapter is not None
    other = look.model_copy(update={"adapter": look.adapter.model_copy(update={"bases": ("flux",)})})
    assert "it is made for flux" in refused(unets, other).reason
    closed = unets.base.model_copy(update={"takes": ()})
    assert "it is a lora, and the card takes no adapters" in refused(unets, look, closed).reason
    request = a_request(adapters=(AdapterUse("0" * 64),))
    (bad,) = DiffusersHandler(unets.base, device="cpu").run_inference([request], unets.loaded)
    assert "no card of this run has this digest" in bad.reason  # type: ignore[union-attr]


def test_a_family_without_lora_says_so(tmp_path: Path, unets: Closet) -> None:
    base = tiny("pixart-sigma", tmp_path)
    look = unets.adapters["look"]
    assert look.adapter is not None
    adapter = look.model_copy(update={"adapter": look.adapter.model_copy(update={"bases": (base.id,)})})
    handler = DiffusersHandler(base, adapters=(adapter,), device="cpu")
    (bad,) = handler.run_inference([a_request(adapters=(AdapterUse(adapter.digest),))], handler.load_model())
    assert "a PixArtSigmaPipeline takes no LoRA" in bad.reason  # type: ignore[union-attr]


@pytest.mark.parametrize("mode", ["text-to-image", "image-to-image", "inpainting"])
def test_a_controlnet_follows_its_map_in_every_mode_and_leaves_no_trace(unets: Closet, mode: str) -> None:
    image = None if mode == "text-to-image" else a_picture(5)
    mask = a_mask() if mode == "inpainting" else None
    handler, loaded = unets.handler, unets.loaded
    (plain,) = pictures(handler, loaded, a_request(guide=Guide(image=image, mask=mask)))
    edges = [Guide(image=image, mask=mask, control=a_picture(seed)) for seed in (1, 2)]
    requests = [a_request(guide=guide, adapters=unets.use("edges")) for guide in edges]
    first, second = pictures(handler, loaded, *requests)
    assert not np.array_equal(first, second)
    weaker = a_request(guide=edges[0], adapters=unets.use("edges", 200))
    assert not np.array_equal(pictures(handler, loaded, weaker)[0], first)
    assert np.array_equal(pictures(handler, loaded, a_request(guide=Guide(image=image, mask=mask)))[0], plain)
    assert worn_names(loaded) == []
    (bad,) = handler.run_inference([a_request(adapters=unets.use("edges"))], loaded)
    assert "has no control picture for its ControlNet" in bad.reason  # type: ignore[union-attr]


def test_an_ip_adapter_follows_its_reference_and_leaves_no_trace(unets: Closet) -> None:
    handler, loaded = unets.handler, unets.loaded
    (plain,) = pictures(handler, loaded, a_request())
    likes = [Guide(reference=a_picture(seed, 48)) for seed in (1, 2)]
    requests = [a_request(guide=guide, adapters=unets.use("like")) for guide in likes]
    first, second = pictures(handler, loaded, *requests)
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, plain)
    with_look = a_request(guide=likes[0], adapters=unets.use("like") + unets.use("look"))
    assert not np.array_equal(pictures(handler, loaded, with_look)[0], first)
    assert np.array_equal(pictures(handler, loaded, a_request())[0], plain)
    assert loaded.pipeline.image_encoder is None
    assert worn_names(loaded) == []
