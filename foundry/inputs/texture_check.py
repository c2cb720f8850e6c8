"""A check of the textures of a product model: of a known format, and within a limit of pixels, alone and together."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image

from foundry.inputs.wrong_model import WrongModel

MAX_TEXTURE_PIXELS = 70_000_000
MAX_ALL_PIXELS = 4 * MAX_TEXTURE_PIXELS
FORMATS = ("PNG", "JPEG", "WEBP", "AVIF")


@dataclass
class TextureBudget:
    """The pixels of a model's textures so far."""

    pixels: int = 0

    def add(self, data: bytes | memoryview) -> None:
        """Count a texture; WrongModel if it is no picture, or if it is over a limit. It is not decoded."""
        width, height = _size(bytes(data))
        if width * height > MAX_TEXTURE_PIXELS:
            wrong = f"holds a texture of {width}x{height} pixels; the limit is {MAX_TEXTURE_PIXELS}"
            raise WrongModel(wrong, "scale it down")
        self.pixels += width * height
        if self.pixels > MAX_ALL_PIXELS:
            wrong = f"holds textures of more than {MAX_ALL_PIXELS} pixels together"
            raise WrongModel(wrong, "scale them down")


def _size(data: bytes) -> tuple[int, int]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            with Image.open(io.BytesIO(data), formats=FORMATS) as texture:
                return texture.size
    except Image.DecompressionBombError as error:
        wrong = f"holds a texture of far more pixels than the limit of {MAX_TEXTURE_PIXELS}"
        raise WrongModel(wrong, "scale it down") from error
    except MemoryError:
        raise
    except Exception as error:  # Pillow's decoders raise OSError, SyntaxError, ValueError and bomb warnings
        wrong = f"holds a texture that is no picture ({type(error).__name__})"
        raise WrongModel(wrong, "embed PNG, JPEG or WebP") from error
