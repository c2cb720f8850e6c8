"""Product models as geometry: read from GLB and USD, stood on the ground, and fitted into their area."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foundry.colour import linear_of_srgb
from foundry.inputs.wrong_model import WrongModel
from models.sets.ask import Area
from models.sets.graph import Camera
from models.sets.product import solid
from models.sets.product.geometry import fit, read_solids, stood
from models.sets.product.sight_lines import SightLines
from tests.models.sets.product.made_models import PICTURED, box_scene, glb, usda, usdz

MUG = Path("examples/products/northpeak-mug.glb")
RED = linear_of_srgb(np.array([200, 40, 20], np.float32) / 255)
CAMERA = Camera(eye=(0, -6.0, 1.5), focus=(0, 0, 0.7), frame=2.2, shift=(0.1, 0.125), lens_radius=0.01)


def changed(**changes: Any) -> bytes:
    """Return a GLB whose scene differs in some keys."""
    return glb(*box_scene(**changes))


def test_a_glb_comes_with_its_place_picture_metal_and_roughness() -> None:
    (plate,) = read_solids(glb(*box_scene()))

    assert plate.points.min(axis=0).tolist() == [-1, 0, 0]
    assert plate.points.max(axis=0).tolist() == [1, 0, 4]
    assert plate.look.colour[0, 0] == pytest.approx(RED, abs=1e-3)
    assert (plate.look.metallic, plate.look.roughness) == (0.25, 0.5)
    assert plate.uv is not None
    assert plate.uv[0].tolist() == [0, 1]


def test_nodes_place_and_repeat_a_mesh() -> None:
    nodes = [
        {"children": [1, 2], "scale": [2, 2, 2]},
        {"mesh": 0},
        {"mesh": 0, "translation": [5, 0, 0], "rotation": [0, 0.70710678, 0, 0.70710678]},
    ]

    first, second = read_solids(changed(nodes=nodes))

    reach = {tuple(np.ptp(one.points, axis=0).round(4)) for one in (first, second)}
    assert reach == {(4, 0, 8), (0, 4, 8)}


def test_glass_lets_light_through_and_labels_are_masked() -> None:
    glass = {"pbrMetallicRoughness": {}, "extensions": {"KHR_materials_transmission": {"transmissionFactor": 1}}}
    label = {"pbrMetallicRoughness": {"baseColorFactor": [1, 1, 1, 0.5]}, "alphaMode": "BLEND"}

    looks = [read_solids(changed(materials=[one]))[0].look for one in (glass, label)]

    assert looks[0].kind == "glass"
    assert looks[1].opacity is not None
    assert float(looks[1].opacity.mean()) == pytest.approx(0.5)


def test_the_mug_of_the_examples_is_what_it_is() -> None:
    solids = read_solids(MUG.read_bytes())

    assert sum(len(one.faces) for one in solids) == 26_880
    assert max(float(one.points[:, 2].max()) for one in solids) == pytest.approx(1.225, abs=1e-3)
    dark = next(one.look.colour for one in solids if one.look.colour.ndim == 1 and one.look.metallic == 0)
    assert 0 < dark.max() < 0.1


@pytest.mark.parametrize("data", [usda(), usdz()])
def test_usd_comes_with_its_place_and_colour(data: bytes) -> None:
    (plate,) = read_solids(data)

    assert plate.points.min(axis=0).tolist() == [-1, 0, 1]
    assert plate.points.max(axis=0).tolist() == [1, 0, 5]
    wanted = RED if data[:2] == b"PK" else [0.5, 0.1, 0.05]
    assert plate.look.colour.reshape(-1, 3)[0] == pytest.approx(wanted, abs=1e-3)
    assert plate.look.roughness == pytest.approx(0.3)


def broken_glbs() -> dict[str, bytes]:
    """Return GLBs of which each is wrong in one way."""
    scene, binary = box_scene()
    whole = glb(scene, binary)
    far = json.loads(json.dumps(scene))
    far["accessors"][0]["count"] = 4_000_000_000
    outside = json.loads(json.dumps(scene))
    outside["accessors"][2]["byteOffset"] = 10
    foreign = json.loads(json.dumps(scene))
    foreign["buffers"] = [{"byteLength": 4, "uri": "/etc/passwd"}]
    wide = json.loads(json.dumps(scene))
    wide["accessors"][0] |= {"bufferView": None, "count": 10**15}
    nan = bytearray(binary)
    nan[:4] = struct.pack("<f", float("nan"))
    return {
        "cut off": whole[:200],
        "no JSON": whole[:20] + b"\xff" * 40,
        "too many points": glb(far, binary),
        "values behind the view": glb(outside, binary),
        "an outside file": glb(foreign, binary),
        "a huge accessor": glb(wide, binary),
        "no number": glb(scene, bytes(nan)),
        "a circle": changed(nodes=[{"mesh": 0, "children": [0]}]),
        "compressed": changed(extensionsRequired=["KHR_draco_mesh_compression"]),
        "no mesh": changed(nodes=[{}]),
        "a broken picture": glb(scene, binary[:-60] + b"\0" * 60),
        "negative": changed(scenes=[{"nodes": [-1]}]),
        "a text for a number": changed(meshes=[{"primitives": [{"attributes": {"POSITION": "x"}}]}]),
    }


@pytest.mark.parametrize("data", broken_glbs().values(), ids=broken_glbs())
def test_a_broken_glb_is_a_sentence(data: bytes) -> None:
    with pytest.raises(WrongModel) as caught:
        read_solids(data)

    assert caught.value.wrong
    assert caught.value.remedy


@pytest.mark.parametrize(
    "data",
    [
        b"#usda 1.0\ndef Mesh",
        b"PXR-USDC" + b"\xff" * 200,
        usda()[:900],
        usda().replace(b"[0, 1, 2, 3]", b"[0, 1, 2, 99]"),
        usda().replace(b"[4]", b"[400]"),
        usda().replace(b"(1, 4, 0)", b"(inf, 4, 0)"),
        usda(PICTURED).replace(b"red.png", b"/etc/passwd"),
        b"#usda 1.0\n",
    ],
)
def test_a_broken_usd_file_is_a_sentence(data: bytes) -> None:
    with pytest.raises(WrongModel):
        read_solids(data)


def test_too_many_triangles_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solid, "MOST_TRIANGLES", 100)

    with pytest.raises(WrongModel, match="100 triangles"):
        read_solids(MUG.read_bytes())


def test_a_stood_model_is_one_high_on_the_ground_in_the_middle() -> None:
    points = np.concatenate([one.points for one in stood(read_solids(usda()), 90)])

    assert points.min(axis=0) == pytest.approx([0, -0.25, 0], abs=1e-6)
    assert points.max(axis=0) == pytest.approx([0, 0.25, 1], abs=1e-6)


@pytest.mark.parametrize(
    "area", [Area(left=0.2, top=0.3, right=0.8, bottom=0.8), Area(left=0.4, top=0.1, right=0.5, bottom=0.9)]
)
def test_a_model_fills_its_area_and_stands_on_its_edge(area: Area) -> None:
    solids, lines = stood(read_solids(MUG.read_bytes()), -30), SightLines(CAMERA, 1.25)

    size, place = fit(solids, area, lines, 0.2)
    left, top, right, bottom = lines.seen(np.concatenate([one.points for one in solids]) * size + place)

    assert bottom == pytest.approx(area.bottom, abs=0.002)
    assert (left + right) / 2 == pytest.approx((area.left + area.right) / 2, abs=0.002)
    assert max((bottom - top) / (area.bottom - area.top), (right - left) / (area.right - area.left)) == pytest.approx(
        1, abs=0.01
    )
    assert place[2] == pytest.approx(0.2)
