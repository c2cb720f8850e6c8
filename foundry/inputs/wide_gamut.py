"""Pictures in other colour spaces (Display P3, Adobe RGB, CMYK, grey) as sRGB, by the ICC profile they carry."""

from __future__ import annotations

import io

from PIL import Image, ImageCms

MODES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}


def unusable_profile(picture: Image.Image) -> str:
    """What is wrong with a picture's ICC profile; empty if nothing, or if it carries none."""
    data = picture.info.get("icc_profile")
    if not data:
        return ""
    try:
        space = ImageCms.ImageCmsProfile(io.BytesIO(data)).profile.xcolor_space
    except OSError:
        return "carries a colour profile that cannot be read"
    return "" if space in MODES else f"has a colour profile for {space.strip()}"


def in_srgb(picture: Image.Image) -> Image.Image:
    """RGBA, 8 bits, sRGB, without a profile; a picture that carries none is taken for sRGB.

    Relative colorimetric with black point compensation; colours outside sRGB go to its surface. `picture` has a
    profile that `unusable_profile` has nothing against.
    """
    data = picture.info.get("icc_profile")
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
