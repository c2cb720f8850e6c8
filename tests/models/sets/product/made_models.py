"""Small product models, made for tests."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from typing import Any

import numpy as np
from PIL import Image


def picture(colour: tuple[int, ...] = (200, 40, 20, 255), size: int = 8) -> bytes:
    """Return a PNG of one colour."""
    stream = io.BytesIO()
    Image.new("RGBA", (size, size), colour).save(stream, "PNG")
    return stream.getvalue()


def glb(scene: dict[str, Any], binary: bytes) -> bytes:
    """Return a GLB of a scene and its bytes."""
    text = json.dumps(scene).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    whole = 12 + 8 + len(text) + 8 + len(binary)
    head = struct.pack("<4sII", b"glTF", 2, whole) + struct.pack("<I4s", len(text), b"JSON")
    return head + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary


def box_scene(**changes: Any) -> tuple[dict[str, Any], bytes]:
    """Return the scene of an upright plate, 2 wide and 4 high in glTF's axes, that faces the viewer, and its bytes."""
    points = np.array([[-1, 0, 0], [1, 0, 0], [1, 4, 0], [-1, 4, 0]], "<f4")
    uv, faces = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], "<f4"), np.array([0, 1, 2, 0, 2, 3], "<u2")
    parts = [points.tobytes(), uv.tobytes(), faces.tobytes(), picture()]
    starts = np.cumsum([0, *(len(part) for part in parts)]).tolist()
    scene: dict[str, Any] = {
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{
            "attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "indices": 2, "material": 0,
        }]}],
        "materials": [{"pbrMetallicRoughness": {
            "baseColorTexture": {"index": 0}, "metallicFactor": 0.25, "roughnessFactor": 0.5,
        }}],
        "textures": [{"source": 0}], "images": [{"bufferView": 3, "mimeType": "image/png"}],
        "buffers": [{"byteLength": starts[-1]}],
        "bufferViews": [
            {"buffer": 0, "byteOffset": start, "byteLength": len(part)}
            for start, part in zip(starts, parts, strict=False)
        ],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5126, "count": 4, "type": "VEC2"},
            {"bufferView": 2, "componentType": 5123, "count": 6, "type": "SCALAR"},
        ],
    }  # fmt: skip
    return scene | changes, b"".join(parts)


USDA = """#usda 1.0
( upAxis = "Y"
  defaultPrim = "Product" )
def Xform "Product" {
  double3 xformOp:translate = (0, 1, 0)
  uniform token[] xformOpOrder = ["xformOp:translate"]
  def Mesh "Plate" ( prepend apiSchemas = ["MaterialBindingAPI"] ) {
    int[] faceVertexCounts = [4]
    int[] faceVertexIndices = [0, 1, 2, 3]
    point3f[] points = [(-1, 0, 0), (1, 0, 0), (1, 4, 0), (-1, 4, 0)]
    texCoord2f[] primvars:st = [(0, 0), (1, 0), (1, 1), (0, 1)] ( interpolation = "vertex" )
    rel material:binding = </Product/Red>
  }
  def Material "Red" {
    token outputs:surface.connect = </Product/Red/Surface.outputs:surface>
    def Shader "Surface" {
      uniform token info:id = "UsdPreviewSurface"
      COLOUR
      float inputs:roughness = 0.3
      token outputs:surface
    }
    def Shader "Picture" {
      uniform token info:id = "UsdUVTexture"
      asset inputs:file = @red.png@
      float3 outputs:rgb
    }
  }
}
"""
PLAIN_COLOUR = "color3f inputs:diffuseColor = (0.5, 0.1, 0.05)"
PICTURED = "color3f inputs:diffuseColor.connect = </Product/Red/Picture.outputs:rgb>"


def usda(colour: str = PLAIN_COLOUR) -> bytes:
    """Return a USD layer as text."""
    text = USDA.replace("COLOUR", colour)
    return (text if colour == PICTURED else text.replace("asset inputs:file = @red.png@", "")).encode()


def usdz() -> bytes:
    """Return a USD package with a picture; its files are stored at multiples of 64 bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as package:
        for name, content in (("product.usda", usda(PICTURED)), ("red.png", picture())):
            entry = zipfile.ZipInfo(name)
            entry.extra = struct.pack("<HH", 0x1986, -(stream.tell() + 30 + len(name) + 4) % 64)
            entry.extra += b"\0" * struct.unpack("<HH", entry.extra)[1]
            package.writestr(entry, content)
    return stream.getvalue()
