"""Each composition in the layouts that follow it: the words have room, and none lies on the product."""

from __future__ import annotations

from functools import lru_cache

import pytest
from PIL import Image

from foundry.channel.placement import placements
from foundry.layout.files import layout_for, layout_named
from foundry.locales import is_rtl
from foundry.plan.composition import composition_buckets, composition_named
from foundry.plan.shot import Box, MasterFacts
from imaging.pixels.geometry import PixelBox
from imaging.still.compose import finish, prepare
from imaging.still.preview import sample_copies
from imaging.still.product_placement import place_product
from imaging.typesetting.copy_fitting import fit_copies
from tests.support.briefs import EXAMPLES, a_tenant

SLOTS = ("meta/feed-square", "meta/feed-portrait", "meta/story", "instagram/reels", "google/half-page", "meta/link")
PRODUCTS = {"aurelle": ("aurelle-serum", "aurelle-cream"), "northpeak": ("northpeak-flask", "northpeak-mug")}
"""A tall and a wide product of each brand."""
LOCALES = ("en-US", "de-DE", "ar-EG")
COMPOSITIONS = tuple(composition_buckets()["square"].by_name)


@lru_cache(maxsize=8)
def product(name: str) -> Image.Image:
    with Image.open(EXAMPLES / "products" / f"{name}.png") as picture:
        return picture.convert("RGBA").resize((picture.width // 8, picture.height // 8))


def master(name: str, bucket: str, composition: str, mirrored: bool) -> tuple[Image.Image, MasterFacts]:
    """A plain picture of a bucket, and the facts of a master in which the product stands as it does there."""
    found = composition_named(bucket, composition)
    size = (found.width_px // 8, found.height_px // 8)
    cut, left, top = place_product(product(name), found.box(mirrored), size)
    edges = (left * 1000 // size[0], top * 1000 // size[1])
    far = (-(-(left + cut.width) * 1000 // size[0]), -(-(top + cut.height) * 1000 // size[1]))
    facts = MasterFacts(
        name="plain", bucket=bucket, width_px=size[0], height_px=size[1], product_box=Box(*edges, *far),
        mirrored=mirrored,
    )  # fmt: skip
    return Image.new("RGB", size, "#D8CDBD"), facts


@pytest.mark.parametrize("composition", COMPOSITIONS)
@pytest.mark.parametrize("brand", sorted(PRODUCTS))
def test_copy_has_room_in_every_layout_of_a_composition(brand: str, composition: str) -> None:
    tenant = a_tenant(brand)
    for slot in (*SLOTS, "web/hero", "print/a4-flyer"):
        placement = placements()[slot]
        layout = layout_for(placement, tenant, composition)
        words = [(locale, sample_copies()[locale].only(layout.fields)) for locale in LOCALES]
        refused = [str(fit.refusal) for fit in fit_copies(layout, placement, tenant, words) if fit.refusal]
        assert refused == []


@pytest.mark.parametrize("composition", COMPOSITIONS)
@pytest.mark.parametrize("brand", sorted(PRODUCTS))
def test_no_word_and_no_logo_lies_on_the_product(brand: str, composition: str) -> None:
    tenant = a_tenant(brand)
    for number, slot in enumerate(SLOTS):
        placement, locale = placements()[slot], LOCALES[number % len(LOCALES)]
        mirrored = is_rtl(locale) and composition_named(placement.bucket, composition).has_sides
        layout = layout_for(placement, tenant, composition)
        picture, facts = master(PRODUCTS[brand][number % 2], placement.bucket, composition, mirrored)
        made = finish(prepare(picture, facts, layout, placement, tenant), sample_copies()[locale], locale)
        assert made.product is not None
        slots = [(slot.field, slot.box) for slot in made.slots] + ([("logo", made.logo)] if made.logo else [])
        shown = PixelBox(*(round(edge) for edge in made.product.edges)).within(made.product.visual)
        on_it = [field for field, box in slots if shown is not None and overlap(box, shown) > 0.02]
        assert on_it == [], (slot, locale)


def overlap(box: PixelBox, other: PixelBox) -> float:
    """The share of a box that lies on another."""
    width = min(box.right, other.right) - max(box.left, other.left)
    height = min(box.bottom, other.bottom) - max(box.top, other.top)
    return max(width, 0) * max(height, 0) / max(box.width * box.height, 1)


def test_the_layouts_of_the_usual_composition_are_those_without_one() -> None:
    for slot in SLOTS:
        placement = placements()[slot]
        usual = composition_buckets()[placement.bucket].usual
        assert layout_for(placement, None, usual).digest == layout_for(placement).digest


def test_a_panel_stands_beside_a_product_that_stands_to_one_side() -> None:
    square = placements()["meta/feed-square"]
    below, beside = (layout_named("square-panel", square, None, name).key_visual.area for name in ("center", "right"))
    assert (below.box, beside.box) == ((0, 0, 1000, 610), (460, 0, 1000, 1000))
