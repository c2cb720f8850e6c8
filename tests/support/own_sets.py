"""Tenants with sets, props and materials of their own."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from foundry.tenant import Tenant, load_tenant
from tests.support.product_models import flat_box

TENANT = """
id: {id}
name: A client
brand: {{palette: {{primary: "#102030", accent: "#405060", ink: "#000000", paper: "#FFFFFF", scene: ["#AABBCC"]}}}}
"""
SHELF = """
id: ourshelf
version: 1
title: Our shelf
words: [shelf]
ground: {surface: {material: our-oak, colour: floor}}
parts:
  - {shape: vase, at: [1, 0.5, 0], size: [0.5, 0.5, 1]}
  - {shape: cylinder, surface: {material: plaster}, carries: true, size: [1, 1, 0.2]}
"""
OAK = "{id: our-oak, title: Our oak, colour: materials/oak.png, roughness: 0.4, width: 2}"


def png(width: int = 64, height: int = 64) -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(stream, "PNG")
    return stream.getvalue()


def a_client(folder: Path, name: str = "client", **files: str | bytes) -> Tenant:
    """A tenant with files, by their paths; "__" stands for a slash, and "_" for a point."""
    home = folder / name
    home.mkdir(parents=True, exist_ok=True)
    (home / "tenant.yaml").write_text(TENANT.format(id=name))
    for path, content in files.items():
        place = home / path.replace("__", "/").replace("_", ".")
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_tenant(folder, name)


def a_shelf_owner(folder: Path, **files: str | bytes) -> Tenant:
    """A tenant with a set that stands on its own material and holds its own prop."""
    given: dict[str, str | bytes] = {
        "sets__ourshelf_yaml": SHELF,
        "props__vase_glb": flat_box((200, 40, 40)),
        "materials__oak_png": png(),
    }
    tenant = a_client(folder, **{**given, **files})
    if "materials__our-oak_yaml" not in files:
        (folder / "client" / "materials" / "our-oak.yaml").write_text(OAK)
    return tenant
