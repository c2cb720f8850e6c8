"""Product models are measured in the plan; whatever is wrong with one is a sentence, and Blender is not needed."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from foundry.brief.intake import parse
from foundry.errors import Refusals, Unusable
from foundry.inputs.door import receive_path
from foundry.inputs.gltf_check import MAX_VERTICES
from foundry.inputs.picture import picture_name
from foundry.inputs.product_model import MODEL, ModelFacts, inspect_model
from foundry.inputs.product_view import View, view_name
from foundry.names import sha256_file
from tests.support.briefs import EXAMPLES, a_brief, admitted
from tests.support.product_models import flat_box, glb_of, saved, usda, usdc

MUG = EXAMPLES / "products" / "northpeak-mug.glb"


def inspect(path: Path, view: View) -> ModelFacts:
    """The facts of a file, received and inspected."""
    return inspect_model(receive_path(path, MODEL), view)


def test_the_example_model_is_usable_and_its_key_follows_from_file_and_view() -> None:
    found = inspect(MUG, View(azimuth_deg=30))
    assert isinstance(found, ModelFacts)
    assert found.sha256 == sha256_file(MUG)
    assert found.key == f"view-{view_name(found.sha256, View(azimuth_deg=30))}"
    other = inspect(MUG, View(azimuth_deg=31))
    assert isinstance(other, ModelFacts)
    assert other.key != found.key
    name = found.key.removeprefix("view-")
    assert picture_name(found.key) == f"views/{name[:2]}/{name}.png"
    assert picture_name("ab" * 32) == f"inputs/ab/{'ab' * 32}"


def packed(**entries: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as package:
        for name, data in entries.items():
            package.writestr(
                name.replace("__", "x/")
                .replace("_py", ".py")
                .replace("_usda", ".usda")
                .replace("_usdc", ".usdc")
                .replace("_png", ".png"),
                data,
            )
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("box.glb", flat_box((10, 20, 30))),
        ("box.usda", usda()),
        ("box.usd", usda()),
        ("box.usd", usdc("metersPerUnit", "Blender v5.0.1", "documentation")),
        ("box.usdz", packed(box_usdc=usdc("metersPerUnit", "./paper.png"), paper_png=b"")),
        ("box.usdz", packed(box_usda=usda("asset texture = @paper_png@".replace("_", ".")), paper_png=b"")),
    ],
)
def test_a_whole_model_is_accepted(name: str, data: bytes, tmp_path: Path) -> None:
    assert isinstance(inspect(saved(tmp_path, name, data), View()), ModelFacts)


def bomb(edge: int) -> bytes:
    """A GLB whose texture says that it has `edge` squared pixels."""
    stream = io.BytesIO()
    Image.new("1", (8, 8)).save(stream, "PNG")
    head = bytearray(stream.getvalue())
    head[16:24] = struct.pack(">II", edge, edge)
    head[29:33] = struct.pack(">I", zlib.crc32(head[12:29]))
    scene = {
        "asset": {"version": "2.0"}, "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "accessors": [{"count": 3}], "images": [{"bufferView": 0}],
        "bufferViews": [{"byteLength": len(head)}],
    }  # fmt: skip
    return glb_of(scene, bytes(head))


def dense() -> bytes:
    scene = {
        "asset": {"version": "2.0"}, "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "accessors": [{"count": MAX_VERTICES + 1}],
    }  # fmt: skip
    return glb_of(scene)


def png(width: int, height: int) -> bytes:
    """A PNG whose header says that it has this size."""
    stream = io.BytesIO()
    Image.new("1", (8, 8)).save(stream, "PNG")
    head = bytearray(stream.getvalue())
    head[16:24] = struct.pack(">II", width, height)
    head[29:33] = struct.pack(">I", zlib.crc32(head[12:29]))
    return bytes(head)


def another_local_header(package: bytes) -> bytes:
    """A package whose first local header names another file than its listing does."""
    return package.replace(b"box.usda", b"../x.usd", 1)


BOX = flat_box((10, 20, 30))
DATA = "data:image/png;base64,"
THREE: dict[str, Any] = {
    "asset": {"version": "2.0"}, "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
    "accessors": [{"count": 3}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "wrong"),
    [
        ("box.obj", BOX, "is not a product model"),
        ("box.glb", b"", "is empty"),
        ("box.glb", b"solid box", "is neither glTF nor USD inside"),
        ("box.usdz", BOX, "is .glb inside, not .usdz"),
        ("box.glb", BOX[:-5], "is not a whole GLB file"),
        ("box.glb", BOX[:4] + struct.pack("<I", 1) + BOX[8:], "is glTF version 1; version 2 is read"),
        ("box.glb", BOX[:20] + b"!" + BOX[21:], "has a broken JSON chunk (JSONDecodeError)"),
        ("box.glb", glb_of({"asset": {"version": "2.0"}}), "is an empty scene: it holds no mesh"),
        ("box.glb", glb_of({"meshes": [{}]}), "has a broken JSON chunk (KeyError)"),
        ("box.glb", flat_box((1, 2, 3), buffers=[{"uri": "/etc/passwd"}]), "refers to the outside file '/etc/passwd'"),
        ("box.glb", flat_box((1, 2, 3), images=[{"uri": "https://a.example/t.png"}]), "outside file 'https://a.example"),
        ("box.glb", dense(), "has 5000001 vertices; the limit is 5000000"),
        ("box.glb", bomb(20_000), "holds a texture of far more pixels than the limit"),
        ("box.glb", bomb(10_000), "holds a texture of 10000x10000 pixels"),
        ("box.usda", usda("payload = @/etc/passwd@"), "refers to the outside file '/etc/passwd'"),
        ("box.usdz", b"PK\x03\x04" + bytes(40), "is not a whole USDZ package (BadZipFile)"),
        ("box.usdz", packed(box_usda=usda("payload = @../b.usdc@")), "refers to the outside file '../b.usdc'"),
        ("box.usdc", usdc("metersPerUnit", "/srv/others/secret.usdc"), "the outside file '/srv/others/secret.usdc'"),
        ("box.usdc", usdc("metersPerUnit", "upAxis")[:60], "is not a whole USD layer"),
        ("box.usdc", usdc("metersPerUnit", "upAxis")[:-8] + bytes(8), "is not a whole USD layer"),
        ("box.usdz", packed(box_usdc=usdc("metersPerUnit", "../paper.png"), paper_png=b""), "file '../paper.png'"),
        ("box.usdz", packed(paper_png=b"x"), "does not begin with a USD layer"),
        ("box.usda", usda("payload = @" + "../" * 200 + "b.usdc@"), "refers to the outside file '../../"),
        ("box.usda", usda("asset a = @@@/etc/pass\nwd@@@"), "refers to the outside file '/etc/pass"),
        ("box.usda", usda("asset a = @/srv/secret@"), "refers to the outside file '/srv/secret'"),
        ("box.usda", usda("asset a = @/srv/secret"), "is not a whole USD layer (a @ is never closed)"),
        ("box.usda", usda('string a = "x'), 'is not a whole USD layer (a " is never closed)'),
        ("box.usda", usda('clips = { dictionary d = { string templateAssetPath = "/srv/c.#.usd" } }'), "value clips"),
        ("box.usdc", usdc("metersPerUnit", "/srv/" + "x" * 500 + ".usdc"), "refers to the outside file '/srv/xxx"),
        ("box.usdc", usdc("metersPerUnit", "/srv/secret"), "refers to the outside file '/srv/secret'"),
        ("box.usdc", usdc("metersPerUnit", "../pass\nwd.png"), "refers to the outside file '../pass"),
        ("box.usdc", usdc("metersPerUnit", "paper.tx"), "refers to the outside file 'paper.tx'"),
        ("box.usdz", packed(box_usda=usda(), __run_py=b"x"), "which is no scene, texture or sound"),
        ("box.usdz", packed(box_usda=b"PK\x03\x04"), "packs 'box.usda', which is no USD layer"),
        ("box.usdz", packed(box_usda=usda(), paper_png=b"x"), "holds a texture that is no picture"),
        ("box.usdz", another_local_header(packed(box_usda=usda())), "describes 'box.usda' in two ways"),
        ("box.usdz", packed(box_usda=usda()).replace(b"PK\x01\x02", b"xPK\x01\x02", 1), "in two ways"),
    ],
)  # fmt: skip
def test_a_bad_model_is_one_sentence(name: str, data: bytes, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(Unusable) as refused:
        inspect(saved(tmp_path, name, data), View())
    assert refused.value.name == name
    assert wrong in refused.value.limit
    assert refused.value.remedy


LARGE, LARGEST = png(9_000, 9_000), png(8_000, 8_000)
IN_TEXT = DATA + base64.b64encode(LARGE).decode()
NESTED = struct.pack("<4sIII4s", b"glTF", 2, 100_020, 100_000, b"JSON") + b"[" * 100_000


def second_buffer(length: int) -> dict[str, Any]:
    """A scene whose texture lies in a second buffer, which says that it has `length` bytes."""
    view = {"buffer": 1, "byteLength": len(LARGE)}
    buffers = [{"byteLength": 0}, {"byteLength": length, "uri": IN_TEXT}]
    return THREE | {"buffers": buffers, "images": [{"bufferView": 0}], "bufferViews": [view]}


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (glb_of(THREE | {"images": [{"uri": IN_TEXT}]}), "holds a texture of 9000x9000 pixels"),
        (glb_of(THREE | {"images": [{"uri": DATA + "!"}]}), "holds an address whose content is broken"),
        (glb_of(second_buffer(99_999)), "has a broken JSON chunk (ValueError)"),
        (glb_of(second_buffer(9)), "holds a texture of 9000x9000 pixels"),
        (
            glb_of(THREE | {"images": [{"bufferView": 0}] * 5, "bufferViews": [{"byteLength": len(LARGEST)}]}, LARGEST),
            "holds textures of more than 280000000 pixels together",
        ),
        (glb_of(THREE | {"accessors": [{"count": float("nan")}]}), "has a broken JSON chunk (ValueError)"),
        (glb_of(THREE | {"accessors": [{"count": float("inf")}]}), "has a broken JSON chunk (ValueError)"),
        (glb_of(THREE | {"accessors": [{"count": -9_000_000}]}), "has a broken JSON chunk (ValueError)"),
        (glb_of(THREE | {"accessors": [{"count": 1e9}]}), "has a broken JSON chunk (TypeError)"),
        (glb_of(THREE | {"accessors": [{"count": True}]}), "has a broken JSON chunk (TypeError)"),
        (glb_of(THREE | {"nodes": [{"mesh": -1}]}), "has a broken JSON chunk (ValueError)"),
        (glb_of(THREE | {"nodes": [{"mesh": 0}] * 2_000_000}), "has 6000000 vertices; the limit is 5000000"),
        (NESTED, "has a broken JSON chunk (RecursionError)"),
    ],
)
def test_what_a_glb_holds_is_measured_wherever_it_stands(data: bytes, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(Unusable) as refused:
        inspect(saved(tmp_path, "box.glb", data), View())
    assert wrong in refused.value.limit


def test_a_texture_in_an_address_is_accepted_within_the_limits(tmp_path: Path) -> None:
    small = DATA + base64.b64encode(png(80, 80)).decode()
    assert isinstance(
        inspect(saved(tmp_path, "box.glb", glb_of(THREE | {"images": [{"uri": small}]})), View()), ModelFacts
    )


def test_a_missing_model_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"none\.glb does not exist among the files that may be named here; give the"):
        inspect(tmp_path / "none.glb", View())


def test_a_compressed_package_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "box.usdz", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("box.usda", usda() * 50)
    with pytest.raises(Unusable, match=r"packs 'box\.usda' compressed; export it again; USDZ stores its files"):
        inspect(tmp_path / "box.usdz", View())


def test_a_product_has_a_picture_or_a_model() -> None:
    product = {"id": "mug", "name": "Mug", "model": "mug.glb", "view": {"azimuth_deg": 30, "lens_mm": 50}}
    brief = parse(a_brief(products=[product]))
    assert brief.products[0].view == View(azimuth_deg=30, lens_mm=50)
    for wrong, sentence in (
        ({**product, "picture": "mug.png"}, "product mug has a picture and a model; give one of them"),
        ({"id": "mug", "name": "Mug", "view": {}}, "has a view but no model to look at"),
        ({**product, "view": {"lens_mm": 5}}, "products[0].view.lens_mm: 5 is refused"),
        ({**product, "view": {"roll_deg": 5}}, "products[0].view.roll_deg"),
    ):
        with pytest.raises(Refusals) as refused:
            parse(a_brief(products=[wrong]))
        assert sentence in str(refused.value)


def a_plan(folder: Path, **view: Any) -> Any:
    saved(folder, "mug.glb", BOX)
    product = {"id": "mug", "name": "Mug", "model": "mug.glb", "view": view}
    return admitted(folder, products=[product])


def test_a_plan_carries_the_view_and_another_angle_is_another_shot(tmp_path: Path) -> None:
    front, turned, again = (a_plan(tmp_path, azimuth_deg=angle) for angle in (0, 40, 0))
    shot, other = next(front.plan.shots()), next(turned.plan.shots())
    assert shot.picture == front.inputs[0].key
    assert shot.name != other.name
    assert shot.name == next(again.plan.shots()).name
    assert front.plan.digest == again.plan.digest != turned.plan.digest
    assert not any("no picture" in said for said in front.assumptions)


def test_a_plan_refuses_a_broken_model_by_its_field(tmp_path: Path) -> None:
    saved(tmp_path, "mug.glb", BOX[:-5])
    with pytest.raises(Refusals, match=r"products\[0\]\.model: 'mug\.glb' is not a whole GLB file"):
        admitted(tmp_path, products=[{"id": "mug", "name": "Mug", "model": "mug.glb"}])
