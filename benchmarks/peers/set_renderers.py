"""One plain set in three renderers: processor seconds for one picture, and for one of equal noise.

python benchmarks/peers/set_renderers.py mitsuba|luxcore|cycles [variant]

Run it with a Python that has the renderer: mitsuba, pyluxcore or bpy. The set is a floor, a wall, a podium and two
balls under one soft lamp and even light, 256 x 256, eight bounces. Noise is the root of half of the mean squared
difference of two pictures of different seeds, over their mean; time grows with the square of what it is to shrink to.
"""

from __future__ import annotations

import math
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

EDGE, BOUNCES = 256, 8
FEW, MANY = 16, 64
TARGET = 0.03
EYE, LOOK, FIELD = (0.0, -4.2, 1.1), (0.0, 0.0, 0.55), 28.0
LAMP, LAMP_LOOK, LAMP_EDGE, LAMP_LIGHT, SKY = (-2.5, -2.5, 3.0), (0.0, 0.0, 0.4), 1.6, 13.0, 0.37
BALLS = ((0.1, 0.0, 0.65, 0.3), (-0.9, -0.4, 0.18, 0.18))
FLOOR, WALL, PODIUM, BALL = (0.7, 0.6, 0.5), (0.8, 0.72, 0.66), (0.75, 0.68, 0.62), (0.1, 0.2, 0.4)


def mitsuba(variant: str) -> Any:
    """Return a function of samples and seed."""
    import mitsuba as mi

    mi.set_variant(variant)
    turn = mi.ScalarTransform4f

    def paint(colour: Any) -> dict[str, Any]:
        return {"type": "diffuse", "reflectance": {"type": "rgb", "value": list(colour)}}

    ball, gold = BALLS
    film = {"type": "hdrfilm", "width": EDGE, "height": EDGE, "rfilter": {"type": "box"}, "pixel_format": "rgb"}
    scene = mi.load_dict({
        "type": "scene", "integrator": {"type": "path", "max_depth": BOUNCES},
        "sensor": {"type": "perspective", "fov": FIELD, "to_world": turn().look_at(EYE, LOOK, (0, 0, 1)), "film": film,
                   "sampler": {"type": "multijitter"}},
        "floor": {"type": "rectangle", "to_world": turn().scale(6), "bsdf": paint(FLOOR)},
        "wall": {"type": "rectangle", "to_world": turn().translate([0, 2, 0]).rotate([1, 0, 0], 90).scale(6),
                 "bsdf": paint(WALL)},
        "podium": {"type": "cylinder", "p0": [0, 0, 0], "p1": [0, 0, 0.35], "radius": 0.7, "bsdf": paint(PODIUM)},
        "top": {"type": "disk", "to_world": turn().translate([0, 0, 0.35]).scale(0.7), "bsdf": paint(PODIUM)},
        "ball": {"type": "sphere", "center": list(ball[:3]), "radius": ball[3], "bsdf": paint(BALL)},
        "gold": {"type": "sphere", "center": list(gold[:3]), "radius": gold[3],
                 "bsdf": {"type": "roughconductor", "material": "Au", "alpha": 0.1}},
        "lamp": {"type": "rectangle", "to_world": turn().look_at(LAMP, LAMP_LOOK, (0, 0, 1)).scale(LAMP_EDGE / 2),
                 "emitter": {"type": "area", "radiance": {"type": "rgb", "value": [LAMP_LIGHT] * 3}}},
        "sky": {"type": "constant", "radiance": {"type": "rgb", "value": [SKY] * 3}},
    })  # fmt: skip
    return lambda samples, seed: np.array(mi.render(scene, spp=samples, seed=seed), np.float32)


