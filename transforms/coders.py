"""The coder of everything that holds pixels: it knows their size and refuses to send them anywhere."""

from __future__ import annotations

from typing import Any

from apache_beam import coders

from models.drawing import Drawing, Enlarged


class PixelsMustNotTravel(TypeError):
    """A pipeline was wired so that pixels would cross a shuffle."""


class PixelCoder(coders.Coder):
    """Lets pixels pass inside a fused stage only."""

    def encode(self, value: Any) -> bytes:
        """Never: whoever asks is about to shuffle pixels."""
        raise PixelsMustNotTravel(f"{type(value).__name__} would cross a shuffle; send an object name instead")

    def decode(self, encoded: bytes) -> Any:
        """Never, since nothing is encoded."""
        raise PixelsMustNotTravel("pixels cannot have been encoded")

    def estimate_size(self, value: Any) -> int:
        """Their bytes, without copying them."""
        return int(value.pixels.nbytes)

    def is_deterministic(self) -> bool:
        """Pixels are no keys."""
        return False


def register() -> None:
    """Tell Beam; to be called before a pipeline is built."""
    for kind in (Drawing, Enlarged):
        coders.registry.register_coder(kind, PixelCoder)
