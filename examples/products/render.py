"""Renders the example brands' products with Blender's `bpy`, from nothing but this script.

    python examples/products/render.py --out examples/products [--only PART] [--size 1400] [--samples 128] [--glb]

With `--glb` it saves the product's model instead of a picture, for briefs that give a `model`.

`bpy` is GPL and large, and not a dependency of the project: the pictures are committed. Products stand upright,
lit from the upper left, on a transparent ground; the factory adds their shadows when it stages them.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from functools import partial
from pathlib import Path

import bpy
import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).resolve().parents[2] / "templates" / "fonts"


def material(name, colour, *, rough=0.4, metal=0.0, glass=0.0, ior=1.45, coat=0.0, glow=0.0):
    """A principled material; `colour` is sRGB hex."""
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    node = made.node_tree.nodes["Principled BSDF"]
    srgb = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in srgb]
    node.inputs["Base Color"].default_value = (*linear, 1)
    node.inputs["Roughness"].default_value = rough
    node.inputs["Metallic"].default_value = metal
    node.inputs["Transmission Weight"].default_value = glass
    node.inputs["IOR"].default_value = ior
    node.inputs["Coat Weight"].default_value = coat
    if glow:
        node.inputs["Emission Color"].default_value = (*linear, 1)
        node.inputs["Emission Strength"].default_value = glow
    return made


def rounded(points, radius, steps=7):
    """A profile with its inner corners filleted; points are (radius, height)."""
    path = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        a, c, b = (np.array(p, float) for p in (before, corner, after))
        reach = min(radius, np.linalg.norm(a - c) / 2.1, np.linalg.norm(b - c) / 2.1)
        start = c + (a - c) / max(np.linalg.norm(a - c), 1e-9) * reach
        end = c + (b - c) / max(np.linalg.norm(b - c), 1e-9) * reach
        for t in np.linspace(0, 1, steps):
            path.append(tuple((1 - t) ** 2 * start + 2 * t * (1 - t) * c + t**2 * end))
    return [*path, points[-1]]


def lathe(name, profile, stuff, *, radius=0.02, turns=160):
    """A solid of revolution around z."""
    path = rounded(profile, radius)
    around = [2 * math.pi * k / turns for k in range(turns)]
    vertices = [(r * math.cos(a), r * math.sin(a), z) for r, z in path for a in around]
    faces = []
    for ring in range(len(path) - 1):
        for k in range(turns):
            n = (k + 1) % turns
            faces.append((ring * turns + k, ring * turns + n, (ring + 1) * turns + n, (ring + 1) * turns + k))
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(vertices, [], faces)
    mesh.validate()
    for polygon in mesh.polygons:
        polygon.use_smooth = True
    solid = bpy.data.objects.new(name, mesh)
    solid.data.materials.append(stuff)
    bpy.context.collection.objects.link(solid)
    return solid


def label(name, radius, low, high, picture, *, angle=150, stuff_rough=0.45, metal=0.0):
    """A printed patch on a cylinder's front, with the picture's alpha."""
    columns = 64
    spread = math.radians(angle)
    vertices, uvs = [], []
    for row, z in enumerate((low, high)):
        for k in range(columns + 1):
            a = -math.pi / 2 - spread / 2 + spread * k / columns
            vertices.append((radius * math.cos(a), radius * math.sin(a), z))
            uvs.append((k / columns, row))
    faces = [(k, k + 1, columns + 2 + k, columns + 1 + k) for k in range(columns)]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(vertices, [], faces)
    layer = mesh.uv_layers.new()
    for polygon in mesh.polygons:
        polygon.use_smooth = True
        for loop in polygon.loop_indices:
            layer.data[loop].uv = uvs[mesh.loops[loop].vertex_index]
    made = material(name, "#FFFFFF", rough=stuff_rough, metal=metal)
    nodes, links = made.node_tree.nodes, made.node_tree.links
    image = nodes.new("ShaderNodeTexImage")
    image.image = bpy.data.images.load(str(picture))
    shader = nodes["Principled BSDF"]
    links.new(image.outputs["Color"], shader.inputs["Base Color"])
    links.new(image.outputs["Alpha"], shader.inputs["Alpha"])
    patch = bpy.data.objects.new(name, mesh)
    patch.data.materials.append(made)
    bpy.context.collection.objects.link(patch)


def printed(folder, name, size, lines, ink, ground=None):
    """A label picture: (text, font file, height share, y share, tracking) per line."""
    w, h = size
    picture = Image.new("RGBA", size, ground or ink + "00")
    draw = ImageDraw.Draw(picture)
    for text, font, share, y, tracking in lines:
        face = ImageFont.truetype(FONTS / font, int(h * share))
        width = sum(face.getlength(c) + tracking * h for c in text) - tracking * h
        x = (w - width) / 2
        for letter in text:
            draw.text((x, y * h), letter, font=face, fill=ink, anchor="ls")
            x += face.getlength(letter) + tracking * h
    path = Path(folder) / f"{name}.png"
    picture.save(path)
    return path


def serum(folder):
    """Amber dropper bottle, gold collar, black bulb."""
    glass = material("amber", "#B5651D", rough=0.03, glass=1.0, ior=1.5)
    lathe("bottle", [(0, 0), (0.5, 0), (0.5, 1.42), (0.2, 1.56), (0.2, 1.74), (0.15, 1.74), (0.15, 1.5),
                     (0.45, 1.36), (0.45, 0.06), (0, 0.06)], glass, radius=0.09)  # fmt: skip
    lathe("liquid", [(0, 0.065), (0.446, 0.065), (0.446, 1.18), (0, 1.18)],
          material("oil", "#8A3B0E", rough=0.05, glass=0.55, ior=1.4), radius=0.05)  # fmt: skip
    lathe("collar", [(0, 1.60), (0.245, 1.60), (0.245, 1.9), (0, 1.9)],
          material("gold", "#D8B26A", rough=0.22, metal=1.0), radius=0.02)  # fmt: skip
    lathe("bulb", [(0, 1.9), (0.17, 1.9), (0.165, 2.3), (0.10, 2.46), (0, 2.47)],
          material("rubber", "#221A17", rough=0.5), radius=0.08)  # fmt: skip
    art = printed(folder, "serum", (1500, 1050), [
        ("AURELLE", "Marcellus-Regular.ttf", 0.19, 0.42, 0.03),
        ("RADIANCE SERUM", "Inter-Regular.ttf", 0.066, 0.58, 0.022),
        ("vitamin c  ·  30 ml", "Inter-Regular.ttf", 0.052, 0.80, 0.006)], "#3B2A22", "#F6EFE5FF")  # fmt: skip
    label("label", 0.5015, 0.28, 1.12, art, angle=138)


def cream(folder):
    """Ceramic jar with a brushed gold lid."""
    lathe("jar", [(0, 0), (0.86, 0), (0.86, 0.78), (0, 0.78)],
          material("ceramic", "#F3E9DD", rough=0.28, coat=0.6), radius=0.12)  # fmt: skip
    lathe("lid", [(0, 0.80), (0.89, 0.80), (0.89, 1.16), (0, 1.16)],
          material("gold", "#D8B26A", rough=0.28, metal=1.0), radius=0.05)  # fmt: skip
    art = printed(folder, "cream", (1500, 620), [
        ("AURELLE", "Marcellus-Regular.ttf", 0.30, 0.48, 0.05),
        ("VELVET CREAM", "Inter-Regular.ttf", 0.105, 0.74, 0.035)], "#7A4A2C")  # fmt: skip
    label("label", 0.8612, 0.1, 0.74, art, angle=112)


def mist(folder):
    """Tall matte bottle in sage with a spray cap."""
    lathe("body", [(0, 0), (0.36, 0), (0.36, 1.95), (0.17, 2.08), (0, 2.08)],
          material("sage", "#8A9A7B", rough=0.36, coat=0.35), radius=0.08)  # fmt: skip
    lathe("neck", [(0, 2.06), (0.2, 2.06), (0.2, 2.16), (0, 2.16)],
          material("gold", "#D8B26A", rough=0.2, metal=1.0), radius=0.01)  # fmt: skip
    lathe("cap", [(0, 2.16), (0.215, 2.16), (0.215, 2.62), (0, 2.62)],
          material("cap", "#F3E9DD", rough=0.3, coat=0.5), radius=0.04)  # fmt: skip
    art = printed(folder, "mist", (900, 1500), [
        ("AURELLE", "Marcellus-Regular.ttf", 0.078, 0.36, 0.018),
        ("BOTANICAL MIST", "Inter-Regular.ttf", 0.030, 0.43, 0.008),
        ("rose water & sage", "Inter-Regular.ttf", 0.034, 0.74, 0.004),
        ("100 ml", "Inter-Regular.ttf", 0.034, 0.80, 0.004)], "#FBF6EC")  # fmt: skip
    label("label", 0.361, 0.25, 1.75, art, angle=140)


def flask(folder, colour="#E85F17"):
    """Insulated steel flask, powder coated; signal orange by default."""
    lathe("body", [(0, 0), (0.42, 0), (0.44, 0.1), (0.44, 1.72), (0.27, 1.98), (0, 1.98)],
          material("powder", colour, rough=0.48), radius=0.07)  # fmt: skip
    lathe("ring", [(0, 1.97), (0.285, 1.97), (0.285, 2.06), (0, 2.06)],
          material("steel", "#C9CCCE", rough=0.22, metal=1.0), radius=0.012)  # fmt: skip
    lathe("lid", [(0, 2.06), (0.30, 2.06), (0.30, 2.36), (0, 2.36)],
          material("lid", "#1E2528", rough=0.42), radius=0.05)  # fmt: skip
    bpy.ops.mesh.primitive_torus_add(location=(0, 0, 2.44), rotation=(math.pi / 2, 0, 0),
                                     major_radius=0.17, minor_radius=0.04, major_segments=96,
                                     minor_segments=32)  # fmt: skip
    bpy.context.object.data.materials.append(bpy.data.materials["lid"])
    bpy.ops.object.shade_smooth()
    art = printed(folder, "flask", (1500, 1100), [
        ("NORTHPEAK", "Archivo-ExtraBold.ttf", 0.135, 0.56, 0.012),
        ("TRAIL 750", "Archivo-Medium.ttf", 0.075, 0.70, 0.035)], "#FDF6EE")  # fmt: skip
    label("label", 0.4412, 0.5, 1.5, art, angle=150)
    lathe("foot", [(0, -0.03), (0.40, -0.03), (0.415, 0.02), (0, 0.02)],
          bpy.data.materials["steel"], radius=0.01)  # fmt: skip


def mug(folder, colour="#12453B"):
    """Enamel mug with a steel rim; pine by default."""
    lathe("cup", [(0, 0), (0.66, 0), (0.7, 0.06), (0.7, 1.2), (0.66, 1.2), (0.66, 0.08), (0, 0.08)],
          material("enamel", colour, rough=0.22, coat=0.8), radius=0.04)  # fmt: skip
    lathe("rim", [(0.655, 1.185), (0.715, 1.185), (0.715, 1.225), (0.655, 1.225), (0.655, 1.185)],
          material("steel", "#C9CCCE", rough=0.2, metal=1.0), radius=0.015)  # fmt: skip
    bpy.ops.mesh.primitive_torus_add(location=(0.78, 0, 0.64), rotation=(math.pi / 2, 0, 0),
                                     major_radius=0.31, minor_radius=0.055, major_segments=128,
                                     minor_segments=32)  # fmt: skip
    bpy.context.object.scale = (0.9, 1.2, 1.0)
    bpy.context.object.data.materials.append(bpy.data.materials["enamel"])
    bpy.ops.object.shade_smooth()
    art = printed(folder, "mug", (1500, 900), [
        ("NORTHPEAK", "Archivo-ExtraBold.ttf", 0.155, 0.56, 0.012),
        ("CAMP MUG  350 ML", "Archivo-Medium.ttf", 0.075, 0.72, 0.02)], "#F1EBDD")  # fmt: skip
    label("label", 0.7012, 0.2, 1.05, art, angle=128)


PRODUCTS = {
    "aurelle-serum": serum, "aurelle-cream": cream, "aurelle-mist": mist,
    "northpeak-flask": flask, "northpeak-mug": mug,
    "northpeak-flask-lake": partial(flask, colour="#1F4E6B"), "northpeak-flask-moss": partial(flask, colour="#5B6B3A"),
    "northpeak-mug-lake": partial(mug, colour="#17405C"), "northpeak-mug-clay": partial(mug, colour="#9A4B32"),
    "northpeak-mug-slate": partial(mug, colour="#3B444B"),
}  # fmt: skip


def softbox(location, size, power, target=(0, 0, 1.0)):
    """A rectangular area light that faces the product."""
    lamp = bpy.data.lights.new("softbox", "AREA")
    lamp.shape, lamp.size, lamp.size_y, lamp.energy = "RECTANGLE", *size, power
    holder = bpy.data.objects.new("softbox", lamp)
    holder.location = location
    away = np.array(target) - np.array(location)
    flat = math.hypot(away[0], away[1])
    holder.rotation_euler = (
        math.pi / 2 + math.atan2(away[2], flat),
        0,
        math.atan2(away[1], away[0]) - math.pi / 2,
    )
    bpy.context.collection.objects.link(holder)


def studio(size, samples):
    """Lights, camera and Cycles on the CPU."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = samples, True
    scene.cycles.film_transparent_glass = False
    scene.render.threads_mode, scene.render.threads = "FIXED", 1
    scene.cycles.transmission_bounces, scene.cycles.max_bounces = 12, 16
    scene.render.film_transparent = True
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.view_settings.view_transform = "Standard"
    scene.world = bpy.data.worlds.new("world")
    scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs[0].default_value = (0.85, 0.83, 0.8, 1)
    scene.world.node_tree.nodes["Background"].inputs[1].default_value = 0.34
    softbox((-3.4, -2.6, 3.6), (2.4, 3.6), 285)
    softbox((3.6, -1.2, 1.8), (1.0, 4.0), 110)
    softbox((0.5, 2.8, 3.4), (3.5, 1.2), 170)
    softbox((0.0, 3.4, 1.2), (3.0, 3.0), 60)
    camera = bpy.data.cameras.new("camera")
    camera.lens = 85
    holder = bpy.data.objects.new("camera", camera)
    holder.location = (0, -8.6, 2.35)
    holder.rotation_euler = (math.radians(90 - 7.6), 0, 0)
    bpy.context.collection.objects.link(holder)
    scene.camera = holder


