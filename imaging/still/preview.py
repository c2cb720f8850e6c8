"""A layout shown without a run: a painted stand-in for the key visual, sample copy, and the slots' boxes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from foundry.colour import srgb_of_hex
from foundry.copy import Copy
from foundry.documents import read_yaml
from foundry.documents.limits import SETTINGS
from foundry.errors import BadInput
from foundry.plan.composition import composition_named
from foundry.plan.shot import Box, MasterFacts
from foundry.tenant import Tenant
from imaging.still.compose import FinishedPicture, StaticLayer, turn_to_locale
from templates import TEMPLATES

EDGE_PX = 1_440
Scene = tuple[Image.Image, MasterFacts]


@lru_cache(maxsize=1)
def sample_copies() -> dict[str, Copy]:
    """Return copy of the length that campaigns have, by locale."""
    raw = read_yaml(TEMPLATES / "sample_copy.yaml", SETTINGS)
    return {locale: Copy(**texts) for locale, texts in raw.items()}


def sample_copy(locale: str) -> Copy:
    """Return the sample copy of a locale; BadInput lists the locales that have one."""
    copies = sample_copies()
    if locale not in copies:
        raise BadInput(
            "--locale", f"there is no sample copy in {locale}; there is {', '.join(copies)}. Give a --brief."
        )
    return copies[locale]


def stand_in(
    tenant: Tenant, bucket: str, mirrored: bool, product: Image.Image | None = None, composition_name: str = ""
) -> Scene:
    """Return a stand-in for a master: a wall and a floor in the brand's scene colours with a product on them.

    `product` is RGBA; without it a bottle is drawn. It stands where the composition has it, by default the usual one.
    """
    composition = composition_named(bucket, composition_name)
    scale = EDGE_PX / max(composition.width_px, composition.height_px)
    size = (round(composition.width_px * scale), round(composition.height_px * scale))
    scene = _wall_and_floor(tenant.brand.palette.scene, size, composition.horizon)
    box = _stand(scene, product or _bottle(tenant.brand.palette.primary), composition.box(mirrored))
    return scene, MasterFacts(
        name="stand-in", bucket=bucket, width_px=size[0], height_px=size[1], product_box=box, mirrored=mirrored
    )


def from_picture(picture: Image.Image, bucket: str, mirrored: bool, composition: str = "") -> Scene:
    """Return a picture in a master's place; its product is assumed to be where the composition has it."""
    return picture.convert("RGB"), MasterFacts(
        name="picture",
        bucket=bucket,
        width_px=picture.width,
        height_px=picture.height,
        product_box=composition_named(bucket, composition).box(mirrored),
        mirrored=mirrored,
    )


def _wall_and_floor(colours: tuple[str, ...], size: tuple[int, int], horizon: int) -> Image.Image:
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    light = 1.0 - 0.22 * np.hypot(x / width - 0.3, y / height - 0.25)
    wall, floor = (srgb_of_hex(colours[at % len(colours)]) for at in (0, 1))
    down = np.clip((y - height * horizon / 1000) / (0.03 * height) + 0.5, 0, 1)[..., None]
    shade = (wall * (1 - down) + floor * down) * light[..., None]
    return Image.fromarray((np.clip(shade, 0, 1) * 255).round().astype(np.uint8))


def _stand(scene: Image.Image, product: Image.Image, area: Box) -> Box:
    """Put the product on the area's floor, with a soft shadow; return the box that it fills, in thousandths."""
    width, height = scene.size
    room = ((area.right - area.left) * width // 1000, (area.bottom - area.top) * height // 1000)
    ratio = min(room[0] / product.width, room[1] / product.height)
    size = (max(1, round(product.width * ratio)), max(1, round(product.height * ratio)))
    left = (area.left + area.right) * width // 2000 - size[0] // 2
    top = area.bottom * height // 1000 - size[1]
    shadow = Image.new("L", scene.size)
    low = top + size[1]
    ImageDraw.Draw(shadow).ellipse(
        (left - size[0] // 12, low - size[0] // 10, left + size[0], low + size[0] // 14), 110
    )
    scene.paste("#000000", (0, 0), shadow.filter(ImageFilter.GaussianBlur(max(size[0] // 16, 2))))
    cut = product.convert("RGBA").resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    scene.paste(cut, (left, top), cut)
    return Box(
        left * 1000 // width, top * 1000 // height, -(-(left + size[0]) * 1000 // width), -(-low * 1000 // height)
    )


def _bottle(colour: str) -> Image.Image:
    bottle = Image.new("RGBA", (480, 1040))
    draw = ImageDraw.Draw(bottle)
    draw.rounded_rectangle((168, 0, 312, 250), 26, fill="#2B2B2B")
    draw.rounded_rectangle((0, 220, 479, 1039), 96, fill=colour)
    draw.rounded_rectangle((60, 480, 419, 860), 16, fill="#FFFFFFE0")
    across = np.linspace(-1, 1, 480)
    glow = np.clip(70 - 190 * np.abs(across + 0.45), 0, 70).astype(np.uint8)
    shine = Image.fromarray(np.broadcast_to(glow, (1040, 480)).copy())
    bright = Image.new("RGBA", bottle.size, "#FFFFFF")
    bright.putalpha(Image.composite(shine, Image.new("L", bottle.size), bottle.getchannel("A")))
    return Image.alpha_composite(bottle, bright)


def with_boxes(composed: FinishedPicture, static: StaticLayer, locale: str) -> Image.Image:
    """Return a copy with outlines: safe area blue, blocks grey, slots red, logo and its clear space green."""
    facing = turn_to_locale(static, locale)
    image = composed.image.copy()
    draw = ImageDraw.Draw(image)
    width = max(min(image.size) // 400, 1)
    frame = facing.room.frame
    marked = [(frame.safe, "#1463FF"), *((box, "#808080") for _, box in facing.room.boxes)]
    marked += [(slot.box, "#E0242B") for slot in composed.slots]
    if facing.ground.logo:
        marked += [(facing.ground.logo.box, "#0A8F3C"), (facing.ground.logo.clear, "#7BC79A")]
    for box, colour in marked:
        draw.rectangle(
            (box.left, box.top, max(box.right - 1, box.left), max(box.bottom - 1, box.top)), None, colour, width
        )
    return image
