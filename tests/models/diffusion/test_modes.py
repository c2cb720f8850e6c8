"""A guide decides the mode, and the pipeline's own parts serve every mode that its family has."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from models.diffusion.loaded import LoadedPipeline
from models.diffusion.modes import mode_of, pipeline_for
from models.diffusion.refusals import NoSuchMode
from models.drawing import Guide
from tests.support.drawing import a_mask, a_picture


@pytest.mark.parametrize(
    ("guide", "mode"),
    [
        (None, "text-to-image"),
        (Guide(), "text-to-image"),
        (Guide(control=a_picture()), "text-to-image"),
        (Guide(reference=a_picture()), "text-to-image"),
        (Guide(image=a_picture()), "image-to-image"),
        (Guide(image=a_picture(), mask=a_mask()), "inpainting"),
    ],
)
def test_a_guide_decides_the_mode(guide: Guide | None, mode: str) -> None:
    assert mode_of(guide) == mode


def loaded(pipeline: Any) -> LoadedPipeline:
    return LoadedPipeline(pipeline=pipeline, device="cpu", lock=threading.Lock())


def test_other_modes_share_the_parts_and_are_built_once(pipeline_of: Callable[[str], Any]) -> None:
    here = loaded(pipeline_of("stable-diffusion"))
    assert pipeline_for(here, "tiny@1", "text-to-image") is here.pipeline
    for mode, name in (("image-to-image", "Img2Img"), ("inpainting", "Inpaint")):
        other = pipeline_for(here, "tiny@1", mode)
        assert type(other).__name__ == f"StableDiffusion{name}Pipeline"
        assert other.unet is here.pipeline.unet
        assert pipeline_for(here, "tiny@1", mode) is other


def test_a_mode_that_the_family_lacks_is_refused_by_its_name(pipeline_of: Callable[[str], Any]) -> None:
    with pytest.raises(NoSuchMode, match=r"model tiny@1 is a SanaPipeline, which has no inpainting; name a card of"):
        pipeline_for(loaded(pipeline_of("sana")), "tiny@1", "inpainting")


def test_weights_for_inpainting_do_not_draw_from_words() -> None:
    from diffusers import StableDiffusionInpaintPipeline

    from tests.support.tiny_pipelines import _sd15_parts

    here = loaded(StableDiffusionInpaintPipeline(**_sd15_parts(in_channels=9)))
    assert pipeline_for(here, "tiny@1", "inpainting").unet is here.pipeline.unet
    with pytest.raises(NoSuchMode, match="with weights for another mode, which has no text-to-image"):
        pipeline_for(here, "tiny@1", "text-to-image")
