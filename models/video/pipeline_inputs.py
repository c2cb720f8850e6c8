"""The clips that a video pipeline can film, read from the pipeline itself, and the arguments of its call."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from foundry.plan.clip import ClipOrder

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True)
class ClipGrid:
    """The sizes and lengths that a pipeline films: edges are multiples, frames are `frame_step` x k + 1.

    `lost_frames` are filmed and then cut off by the pipeline, so they are asked for in addition.
    """

    width_multiple: int
    height_multiple: int
    frame_step: int
    temporal_ratio: int
    lost_frames: int = 0

    def refusal(self, order: ClipOrder) -> str | None:
        """Return why this clip cannot be filmed, as the rest of a sentence; None if it can."""
        for edge, px, multiple in (
            ("width", order.width_px, self.width_multiple),
            ("height", order.height_px, self.height_multiple),
        ):
            if px % multiple or px < multiple:
                near = max(multiple, round(px / multiple) * multiple)
                return f"{edge} {px} px; this model films multiples of {multiple}: change the card's size to {near}"
        if order.frames < 1 or order.frames % self.frame_step != 1 % self.frame_step:
            near = max(1, round((order.frames - 1) / self.frame_step) * self.frame_step + 1)
            return (
                f"{order.frames} frames; this model films {self.frame_step} x k + 1: change the card's frames to {near}"
            )
        if order.frames_per_second < 1:
            return "0 frames per second; give the card its frames_per_second"
        return None


RATIOS_IN_TIME = ("vae_scale_factor_temporal", "vae_temporal_compression_ratio")
RATIOS_IN_SPACE = ("vae_scale_factor_spatial", "vae_spatial_compression_ratio")


def can_film(pipeline: Any) -> bool:
    """Tell if a pipeline films: its call takes a number of frames, and it says how its VAE compresses them."""
    asked = inspect.signature(pipeline.__call__).parameters
    return "num_frames" in asked and all(
        any(hasattr(pipeline, name) for name in names) for names in (RATIOS_IN_TIME, RATIOS_IN_SPACE)
    )


def grid_of(pipeline: Any) -> ClipGrid:
    """Return the grid that follows from the pipeline's compression ratios and the patches of its transformer."""
    ratio = _first(pipeline, RATIOS_IN_TIME)
    space = _first(pipeline, RATIOS_IN_SPACE)
    transformer = pipeline.transformer if pipeline.transformer is not None else pipeline.transformer_2
    patch = transformer.config.patch_size
    high, wide = patch[-2:] if isinstance(patch, list | tuple) else (patch, patch)
    config = transformer.config
    lost = ratio if getattr(config, "image_condition_type", None) == "latent_concat" else 0
    step = ratio
    if type(pipeline.vae).__name__ == "AutoencoderKLCogVideoX":
        step = ratio * pipeline.vae.num_latent_frames_batch_size  # an even count of latents decodes to other frames
    return ClipGrid(space * wide, space * high, step, ratio, lost)


def _first(pipeline: Any, names: tuple[str, ...]) -> int:
    return int(next(getattr(pipeline, name) for name in names if hasattr(pipeline, name)))


def pipeline_refusal(pipeline: Any, order: ClipOrder) -> str | None:
    """Return what the pipeline's own check of its inputs objects to, before anything is computed; None if nothing."""
    asked = inspect.signature(pipeline.check_inputs).parameters
    known = {
        "prompt": order.prompt, "height": order.height_px, "width": order.width_px, "image": _any_picture(),
    }  # fmt: skip
    needed = [name for name, input_ in asked.items() if name in known or input_.default is inspect.Parameter.empty]
    try:
        pipeline.check_inputs(**{name: known.get(name) for name in needed})
    except ValueError as error:
        return f"the pipeline refuses it: {' '.join(str(error).split())}"
    return None


def _any_picture() -> Image.Image:
    from PIL import Image

    return Image.new("RGB", (16, 16))


def arguments_for(
    pipeline: Any, order: ClipOrder, guidance: float, first: Image.Image | None, lost_frames: int
) -> dict[str, Any]:
    """Return the arguments of the call that this pipeline's signature knows; a negative prompt only if there is one."""
    offered: dict[str, Any] = {
        "prompt": order.prompt,
        "width": order.width_px,
        "height": order.height_px,
        "num_frames": order.frames + lost_frames,
        "frame_rate": order.frames_per_second,
        "num_inference_steps": order.steps,
        "guidance_scale": guidance,
        "output_type": "pt",
    }
    if order.negative_prompt:
        offered["negative_prompt"] = order.negative_prompt
    if first is not None:
        offered["image"] = first
    takes = inspect.signature(pipeline.__call__).parameters
    return {name: value for name, value in offered.items() if name in takes}
