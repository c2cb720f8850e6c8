"""The view of a product's CAD model: angle, lens and light of one exact shot."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from foundry.names import digest
from foundry.strict_model import StrictModel

VIEW_RENDERER_VERSION = "1"
"""Changes with anything besides the model file and the view that changes a rendered view: rig, framing, file format."""

Light = Literal["left", "right", "front", "top"]


class View(StrictModel):
    """One exact shot of a product model on a transparent ground. Angles in degrees, lens on a frame 36 mm wide."""

    azimuth_deg: int = Field(
        default=0, ge=-180, le=360, description="0 sees the front; 90 is the camera to the right of it.", examples=[30]
    )
    elevation_deg: int = Field(default=8, ge=-60, le=90, description="90 looks straight down.", examples=[8])
    lens_mm: int = Field(default=85, ge=18, le=400, description="Focal length.", examples=[85])
    light: Light = Field(default="left", description="Where the key light stands, as the camera sees it.")
    edge_px: int = Field(default=2_048, ge=64, le=8_192, description="The picture's longer edge.")
    samples: int = Field(default=64, ge=1, le=4_096, description="Light paths per pixel.")
    denoise: bool = Field(default=True, description="Whether the noise left by few samples is smoothed.")
    shadow: bool = Field(default=False, description="Whether to keep a cast shadow; staging makes its own.")


def view_name(model_sha256: str, view: View) -> str:
    """Return the name of the rendered picture: a hash of the model file, the view and the version of the renderer."""
    return digest("view", model=model_sha256, view=view.model_dump(mode="json"), renderer=VIEW_RENDERER_VERSION)
