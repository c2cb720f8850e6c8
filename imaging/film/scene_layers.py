"""Static layers of film scenes: a layout reduced to one scene's copy, on a picture or on a brand-coloured card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

from foundry.channel.placement import Placement
from foundry.layout.layout import Block, Layout, Place
from foundry.plan.composition import composition_named
from foundry.plan.shot import Box, MasterFacts
from foundry.plan.timeline import Take
from foundry.tenant import Tenant
from imaging.film.camera import CameraWindow
from imaging.film.card_colour import card_colour
from imaging.film.signal import Levels
from imaging.pixels.crop import crop_box
from imaging.pixels.geometry import PixelBox
from imaging.still.compose import StaticLayer, prepare, turn_to_locale
from imaging.still.product_placement import place_product
from imaging.still.text_ground import Moments

WHOLE = (0, 0, 1000, 1000)
Master = tuple[Levels, MasterFacts]
"""(h, w, 3) sRGB pixels of a master with all their bits, and its facts."""


def copy_fields(take: Take) -> frozenset[str]:
    """Return the copy fields that a scene shows."""
    return frozenset(field for cue in take.cues for field in cue.fields)


def scene_layout(layout: Layout, take: Take) -> Layout:
    """Return the layout without the slots that the scene does not show, so that nothing is veiled for their sake.

    The key visual is taken as it is, since the camera has chosen the part to show; on a card it fills the frame.
    """
    shown = copy_fields(take)
    blocks = {name: kept for name, block in layout.blocks.items() if (kept := _shown_block(block, shown))}
    area = Place(box=WHOLE, of="frame") if take.card else layout.key_visual.area
    visual = layout.key_visual.model_copy(update={"area": area, "product_height": None, "product": "keep"})
    changes = {"blocks": blocks, "key_visual": visual, "close_up": None}
    return layout.model_copy(update=changes | ({"panels": {}} if take.card else {}))


def _shown_block(block: Block, shown: frozenset[str]) -> Block | None:
    """Return the block with the rows that hold shown fields; None if none is left."""
    rows = tuple(tuple(field for field in row if field in shown) for row in block.slots)
    rows = tuple(row for row in rows if row)
    return block.model_copy(update={"slots": rows}) if rows else None


@dataclass(frozen=True)
class CardBrand:
    """Tenant and product of a card; `product` is an RGBA picture with transparency, or None."""

    tenant: Tenant
    product: Image.Image | None
    mirrored: bool
    locale: str
    composition: str = ""


def card_layer(take: Take, layout: Layout, placement: Placement, brand: CardBrand) -> StaticLayer:
    """Return the static layer of a card: a brand colour, the product standing on it, and the logo."""
    colour = card_colour(str(take.card), brand.tenant.brand.palette, brand.product)
    flat = Image.new("RGB", placement.size, colour)
    plain = prepare(flat, _card_facts(placement, brand, None), layout, placement, brand.tenant)
    visual = turn_to_locale(plain, brand.locale).visual
    framed = (visual.width, visual.height) != placement.size
    room = (
        _product_room_in_visual(visual, placement)
        if framed
        else product_room(placement, brand.mirrored, brand.composition)
    )
    flat = flat.copy()  # the first picture's pixels are cached by object, so it must not be painted on
    if brand.product is not None:
        _paste_product(flat, brand.product, room)
    facts = _card_facts(placement, brand, room)
    return turn_to_locale(prepare(flat, facts, scene_layout(layout, take), placement, brand.tenant), brand.locale)


def _card_facts(placement: Placement, brand: CardBrand, product_box: Box | None) -> MasterFacts:
    width, height = placement.size
    return MasterFacts(
        name="card",
        bucket=placement.bucket,
        width_px=width,
        height_px=height,
        product_box=product_box,
        mirrored=brand.mirrored,
    )


def _product_room_in_visual(visual: PixelBox, placement: Placement) -> Box:
    """Return the product's box inside a key visual that fills only a part of the frame, clear of the text beside it."""
    width, height = placement.size
    left, right = visual.left + visual.width * 0.2, visual.right - visual.width * 0.2
    top, bottom = visual.top + visual.height * 0.3, visual.top + visual.height * 0.94
    return Box(
        round(left * 1000 / width),
        round(top * 1000 / height),
        round(right * 1000 / width),
        round(bottom * 1000 / height),
    )


