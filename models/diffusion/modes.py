"""The modes of drawing: from words, from a picture, into a masked picture; with a control network or without.

The classes of a family share their parts, so another mode costs no memory.
"""

from __future__ import annotations

from typing import Any

from models.diffusion.loaded import LoadedPipeline
from models.diffusion.refusals import NoSuchMode
from models.diffusion.signatures import call_parameters
from models.drawing import Guide

AUTOMATIC = {
    "text-to-image": "AutoPipelineForText2Image",
    "image-to-image": "AutoPipelineForImage2Image",
    "inpainting": "AutoPipelineForInpainting",
}
# Public classes that the library's own lookup does not know.
UNLISTED = {("Flux2KleinPipeline", "inpainting"): "Flux2KleinInpaintPipeline"}


def mode_of(guide: Guide | None) -> str:
    """Return the mode that a guide asks for."""
    if guide is None or guide.image is None:
        return "text-to-image"
    return "inpainting" if guide.mask is not None else "image-to-image"


def pipeline_for(loaded: LoadedPipeline, card: str, mode: str) -> Any:
    """Return the loaded parts as the class that draws in this mode; NoSuchMode if the family has none."""
    if mode == "text-to-image" and loaded.controlnet is None and not _needs_picture(loaded.pipeline):
        return loaded.pipeline
    if mode not in loaded.modes:
        made = _build(loaded, card, mode)
        if _wrong_channels(made, loaded.denoiser.config.in_channels, mode):
            raise NoSuchMode(card, f"{type(loaded.pipeline).__name__} with weights for another mode", mode)
        loaded.modes[mode] = made
    return loaded.modes[mode]


def _needs_picture(pipeline: Any) -> bool:
    takes = call_parameters(type(pipeline))
    return "mask_image" in takes or ("strength" in takes and "image" in takes)


def _wrong_channels(pipeline: Any, channels: int, mode: str) -> bool:
    """Return whether the denoiser's input does not go with the mode.

    Denoisers for inpainting take the masked picture and the mask beside the latent, and cannot draw without them.
    """
    latent = getattr(getattr(getattr(pipeline, "vae", None), "config", None), "latent_channels", 4)
    if type(pipeline).__name__.startswith("Kandinsky"):
        return (channels == 2 * latent + 1) != (mode == "inpainting")
    return mode != "inpainting" and channels == 2 * latent + 1


def _build(loaded: LoadedPipeline, card: str, mode: str) -> Any:
    import diffusers

    family = type(loaded.pipeline).__name__
    unlisted = UNLISTED.get((family, mode))
    if unlisted and loaded.controlnet is None:
        parts = {**loaded.pipeline.components, "is_distilled": loaded.pipeline.config.get("is_distilled", False)}
        made = getattr(diffusers, unlisted)(**parts)
    else:
        extra = {} if loaded.controlnet is None else {"controlnet": loaded.controlnet}
        try:
            made = getattr(diffusers, AUTOMATIC[mode]).from_pipe(loaded.pipeline, **extra)
        except ValueError as error:
            with_control = " with a ControlNet" if extra else ""
            raise NoSuchMode(card, family, mode + with_control) from error
    made.set_progress_bar_config(disable=True)
    return made
