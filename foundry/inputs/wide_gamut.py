"""Conversion of pictures in other colour spaces (Display P3, Adobe RGB, CMYK, grey) to sRGB by their ICC profile."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageCms

from foundry.inputs.deep_levels import in_eight_bits
from templates import TEMPLATES

MODES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}


def unusable_profile(picture: Image.Image) -> str:
    """Return a clause that says what is wrong with a picture's ICC profile; empty if nothing is."""
    data = picture.info.get("icc_profile")
    if not data:
        return ""
    try:
        space = ImageCms.ImageCmsProfile(io.BytesIO(data)).profile.xcolor_space
    except OSError:
        return "carries a colour profile that cannot be read"
    return "" if space in MODES else f"has a colour profile for {space.strip()}"


def in_srgb(picture: Image.Image) -> Image.Image:
    """Return a picture as RGBA, 8 bits, sRGB, without a profile.

    One that carries no profile is taken for sRGB; in inks, for offset print on coated paper (FOGRA39). Relative
    colorimetric with black point compensation; colours outside sRGB move to its surface. The picture's profile must
    have passed `unusable_profile`.
    """
    picture = in_eight_bits(picture)
    data = picture.info.get("icc_profile") or (coated_paper() if picture.mode == "CMYK" else b"")
    if not data:
        return picture.convert("RGBA")
    source = ImageCms.ImageCmsProfile(io.BytesIO(data))
    mode = MODES[source.profile.xcolor_space]
    plain = picture if picture.mode == mode else picture.convert(mode)
    made = ImageCms.buildTransform(
        source,
        ImageCms.createProfile("sRGB"),
        mode,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    ).apply(plain)
    made.putalpha(picture.convert("RGBA").getchannel("A"))
    made.info = {}
    return made


@lru_cache(maxsize=1)
def coated_paper() -> bytes:
    """Return the ICC profile of offset print on coated paper (FOGRA39)."""
    return (TEMPLATES / "icc" / "offset-coated-fogra39.icc").read_bytes()
