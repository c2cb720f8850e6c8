"""How strongly words steer, and whether words to avoid are heard, in the terms of each family."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.diffusion.signatures import call_parameters


@dataclass(frozen=True)
class Guidance:
    """Call arguments; whether a second, negative pass is made, and how an empty negative prompt is written."""

    arguments: dict[str, float]
    negatives: bool
    empty: str | None = None


def guidance_of(pipeline: Any, strength: float) -> Guidance:
    """The family's arguments for the card's guidance.

    A network that takes guidance as an input (FLUX.1 dev, consistency models) makes one pass and hears no negative
    prompt. Families with `true_cfg_scale` make the second pass only for a negative prompt, so it is never left out.
    """
    takes = call_parameters(type(pipeline))
    hears = "negative_prompt" in takes or "negative_prompt_embeds" in takes
    negatives = hears and strength > 1 and not _distilled(pipeline)
    if "true_cfg_scale" in takes and not _distilled(pipeline):
        return Guidance({"true_cfg_scale": strength if negatives else 1.0}, negatives, " ")
    given = {"guidance_scale": strength} if "guidance_scale" in takes else {}
    return Guidance(given, negatives, None if "negative_prompt" in takes else "")


def _distilled(pipeline: Any) -> bool:
    denoiser = getattr(pipeline, "transformer", None) or pipeline.unet
    marks = (
        getattr(denoiser.config, "guidance_embeds", False),
        getattr(denoiser.config, "time_cond_proj_dim", None) is not None,
        pipeline.config.get("is_distilled", False),
    )
    return any(marks)
