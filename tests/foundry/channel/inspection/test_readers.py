"""What the inspection says of a file is what ffprobe, exiftool and libvips say of it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from foundry.channel.inspection import inspect
from tests.support.channel_files import Spec, film, picture, still
from tests.support.judges import exiftool, ffprobe

pytestmark = pytest.mark.readers("ffprobe", "exiftool")
NTSC = Fraction(30000, 1001)
FILMS = {
    "h264.mp4": Spec(sound="aac"),
    "h264-ntsc.mov": Spec(rate=NTSC, frames=30, sound="pcm_s16le", channels=1),
    "h264-444.mp4": Spec(pixels="yuv444p"),
    "edits.mp4": Spec(sound="aac", container={}),
    "hevc-pq.mp4": Spec(codec="libx265", pixels="yuv420p10le", transfer=16, size=(96, 64)),
    "av1.mp4": Spec(codec="libsvtav1", size=(128, 64)),
    "vp9.webm": Spec(codec="libvpx-vp9", rate=Fraction(30), frames=30, sound="libopus"),
    "prores.mov": Spec(codec="prores_ks", pixels="yuv422p10le"),
    "late.mp4": Spec(late=12),
}
OURS = {"": (None, "unknown", "bt709"), "bt709": ("bt709",), "pq": ("smpte2084",)}


@pytest.mark.parametrize("name", FILMS)
def test_a_film_is_what_ffprobe_says(name: str, tmp_path: Path) -> None:
    file = film(tmp_path / name, FILMS[name])
    found, told = inspect(file), ffprobe(file)
    moving, video = found.moving, told["streams"][0]
    assert moving is not None
    assert (moving.codec, found.width_px, found.height_px) == (video["codec_name"], video["width"], video["height"])
    assert (moving.pixel_format, moving.frames) == (video["pix_fmt"], int(video["nb_read_packets"]))
    assert video.get("color_transfer") in OURS[moving.transfer]
    assert moving.seconds == pytest.approx(float(told["format"]["duration"]), abs=0.05)
    assert moving.constant == (name != "late.mp4")
    if moving.constant:
        assert float(moving.rate) == pytest.approx(float(Fraction(video["avg_frame_rate"])), rel=0.002)
    sounds = [s for s in told["streams"] if s["codec_type"] == "audio"]
    assert bool(sounds) == (found.sound is not None)
    if found.sound:
        assert (found.sound.channels, found.sound.rate_hz) == (sounds[0]["channels"], int(sounds[0]["sample_rate"]))
        assert sounds[0]["codec_name"].startswith(found.sound.codec)
    assert bool(moving.edits) == (name == "edits.mp4")


def deep(path: Path, form: str) -> Path:
    """16 bits a channel, by another library than the one that reads it."""
    import cv2

    levels = np.asarray(picture()).astype(np.uint16) * 257
    assert cv2.imwrite(str(path.with_suffix("." + form)), levels)
    return path.with_suffix("." + form)


STILLS: dict[str, dict[str, Any]] = {
    "baseline.jpg": {"form": "JPEG"},
    "progressive.jpg": {"form": "JPEG", "progressive": True, "subsampling": 0},
    "cmyk.jpg": {"form": "JPEG", "image": picture(mode="CMYK"), "icc_profile": None},
    "grey.jpg": {"form": "JPEG", "image": picture(mode="L"), "icc_profile": None},
    "plain.png": {"form": "PNG"},
    "alpha.png": {"form": "PNG", "image": picture(mode="RGBA")},
    "palette.png": {"form": "PNG", "image": picture(mode="P"), "icc_profile": None},
    "lossy.webp": {"form": "WEBP"},
    "picture.avif": {"form": "AVIF"},
    "moving.gif": {"form": "GIF", "save_all": True, "append_images": [picture().rotate(9)], "icc_profile": None},
    "moving.webp": {"form": "WEBP", "save_all": True, "append_images": [picture().rotate(9)]},
    "sheet.tiff": {"form": "TIFF", "compression": "tiff_lzw", "dpi": (300, 300)},
}
SAMPLING = {"4:4:4": "1 1", "4:2:0": "2 2", "4:2:2": "2 1"}


@pytest.mark.parametrize("name", STILLS)
def test_a_still_is_what_exiftool_and_libvips_say(name: str, tmp_path: Path) -> None:
    import pyvips

    file = tmp_path / name
    file.write_bytes(still(**STILLS[name]))
    found, told = inspect(file), exiftool(file)
    shown = found.picture
    assert shown is not None
    opened = pyvips.Image.new_from_file(str(file))
    assert (found.width_px, found.height_px) == (opened.width, opened.height)
    assert (told["ImageWidth"], told["ImageHeight"]) == (opened.width, opened.height)
    assert shown.colour == "cmyk" if opened.interpretation == "cmyk" else shown.colour != "cmyk"
    if name != "picture.avif":  # Pillow's writer puts it there, libvips' AVIF reader gives a profile only for ICC
        assert ("icc-profile-data" in opened.get_fields()) == (shown.profile is not None and "gif" not in name)
    if "ProfileDescription" in told:
        assert shown.profile == told["ProfileDescription"]
    frames = opened.get("n-pages") if "n-pages" in opened.get_fields() else 1
    assert (found.moving.frames if found.moving else 1) == frames
    if shown.subsampling and "YCbCrSubSampling" in told and shown.colour == "rgb":
        assert SAMPLING[shown.subsampling] == told["YCbCrSubSampling"]
    if shown.progressive is not None:
        assert shown.progressive == (told["EncodingProcess"] == 2)


@pytest.mark.parametrize("form", ["png", "tiff"])
def test_sixteen_bits_are_told_as_others_tell_them(form: str, tmp_path: Path) -> None:
    import pyvips

    file = deep(tmp_path / "deep", form)
    found = inspect(file).picture
    assert found is not None
    assert found.bits == 16
    assert pyvips.Image.new_from_file(str(file)).format == "ushort"


def test_what_leaks_is_what_exiftool_reads(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 0.0), 3: "E", 4: (11.0, 34.0, 0.0)})
    exif.get_ifd(0x8769).update({0xA431: "SN-0042", 0x927C: b"hidden"})
    file = tmp_path / "camera.jpg"
    file.write_bytes(still("JPEG", exif=exif.tobytes(), comment=b"draft 7, not for the client"))
    told = exiftool(file)
    assert (told["SerialNumber"], told["Comment"]) == ("SN-0042", "draft 7, not for the client")
    assert told["GPSLatitude"] == pytest.approx(48.133, abs=0.001)
    assert set(inspect(file).leaks) == {"GPS position", "camera's serial number", "maker's note", "comment"}


def test_loudness_is_that_of_the_standards_own_signal(tmp_path: Path) -> None:
    """EBU Tech 3341, test 1: a stereo tone of 1 kHz at -23 dBFS has -23 LUFS."""
    file = film(tmp_path / "tone.mov", Spec(sound="pcm_s24le", frames=75))
    sound = inspect(file).sound
    assert sound is not None
    assert sound.loudness_lufs == pytest.approx(-23.0, abs=0.11)
