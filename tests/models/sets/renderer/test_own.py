"""A tenant's props and materials in rendered pictures, and a sentence for those that cannot be read."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from foundry.sets.own_material import OwnMaterial
from foundry.sets.set_file import SetFile
from models.sets.renderer.own import own_maker, read_own
from models.sets.renderer.refusals import RenderRefused
from tests.support.product_models import flat_box
from tests.support.sets import an_ask, renderer

GREY = np.full(3, 0.5, np.float32)


def a_picture(colour: tuple[int, int, int], size: tuple[int, int] = (32, 16)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "PNG")
    return stream.getvalue()


def test_pictures_and_numbers_become_a_material() -> None:
    own = OwnMaterial(id="oak", title="Oak", colour="a.png", roughness="b.png", metallic="0.25", width="2")
    pictures = {"a.png": a_picture((255, 0, 0)), "b.png": a_picture((51, 51, 51))}
    made = own_maker(own, pictures.__getitem__)(GREY, 0.5, 1)
    assert made.colour.shape == (16, 32, 3)
    assert made.colour[0, 0] == pytest.approx([1, 0, 0])
    assert np.mean(made.roughness) == pytest.approx(0.2)
    assert (made.metallic, made.repeat) == (0.25, (1.0, 1.0))
    tinted = own.model_copy(update={"tinted": True})
    assert own_maker(tinted, pictures.__getitem__)(GREY, 1, 1).colour[0, 0] == pytest.approx([0.5, 0, 0])
    plain = OwnMaterial(id="paint", title="Paint")
    assert (own_maker(plain, pictures.__getitem__)(GREY, 1, 1).colour == GREY).all()


def test_a_large_picture_is_reduced() -> None:
    own = OwnMaterial(id="oak", title="Oak", colour="a.png")
    made = own_maker(own, {"a.png": a_picture((255, 0, 0), (4_096, 256))}.__getitem__)(GREY, 1, 1)
    assert made.colour.shape == (128, 2_048, 3)


def test_a_prop_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "vase.glb").write_bytes(flat_box((1, 2, 3))[:-60])
    with pytest.raises(RenderRefused, match=r"prop props/vase\.glb .*; export it again"):
        read_own(an_ask(props={"props/vase.glb": "vase.glb"}), tmp_path)


def test_a_picture_shows_the_tenants_prop_and_material() -> None:
    said = {"id": "own", "version": 1, "title": "Own", "wall": None,
            "ground": {"shape": "sweep", "surface": {"material": "blue", "colour": "#0000FF"}},
            "parts": [{"shape": "vase", "size": [0.8, 0.8, 0.8]}]}  # fmt: skip
    ask = an_ask(
        SetFile.model_validate(said),
        props={"props/vase.glb": "v.glb", "materials/blue.png": "b.png"},
        materials={"blue": OwnMaterial(id="blue", title="Blue", colour="materials/blue.png")},
    )
    files = {"v.glb": flat_box((220, 20, 20)), "b.png": a_picture((30, 40, 200))}
    pixels = renderer().render(ask, files).pixels
    assert (pixels[..., 0] > pixels[..., 2] + 0.15).mean() > 0.02
    assert (pixels[..., 2] > pixels[..., 0] + 0.15).mean() > 0.3
