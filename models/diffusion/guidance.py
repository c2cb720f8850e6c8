"""Guidance: how strongly a prompt steers the drawing, in the terms of each family of pipelines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.diffusion.signatures import call_parameters


@dataclass(frozen=True)
class Guidance:
    """A family's guidance.

    arguments: of the call.
    negatives: whether a second pass with the negative prompt is made.
    empty: how an empty negative prompt is written; None if it is left out.
    """

    arguments: dict[str, float]
    negatives: bool
    empty: str | None = None


def guidance_of(pipeline: Any, strength: float) -> Guidance:
    """Return the family's arguments for the card's guidance.

    A network that takes guidance as an input (FLUX.1 dev, consistency models) makes one pass and ignores negative
    prompts. Families with `true_cfg_scale` make the second pass only for a negative prompt, so it is never left out.
    """
    takes = call_parameters(type(pipeline))
    takes_negative = "negative_prompt" in takes or "negative_prompt_embeds" in takes
    negatives = takes_negative and strength > 1 and not _is_distilled(pipeline)
    if "true_cfg_scale" in takes and not _is_distilled(pipeline):
        return Guidance({"true_cfg_scale": strength if negatives else 1.0}, negatives, " ")
    given = {"guidance_scale": strength} if "guidance_scale" in takes else {}
    return Guidance(given, negatives, None if "negative_prompt" in takes else "")


def _is_distilled(pipeline: Any) -> bool:
    denoiser = getattr(pipeline, "transformer", None) or pipeline.unet
    marks = (
        getattr(denoiser.config, "guidance_embeds", False),
        getattr(denoiser.config, "time_cond_proj_dim", None) is not None,
        pipeline.config.get("is_distilled", False),
    )
    return any(marks)
