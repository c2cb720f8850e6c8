"""Product models through Blender: exact colours, exact framing, and one sentence for whatever goes wrong.

`FOUNDRY_BLENDER` names a Python that has bpy, or a Blender; without it this Python is asked.
"""

from __future__ import annotations

import pickle
import re
import socket
import stat
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foundry.box.landlock import landlock_version
from foundry.inputs.picture import decode
from foundry.inputs.product_view import View
from models.blender.process import SCENE, Blender, BlenderMissing, RenderRefused, render, strip_metadata
from tests.support import needing
from tests.support.product_models import flat_box, glb_of, saved, usda

HERE = Blender(needing.blender(), "cpu", threads=1, timeout_s=300)
SMALL = View(edge_px=64, samples=1, denoise=False)
COLOUR = (200, 90, 30)


def levels(png: bytes) -> np.ndarray[Any, np.dtype[np.uint16]]:
    """(height, width, 4) uint16 of a 16-bit RGBA PNG."""
    import cv2

    read = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    assert read is not None
    assert read.dtype == np.uint16
    return np.asarray(read[..., [2, 1, 0, 3]], np.uint16)


@pytest.mark.blender
def test_a_flat_colour_comes_out_as_itself_in_16_bits_and_fills_the_frame() -> None:
    png = render(flat_box(COLOUR), SMALL, HERE)
    pixels = levels(png)
    assert max(pixels.shape[:2]) == 64
    inside = pixels[pixels[..., 3] == 65535][:, :3] / 257
    assert len(inside) > 0.8 * pixels.shape[0] * pixels.shape[1]
    assert np.abs(inside - COLOUR).max() < 0.5
    assert np.median(np.asarray(decode(png))[..., :3].reshape(-1, 3), axis=0).tolist() == list(COLOUR)
    assert pixels[0, :, 3].max() < 65535 or pixels[:, 0, 3].max() < 65535


@pytest.mark.blender
def test_usd_is_rendered_upright_and_the_light_comes_from_its_side() -> None:
    view = View(edge_px=65, samples=8, denoise=False, azimuth_deg=45, elevation_deg=20, light="left")
    left = levels(render(usda(), view, HERE)).astype(float)
    assert max(left.shape[:2]) == 65
    solid = left[..., 3] > 60_000
    assert 0.4 < solid.mean() < 0.95
    middle = left.shape[1] // 2
    assert left[:, :middle, 0][solid[:, :middle]].mean() > 1.1 * left[:, middle:, 0][solid[:, middle:]].mean()


@pytest.mark.blender
@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (flat_box(COLOUR, edge_m=1e6), "measures 1e+06 m; from 1e-05 to 10000 m is possible; check its units"),
        (glb_of({"asset": {"version": "2.0"}, "scenes": [{"nodes": [0]}], "nodes": [{}]}), "is an empty scene"),
        (flat_box(COLOUR)[:-30], "product model box.glb "),
    ],
)
def test_what_blender_cannot_show_is_one_sentence(model: bytes, sentence: str) -> None:
    with pytest.raises(RenderRefused) as refused:
        render(model, SMALL, HERE, "box.glb")
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def a_program(folder: Path, lines: str) -> str:
    path = saved(folder, "python-of-a-kind", f"#!{sys.executable}\n{lines}\n".encode())
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.fixture
def unlucky(tmp_path: Path) -> Any:
    def refused(lines: str, timeout_s: int = 60) -> str:
        with pytest.raises(RenderRefused) as caught:
            render(flat_box(COLOUR), SMALL, Blender(a_program(tmp_path, lines), timeout_s=timeout_s), "box.glb")
        return str(caught.value)

    return refused


def test_a_blender_that_hangs_is_ended_with_all_it_started(unlucky: Any, tmp_path: Path) -> None:
    seconds = f"300.{tmp_path.stat().st_ino}"  # by which the child is known
    lines = f"import subprocess, time\nsubprocess.Popen(['sleep', '{seconds}'])\ntime.sleep(300)"
    assert "took longer than 5 s to render; ask for fewer samples" in unlucky(lines, timeout_s=5)
    assert not [place for place in Path("/proc").glob("[0-9]*/cmdline") if seconds in _text_of(place)]


def _text_of(place: Path) -> str:
    try:
        return place.read_text(errors="replace")
    except OSError:
        return ""  # the process ended meanwhile


