"""Cameras: which part of a picture shows at each moment, between pixels, so that slow moves do not tremble."""

from __future__ import annotations

from dataclasses import dataclass

from foundry.plan.easing import eased
from foundry.plan.timeline import Take

SIDEWAYS = {"pan-left": (-1, 0), "pan-right": (1, 0), "tilt-up": (0, -1), "tilt-down": (0, 1)}


@dataclass(frozen=True)
class Window:
    """A part of a picture, in its pixels; the corner may lie between them."""

    left: float
    top: float
    width: float
    height: float

    def closer(self, amount: int, focus: tuple[float, float]) -> Window:
        """Smaller by `amount` thousandths; `focus` (in the picture's pixels) keeps its place in the frame."""
        share = 1 - amount / 1000
        x, y = focus
        return Window(x - (x - self.left) * share, y - (y - self.top) * share, self.width * share, self.height * share)

    def between(self, other: Window, share: float) -> Window:
        """A share of the way to another, closing in at an even pace (the widths are a geometric series)."""
        if abs(other.width - self.width) < 1e-9:
            along = share
            width = self.width
        else:
            width = float(self.width * (other.width / self.width) ** share)
            along = (width - self.width) / (other.width - self.width)
        height = width * self.height / self.width
        return Window(
            self.left + (other.left - self.left) * along, self.top + (other.top - self.top) * along, width, height
        )


@dataclass(frozen=True)
class Path:
    """A camera's way from one window to another."""

    first: Window
    last: Window
    ease: str
    frames: int

    def at(self, frame: int) -> Window:
        """The window of a frame of the scene; past the end, where it came to rest."""
        if frame >= self.frames or self.frames <= 1:
            return self.last
        return self.first.between(self.last, eased(self.ease, max(frame, 0) / self.frames))

    @property
    def narrowest(self) -> float:
        """The least width on the way."""
        return min(self.first.width, self.last.width)


def path(take: Take, whole: Window, focus: tuple[float, float], mirrored: bool) -> Path:
    """The way that a scene's camera takes within `whole`, the part of the picture that its layout shows."""
    near = whole.closer(take.amount, focus)
    first = last = whole
    if take.camera == "push-in":
        first, last = whole, near
    elif take.camera == "pull-out":
        first, last = near, whole
    elif take.camera in SIDEWAYS:
        first, last = _travel(whole, take, mirrored)
    return Path(first, last, take.camera_ease, take.moving if first != last else 0)


def _travel(whole: Window, take: Take, mirrored: bool) -> tuple[Window, Window]:
    x, y = SIDEWAYS[take.camera]
    x = -x if mirrored else x
    width, height = whole.width * (1 - take.amount / 1000), whole.height * (1 - take.amount / 1000)
    spare_x, spare_y = whole.width - width, whole.height - height

    def window(side: int) -> Window:
        return Window(
            whole.left + spare_x * (1 + x * side) / 2, whole.top + spare_y * (1 + y * side) / 2, width, height
        )

    return window(-1), window(1)