def product_room(placement: Placement, mirrored: bool, composition: str = "") -> Box:
    """Return the box in which products stand in this placement's pictures, in thousandths of the frame."""
    bucket = composition_named(placement.bucket, composition)
    facts = MasterFacts(
        name="",
        bucket=placement.bucket,
        width_px=bucket.width_px,
        height_px=bucket.height_px,
        product_box=bucket.box(mirrored),
        mirrored=mirrored,
    )
    left, top, right, bottom = crop_box(facts, placement.size, None)
    return product_in_window(facts, CameraWindow(left, top, right - left, bottom - top)) or bucket.box(mirrored)


def _paste_product(card: Image.Image, product: Image.Image, room: Box) -> None:
    """Paste the product into its room on a card, with a soft shadow under it."""
    cut, left, top = place_product(product, room, card.size)
    deep = max(2, cut.width // 14)
    shadow = Image.new("L", card.size, 0)
    base = top + cut.height
    edge = (left + cut.width * 0.04, base - deep * 0.7, left + cut.width * 0.96, base + deep * 0.5)
    ImageDraw.Draw(shadow).ellipse(edge, fill=110)
    card.paste("#000000", (0, 0), shadow.filter(ImageFilter.GaussianBlur(deep * 0.5)))
    card.paste(cut, (left, top), cut)


def scene_layer(
    take: Take, master: Master, static: StaticLayer, rest: CameraWindow, others: Sequence[Levels] = ()
) -> StaticLayer:
    """Return the scene's static layer, veiled and measured for text, as it is when the camera rests at `rest`.

    `static` is the layout's still in the wanted reading direction. `others` are further frames of a picture that moves,
    shown while its text stands; contrast is measured against them too.
    """
    picture, facts = master
    visual = static.visual
    shown, *moments = (
        eight_bits(each).resize(
            (visual.width, visual.height), Image.Resampling.LANCZOS,
            box=(rest.left, rest.top, rest.left + rest.width, rest.top + rest.height), reducing_gap=3.0,
        )
        for each in (picture, *others)
    )  # fmt: skip
    here = MasterFacts(
        name=facts.name,
        bucket=facts.bucket,
        width_px=visual.width,
        height_px=visual.height,
        product_box=product_in_window(facts, rest),
        mirrored=facts.mirrored,
    )
    ground = Moments(shown, tuple(moments)) if moments else shown
    made = prepare(ground, here, scene_layout(static.layout, take), static.placement, static.tenant)
    return made if made.rtl == static.rtl else turn_to_locale(made, "ar" if static.rtl else "en")


def eight_bits(picture: Levels) -> Image.Image:
    """Return the picture as RGB with 8 bits per channel, to measure on."""
    return Image.fromarray(picture if picture.itemsize == 1 else (picture >> 8).astype("uint8"))


def product_in_window(facts: MasterFacts, rest: CameraWindow) -> Box | None:
    """Return the product's box in thousandths of the window; None if the product's place is unknown."""
    box = facts.product_box
    if box is None:
        return None

    def across(value: int) -> int:
        return _thousandths((value * facts.width_px / 1000 - rest.left) / rest.width)

    def down(value: int) -> int:
        return _thousandths((value * facts.height_px / 1000 - rest.top) / rest.height)

    return Box(across(box.left), down(box.top), across(box.right), down(box.bottom))


def _thousandths(share: float) -> int:
    """Return a share as whole thousandths, clipped to 0..1000."""
    return min(max(round(share * 1000), 0), 1000)
