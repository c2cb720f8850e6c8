"""Files to judge, written by Pillow, PyAV and pikepdf: small, and right unless asked otherwise."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pikepdf
from PIL import Image

from imaging.film.encoding.priority import same_priority
from templates import TEMPLATES

SRGB = (TEMPLATES / "icc" / "sRGB.icc").read_bytes()
PLAIN_MP4 = {"movflags": "+faststart+negative_cts_offsets", "use_editlist": "0"}
POINTS_PER_MM = 72 / 25.4


def picture(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    """A soft slope in two directions; never blank."""
    across, down = np.meshgrid(np.linspace(20, 230, size[0]), np.linspace(30, 220, size[1]))
    levels = np.stack([across, down, (across + down) / 2], axis=2).astype(np.uint8)
    return Image.fromarray(levels).convert(mode)


def still(form: str, image: Image.Image | None = None, **options: Any) -> bytes:
    """A picture in a format of Pillow's, tagged sRGB unless `icc_profile` is None."""
    stream = io.BytesIO()
    chosen = {"icc_profile": SRGB, **options}
    (image or picture()).save(stream, form, **{key: value for key, value in chosen.items() if value is not None})
    return stream.getvalue()


@dataclass(frozen=True)
class Spec:
    """What a film is to be. `late` frames come half a second later than they should.

    `level` of sound is in dBFS; it lasts `tone_s`, by default as long as the pictures.
    """

    codec: str = "libx264"
    pixels: str = "yuv420p"
    size: tuple[int, int] = (64, 64)
    rate: Fraction = Fraction(25)
    frames: int = 25
    late: int | None = None
    transfer: int | None = None
    sound: str = ""
    channels: int = 2
    level: float = -23.0
    tone_s: float | None = None
    container: dict[str, str] | None = None
    tags: dict[str, str] | None = None


def film(path: Path, spec: Spec = Spec()) -> Path:
    """A film of a moving slope, with a tone of 1 kHz if it sounds."""
    options = PLAIN_MP4 if spec.container is None else spec.container
    with same_priority(), av.open(str(path), "w", options=options if path.suffix != ".webm" else {}) as out:
        out.metadata.update(spec.tags or {})
        pictures = out.add_stream(spec.codec, rate=spec.rate, options=FAST.get(spec.codec, {}))
        pictures.width, pictures.height, pictures.pix_fmt = *spec.size, spec.pixels
        if spec.transfer:
            pictures.codec_context.color_trc = spec.transfer
        sound = (
            out.add_stream(spec.sound, rate=48_000, layout="stereo" if spec.channels == 2 else "mono")
            if spec.sound
            else None
        )
        for index in range(spec.frames):
            frame = av.VideoFrame.from_image(picture(spec.size).rotate(index * 7)).reformat(format=spec.pixels)
            late = spec.late is not None and index >= spec.late
            frame.pts, frame.time_base = index * 2 + (int(spec.rate) if late else 0), 1 / spec.rate / 2
            out.mux(pictures.encode(frame))
        out.mux(pictures.encode(None))
        if sound:
            for piece in _tone(spec):
                out.mux(sound.encode(piece))
            out.mux(sound.encode(None))
    return path


FAST = {
    "libx264": {"preset": "ultrafast"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
    "libsvtav1": {"preset": "12"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
}


def _tone(spec: Spec) -> list[av.AudioFrame]:
    total = int(48_000 * (spec.tone_s or spec.frames / spec.rate))
    wave = 10 ** (spec.level / 20) * np.sin(2 * np.pi * 1000 * np.arange(total) / 48_000)
    pieces = []
    for start in range(0, total, 1024):
        part = np.tile(wave[start : start + 1024].astype(np.float32), (spec.channels, 1))
        frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo" if spec.channels == 2 else "mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, start, Fraction(1, 48_000)
        pieces.append(frame)
    return pieces


def page(trim_mm: tuple[float, float], bleed_mm: float = 3.0, colour: str = "/DeviceCMYK", pages: int = 1) -> bytes:
    """A PDF of one flat picture over the bleed, with an output intent."""
    document = pikepdf.new()
    bleed = bleed_mm * POINTS_PER_MM
    trim = [bleed, bleed, bleed + trim_mm[0] * POINTS_PER_MM, bleed + trim_mm[1] * POINTS_PER_MM]
    whole = [0, 0, trim[2] + bleed, trim[3] + bleed]
    for _ in range(pages):
        document.add_blank_page(page_size=(whole[2], whole[3]))
        shown = document.pages[-1]
        shown.trimbox, shown.obj.BleedBox = [round(v, 4) for v in trim], pikepdf.Array([round(v, 4) for v in whole])
        count = 4 if colour == "/DeviceCMYK" else 3
        drawn = pikepdf.Stream(document, bytes([90] * count * 4), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image,
                               Width=2, Height=2, BitsPerComponent=8, ColorSpace=pikepdf.Name(colour))  # fmt: skip
        shown.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=drawn))
        shown.obj.Contents = pikepdf.Stream(document, f"q {whole[2]:.4f} 0 0 {whole[3]:.4f} 0 0 cm /Im0 Do Q".encode())
    intent = pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent, S=pikepdf.Name.GTS_PDFX, OutputConditionIdentifier="FOGRA39"
    )
    document.Root.OutputIntents = pikepdf.Array([intent])
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def tiff_of_pages(count: int) -> bytes:
    """A TIFF of this many pages, which share their pixels."""
    fields = [(256, 4, 1, 8), (257, 4, 1, 8), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8),
              (277, 3, 1, 1), (278, 4, 1, 8), (279, 4, 1, 64)]  # fmt: skip
    body = struct.pack("<H", len(fields)) + b"".join(struct.pack("<HHII", *field) for field in fields)
    size = len(body) + 4
    pages = (body + struct.pack("<I", 8 + size * (at + 1) if at + 1 < count else 0) for at in range(count))
    return struct.pack("<2sHI", b"II", 42, 8) + b"".join(pages)
