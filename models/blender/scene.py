"""The script that renders one view of one product model: `python scene.py JOB.json`, or Blender with `--python`.

It is the only file that imports bpy, and imports nothing else of this project, which Blender's interpreter need not
have. The job names its own `result` file, which receives {"device", "blender"} when the picture is written, or
{"refused": [what is wrong, what to do]}.

The product is scaled to a largest extent of 1 and stands on z = 0, so that one rig lights a ring and a wardrobe alike.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix, Vector

SENSOR_MM = 36.0
MARGIN = 0.02
SMALLEST_M, LARGEST_M = 1e-5, 1e4

Lamp = tuple[float, float, float, float, float, float]
"""Place (right of the product, towards the camera, up), width, height, watts; in units of the largest extent."""
RIM: Lamp = (0.2, -1.3, 1.45, 1.5, 0.5, 26)
RIGS: dict[str, tuple[Lamp, ...]] = {
    "left": ((-1.45, 1.15, 1.55, 1.0, 1.5, 46), (1.55, 0.5, 0.75, 0.45, 1.7, 15), RIM),
    "right": ((1.45, 1.15, 1.55, 1.0, 1.5, 46), (-1.55, 0.5, 0.75, 0.45, 1.7, 15), RIM),
    "front": ((0.0, 1.9, 1.25, 1.7, 1.2, 40), (-1.5, 0.3, 0.8, 0.5, 1.6, 12), (1.5, 0.3, 0.8, 0.5, 1.6, 12), RIM),
    "top": ((0.0, 0.25, 2.3, 1.9, 1.9, 58), (0.0, 1.9, 0.5, 1.3, 1.3, 9), RIM),
}


class ModelRefused(Exception):
    """A model that cannot be rendered: what is wrong with it, and what to do."""


def open_model(path: str) -> list[Any]:
    """Open a model in an empty scene and return its meshes; its own lights and cameras are removed."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    try:
        if path.endswith(".glb"):
            bpy.ops.import_scene.gltf(filepath=path)
        else:
            bpy.ops.wm.usd_import(filepath=path, import_cameras=False, import_lights=False)
    except RuntimeError as error:
        raise ModelRefused(f"cannot be read ({' '.join(str(error).split())[:160]})", "export it again") from error
    for other in [one for one in bpy.data.objects if one.type in ("LIGHT", "CAMERA", "SPEAKER", "LIGHT_PROBE")]:
        bpy.data.objects.remove(other)
    stay_inside(Path(path).parent)
    return [one for one in bpy.context.scene.objects if one.type == "MESH" and not one.hide_render]


def stay_inside(folder: Path) -> None:
    """Raise ModelRefused for a model whose pictures lie outside its own file."""
    for image in bpy.data.images:
        if image.source == "FILE" and image.packed_file is None and image.filepath:
            place = Path(bpy.path.abspath(image.filepath)).resolve()
            if not place.is_relative_to(folder.resolve()):
                raise ModelRefused(f"refers to the outside file {place.name!r}", "export it with everything inside")


def points_of(meshes: list[Any]) -> Any:
    """Return (n, 3) float64 world coordinates of all vertices, as rendered."""
    graph, found = bpy.context.evaluated_depsgraph_get(), []
    for one in meshes:
        shaped = one.evaluated_get(graph)
        mesh = shaped.to_mesh()
        flat = np.empty(len(mesh.vertices) * 3, np.float32)
        mesh.vertices.foreach_get("co", flat)
        place = np.array(one.matrix_world)
        found.append(flat.reshape(-1, 3).astype(np.float64) @ place[:3, :3].T + place[:3, 3])
        shaped.to_mesh_clear()
    return np.concatenate(found) if found else np.empty((0, 3))


def stand(meshes: list[Any]) -> Any:
    """Scale and move everything onto the studio's floor, and return its points there, (n, 3)."""
    points = points_of(meshes)
    if len(points) < 3:
        raise ModelRefused("is an empty scene: it holds no mesh", "export the product's geometry")
    low, high = points.min(axis=0), points.max(axis=0)
    extent = float((high - low).max())
    if not math.isfinite(extent) or not SMALLEST_M <= extent <= LARGEST_M:
        raise ModelRefused(
            f"measures {extent:g} m; from {SMALLEST_M:g} to {LARGEST_M:g} m is possible", "check its units"
        )
    foot = np.array([*((low + high)[:2] / 2), low[2]])
    move = Matrix.Scale(1 / extent, 4) @ Matrix.Translation(Vector(-foot))
    for one in [one for one in bpy.context.scene.objects if one.parent is None]:
        one.matrix_world = move @ one.matrix_world
    bpy.context.view_layer.update()
    return (points - foot) / extent


def frame(points: Any, job: dict[str, Any]) -> None:
    """Aim the camera and crop the frame to the product, so that its longer edge has the asked pixels."""
    turn, rise = math.radians(job["azimuth_deg"]), math.radians(job["elevation_deg"])
    back = np.array([math.sin(turn) * math.cos(rise), -math.cos(turn) * math.cos(rise), math.sin(rise)])
    right = np.array([math.cos(turn), math.sin(turn), 0.0])
    up = np.cross(back, right)
    x, y, z = points @ right, points @ up, points @ back
    reach = SENSOR_MM / 2 / job["lens_mm"]
    room = reach * (1 - 2 * MARGIN) * (0.6 if job["shadow"] else 1)
    spans = [((v + room * z).max(), (room * z - v).max()) for v in (x, y)]
    distance = max(*((a + b) / (2 * room) for a, b in spans), float(z.max()) + 0.05)
    across, along = ((a - b) / 2 for a, b in spans)
    place = right * across + up * along + back * distance
    camera = bpy.data.cameras.new("camera")
    camera.lens, camera.sensor_width, camera.clip_start, camera.clip_end = job["lens_mm"], SENSOR_MM, 0.001, 1_000
    holder = bpy.data.objects.new("camera", camera)
    axes = np.stack([right, up, back], axis=1)
    holder.matrix_world = Matrix.Translation(Vector(place)) @ Matrix(axes.tolist()).to_4x4()
    bpy.context.collection.objects.link(holder)
    bpy.context.scene.camera = holder
    shown = np.stack([(x - across), (y - along)]) / (distance - z) / reach / 2 + 0.5
    low, high = (np.zeros(2), np.ones(2)) if job["shadow"] else (shown.min(axis=1) - 0.01, shown.max(axis=1) + 0.01)
    crop_frame(np.clip(low, 0, 1), np.clip(high, 0, 1), job["edge_px"])


