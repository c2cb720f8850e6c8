"""Renders are fixed by their recipes: kind, colours, side of light and calm side show in the picture."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from foundry.colour import lab_of_hex, lab_of_srgb
from lab.renders.scenes import LIGHTS, SCENES, Recipe, render
from tests.support.coarse_pictures import coarse, differs_by

SMALL = Recipe(
    kind="sweep", light="left", room="left", wall="#8FA088", floor="#D8B98A", accent="#3F74B8", width_px=96,
    height_px=64, seed=7,
)  # fmt: skip
DRAWN = {
    "sweep": "b8ceb09caf9588988174826ea9bca097a88f89988176836fc6b790b8ab86ac9f7d9c9171e6c794dbbc8cd0b284c3a67c",
    "room": "bacfb198aa907d8c776d7a68a7bb9f8d9e867987736b7865b2ae8ca19d7d938e71868267e4c694d8ba8bccaf83c0a57b",
    "podium": "bacfb198aa905d7b8c4f6a7ba7bb9f8c9d863f699a365c89b6b08ba59e7d7e8484737878e6c694dabb8b898f97797f85",
    "arch": "bacfb198aa90697d79596f71a7bb9f8d9e86506e82446380b6b08ca59e7d84867d787c78e6c694dabb8bcdb083c1a57b",
    "spotlight": "40483c424b3f768470616d5c40483c464f428fa0887785714e4b3a4f4c3b6b6c575e5d4a65553e736248cab085b19973",
    "window": "95a68d788772727f6a6e796484947e77856f818d746c7762928c6f8f896b9f9572847d60bba077c8aa7cc9aa7ba18965",
    "leaves": "c3d5af9dac8d636f5e4d584cafc09e92a083616d5c515c4ebdb48aaca17b988d6c8b8162eccb92e3bf89d6b481caa979",
    "papercut": "a1b49992a38b879681828c7f99ac928fa0888694818389848295887f90827387866c7f7eb8a689b2a186a69981a2947c",
    "marble": "b4c9ab97a99081907a707d6aa6ba9e91a38c7e8e7c6f7c69b3b291a8a78c9898818a876dd6bb8fceb489c4ab82b79e78",
    "wood": "b4c9ab97a99081907a707d6aa6ba9e91a38c7e8e7c6f7c69bfbb96b1ac8ca19c81938e70d2b587c7ab80baa078b09770",
    "terrazzo": "b7ccae96a88f7f8f79707e6aa5b89d8a9b837988736e7c69aaaa8c9a987e8c8b7382816bc7b89bb8ac92ab9f8a9f9582",
    "fabric": "97a89085947e7583706f7c6a85937d95a38c6772617f8c77948b6eb4aa88857d629d9477bfa57cc5aa82baa079ac9470",
    "water": "b8cdaf99ab9283937d73806da7bb9f92a48b83937d75836fa6ac8e979d818b8f7680846cc6b38abaa781ae9d79a89775",
    "sunset": "8e9f8a92a28e91a18c8d9d878198a18da3af859ca67c949c5e81b18ea7ce6486b7547aabcbb692d0b995b9a685af9e7f",
    "dunes": "8c9d858e9f878e9f878c9d8690a08c91a28e91a28e90a08ca49d8db4a58dbeaf95b6af9bd6b98dcfb388c8ac82bca17a",
    "hills": "abb59f9fac9592a18a8d9d86c4cbbdbac3b6afb9adaab4a89aabbe9cacbf98a9bd93a5bac7b496beac90b6a58bb19f86",
    "snow": "8e9e8890a08a90a08a8f9f88acb6a9adb7abaeb8abadb7aaa8b2b5a0acb4acb6b7adb6b6d0ccc7d8d2cae1d9cedbd3c8",
    "bokeh": "afc3a790a189798873697664a0b6a6859480788572677364bbb9a1aaa68d9b967d88856fdec094d3b68ac6ab81b9a078",
}
"""Mean colours of 4 x 4 parts of SMALL as each kind. A change here makes another model, which is trained on renders."""


def recipe(kind: str, **changes: object) -> Recipe:
    return dataclasses.replace(SMALL, kind=kind, **changes)  # type: ignore[arg-type]


def test_every_scene_is_kept() -> None:
    assert list(DRAWN) == list(SCENES)


@pytest.mark.parametrize("kind", SCENES)
def test_a_scene_is_drawn_as_it_was_when_the_model_was_trained(kind: str) -> None:
    picture = render(recipe(kind))
    assert picture.shape == (64, 96, 3)
    assert picture.dtype == np.uint8
    assert differs_by(picture, DRAWN[kind]) < 1.5


@pytest.mark.parametrize("kind", SCENES)
def test_a_render_repeats_and_changes_with_seed_and_palette(kind: str) -> None:
    picture = render(recipe(kind))
    assert np.array_equal(picture, render(recipe(kind)))
    assert not np.array_equal(picture, render(recipe(kind, seed=8)))
    other = render(recipe(kind, wall="#1E2F52", floor="#36393D"))
    assert np.abs(picture.astype(int) - other).mean() > 10


@pytest.mark.parametrize("kind", ["sweep", "room", "podium", "arch", "window", "terrazzo"])
def test_walls_have_the_asked_colour_and_light_comes_from_the_asked_side(kind: str) -> None:
    means = {}
    for light in LIGHTS:
        wall = render(recipe(kind, light=light, room="top", width_px=128, height_px=128))[4:18] / np.float32(255)
        lab = lab_of_srgb(wall.astype(np.float32))
        assert np.linalg.norm(np.median(lab, axis=(0, 1))[1:] - lab_of_hex("#8FA088")[1:]) < 8
        means[light] = lab[..., 0]
    assert means["left"][:, :30].mean() > means["left"][:, -30:].mean() + 3
    assert means["right"][:, -30:].mean() > means["right"][:, :30].mean() + 3


@pytest.mark.parametrize("kind", ["room", "podium", "wood"])
def test_light_from_above_favours_neither_side(kind: str) -> None:
    upper = render(recipe(kind, light="top", room="top"))[:16].astype(float)
    assert abs(upper[:, :40].mean() - upper[:, -40:].mean()) < 8


@pytest.mark.parametrize(("room", "side"), [("left", 1), ("right", -1)])
def test_the_podium_stands_opposite_the_calm_side(room: str, side: int) -> None:
    """The accent colour, which the plinth has, lies on the other side of the picture."""
    picture = coarse(render(recipe("podium", room=room, accent="#FF0000", width_px=192, height_px=96)))
    redness = (picture[2:, :, 0] - picture[2:, :, 2]).mean(axis=0)
    assert np.sign(redness[2:].sum() - redness[:2].sum()) == side