def luxcore(_variant: str) -> Any:
    """Return a function of samples and seed."""
    import pyluxcore as lux  # type: ignore[import-not-found]  # not of this project

    lux.Init()
    scene = lux.Scene()
    text = [
        f"scene.camera.lookat.orig = {' '.join(map(str, EYE))}",
        f"scene.camera.lookat.target = {' '.join(map(str, LOOK))}",
        f"scene.camera.fieldofview = {FIELD}", "scene.lights.sky.type = constantinfinite",
        f"scene.lights.sky.color = {SKY} {SKY} {SKY}",
        "scene.textures.gold.type = fresnelcolor", "scene.textures.gold.kr = 1.0 0.77 0.34",
        "scene.materials.gold.type = metal2", "scene.materials.gold.fresnel = gold",
        "scene.materials.gold.uroughness = 0.1", "scene.materials.gold.vroughness = 0.1",
        "scene.materials.lamp.type = matte", f"scene.materials.lamp.emission = {LAMP_LIGHT} {LAMP_LIGHT} {LAMP_LIGHT}",
    ]  # fmt: skip
    for name, colour in (("floor", FLOOR), ("wall", WALL), ("podium", PODIUM), ("ball", BALL)):
        text += [f"scene.materials.{name}.type = matte", f"scene.materials.{name}.kd = {' '.join(map(str, colour))}"]
    for name, points, faces in _meshes():
        scene.DefineMesh(name, points, faces, None, None, None, None)
        text += [f"scene.objects.{name}.shape = {name}", f"scene.objects.{name}.material = {name}"]
    properties = lux.Properties()
    properties.SetFromString("\n".join(text))
    scene.Parse(properties)

    def render(samples: int, seed: int) -> Any:
        config = lux.Properties()
        config.SetFromString("\n".join((
            "renderengine.type = PATHCPU", "sampler.type = SOBOL", f"renderengine.seed = {seed + 1}",
            f"film.width = {EDGE}", f"film.height = {EDGE}", f"batch.haltspp = {samples}",
            f"path.pathdepth.total = {BOUNCES}",
            "film.filter.type = NONE", "film.imagepipelines.0.0.type = NOP",
        )))  # fmt: skip
        session = lux.RenderSession(lux.RenderConfig(config, scene))
        session.Start()
        while not session.HasDone():
            time.sleep(0.01)
            session.UpdateStats()
        session.Stop()
        found = np.zeros((EDGE, EDGE, 3), np.float32)
        session.GetFilm().GetOutputFloat(lux.FilmOutputType.RGB, found, 0, True)
        return found[::-1]

    return render


def _meshes() -> list[tuple[str, Any, Any]]:
    square = [(0, 1, 2), (0, 2, 3)]
    found: list[tuple[str, Any, Any]] = [
        ("floor", [(-6, -6, 0), (6, -6, 0), (6, 6, 0), (-6, 6, 0)], square),
        ("wall", [(-6, 2, -6), (6, 2, -6), (6, 2, 6), (-6, 2, 6)], square),
    ]
    count = 64
    ring = [(0.7 * math.cos(2 * math.pi * i / count), 0.7 * math.sin(2 * math.pi * i / count)) for i in range(count)]
    points = [(x, y, 0.0) for x, y in ring] + [(x, y, 0.35) for x, y in ring] + [(0.0, 0.0, 0.35)]
    faces = []
    for i in range(count):
        j = (i + 1) % count
        faces += [(i, j, count + j), (i, count + j, count + i), (count + i, count + j, 2 * count)]
    found.append(("podium", points, faces))
    for name, (x, y, z, radius) in zip(("ball", "gold"), BALLS, strict=True):
        found.append((name, *_ball(x, y, z, radius)))
    axis = np.subtract(LAMP_LOOK, LAMP) / np.linalg.norm(np.subtract(LAMP_LOOK, LAMP))
    right = np.cross(axis, (0, 0, 1)) / np.linalg.norm(np.cross(axis, (0, 0, 1)))
    up, half = np.cross(right, axis), LAMP_EDGE / 2
    corners = [tuple(np.asarray(LAMP) + half * (a * right + b * up)) for a, b in ((-1, -1), (-1, 1), (1, 1), (1, -1))]
    found.append(("lamp", [tuple(map(float, corner)) for corner in corners], square))
    return found


def _ball(x: float, y: float, z: float, radius: float) -> tuple[Any, Any]:
    rows, columns = 48, 96
    points, faces = [], []
    for i in range(rows + 1):
        for j in range(columns):
            a, b = math.pi * i / rows, 2 * math.pi * j / columns
            points.append((x + radius * math.sin(a) * math.cos(b), y + radius * math.sin(a) * math.sin(b),
                           z + radius * math.cos(a)))  # fmt: skip
            if i < rows:
                p, q = i * columns + j, i * columns + (j + 1) % columns
                faces += [(p, p + columns, q + columns), (p, q + columns, q)]
    return points, faces