def crop_frame(low: Any, high: Any, edge_px: int) -> None:
    """Render only this part of the square frame; corners are shares from 0 to 1, from the lower left.

    Blender crops at whole pixels, rounding down; half a pixel is added, so that rounding errors decide nothing.
    """
    render = bpy.context.scene.render
    size = round(edge_px / float((high - low).max()))
    first = np.floor(low * size).astype(int)
    last = np.minimum(np.where(high - low >= (high - low).max(), first + edge_px, np.ceil(high * size)), size)
    render.resolution_x = render.resolution_y = size
    render.resolution_percentage = 100
    render.use_border = render.use_crop_to_border = True
    render.border_min_x, render.border_min_y = (float(v) for v in (first + 0.5) / size)
    render.border_max_x, render.border_max_y = (float(v) for v in np.minimum((last + 0.5) / size, 1))


def light(job: dict[str, Any]) -> None:
    """Add the preset's softboxes, turned with the camera so that left is left in the picture, and a faint white sky."""
    turn = math.radians(job["azimuth_deg"])
    right, towards = Vector((math.cos(turn), math.sin(turn), 0)), Vector((math.sin(turn), -math.cos(turn), 0))
    for aside, ahead, height, wide, high, watts in RIGS[job["light"]]:
        lamp = bpy.data.lights.new("softbox", "AREA")
        lamp.shape, lamp.size, lamp.size_y, lamp.energy = "RECTANGLE", wide, high, watts
        holder = bpy.data.objects.new("softbox", lamp)
        holder.location = right * aside + towards * ahead + Vector((0, 0, height))
        aim = holder.location - Vector((0, 0, 0.4))
        holder.rotation_mode, holder.rotation_quaternion = "QUATERNION", aim.to_track_quat("Z", "Y")
        bpy.context.collection.objects.link(holder)
    world = bpy.data.worlds.new("sky")
    if world.node_tree is None:  # before Blender 5
        world.use_nodes = True
    sky = world.node_tree.nodes["Background"]
    sky.inputs[0].default_value, sky.inputs[1].default_value = (1, 1, 1, 1), 0.32
    bpy.context.scene.world = world
    if job["shadow"]:
        bpy.ops.mesh.primitive_plane_add(size=40, location=(0, 0, -1e-4))
        floor = bpy.context.object
        floor.is_shadow_catcher = True
        floor.visible_diffuse = floor.visible_glossy = False  # it must not light the product


def choose_device(wanted: str) -> str:
    """Turn on the best device there is, or the wanted one, and return its name."""
    scene = bpy.context.scene
    settings = bpy.context.preferences.addons["cycles"].preferences
    for kind in ("OPTIX", "CUDA"):
        if wanted not in ("auto", kind.lower()):
            continue
        try:
            settings.compute_device_type = kind
        except TypeError:  # this build of Blender does not know the kind
            continue
        settings.refresh_devices()
        cards = [device for device in settings.devices if device.type == kind]
        for device in settings.devices:
            device.use = device in cards
        if cards:
            scene.cycles.device = "GPU"
            return kind.lower()
    if wanted not in ("auto", "cpu"):
        raise ModelRefused(f"was to be rendered on {wanted}, which is not there", "choose auto or cpu")
    scene.cycles.device = "CPU"
    return "cpu"


def expose(job: dict[str, Any]) -> str:
    """Set up Cycles, its quality, plain sRGB and a 16-bit RGBA PNG; return the name of the device."""
    scene = bpy.context.scene
    render = scene.render
    render.engine = "CYCLES"
    device = choose_device(job["device"])
    scene.cycles.samples, scene.cycles.use_denoising = job["samples"], job["denoise"]
    scene.cycles.seed, scene.cycles.max_bounces, scene.cycles.transmission_bounces = 0, 16, 12
    if job["threads"]:
        render.threads_mode, render.threads = "FIXED", job["threads"]
    render.film_transparent = True
    scene.display_settings.display_device = "sRGB"
    scene.view_settings.view_transform, scene.view_settings.look = "Standard", "None"
    scene.view_settings.exposure, scene.view_settings.gamma = 0, 1
    render.image_settings.file_format, render.image_settings.color_mode = "PNG", "RGBA"
    render.image_settings.color_depth, render.image_settings.compression = "16", 15
    render.dither_intensity, render.filepath = 0, job["out"]
    return device


def main(job: dict[str, Any]) -> dict[str, Any]:
    """Render a job and return its result."""
    try:
        points = stand(open_model(job["model"]))
        frame(points, job)
        light(job)
        device = expose(job)
        bpy.ops.render.render(write_still=True)
    except ModelRefused as error:
        return {"refused": list(error.args)}
    return {"device": device, "blender": bpy.app.version_string}


if __name__ == "__main__":
    asked = json.loads(Path(sys.argv[-1]).read_text(encoding="utf-8"))
    Path(asked["result"]).write_text(json.dumps(main(asked)), encoding="utf-8")
