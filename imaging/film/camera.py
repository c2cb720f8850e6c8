"""Camera moves over a picture: the visible window of each frame.

Windows have fractional coordinates, so that slow moves do not tremble from pixel to pixel.
"""

from __future__ import annotations

from dataclasses import dataclass

from foundry.easing import ease
from foundry.plan.timeline import Take

SIDEWAYS = {"pan-left": (-1, 0), "pan-right": (1, 0), "tilt-up": (0, -1), "tilt-down": (0, 1)}
"""Direction (x, y) in which the window travels, for left-to-right layouts."""


@dataclass(frozen=True)
class CameraWindow:
    """A part of a picture, in the picture's pixels; edges may be fractional."""

    left: float
    top: float
    width: float
    height: float

    def zoom(self, amount: int, focus: tuple[float, float]) -> CameraWindow:
        """Return the window smaller by `amount` thousandths; `focus` (picture pixels) keeps its place in the frame."""
        share = 1 - amount / 1000
        x, y = focus
        return CameraWindow(
            x - (x - self.left) * share, y - (y - self.top) * share, self.width * share, self.height * share
        )

    def interpolate(self, other: CameraWindow, share: float) -> CameraWindow:
        """Return the window `share` (0 to 1) of the way to `other`.

        Widths follow a geometric series, so that the camera closes in at an even pace.
        """
        if abs(other.width - self.width) < 1e-9:
            along = share
            width = self.width
        else:
            width = float(self.width * (other.width / self.width) ** share)
            along = (width - self.width) / (other.width - self.width)
        height = width * self.height / self.width
        return CameraWindow(
            self.left + (other.left - self.left) * along, self.top + (other.top - self.top) * along, width, height
        )


@dataclass(frozen=True)
class CameraPath:
    """A camera's move from one window to another over a number of frames."""

    first: CameraWindow
    last: CameraWindow
    ease: str
    frames: int

    def at(self, frame: int) -> CameraWindow:
        """Return the window of a frame, counted from the scene's start; after the move, the last window."""
        if frame >= self.frames or self.frames <= 1:
            return self.last
        return self.first.interpolate(self.last, ease(self.ease, max(frame, 0) / self.frames))

    @property
    def narrowest(self) -> float:
        """The smallest window width of the move, in picture pixels."""
        return min(self.first.width, self.last.width)


def camera_path(take: Take, whole: CameraWindow, focus: tuple[float, float], mirrored: bool) -> CameraPath:
    """Return the move of a scene's camera within `whole`, the part of the picture that the layout shows.

    `focus` is the point, in picture pixels, that push-ins and pull-outs keep in place; `mirrored` swaps left and right.
    """
    near = whole.zoom(take.amount, focus)
    first = last = whole
    if take.camera == "push-in":
        first, last = whole, near
    elif take.camera == "pull-out":
        first, last = near, whole
    elif take.camera in SIDEWAYS:
        first, last = _sideways_ends(whole, take, mirrored)
    return CameraPath(first, last, take.camera_ease, take.moving if first != last else 0)


def _sideways_ends(whole: CameraWindow, take: Take, mirrored: bool) -> tuple[CameraWindow, CameraWindow]:
    x, y = SIDEWAYS[take.camera]
    x = -x if mirrored else x
    width, height = whole.width * (1 - take.amount / 1000), whole.height * (1 - take.amount / 1000)
    spare_x, spare_y = whole.width - width, whole.height - height

    def window(side: int) -> CameraWindow:
        return CameraWindow(
            whole.left + spare_x * (1 + x * side) / 2, whole.top + spare_y * (1 + y * side) / 2, width, height
        )

    return window(-1), window(1)
