"""The coder of values that hold pixels: it knows their size and refuses to encode them."""

from __future__ import annotations

from typing import Any, NoReturn

from apache_beam import coders

from models.drawing import Drawing, Enlarged


class PixelsMustNotTravel(TypeError):
    """A pipeline was wired so that pixels would cross a shuffle."""


class PixelCoder(coders.Coder):  # type: ignore[misc]  # Beam's classes are untyped
    """Refuses to encode pixels, so that they pass inside a fused stage only."""

    def encode(self, value: Any) -> NoReturn:
        """Raise PixelsMustNotTravel: a shuffle is about to send pixels."""
        raise PixelsMustNotTravel(f"{type(value).__name__} would cross a shuffle; send an object name instead")

    def decode(self, encoded: bytes) -> NoReturn:  # noqa: ARG002 - Beam's signature
        """Raise PixelsMustNotTravel, since nothing can have been encoded."""
        raise PixelsMustNotTravel("pixels cannot have been encoded")

    def estimate_size(self, value: Any) -> int:
        """Return the number of bytes of the pixels, without copying them."""
        return int(value.pixels.nbytes)

    def is_deterministic(self) -> bool:
        """Return False: pixels are not used as keys."""
        return False


def register() -> None:
    """Register the coder for drawings and enlarged drawings; call it before a pipeline is built."""
    for kind in (Drawing, Enlarged):
        coders.registry.register_coder(kind, PixelCoder)
