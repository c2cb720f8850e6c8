"""A file is enlarged with its depth, alpha and profile; what cannot be enlarged is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from foundry.errors import BadInput
from imaging.pixels.rows import gather, rows_of
from models.registry import card
from models.upscaling.picture_reader import open_picture
from models.upscaling.target_picture import TargetPicture
from models.upscaling.upscale_file import upscale_file
from templates import TEMPLATES
from tests.models.upscaling.pictures import CARD, Pixels

PROFILE = (TEMPLATES / "icc" / "sRGB.icc").read_bytes()


def cut_out(bits: int) -> Pixels:
    """An orange disc on black that cannot be seen."""
    y, x = np.mgrid[:48, :64]
    alpha = np.clip(16.5 - np.hypot(y - 24, x - 32), 0, 1)
    made = np.zeros((48, 64, 4), np.float32)
    made[..., :3] = np.where(alpha[..., None] > 0, np.array([0.9, 0.5, 0.1]), 0)
    made[..., 3] = alpha
    top = 2**bits - 1
    return np.asarray(np.rint(made * top) / top, np.float32)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_alpha_depth_and_profile_are_kept_without_a_fringe(tmp_path: Path, bits: int, suffix: str) -> None:
    source, target = tmp_path / f"in.{suffix}", tmp_path / f"out.{suffix}"
    TargetPicture(source, bits, PROFILE).write(rows_of(cut_out(bits)))
    upscale_file(source, target, width_px=192, height_px=144, card=CARD)
    found = open_picture(target)
    assert (found.width, found.height, found.bits, found.profile) == (192, 144, bits, PROFILE)
    pixels = gather(found.rows())
    visible = pixels[pixels[..., 3] > 0.05][:, :3]
    assert np.abs(visible - np.array([0.9, 0.5, 0.1])).max() < 0.06
    assert abs(pixels[..., 3].mean() - cut_out(bits)[..., 3].mean()) < 0.005


def test_plain_white_stays_plain_white(tmp_path: Path) -> None:
    Image.new("RGB", (40, 30), "white").save(tmp_path / "in.png")
    upscale_file(tmp_path / "in.png", tmp_path / "out.png", height_px=120, card=CARD)
    with Image.open(tmp_path / "out.png") as made:
        assert made.size == (160, 120)
        assert np.asarray(made)[16:-16, 16:-16].min() == 255


@pytest.mark.parametrize(
    ("target", "size", "sentence"),
    [
        ("out.png", {}, "give a width or a height"),
        ("out.png", {"width_px": 20_000}, "cannot become 20000x20000; the limit is 16384"),
        ("out.png", {"width_px": 40}, "which 40x40 does not enlarge"),
        ("out.png", {"width_px": 8000}, "8000x8000 is 100 times that, the limit is 64"),
        ("out.jpg", {"width_px": 160}, "name a .png, .tif or .tiff file"),
        ("no/out.png", {"width_px": 160}, "folder that does not exist"),
        ("in.png", {"width_px": 160}, "is the source itself"),
    ],
)
def test_a_target_that_cannot_be_is_refused(tmp_path: Path, target: str, size: dict[str, int], sentence: str) -> None:
    Image.new("RGB", (80, 80)).save(tmp_path / "in.png")
    with pytest.raises(BadInput, match=sentence):
        upscale_file(tmp_path / "in.png", tmp_path / target, card=CARD, **size)


def test_a_card_without_weights_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (80, 80)).save(tmp_path / "in.png")
    with pytest.raises(BadInput, match="has no weights to enlarge a file with"):
        upscale_file(tmp_path / "in.png", tmp_path / "out.png", width_px=160, card=card("lanczos", "upscale"))


@pytest.mark.slow
def test_a_file_of_8k_width_streams_without_a_seam(tmp_path: Path) -> None:
    pixels = np.tile(np.linspace(0.2, 0.7, 2048, dtype=np.float32)[None, :, None], (640, 1, 3))
    TargetPicture(tmp_path / "in.png", 16, b"").write(rows_of(pixels))
    upscale_file(tmp_path / "in.png", tmp_path / "out.png", width_px=8192, card=CARD)
    made = gather(open_picture(tmp_path / "out.png").rows())
    assert made.shape == (2560, 8192, 3)
    inner = made[64:-64, 64:-64]
    assert np.abs(np.diff(inner, axis=0)).max() < 2 / 65535 * 16
    assert np.abs(inner - np.linspace(0.2, 0.7, 8192, dtype=np.float32)[None, 64:-64, None]).max() < 0.01
