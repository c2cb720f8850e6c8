"""Geometry and materials of a USD file, by OpenUSD. Runs in the renderer's process, which is fenced in.

Meshes with UsdPreviewSurface materials are read; subdivision surfaces are taken as the polygons that they are made of.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from foundry.colour import linear_of_srgb
from foundry.inputs.product_model import kind_of
from foundry.inputs.wrong_model import WrongModel
from models.sets.graph import Floats, Material, Numbers
from models.sets.product.glb_materials import FORMATS, LONGEST_PX, MOST_PX
from models.sets.product.solid import Solid, check_near, with_limits

EXPORT_AGAIN = "export it again, as GLB if you can"
MOST_PRIMS = 20_000
PLAIN = Material(colour=np.full(3, 0.8, np.float32), roughness=0.6)


def read_usd(data: bytes) -> list[Solid]:
    """Return the solids of a USD layer or package, z up, its front towards -y, or raise WrongModel."""
    from pxr import Tf

    suffix = kind_of(data[:16]) or ".usd"
    with tempfile.TemporaryDirectory(prefix="usd-") as scratch:
        file = Path(scratch) / f"product{suffix}"
        file.write_bytes(data)
        try:
            return with_limits(_Usd(str(file)).solids())
        except (Tf.ErrorException, RuntimeError, ValueError, TypeError, IndexError, AttributeError) as error:
            raise WrongModel(f"cannot be read ({type(error).__name__})", EXPORT_AGAIN) from error


class _Usd:
    """A stage, and its materials by their paths."""

    def __init__(self, file: str) -> None:
        from pxr import Usd, UsdGeom

        self.stage = Usd.Stage.Open(file, Usd.Stage.LoadAll)
        if self.stage is None:
            raise WrongModel("cannot be read", EXPORT_AGAIN)
        y_up = UsdGeom.GetStageUpAxis(self.stage) == UsdGeom.Tokens.y
        self.upright = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], float) if y_up else np.eye(3)
        self._looks: dict[str, Material] = {}
        self._left = MOST_PX

    def solids(self) -> Iterator[Solid]:
        """Yield each mesh that is shown, in its place, by its materials."""
        from pxr import Usd, UsdGeom

        places = UsdGeom.XformCache()
        for count, prim in enumerate(Usd.PrimRange(self.stage.GetPseudoRoot(), Usd.TraverseInstanceProxies())):
            if count > MOST_PRIMS:
                raise WrongModel(f"has more than {MOST_PRIMS} prims", "simplify it")
            if not prim.IsA(UsdGeom.Mesh):
                continue
            shown = UsdGeom.Imageable(prim)
            if shown.ComputeVisibility() == "invisible" or shown.ComputePurpose() in ("guide", "proxy"):
                continue
            yield from self._mesh(UsdGeom.Mesh(prim), np.array(places.GetLocalToWorldTransform(prim), float).T)

    def _mesh(self, mesh: Any, place: Numbers) -> Iterator[Solid]:
        points = np.array(mesh.GetPointsAttr().Get() or [], float).reshape(-1, 3)
        counts = np.array(mesh.GetFaceVertexCountsAttr().Get() or [], np.int64)
        indices = np.array(mesh.GetFaceVertexIndicesAttr().Get() or [], np.int64)
        if not len(points) or not len(counts):
            return
        if counts.min() < 0 or counts.sum() != len(indices) or indices.min() < 0 or indices.max() >= len(points):
            raise ValueError("a corner is none of the points")
        check_near(points)
        corners, faces = _fans(counts)
        about = self.upright @ place[:3, :3]
        flipped = (mesh.GetOrientationAttr().Get() == "leftHanded") != (np.linalg.det(about) < 0)
        corners = corners[:, ::-1] if flipped else corners
        placed = points @ about.T + self.upright @ place[:3, 3]
        uv = _corner_values(_primvar(mesh, ("st", "UVMap", "st0", "map1")), indices, len(points), len(counts), counts)
        normals = _corner_values(_normals_of(mesh), indices, len(points), len(counts), counts)
        if normals is not None:
            normals = normals @ np.linalg.pinv(about)
            normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        for chosen, look in self._looks_of(mesh, len(counts)):
            part = corners[chosen[faces]]
            own, numbers = np.unique(part, return_inverse=True)
            yield Solid(
                placed[indices[own]], numbers.reshape(-1, 3), look if uv is not None else _plain(look),
                None if normals is None else normals[own],
                None if uv is None else np.stack([uv[own, 0], 1 - uv[own, 1]], -1),
            )  # fmt: skip

    def _looks_of(self, mesh: Any, faces: int) -> Iterator[tuple[Numbers, Material]]:
        """Yield which faces have a material, for each one of a mesh."""
        from pxr import UsdGeom, UsdShade

        rest = np.ones(faces, bool)
        for subset in UsdShade.MaterialBindingAPI(mesh.GetPrim()).GetMaterialBindSubsets():
            chosen = np.zeros(faces, bool)
            listed = np.array(UsdGeom.Subset(subset).GetIndicesAttr().Get() or [], np.int64)
            chosen[listed[(listed >= 0) & (listed < faces)]] = True
            rest &= ~chosen
            yield chosen, self._look(subset.GetPrim())
        if rest.any():
            yield rest, self._look(mesh.GetPrim())

    def _look(self, prim: Any) -> Material:
        from pxr import UsdShade

        material, _ = UsdShade.MaterialBindingAPI(prim).ComputeBoundMaterial()
        if not material:
            return PLAIN
        path = str(material.GetPath())
        if path not in self._looks:
            source = material.ComputeSurfaceSource()
            self._looks[path] = self._preview(source[0] if isinstance(source, tuple) else source)
        return self._looks[path]

    def _preview(self, shader: Any) -> Material:
        """Return a UsdPreviewSurface as a material; a plain one for any other."""
        if not shader or shader.GetIdAttr().Get() != "UsdPreviewSurface":
            return PLAIN
        colour = self._value(shader, "diffuseColor", (0.18, 0.18, 0.18), 3)
        metal, rough = self._value(shader, "metallic", (0.0,), 1), self._value(shader, "roughness", (0.5,), 1)
        opacity = self._value(shader, "opacity", (1.0,), 1)
        cutoff = shader.GetInput("opacityThreshold").Get() if shader.GetInput("opacityThreshold") else 0.0
        mask = opacity if opacity.ndim == 2 else np.full((1, 1), float(opacity), np.float32)
        if cutoff:
            mask = (mask >= cutoff).astype(np.float32)
        return Material(
            colour=np.clip(colour, 0, 1).astype(np.float32),
            metallic=metal if metal.ndim == 2 else float(metal),
            roughness=np.clip(rough, 0.03, 1) if rough.ndim == 2 else max(float(rough), 0.03),
            opacity=None if mask.min() > 0.999 else np.ascontiguousarray(mask),
        )

    def _value(self, shader: Any, name: str, usual: tuple[float, ...], bands: int) -> Floats:
        """Return an input: a picture, (height, width[, 3]), or what it says, () or (3,)."""
        from pxr import UsdShade

        given = shader.GetInput(name)
        if given and given.HasConnectedSource():
            source, output, _ = given.GetConnectedSource()
            texture = UsdShade.Shader(source.GetPrim())
            if texture.GetIdAttr().Get() == "UsdUVTexture" and texture.GetInput("file"):
                picture = self._picture(texture.GetInput("file").Get())
                if bands == 3:
                    return np.asarray(linear_of_srgb(picture[..., :3]), np.float32)
                return np.ascontiguousarray(picture[..., "rgba".find(str(output)[:1]) if str(output) in "rgba" else 0])
        value = given.Get() if given else None
        found = np.asarray(usual if value is None else value, np.float32).reshape(-1)
        return found if bands == 3 else np.asarray(found[0], np.float32)

    def _picture(self, asset: Any) -> Floats:
        """Return a texture of the file, (height, width, 4) in [0, 1], as it is encoded."""
        from pxr import Ar

        opened = Ar.GetResolver().OpenAsset(Ar.ResolvedPath(str(asset.resolvedPath))) if asset else None
        if opened is None:
            raise WrongModel("names a texture that is not in it", "export it as USDZ with everything inside")
        try:
            with opened, Image.open(io.BytesIO(bytes(opened.GetBuffer())), formats=FORMATS) as picture:
                self._left -= picture.width * picture.height
                if self._left < 0:
                    raise WrongModel(f"has textures of more than {MOST_PX} pixels", "reduce them")
                small = picture.convert("RGBA")
        except (OSError, SyntaxError, Image.DecompressionBombError) as error:
            raise WrongModel("has a texture that cannot be read", "use PNG, JPEG or WebP textures") from error
        small.thumbnail((LONGEST_PX, LONGEST_PX), Image.Resampling.BOX)
        return np.asarray(small, np.float32) / np.float32(255)


def _fans(counts: Numbers) -> tuple[Numbers, Numbers]:
    """Return the triangles of polygons, as numbers of their corners in a row (n, 3), and the polygon of each."""
    first, triangles = np.cumsum(counts) - counts, np.maximum(counts - 2, 0)
    face = np.repeat(np.arange(len(counts)), triangles)
    step = np.arange(triangles.sum()) - np.repeat(np.cumsum(triangles) - triangles, triangles)
    start = first[face]
    return np.stack([start, start + step + 1, start + step + 2], -1), face


def _primvar(mesh: Any, names: tuple[str, ...]) -> tuple[Numbers, str] | None:
    from pxr import UsdGeom

    known = UsdGeom.PrimvarsAPI(mesh.GetPrim())
    for name in names:
        found = known.GetPrimvar(name)
        if found and found.HasValue():
            return np.array(found.ComputeFlattened(), float).reshape(-1, 2), str(found.GetInterpolation())
    return None


def _normals_of(mesh: Any) -> tuple[Numbers, str] | None:
    said = mesh.GetNormalsAttr().Get()
    return None if not said else (np.array(said, float).reshape(-1, 3), str(mesh.GetNormalsInterpolation()))


def _corner_values(
    said: tuple[Numbers, str] | None, indices: Numbers, points: int, faces: int, counts: Numbers
) -> Numbers | None:
    """Return a value for each corner, in a row; None where none is given, or not one for each."""
    if said is None:
        return None
    values, each = said
    if each == "faceVarying" and len(values) == len(indices):
        return values
    if each in ("vertex", "varying") and len(values) == points:
        return np.asarray(values[indices])
    if each == "uniform" and len(values) == faces:
        return np.repeat(values, counts, axis=0)
    return np.repeat(values[:1], len(indices), axis=0) if each == "constant" and len(values) else None


def _plain(look: Material) -> Material:
    from models.sets.product.glb_materials import GlbMaterials

    return GlbMaterials.plain(look)
