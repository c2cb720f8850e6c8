"""ICC profiles: their names, and the profiles that mean sRGB under any name."""

from __future__ import annotations

import io
from functools import lru_cache
from itertools import product

import numpy as np
from PIL import Image, ImageCms

SRGB_LEVELS = 3
"""Two profiles are the same here if no colour differs by more than this, of 255 (rounding of 8-bit transforms)."""


@lru_cache(maxsize=64)
def name_of(profile: bytes) -> str:
    """Return the description in an ICC profile; "damaged" if it cannot be read."""
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return str(opened.profile.profile_description or "without a name").strip()
    except (OSError, ImageCms.PyCMSError):
        return "damaged"


@lru_cache(maxsize=64)
def is_srgb(profile: bytes) -> bool:
    """Return True if colours of this ICC profile are the same in sRGB, tried on a lattice of 729 colours."""
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    lattice = np.array(list(product(steps, repeat=3)), dtype=np.uint8)[None]
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if str(opened.profile.xcolor_space).strip() != "RGB":
            return False
        seen = ImageCms.profileToProfile(Image.fromarray(lattice), opened, ImageCms.createProfile("sRGB"))
    except (OSError, ImageCms.PyCMSError):
        return False
    return bool(np.abs(np.asarray(seen).astype(int) - lattice).max() <= SRGB_LEVELS)
