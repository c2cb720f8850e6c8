"""Frames as planes in an encoder's signal, painted in place so that no copy is made on the way to the encoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from imaging.film.signal import Floats, Levels, Signal
from imaging.pixels.geometry import PixelBox


@dataclass(frozen=True, eq=False)
class FrameCanvas:
    """One frame: three planes in a signal.

    `frame` is the av.VideoFrame that owns the planes' memory; None for RGB, whose planes are joined for the encoder.
    """

    signal: Signal
    planes: tuple[Levels, Levels, Levels]
    frame: Any

    def video_frame(self) -> Any:
        """Return the frame as an av.VideoFrame."""
        import av
        import cv2

        if self.frame is not None:
            return self.frame
        return av.VideoFrame.from_ndarray(np.asarray(cv2.merge(self.planes), np.uint8), format="rgb24")

    def fill(self, other: tuple[Levels, Levels, Levels]) -> None:
        """Copy planes of the same size into this frame."""
        for mine, theirs in zip(self.planes, other, strict=True):
            mine[:] = theirs

    def region(self, box: PixelBox) -> tuple[Levels, Levels, Levels]:
        """Return views of the planes inside a box with even edges; writing to them writes to this frame."""
        across, down = (2 if halved else 1 for halved in self.signal.chroma_halved)
        luma, *chroma = self.planes
        rows = slice(box.top // down, box.bottom // down)
        columns = slice(box.left // across, box.right // across)
        first, second = (plane[rows, columns] for plane in chroma)
        return luma[box.top : box.bottom, box.left : box.right], first, second


def new_canvas(signal: Signal, size: tuple[int, int]) -> FrameCanvas:
    """Return an unpainted frame of `size` (width, height) in pixels."""
    import av

    width, height = size
    if signal.is_rgb:
        first, second, third = (np.empty((height, width), np.uint8) for _ in range(3))
        return FrameCanvas(signal, (first, second, third), None)
    frame = av.VideoFrame(width, height, signal.pixel_format)
    luma, cb, cr = (_plane_memory(plane, signal) for plane in frame.planes)
    return FrameCanvas(signal, (luma, cb, cr), frame)


def _plane_memory(plane: Any, signal: Signal) -> Levels:
    """Return a plane's own memory as an array.

    Rows are padded to `line_size` bytes. Some encoders read the padding, so it is filled with constant values.
    """
    samples = np.frombuffer(plane, signal.dtype)
    step = plane.line_size // np.dtype(signal.dtype).itemsize
    rows = samples[: step * plane.height].reshape(plane.height, step)
    rows[:, plane.width :] = 1 << (signal.bits - 1)
    samples[step * plane.height :] = 0
    return rows[:, : plane.width]


def planes_of_srgb(signal: Signal, rgb: Levels) -> tuple[Levels, Levels, Levels]:
    """Return rounded planes of an (h, w, 3) sRGB picture with even edges."""
    luma, cb, cr = (signal.round_samples(plane) for plane in signal.planes(signal.from_srgb(rgb)))
    return luma, cb, cr


def blend(under: FrameCanvas, over: FrameCanvas, share: float, onto: FrameCanvas) -> None:
    """Write `over` at opacity `share` (0 to 1) above `under` to `onto`, which may be either of them."""
    import cv2

    for low, high, target in zip(under.planes, over.planes, onto.planes, strict=True):
        target[:] = cv2.addWeighted(low, 1 - share, high, share, 0)


def wipe(under: FrameCanvas, over: FrameCanvas, share: float, onto: FrameCanvas, mirrored: bool) -> None:
    """Write `over`, visible on the first `share` of the width, above `under` to `onto`.

    The wipe enters at the left edge, or at the right one if `mirrored`.
    """
    width = under.planes[0].shape[1]
    edge = round(share * width / 2) * 2
    for low, high, target in zip(under.planes, over.planes, onto.planes, strict=True):
        at = edge * low.shape[1] // width
        at = low.shape[1] - at if mirrored else at
        first, second = (low, high) if mirrored else (high, low)
        target[:, :at], target[:, at:] = first[:, :at], second[:, at:]


@dataclass(frozen=True, eq=False)
class Sprite:
    """A picture with transparency in a signal: colour planes are multiplied by coverage, `box` has even edges.

    `cover` holds coverage (0 to 1) at the size of luma and at the size of chroma.
    """

    box: PixelBox
    colour: tuple[Floats, Floats, Floats]
    cover: tuple[Floats, Floats]


def even_box(box: PixelBox, size: tuple[int, int]) -> PixelBox:
    """Return the smallest box with even edges around `box`, clipped to a frame of `size` (width, height)."""
    width, height = size
    return PixelBox(
        max(box.left // 2 * 2, 0), max(box.top // 2 * 2, 0),
        min(-(-box.right // 2) * 2, width), min(-(-box.bottom // 2) * 2, height),
    )  # fmt: skip


def make_sprite(signal: Signal, layer: Image.Image, at: tuple[float, float], size: tuple[int, int]) -> Sprite | None:
    """Return a sprite of an RGBA layer (straight alpha, sRGB); None if no pixel of it is in the frame of `size`.

    `at` is the layer's top left corner in pixels and may be fractional.
    """
    import cv2

    dx, dy = at
    edge = PixelBox(
        int(np.floor(dx)), int(np.floor(dy)), int(np.ceil(dx)) + layer.width, int(np.ceil(dy)) + layer.height
    )
    box = even_box(edge, size)
    if box.width <= 0 or box.height <= 0:
        return None
    pixels = np.asarray(layer)
    cover = pixels[..., 3].astype(np.float32) / 255
    samples = signal.from_srgb(np.ascontiguousarray(pixels[..., :3])) * cover[..., None]
    both = np.dstack([samples, cover])
    move = np.array([[1, 0, dx - box.left], [0, 1, dy - box.top]], np.float64)
    moved = np.asarray(cv2.warpAffine(both, move, (box.width, box.height), flags=cv2.INTER_LINEAR), np.float32)
    small = signal.reduce_chroma(moved[..., 3])
    luma, cb, cr = signal.planes(moved[..., :3])
    return Sprite(box, (luma, cb, cr), (moved[..., 3].copy(), small))


def paint_sprite(canvas: FrameCanvas, laid: Sprite, opacity: float) -> None:
    """Paint a sprite on a frame, its coverage multiplied by `opacity` (0 to 1)."""
    luma, chroma = laid.cover
    for view, colour, cover in zip(canvas.region(laid.box), laid.colour, (luma, chroma, chroma), strict=True):
        strength = np.float32(opacity)
        view[:] = canvas.signal.round_samples(view * (1 - cover * strength) + colour * strength)