@pytest.mark.skipif(not landlock_version(), reason="the kernel has no Landlock")
@pytest.mark.parametrize(
    "lines",
    [
        "open('{file}').read()",
        "open('{folder}/new', 'w')",
        "import os; os.listdir('{folder}')",
        "import os; os.unlink('{file}')",
        "import socket; socket.create_connection(('127.0.0.1', {port}))",
    ],
)
def test_blender_reads_writes_and_calls_nothing_but_its_own(unlucky: Any, lines: str, tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.mktemp("of another tenant")
    file = saved(folder, "secret", b"secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert "PermissionError" in unlucky(lines.format(file=file, folder=folder, port=port))
    assert [entry.name for entry in folder.iterdir()] == ["secret"]


def test_blender_has_limits_of_memory_and_of_what_it_writes(unlucky: Any) -> None:
    assert "MemoryError" in unlucky("bytearray(20 << 30)")
    assert "File too large" in unlucky("open('x', 'wb').truncate(3 << 30)")


def test_a_blender_that_crashes_is_one_sentence(unlucky: Any) -> None:
    assert "ended Blender with signal 11 (no word)" in unlucky("import os; os.kill(os.getpid(), 11)")
    assert "ended Blender with exit code 3 (out of memory)" in unlucky("print('out of memory'); raise SystemExit(3)")


def test_a_blender_process_sees_no_secret(unlucky: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENDOR_KEY", "hunter2")
    assert "VENDOR_KEY" not in unlucky("import os; print(sorted(os.environ)); raise SystemExit(3)")


def test_without_blender_the_sentence_says_what_to_install(tmp_path: Path) -> None:
    bare = a_program(tmp_path, "raise ModuleNotFoundError(\"No module named 'bpy'\")")
    for program in (str(tmp_path / "none"), bare):
        with pytest.raises(BlenderMissing, match=r"pip install 'campaign-foundry\[blender\]'"):
            render(flat_box(COLOUR), SMALL, Blender(program))


def test_only_the_scene_imports_bpy() -> None:
    root = Path(__file__).resolve().parents[3]
    names = ("foundry", "imaging", "connectors", "models", "lab", "transforms", "pipelines", "console")
    rooms = [root / room for room in names]
    files = [file for room in rooms for file in room.rglob("*.py")]
    importing = [file for file in files if re.search(r"^\s*(import|from) bpy", file.read_text("utf-8"), re.MULTILINE)]
    assert [file.relative_to(root).as_posix() for file in importing] == ["models/blender/scene.py"]


def test_a_picture_of_another_depth_is_a_bug() -> None:
    with pytest.raises(ValueError, match="depth 8"):
        strip_metadata(bytes(24) + bytes((8, 6)) + bytes(20))


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def test_a_picture_keeps_its_pixels_and_loses_times_and_paths() -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 16, 6, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0" + bytes(range(16))))
    noted = chunk(b"tEXt", b"File\0/home/somebody/job") + chunk(b"tIME", bytes(7)) + chunk(b"gAMA", bytes(4))
    png = strip_metadata(b"\x89PNG\r\n\x1a\n" + header + noted + pixels + chunk(b"IEND", b""))
    assert b"somebody" not in png
    assert [png[at : at + 4] for at in (12, 37, 50)] == [b"IHDR", b"sRGB", b"IDAT"]
    assert levels(png).reshape(-1).tolist() == [256 * high + high + 1 for high in range(0, 16, 2)]


def test_a_blender_program_gets_its_own_options_and_a_python_the_script() -> None:
    job = Path("/scratch/job.json")
    assert Blender("/opt/Blender-5/blender").command(job)[1:4] == ["--background", "--factory-startup", "--python"]
    assert Blender("/opt/python").command(job) == ["/opt/python", "-P", str(SCENE), "/scratch/job.json"]


def test_a_file_that_is_no_model_is_refused_before_blender_starts() -> None:
    with pytest.raises(RenderRefused, match="product model file is neither glTF nor USD inside"):
        render(b"no model at all", SMALL, Blender("/nowhere/python"))


@pytest.mark.parametrize("error", [BlenderMissing("python"), RenderRefused("box.glb", "is empty", "export it")])
def test_its_errors_survive_pickling(error: Exception) -> None:
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
