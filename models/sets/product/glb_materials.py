"""Materials of a GLB: metal and roughness, with their pictures, as materials of a graph."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from PIL import Image

from foundry.colour import linear_of_srgb
from foundry.inputs.gltf_check import inside
from foundry.inputs.wrong_model import WrongModel
from models.sets.graph import Floats, Material, Numbers

FORMATS = ("PNG", "JPEG", "WEBP")
LONGEST_PX, MOST_PX = 2_048, 64_000_000
CLEAR = 0.9
"""Transmission from which on a material is glass."""


@dataclass(frozen=True)
class GlbMaterial:
    """A material, the channel of coordinates that its pictures lie in, and how they are laid: see `laid`."""

    look: Material
    channel: int = 0
    transform: dict[str, Any] = field(default_factory=dict)

    def laid(self, uv: Numbers) -> Numbers:
        """Return coordinates as the material lays its pictures (KHR_texture_transform)."""
        turn = float(self.transform.get("rotation", 0))
        scaled = uv * np.array(self.transform.get("scale", (1, 1)), float)
        about = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
        return np.asarray(scaled @ about.T + np.array(self.transform.get("offset", (0, 0)), float))


class GlbMaterials:
    """The materials of a GLB; each picture is decoded once."""

    def __init__(self, scene: dict[str, Any], view: Callable[[int], bytes]) -> None:
        self._scene, self._view = scene, view
        self._pictures: dict[int, Floats] = {}
        self._made: dict[int, GlbMaterial] = {}
        self._left = MOST_PX

    def at(self, number: Any) -> GlbMaterial:
        """Return a material by its number; a plain one for None."""
        if number is None:
            return GlbMaterial(Material(colour=np.full(3, 0.8, np.float32), roughness=0.6))
        if number not in self._made:
            self._made[number] = self._material(self._scene["materials"][number])
        return self._made[number]

    @staticmethod
    def plain(look: Material) -> Material:
        """Return a material without its pictures: their means."""
        colour = look.colour if look.colour.ndim == 1 else look.colour.mean(axis=(0, 1))
        opacity = None if look.opacity is None else np.full((1, 1), look.opacity.mean(), np.float32)
        means = {name: float(np.mean(getattr(look, name))) for name in ("roughness", "metallic")}
        return replace(look, colour=colour.astype(np.float32), opacity=opacity, normals=None, **means)  # type: ignore[arg-type]

    def _material(self, said: dict[str, Any]) -> GlbMaterial:
        pbr, more = said.get("pbrMetallicRoughness", {}), said.get("extensions", {})
        factor = np.array(pbr.get("baseColorFactor", (1, 1, 1, 1)), np.float32).reshape(4)
        base, rough = pbr.get("baseColorTexture"), pbr.get("metallicRoughnessTexture")
        picture = self._picture(base)
        colour = factor[:3] if picture is None else linear_of_srgb(picture[..., :3]) * factor[:3]
        metal, roughness = float(pbr.get("metallicFactor", 1)), float(pbr.get("roughnessFactor", 1))
        both = self._picture(rough)
        look = Material(
            colour=np.clip(colour, 0, 1).astype(np.float32),
            metallic=metal if both is None else np.ascontiguousarray(both[..., 2] * metal),
            roughness=max(roughness, 0.03) if both is None else np.clip(both[..., 1] * roughness, 0.03, 1),
            opacity=_opacity(said, picture, float(factor[3])),
            normals=_normals(self._picture(said.get("normalTexture")), said.get("normalTexture", {})),
            clearcoat=float(more.get("KHR_materials_clearcoat", {}).get("clearcoatFactor", 0)),
            ior=float(more.get("KHR_materials_ior", {}).get("ior", 1.5)),
            **_glass(more),
        )
        first: dict[str, Any] = next((one for one in (base, rough, said.get("normalTexture")) if one), {})
        transform = first.get("extensions", {}).get("KHR_texture_transform", {})
        return GlbMaterial(look, int(transform.get("texCoord", first.get("texCoord", 0))), transform)

    def _picture(self, texture: dict[str, Any] | None) -> Floats | None:
        """Return a texture's picture, (height, width, 4) in [0, 1], as it is encoded; None for none."""
        if not texture:
            return None
        said = self._scene["textures"][texture["index"]]
        number = said.get("extensions", {}).get("EXT_texture_webp", said).get("source", said.get("source"))
        if number not in self._pictures:
            image = self._scene["images"][number]
            data = inside(image["uri"]) if "uri" in image else self._view(image["bufferView"])
            self._pictures[number] = self._decoded(data)
        return self._pictures[number]

    def _decoded(self, data: bytes) -> Floats:
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
                self._left -= opened.width * opened.height
                if self._left < 0:
                    raise WrongModel(f"has textures of more than {MOST_PX} pixels", "reduce them")
                picture = opened.convert("RGBA")
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise WrongModel("has a texture that cannot be read", "use PNG, JPEG or WebP textures") from error
        picture.thumbnail((LONGEST_PX, LONGEST_PX), Image.Resampling.BOX)
        return np.asarray(picture, np.float32) / np.float32(255)


def _opacity(said: dict[str, Any], picture: Floats | None, factor: float) -> Floats | None:
    """Return a mask; None for what is opaque."""
    mode = said.get("alphaMode", "OPAQUE")
    if mode not in ("MASK", "BLEND"):
        return None
    alpha = np.full((1, 1), factor, np.float32) if picture is None else picture[..., 3] * np.float32(factor)
    if mode == "MASK":
        alpha = (alpha >= float(said.get("alphaCutoff", 0.5))).astype(np.float32)
    return None if alpha.min() > 0.999 else np.ascontiguousarray(alpha)


def _normals(picture: Floats | None, said: dict[str, Any]) -> Floats | None:
    if picture is None:
        return None
    slope = np.float32(float(said.get("scale", 1)))
    bent = (picture[..., :2] - 0.5) * slope + 0.5
    return np.ascontiguousarray(np.concatenate([bent, picture[..., 2:3]], -1), np.float32)


def _glass(more: dict[str, Any]) -> dict[str, Any]:
    """Return what makes a material let light through (KHR_materials_transmission)."""
    share = float(more.get("KHR_materials_transmission", {}).get("transmissionFactor", 0))
    if share > CLEAR:
        return {"kind": "glass"}
    return {"transmission": min(max(share, 0.0), 1.0)}
