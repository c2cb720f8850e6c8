"""Materials as Mitsuba's surfaces."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.sets.graph import Floats, Material

SMOOTH = 0.02
"""Glass of less roughness is perfectly smooth."""


def rgb(colour: Floats) -> dict[str, Any]:
    """Return a colour for Mitsuba."""
    return {"type": "rgb", "value": [float(band) for band in colour]}


def surface(mi: Any, material: Material) -> dict[str, Any]:
    """Return the surface of a material."""
    if material.kind == "glass":
        described = _glass(material)
    elif material.kind == "emissive":
        described = {"type": "diffuse", "reflectance": rgb(np.zeros(3, np.float32))}
    else:
        described = _principled(mi, material)
    if material.normals is not None:
        picture = _texture(mi, material.normals, material)
        described = {"type": "normalmap", "normalmap": picture, "bsdf": described}
    if material.kind != "glass" and not material.transmission:
        described = {"type": "twosided", "bsdf": described}
    if material.opacity is not None:
        described = {"type": "mask", "opacity": _texture(mi, material.opacity, material), "bsdf": described}
    return described


def flat_surface(mi: Any, material: Material) -> dict[str, Any]:
    """Return a surface that shows the material's colour as it is, for guides; glass is white."""
    colour = material.colour if material.kind != "glass" else np.ones(3, np.float32)
    value = _value(mi, np.clip(colour, 0, 1), material)
    described = {"type": "diffuse", "reflectance": value}
    if material.normals is not None:
        picture = _texture(mi, material.normals, material)
        described = {"type": "normalmap", "normalmap": picture, "bsdf": described}
    return {"type": "twosided", "bsdf": described}


def colour_of(mi: Any, material: Material) -> Any:
    """Return a material's colour for Mitsuba, as a value or a texture."""
    return _value(mi, material.colour, material)


def _glass(material: Material) -> dict[str, Any]:
    colour = material.colour if material.colour.ndim == 1 else material.colour.mean((0, 1))
    rough = float(np.mean(material.roughness))
    described: dict[str, Any] = {"int_ior": material.ior, "specular_transmittance": rgb(colour)}
    if rough < SMOOTH:
        return {"type": "dielectric", **described}
    return {"type": "roughdielectric", "alpha": max(rough**2, 0.001), **described}


def _principled(mi: Any, material: Material) -> dict[str, Any]:
    described: dict[str, Any] = {
        "type": "principled",
        "base_color": _value(mi, np.clip(material.colour, 0, 1), material),
        "roughness": _value(mi, material.roughness, material),
        "metallic": _value(mi, material.metallic, material),
    }
    if material.transmission:
        described |= {"spec_trans": material.transmission, "eta": max(material.ior, 1.01)}
    else:
        described["specular"] = material.specular
    if material.sheen:
        described |= {"sheen": material.sheen, "sheen_tint": 0.6}
    if material.clearcoat:
        described |= {"clearcoat": material.clearcoat, "clearcoat_gloss": 0.95}
    return described


def _value(mi: Any, value: Any, material: Material) -> Any:
    if not isinstance(value, np.ndarray):
        return float(value)
    return rgb(value) if value.ndim == 1 else _texture(mi, value, material)


def _texture(mi: Any, picture: Floats, material: Material) -> dict[str, Any]:
    """Return a texture. One that is laid once ends at its border, as a cutout does; else it is repeated."""
    bitmap = mi.Bitmap(np.ascontiguousarray(picture if picture.ndim == 3 else picture[..., None], np.float32))
    once = material.opacity is not None and tuple(material.repeat) == (1.0, 1.0)
    return {
        "type": "bitmap", "bitmap": bitmap, "raw": True, "wrap_mode": "clamp" if once else "repeat",
        "to_uv": mi.ScalarTransform4f().scale((material.repeat[0], material.repeat[1], 1)),
    }  # fmt: skip
