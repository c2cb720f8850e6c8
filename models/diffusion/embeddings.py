"""Prompt embeddings, computed once per distinct pair of a prompt and its negative prompt, and kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from models.diffusion.guidance import Guidance
from models.diffusion.signatures import call_parameters, default_of, encoder_parameters

Words = tuple[str, str]
Named = dict[str, Any]
KEPT = 64


class PromptEmbeddings:
    """The last few embeddings of one loaded pipeline.

    An adapter may change the text encoder, so the worn adapters are part of the key.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self.kept = kept
        self._known: OrderedDict[tuple[object, Words], Named] = OrderedDict()

    def arguments(self, pipeline: Any, words: Sequence[Words], guidance: Guidance, worn: object) -> Named | None:
        """Return call arguments for a batch; None where the family, or this batch, must be given plain prompts."""
        if not names_of(type(pipeline)):
            return None
        return stack([self._get(pipeline, pair, guidance, worn) for pair in words])

    def forget(self) -> None:
        """Drop all embeddings."""
        self._known.clear()

    def _get(self, pipeline: Any, pair: Words, guidance: Guidance, worn: object) -> Named:
        key = (worn, pair)
        if key not in self._known:
            self._known[key] = encode(pipeline, pair, guidance)
            if len(self._known) > self.kept:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return self._known[key]


def names_of(family: type) -> tuple[str, ...]:
    """Return the names of the call arguments that `encode_prompt` returns, in its order.

    Empty where embeddings cannot be handed in. `encode_prompt` also takes what it returns, so its signature gives the
    names. Where text comes with a mask, a mask follows its text.
    """
    takes = call_parameters(family)
    names = [name for name in encoder_parameters(family) if name.endswith(("embeds", "mask")) and name in takes]
    if any(name.endswith("mask") for name in names):
        names.sort(key=lambda name: name.startswith("negative"))
    return tuple(names)


def encode(pipeline: Any, pair: Words, guidance: Guidance) -> Named:
    """Return the embeddings of a prompt and its negative prompt, by the name of the call argument."""
    text, avoided = pair
    family = type(pipeline)
    takes, encodes = call_parameters(family), encoder_parameters(family)
    settings = {name: default_of(takes, name) for name in encodes if name in takes}
    settings |= {"device": pipeline._execution_device, "num_images_per_prompt": 1}  # noqa: SLF001 - diffusers has no other name
    for name, value in (("do_classifier_free_guidance", guidance.negatives), ("clean_caption", False)):
        if name in encodes:
            settings[name] = value
    if "negative_prompt" in encodes:
        if avoided:
            settings["negative_prompt"] = [avoided]
        return _encode_named(pipeline, text, settings)
    found = _encode_named(pipeline, text, settings)
    if guidance.negatives:
        second = _encode_named(pipeline, avoided or guidance.empty or "", settings)
        found |= {f"negative_{name}": value for name, value in second.items() if f"negative_{name}" in takes}
    return found


def _encode_named(pipeline: Any, text: str, settings: Named) -> Named:
    import torch

    with torch.no_grad():
        found = pipeline.encode_prompt(**{**settings, "prompt": [text]})
    values = found if isinstance(found, tuple) else (found,)
    return dict(zip(names_of(type(pipeline)), values, strict=False))


def stack(each: Sequence[Named]) -> Named | None:
    """Return several texts' embeddings as one batch; None if they differ in length and have no masks to say so."""
    import torch

    if len(each) == 1:
        return {name: value for name, value in each[0].items() if value is not None}
    padded = _pad(each)
    if padded is None:
        return None
    names = [name for name, value in padded[0].items() if value is not None]
    return {name: torch.cat([one[name] for one in padded]) for name in names}


def _pad(each: Sequence[Named]) -> list[Named] | None:
    """Return the same texts at one length, with masks wherever lengths differ; None where there is no mask for it."""
    import torch

    made = [dict(one) for one in each]
    for name in each[0]:
        if name.endswith("mask") or each[0][name] is None or each[0][name].ndim != 3:
            continue
        lengths = [one[name].shape[1] for one in each]
        mask = next((m for m in (f"{name}_mask", name.replace("embeds", "attention_mask")) if m in each[0]), "")
        unequal = len(set(lengths)) > 1
        if unequal and not mask:
            return None
        masked = mask and any(one[mask] is not None for one in each)
        for one, length in zip(made, lengths, strict=True):
            if unequal or masked:
                kept = one[mask] if one[mask] is not None else torch.ones(1, length, dtype=torch.long)
                one[mask] = torch.nn.functional.pad(kept.to(one[name].device), (0, max(lengths) - length))
            if unequal:
                one[name] = torch.nn.functional.pad(one[name], (0, 0, 0, max(lengths) - length))
    return made