def cropped(path):
    """Cut to the visible part with a small margin; fully transparent pixels become black."""
    picture = Image.open(path).convert("RGBA")
    pixels = np.array(picture)
    ys, xs = np.nonzero(pixels[..., 3] > 8)
    margin = int(0.01 * max(pixels.shape[:2]))
    box = (
        max(xs.min() - margin, 0),
        max(ys.min() - margin, 0),
        xs.max() + 1 + margin,
        ys.max() + 1,
    )
    pixels[pixels[..., 3] == 0] = 0
    Image.fromarray(pixels).crop(box).save(path, optimize=True)


def exported(path):
    """Save the product as one GLB with everything inside; its glTF front (+z) is Blender's -y."""
    bpy.ops.export_scene.gltf(filepath=str(path), export_format="GLB", export_apply=True, export_yup=True)


def main():
    """Render or save the products that are asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--size", type=int, default=1500)
    parser.add_argument("--samples", type=int, default=128)
    parser.add_argument("--glb", action="store_true")
    wanted = parser.parse_args(sys.argv[1:])
    for name, build in PRODUCTS.items():
        if wanted.only in name:
            bpy.ops.wm.read_factory_settings(use_empty=True)
            with tempfile.TemporaryDirectory() as folder:
                if not wanted.glb:
                    studio(wanted.size, wanted.samples)
                build(folder)
                if wanted.glb:
                    exported((wanted.out / f"{name}.glb").resolve())
                    continue
                path = (wanted.out / f"{name}.png").resolve()
                bpy.context.scene.render.filepath = str(path)
                bpy.ops.render.render(write_still=True)
            cropped(path)


if __name__ == "__main__":
    main()
