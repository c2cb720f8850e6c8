"""A layout as one scene of a film wears it: only the slots of its cues, on a standing picture or on a brand's card."""

from __future__ import annotations

from PIL import Image

from foundry.channel import Placement
from foundry.copy import COPY_FIELDS
from foundry.film import Take
from foundry.layout import Layout, Panel
from foundry.shot import Box, MasterFacts
from foundry.tenant import Tenant
from transforms.film.camera import Window
from transforms.film.signal import Levels
from transforms.rendering.compose import StaticLayer, prepare

WHOLE = (0, 0, 1000, 1000)


def fields_of(take: Take) -> frozenset[str]:
    """The copy that a scene shows."""
    return frozenset(field for cue in take.cues for field in cue.fields)


def worn(layout: Layout, take: Take) -> Layout:
    """The layout without the slots that the scene does not show, so that it veils nothing for their sake."""
    hidden = frozenset(COPY_FIELDS) - fields_of(take)
    styles = {field: style for field, style in layout.styles.items() if field not in hidden}
    changes = {"styles": styles, "legal": None if "legal" in hidden else layout.legal, "close_up": None}
    if take.card:
        changes["panels"] = (Panel(area=WHOLE, colour=take.card),)
    return layout.model_copy(update=changes)


def dressed_card(take: Take, layout: Layout, placement: Placement, tenant: Tenant, mirrored: bool) -> StaticLayer:
    """A flat card in a brand colour with the logo on it."""
    width, height = placement.size
    flat = Image.new("RGB", placement.size, getattr(tenant.brand.palette, str(take.card)))
    facts = MasterFacts("card", placement.bucket, width, height, None, mirrored)
    return prepare(flat, facts, worn(layout, take), placement, tenant)


def dressed(take: Take, master: tuple[Levels, MasterFacts], static: StaticLayer, rest: Window) -> StaticLayer:
    """The scene's static layer as it is once the camera rests: what its type is set on, veiled and measured against."""
    picture, facts = master
    visual = static.visual
    shown = eight_bits(picture).resize(
        (visual.width, visual.height), Image.Resampling.LANCZOS,
        box=(rest.left, rest.top, rest.left + rest.width, rest.top + rest.height), reducing_gap=3.0,
    )  # fmt: skip
    here = MasterFacts(facts.name, facts.bucket, visual.width, visual.height, _seen(facts, rest), facts.mirrored)
    return prepare(shown, here, worn(static.layout, take), static.placement, static.tenant)


def eight_bits(picture: Levels) -> Image.Image:
    """RGB of 8 bits, to measure on."""
    return Image.fromarray(picture if picture.itemsize == 1 else (picture >> 8).astype("uint8"))


def _seen(facts: MasterFacts, rest: Window) -> Box | None:
    """The product's box in thousandths of the window."""
    box = facts.product_box
    if box is None:
        return None

    def across(value: int) -> int:
        return _clipped((value * facts.width_px / 1000 - rest.left) / rest.width)

    def down(value: int) -> int:
        return _clipped((value * facts.height_px / 1000 - rest.top) / rest.height)

    return Box(across(box.left), down(box.top), across(box.right), down(box.bottom))


def _clipped(share: float) -> int:
    return min(max(round(share * 1000), 0), 1000)