def cycles(_variant: str) -> Any:
    """Return a function of samples and seed."""
    import bpy

    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    for name, points, faces in _meshes():
        mesh = bpy.data.meshes.new(name)
        mesh.from_pydata([tuple(map(float, p)) for p in points], [], faces)
        material = bpy.data.materials.new(name)
        material.use_nodes = True
        nodes, links = material.node_tree.nodes, material.node_tree.links
        nodes.clear()
        kind = {"lamp": "ShaderNodeEmission", "gold": "ShaderNodeBsdfGlossy"}.get(name, "ShaderNodeBsdfDiffuse")
        shader, out = nodes.new(kind), nodes.new("ShaderNodeOutputMaterial")
        colour = {"floor": FLOOR, "wall": WALL, "podium": PODIUM, "ball": BALL, "gold": (1.0, 0.77, 0.34)}
        shader.inputs["Color"].default_value = (*colour.get(name, (1.0, 1.0, 1.0)), 1)
        if name == "lamp":
            shader.inputs["Strength"].default_value = LAMP_LIGHT
        if name == "gold":
            shader.inputs["Roughness"].default_value = math.sqrt(0.1)
        links.new(shader.outputs[0], out.inputs["Surface"])
        mesh.materials.append(material)
        scene.collection.objects.link(bpy.data.objects.new(name, mesh))
    from mathutils import Vector

    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.location = EYE
    camera.rotation_euler = (Vector(LOOK) - Vector(EYE)).to_track_quat("-Z", "Y").to_euler()
    camera.data.angle = math.radians(FIELD)
    scene.collection.objects.link(camera)
    scene.camera, scene.world = camera, bpy.data.worlds.new("sky")
    scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs["Color"].default_value = (SKY, SKY, SKY, 1)
    scene.render.engine, scene.cycles.device = "CYCLES", "CPU"
    scene.cycles.max_bounces = scene.cycles.diffuse_bounces = scene.cycles.glossy_bounces = BOUNCES
    scene.cycles.use_adaptive_sampling = scene.cycles.use_denoising = False
    scene.cycles.pixel_filter_type = "BOX"
    scene.cycles.filter_width = 1.0
    scene.render.resolution_x = scene.render.resolution_y = EDGE
    scene.render.use_persistent_data = True
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.image_settings.color_depth = "32"

    def render(samples: int, seed: int) -> Any:
        scene.cycles.samples, scene.cycles.seed = samples, seed
        with tempfile.TemporaryDirectory() as folder:
            scene.render.filepath = str(Path(folder) / "picture.exr")
            bpy.ops.render.render(write_still=True)
            picture = bpy.data.images.load(scene.render.filepath)
            found = np.empty(EDGE * EDGE * 4, np.float32)
            picture.pixels.foreach_get(found)
            bpy.data.images.remove(picture)
        return found.reshape(EDGE, EDGE, 4)[::-1, :, :3]

    return render


def main() -> None:
    """Print a row: renderer, seconds of both sample counts, noise, seconds at equal noise, and peak memory."""
    import resource

    name, variant = sys.argv[1], (sys.argv[2] if len(sys.argv) > 2 else "llvm_ad_rgb")
    render = {"mitsuba": mitsuba, "luxcore": luxcore, "cycles": cycles}[name](variant)
    began = time.process_time()
    render(FEW, 9)
    first = time.process_time() - began
    pictures, used = [], []
    for samples, seed in ((FEW, 1), (MANY, 2), (MANY, 3)):
        began, clock = time.process_time(), time.perf_counter()
        pictures.append(render(samples, seed))
        used.append((time.process_time() - began, time.perf_counter() - clock))
    _, one, other = (np.minimum(picture, 1.0) for picture in pictures)
    noise = float(np.sqrt(np.mean((one - other) ** 2) / 2) / np.mean((one + other) / 2))
    many = (used[1][0] + used[2][0]) / 2
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(name, variant if name == "mitsuba" else "")
    print(f"CPU s: first {first:.2f}, {FEW} samples {used[0][0]:.2f}, {MANY} samples {many:.2f}; noise {noise:.4f}")
    print(f"at noise {TARGET}: {many * (noise / TARGET) ** 2:.2f} CPU s; mean {np.mean(one):.3f}; {memory} MB")


if __name__ == "__main__":
    main()
