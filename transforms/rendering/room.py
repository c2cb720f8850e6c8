"""Areas of a frame in pixels."""

from __future__ import annotations

from dataclasses import dataclass

from foundry.layout import Area


@dataclass(frozen=True)
class PixelBox:
    """Left, top, right, bottom in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.bottom - self.top

    @property
    def edges(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom, as Pillow takes them."""
        return (self.left, self.top, self.right, self.bottom)


def pixels(area: Area, size: tuple[int, int], mirrored: bool = False) -> PixelBox:
    """An area of thousandths in pixels."""
    left, top, right, bottom = area
    if mirrored:
        left, right = 1000 - right, 1000 - left
    w, h = size
    return PixelBox(
        round(left * w / 1000),
        round(top * h / 1000),
        round(right * w / 1000),
        round(bottom * h / 1000),
    )
