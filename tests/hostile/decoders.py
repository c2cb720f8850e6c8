"""The decoders of files from outside as functions of bytes, and small whole files from which mutants are made."""

from __future__ import annotations

import io
import struct
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from PIL import Image, ImageFont

from foundry.adoption.seeing.read_workbook import ReadWorkbook
from foundry.adoption.seeing.seeing import READING, WORKBOOK_LIMITS
from foundry.box import boxed
from foundry.channel.inspection.foreign import inspect_foreign
from foundry.inputs.font import rebuild
from foundry.inputs.picture import DECODING, PICTURE_LIMITS, decode
from foundry.inputs.product_model import CHECKING, MODEL_LIMITS
from foundry.inputs.sound import CHECKING as CHECKING_SOUND
from foundry.inputs.sound import SOUND_LIMITS
from foundry.plan.shot import ShotOrder
from imaging.film.encoding.sound_file import decode_sound
from imaging.pixels.rows import gather
from models.upscaling.picture_reader import open_picture
from tests.foundry.inputs.test_sound import wave
from tests.support.channel_files import film, page, still
from tests.support.made_fonts import made_font, made_variable_font
from tests.support.own_fonts import TAMIL
from tests.support.product_models import flat_box, usda, usdc

LAYERS = Path(__file__).parents[1] / "foundry" / "inputs" / "layers"


def _picture(data: bytes) -> Any:
    boxed(DECODING + "measure_picture", data, limits=PICTURE_LIMITS, name="a.png")
    return decode(data).size


def _model(suffix: str) -> Callable[[bytes], Any]:
    return lambda data: boxed(CHECKING, data, limits=MODEL_LIMITS, name=f"a{suffix}", suffix=suffix)


def _sound(data: bytes) -> Any:
    boxed(CHECKING_SOUND, data, limits=SOUND_LIMITS, name="a.wav")
    return decode_sound(data, "a.wav").shape


def _answer(data: bytes) -> Any:
    from models.remote.received import pixels_of
    from models.remote.refusals import Transient

    order = ShotOrder.__new__(ShotOrder)  # only its size is asked for
    object.__setattr__(order, "width_px", 80)
    object.__setattr__(order, "height_px", 72)
    try:
        return pixels_of(data, order)[0].shape
    except Transient:
        return None  # the request is made again; it never leaves its package


def _font(data: bytes) -> Any:
    rebuilt = rebuild(data, "a.ttf", "bold")
    text = "".join(chr(code) for code in sorted(rebuilt.covers)[:40] if not 0xD800 <= code < 0xE000)
    face = ImageFont.truetype(io.BytesIO(rebuilt.content), 40, layout_engine=ImageFont.Layout.RAQM)
    return face.getbbox(text), face.getmask(text).size


def _file(suffix: str, read: Callable[[Path], Any]) -> Callable[[bytes], Any]:
    def on_file(data: bytes) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"a{suffix}"
            path.write_bytes(data)
            return read(path)

    return on_file


def _enlarged(path: Path) -> Any:
    return gather(open_picture(path).rows()).shape


DECODERS: dict[str, Callable[[bytes], Any]] = {
    "picture": _picture,
    "vendor's picture": _answer,
    "sound": _sound,
    "font": _font,
    "glb": _model(".glb"),
    "usda": _model(".usda"),
    "usdc": _model(".usdc"),
    "usdz": _model(".usdz"),
    "workbook": lambda data: boxed(READING, data, limits=WORKBOOK_LIMITS, name="a.xlsx").value_as(ReadWorkbook),
    "picture to enlarge": _file(".png", _enlarged),
    "film or still to check": _file(".mp4", inspect_foreign),
}
"""Name → a function that reads bytes, and raises nothing but FoundryError."""


@cache
def whole_files() -> dict[str, tuple[bytes, ...]]:
    """Return small files that each decoder accepts."""
    stills = {form: still(form, Image.effect_noise((80, 72), 50).convert("RGB")) for form in ("png", "jpeg", "webp")}
    turned = Image.Exif()
    turned[0x0112] = 6
    exif = still("jpeg", Image.new("RGB", (80, 72), "teal"), exif=turned)
    checked = tuple(still(form) for form in ("png", "jpeg", "webp", "gif", "avif", "tiff"))
    return {
        "picture": (*stills.values(), exif),
        "vendor's picture": (*stills.values(),),
        "sound": (wave(600), wave(600, tag=b"An artist")),
        "font": (made_font("AVfi"), made_variable_font(), TAMIL.read_bytes()),
        "glb": (flat_box((10, 20, 30)),),
        "usda": (usda(),),
        "usdc": (
            usdc("metersPerUnit", "upAxis"),
            *((LAYERS / f"{name}.usdc").read_bytes() for name in ("plain", "anim")),
        ),
        "usdz": (_package(),),
        "workbook": (_workbook(),),
        "picture to enlarge": (stills["png"], _tiff()),
        "film or still to check": (*checked, page((50, 60)), _film()),
    }


def _package() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as package:
        package.writestr("box.usdc", (LAYERS / "plain.usdc").read_bytes())
        package.writestr("paper.png", still("png"))
    return stream.getvalue()


def _workbook() -> bytes:
    from openpyxl import Workbook

    book, stream = Workbook(), io.BytesIO()
    for row in (("Product", "Headline", "Price"), ("Mug", "Out before the sun", 12.5), ("Flask", "Stay warm", 30)):
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def _tiff() -> bytes:
    stream = io.BytesIO()
    levels = np.random.default_rng(3).integers(0, 256, (48, 40, 3), np.uint8)
    tifffile.imwrite(stream, levels, photometric="rgb", rowsperstrip=16, compression="zlib")
    return stream.getvalue()


def _film() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return film(Path(folder) / "a.mp4").read_bytes()


CORPUS = Path(__file__).with_name("corpus")
"""Kept inputs that once did harm, in a folder by the name of their decoder."""


def kept_files(name: str) -> tuple[bytes, ...]:
    """Return the kept inputs of a decoder."""
    return tuple(path.read_bytes() for path in sorted((CORPUS / name.replace(" ", "-").replace("'", "")).glob("*")))


def mutant(whole: bytes, chance: np.random.Generator) -> bytes:
    """Return a file with bits flipped, parts cut out, doubled or exchanged, or numbers at their edges."""
    data = bytearray(whole)
    for _ in range(int(chance.integers(1, 6))):
        at = int(chance.integers(0, max(len(data), 1)))
        kind = int(chance.integers(0, 6))
        if kind == 0 and data:
            data[at] ^= 1 << int(chance.integers(0, 8))
        elif kind == 1:
            data[at : at + 4] = struct.pack("<I", int(chance.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x10000])))
        elif kind == 2:
            data[at : at + 4] = struct.pack(">I", int(chance.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, len(data)])))
        elif kind == 3:
            del data[at : at + int(chance.integers(1, 64))]
        elif kind == 4:
            data[at:at] = data[at : at + int(chance.integers(1, 256))]
        else:
            data[at : at + 8] = chance.bytes(8)
    return bytes(data)
