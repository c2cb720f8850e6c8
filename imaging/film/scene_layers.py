"""A layout as one scene of a film wears it: only the slots of its cues, on a standing picture or on a brand's card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

from foundry.channel.placement import Placement
from foundry.layout.layout import Block, Layout, Place
from foundry.plan.composition import compositions
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


def copy_fields(take: Take) -> frozenset[str]:
    """The copy that a scene shows."""
    return frozenset(field for cue in take.cues for field in cue.fields)


def scene_layout(layout: Layout, take: Take) -> Layout:
    """The layout without the slots that the scene does not show, so that it veils nothing for their sake.

    Its picture fills the key visual as it is, since the camera has chosen the part; a card fills the frame.
    """
    shown = copy_fields(take)
    blocks = {name: kept for name, block in layout.blocks.items() if (kept := _shown_block(block, shown))}
    area = Place(box=WHOLE, of="frame") if take.card else layout.key_visual.area
    visual = layout.key_visual.model_copy(update={"area": area, "product_height": None, "product": "keep"})
    changes = {"blocks": blocks, "key_visual": visual, "close_up": None}
    return layout.model_copy(update=changes | ({"panels": {}} if take.card else {}))


def _shown_block(block: Block, shown: frozenset[str]) -> Block | None:
    rows = tuple(tuple(field for field in row if field in shown) for row in block.slots)
    rows = tuple(row for row in rows if row)
    return block.model_copy(update={"slots": rows}) if rows else None


@dataclass(frozen=True)
class CardBrand:
    """Who a card is for, and the product's picture (RGBA) that stands on it, if there is one with transparency."""

    tenant: Tenant
    product: Image.Image | None
    mirrored: bool
    locale: str


def card_layer(take: Take, layout: Layout, placement: Placement, brand: CardBrand) -> StaticLayer:
    """A card in a brand colour, on which the product can be seen, with the product and the logo on it."""
    width, height = placement.size
    colour = card_colour(str(take.card), brand.tenant.brand.palette, brand.product)
    flat = Image.new("RGB", placement.size, colour)
    plain = prepare(flat, MasterFacts("card", placement.bucket, width, height, None, brand.mirrored), layout, placement,
                    brand.tenant)  # fmt: skip
    visual = turn_to_locale(plain, brand.locale).visual
    framed = (visual.width, visual.height) != placement.size
    room = _product_room_in_visual(visual, placement) if framed else product_room(placement, brand.mirrored)
    flat = flat.copy()  # pixels of a picture that was reduced once are kept, so this one is not painted on
    if brand.product is not None:
        _paste_product(flat, brand.product, room)
    facts = MasterFacts("card", placement.bucket, width, height, room, brand.mirrored)
    return turn_to_locale(prepare(flat, facts, scene_layout(layout, take), placement, brand.tenant), brand.locale)


def _product_room_in_visual(visual: PixelBox, placement: Placement) -> Box:
    """Where a product stands if the layout's picture fills only a part: in that part, clear of the words beside it."""
    width, height = placement.size
    left, right = visual.left + visual.width * 0.2, visual.right - visual.width * 0.2
    top, bottom = visual.top + visual.height * 0.3, visual.top + visual.height * 0.94
    return Box(
        round(left * 1000 / width),
        round(top * 1000 / height),
        round(right * 1000 / width),
        round(bottom * 1000 / height),
    )


def product_room(placement: Placement, mirrored: bool) -> Box:
    """Where products stand in this placement's pictures, in thousandths of the frame."""
    bucket = compositions()[placement.bucket]
    facts = MasterFacts("", placement.bucket, bucket.width_px, bucket.height_px, bucket.box(mirrored), mirrored)
    left, top, right, bottom = crop_box(facts, placement.size, None)
    return product_in_window(facts, CameraWindow(left, top, right - left, bottom - top)) or bucket.box(mirrored)


def _paste_product(card: Image.Image, product: Image.Image, room: Box) -> None:
    """The product in its room, with a soft shadow under it."""
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
    """The scene's static layer as it is once the camera rests: what its type is set on, veiled and measured against.

    `static` is the layout's still, in the reading direction that is wanted; `others` what else a picture that moves
    shows while its type stands.
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
        facts.name, facts.bucket, visual.width, visual.height, product_in_window(facts, rest), facts.mirrored
    )
    seen_too = Moments(shown, tuple(moments)) if moments else shown
    made = prepare(seen_too, here, scene_layout(static.layout, take), static.placement, static.tenant)
    return made if made.rtl == static.rtl else turn_to_locale(made, "ar" if static.rtl else "en")


def eight_bits(picture: Levels) -> Image.Image:
    """RGB of 8 bits, to measure on."""
    return Image.fromarray(picture if picture.itemsize == 1 else (picture >> 8).astype("uint8"))


def product_in_window(facts: MasterFacts, rest: CameraWindow) -> Box | None:
    """The product's box in thousandths of the window."""
    box = facts.product_box
    if box is None:
        return None

    def across(value: int) -> int:
        return _thousandths((value * facts.width_px / 1000 - rest.left) / rest.width)

    def down(value: int) -> int:
        return _thousandths((value * facts.height_px / 1000 - rest.top) / rest.height)

    return Box(across(box.left), down(box.top), across(box.right), down(box.bottom))


def _thousandths(share: float) -> int:
    return min(max(round(share * 1000), 0), 1000)
