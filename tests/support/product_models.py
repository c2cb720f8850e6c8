"""Small product models written by hand: GLB and USD, good and bad."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

CORNERS = np.array([(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float32) - np.float32(0.5)
TRIANGLES = np.array(
    [(0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1), (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4),
     (1, 5, 7), (1, 7, 3)],
    np.uint16,
)  # fmt: skip


def linear(level: int) -> float:
    """The linear light of an 8-bit sRGB level (IEC 61966-2-1)."""
    share = level / 255
    return float(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)


def glb_of(scene: dict[str, Any], binary: bytes = b"") -> bytes:
    """A GLB file of a glTF scene and its one buffer."""
    text = json.dumps(scene).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    if binary:
        chunks += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def flat_box(colour: tuple[int, int, int], edge_m: float = 0.1, **changes: Any) -> bytes:
    """A box that is the same sRGB colour under any light (KHR_materials_unlit); `changes` replace top-level keys."""
    corners = (CORNERS * np.float32(edge_m)).astype(np.float32)
    scene: dict[str, Any] = {
        "asset": {"version": "2.0"},
        "extensionsUsed": ["KHR_materials_unlit"],
        "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1, "material": 0}]}],
        "materials": [{
            "extensions": {"KHR_materials_unlit": {}},
            "pbrMetallicRoughness": {"baseColorFactor": [*(linear(level) for level in colour), 1]},
        }],
        "buffers": [{"byteLength": corners.nbytes + TRIANGLES.nbytes}],
        "bufferViews": [
            {"buffer": 0, "byteLength": corners.nbytes},
            {"buffer": 0, "byteOffset": corners.nbytes, "byteLength": TRIANGLES.nbytes},
        ],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 8, "type": "VEC3",
             "min": corners.min(axis=0).tolist(), "max": corners.max(axis=0).tolist()},
            {"bufferView": 1, "componentType": 5123, "count": TRIANGLES.size, "type": "SCALAR"},
        ],
    }  # fmt: skip
    return glb_of({**scene, **changes}, corners.tobytes() + TRIANGLES.tobytes())


USDA = """#usda 1.0
(
    defaultPrim = "box"
    metersPerUnit = 1
    upAxis = "Z"
)
def Cube "box"
{
    double size = 0.2
    color3f[] primvars:displayColor = [(0.8, 0.1, 0.1)]
    EXTRA
}
"""


def usda(extra: str = "") -> bytes:
    """A red cube as a text layer."""
    return USDA.replace("EXTRA", extra).encode()


def usdc(*texts: str) -> bytes:
    """A binary layer that holds texts and nothing else; its LZ4 block repeats nothing."""
    plain = b"".join(text.encode() + b"\0" for text in texts)
    rest = len(plain) - 15
    packed = b"\0\xf0" + b"\xff" * (rest // 255) + bytes([rest % 255]) + plain
    section = struct.pack("<QQQ", len(texts), len(plain), len(packed)) + packed
    head = b"PXR-USDC" + bytes((0, 8, 0, 0, 0, 0, 0, 0)) + struct.pack("<q", 24 + len(section))
    return head + section + struct.pack("<Q16sqq", 1, b"TOKENS", 24, len(section))


def saved(folder: Path, name: str, data: bytes) -> Path:
    """The bytes as a file."""
    path = folder / name
    path.write_bytes(data)
    return path
