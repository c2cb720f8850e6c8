"""Arguments of one pipeline call, limited to those that the family's call takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from foundry.card.adapter_use import AdapterUse
from imaging.pixels.arrays import Pixels
from models.diffusion.fitting import DrawingCanvas
from models.diffusion.guidance import Guidance
from models.diffusion.signatures import Parameters, call_parameters
from models.drawing import DrawRequest, Guide

Arguments = dict[str, Any]


def size_arguments(pipeline: Any, requests: Sequence[DrawRequest], canvas: DrawingCanvas) -> Arguments:
    """Return size, steps and a random generator per picture.

    Generators are made on the CPU, so that neither the batch nor the device changes the noise.
    """
    import torch

    takes = call_parameters(type(pipeline))
    given: Arguments = {
        "width": canvas.width,
        "height": canvas.height,
        "num_inference_steps": requests[0].order.steps,
        "generator": [torch.Generator("cpu").manual_seed(request.seed) for request in requests],
        "output_type": "np",
        "use_resolution_binning": False,  # it would draw another size and stretch it
        "clean_caption": False,
    }
    return {name: value for name, value in given.items() if name in takes}


def prompt_arguments(pairs: Sequence[tuple[str, str]], guidance: Guidance, takes: Parameters) -> Arguments:
    """Return plain prompts, for families that take no embeddings; `pairs` are prompts with what they avoid."""
    given: Arguments = {"prompt": [text for text, _ in pairs]}
    negatives = [avoided or guidance.empty or "" for _, avoided in pairs]
    if guidance.negatives and "negative_prompt" in takes and any(negatives):
        given["negative_prompt"] = negatives
    return given


def guide_arguments(
    pipeline: Any, guides: Sequence[Guide], canvas: DrawingCanvas, control: AdapterUse | None
) -> Arguments:
    """Return the pictures, masks and maps of a batch whose guides are all of one kind."""
    takes = call_parameters(type(pipeline))
    given: Arguments = {}
    if guides[0].image is not None:
        given["image"] = [_picture(canvas.pad(guide.image)) for guide in guides if guide.image is not None]
        given["strength"] = guides[0].strength
    if guides[0].mask is not None:
        given["mask_image"] = [_mask(canvas.pad(guide.mask)) for guide in guides if guide.mask is not None]
    if control is not None:
        maps = [_picture(canvas.pad(guide.control)) for guide in guides if guide.control is not None]
        given["control_image" if "control_image" in takes else "image"] = maps
        given["controlnet_conditioning_scale"] = control.weight / 1000
    if guides[0].reference is not None:
        given["ip_adapter_image"] = _picture(guides[0].reference)
    return {name: value for name, value in given.items() if name in takes}


def keep_masked(drawn: Pixels, guide: Guide) -> Pixels:
    """Return an inpainted picture with the pixels that the mask keeps put back exactly.

    Where the mask is between 0 and 1 it is the share of the drawn pixel. Without a mask the picture stays as it is.
    """
    if guide.image is None or guide.mask is None:
        return drawn
    share = guide.mask[..., None].astype(np.float32)
    mixed = drawn * share + guide.image.astype(np.float32) * (1 - share)
    return np.where(share <= 0, guide.image, mixed).astype(np.float32)


def _picture(pixels: Pixels) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(pixels * 255), 0, 255).astype(np.uint8))


def _mask(mask: Pixels) -> Image.Image:
    """Return a mask that is white wherever ours is not zero: soft edges are blended afterwards, over drawn pixels."""
    return Image.fromarray(np.where(mask > 0, 255, 0).astype(np.uint8))
