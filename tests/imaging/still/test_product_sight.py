"""A finished picture passes if it shows the product that was given, and fails if something else is in its place."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from foundry.channel.placement import placements
from foundry.copy import Copy
from foundry.layout.files import layout_for
from foundry.manifest import CheckRecord
from foundry.plan.composition import compositions
from foundry.plan.shot import MasterFacts
from imaging.pixels.arrays import Pixels
from imaging.pixels.geometry import PixelBox
from imaging.still.check import check, check_product, product_record
from imaging.still.compose import FinishedPicture, finish, prepare
from imaging.still.encode import encode
from imaging.still.product_raster import ProductPlace
from imaging.still.product_sight import given_product, see_product
from imaging.still.staging import stage_product
from tests.support.briefs import EXAMPLES, a_tenant

PRODUCTS = ("aurelle-serum", "aurelle-cream", "aurelle-mist", "northpeak-flask", "northpeak-mug")
PLACEMENTS = ("meta/feed-square", "google/leaderboard", "amazon/mobile-banner")
EDGE_PX = 900
COPY = Copy(headline="Wake up radiant", call_to_action="Shop now", price="48 €")


@lru_cache
def product(name: str) -> Image.Image:
    with Image.open(EXAMPLES / "products" / f"{name}.png") as picture:
        return picture.convert("RGBA")


def backdrop(bucket: str) -> Pixels:
    """Return a wall and a floor in warm greys, lit from the left."""
    composition = compositions()[bucket]
    share = EDGE_PX / max(composition.width_px, composition.height_px)
    height, width = round(composition.height_px * share), round(composition.width_px * share)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    light = (0.72 - 0.25 * x / width) * np.where(y < height * composition.horizon / 1000, 1.0, 0.8)
    return np.stack([light, light * 0.95, light * 0.88], axis=-1).astype(np.float32)


def composed(slot: str, picture: Image.Image | None, scene: Pixels | None = None) -> FinishedPicture:
    """Return the finished picture of a product on a backdrop."""
    placement = placements()[slot]
    bucket, tenant = placement.bucket, a_tenant()
    made = stage_product(backdrop(bucket) if scene is None else scene, picture, compositions()[bucket], False)
    master = Image.fromarray((np.clip(made.pixels, 0, 1) * 255).round().astype(np.uint8))
    facts = MasterFacts(
        name="m", bucket=bucket, width_px=master.width, height_px=master.height, product_box=made.product_box
    )
    return finish(prepare(master, facts, layout_for(placement, tenant), placement, tenant), COPY, "en-US")


@lru_cache
def whole(slot: str, name: str) -> FinishedPicture:
    return composed(slot, product(name))


def box_of(picture: FinishedPicture) -> tuple[int, int, int, int]:
    assert picture.product is not None
    left, top, right, bottom = (round(edge) for edge in picture.product.edges)
    return (left, top, right, bottom)


def judged(picture: FinishedPicture, name: str) -> CheckRecord:
    return check_product(picture.image, picture, given_product(product(name)))


@pytest.mark.parametrize("slot", PLACEMENTS)
@pytest.mark.parametrize("name", PRODUCTS)
def test_a_product_in_its_place_is_seen(slot: str, name: str) -> None:
    record = judged(whole(slot, name), name)
    assert record.passed, record.measured


@pytest.mark.parametrize("slot", ["meta/story", "google/half-page", "web/hero"])
def test_a_product_is_seen_on_every_kind_of_placement(slot: str) -> None:
    record = judged(whole(slot, "northpeak-flask"), "northpeak-flask")
    assert record.passed, record.measured


def painted(picture: FinishedPicture, paint: Callable[[Image.Image, tuple[int, int, int, int]], None]) -> Image.Image:
    image = picture.image.copy()
    paint(image, box_of(picture))
    return image


def white_rectangle(image: Image.Image, box: tuple[int, int, int, int]) -> None:
    image.paste("#FFFFFF", box)


def black_rectangle(image: Image.Image, box: tuple[int, int, int, int]) -> None:
    image.paste("#000000", box)


def its_mean_colour(image: Image.Image, box: tuple[int, int, int, int]) -> None:
    image.paste(image.crop(box).resize((1, 1), Image.Resampling.BOX).resize((box[2] - box[0], box[3] - box[1])), box)


def an_empty_frame(image: Image.Image, box: tuple[int, int, int, int]) -> None:
    image.paste("#E8E4DC", box)
    ImageDraw.Draw(image).rectangle((box[0], box[1], box[2] - 1, box[3] - 1), None, "#808080", 2)


def nothing_but_its_colours(image: Image.Image, box: tuple[int, int, int, int]) -> None:
    part = image.crop(box)
    image.paste(part.filter(ImageFilter.GaussianBlur(max(part.size) / 3)), box)


def upside_down(image: Image.Image, box: tuple[int, int, int, int]) -> None:
    image.paste(image.crop(box).transpose(Image.Transpose.FLIP_TOP_BOTTOM), box)


FAULTS = (
    white_rectangle, black_rectangle, its_mean_colour, an_empty_frame, nothing_but_its_colours, upside_down,
)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", PRODUCTS)
def test_something_else_in_its_place_is_found(fault: Callable[..., None], name: str) -> None:
    picture = whole("meta/feed-square", name)
    record = check_product(painted(picture, fault), picture, given_product(product(name)))
    assert not record.passed, record.measured


@lru_cache
def empty(slot: str) -> FinishedPicture:
    return composed(slot, None)


@pytest.mark.parametrize("slot", ["meta/feed-square", "google/leaderboard"])
@pytest.mark.parametrize("name", PRODUCTS)
def test_a_product_that_is_not_there_is_found(slot: str, name: str) -> None:
    picture = replace(empty(slot), product=whole(slot, name).product)
    record = judged(picture, name)
    assert not record.passed, record.measured


@pytest.mark.parametrize("slot", ["meta/feed-square", "google/leaderboard"])
@pytest.mark.parametrize(("name", "other"), [(a, b) for a in PRODUCTS for b in PRODUCTS if a != b])
def test_another_product_is_found(slot: str, name: str, other: str) -> None:
    record = judged(whole(slot, other), name)
    assert not record.passed, record.measured


def jar(colour: str) -> Image.Image:
    """Return a plain jar without any drawing on it, cut out."""
    picture = Image.new("RGBA", (400, 500))
    ImageDraw.Draw(picture).rounded_rectangle((20, 20, 379, 479), 60, fill=colour)
    return picture


def seen_on(ground: float, colour: str) -> CheckRecord:
    """Return the check of a plain jar that is pasted, without light or shadow, on an even ground."""
    scene = np.full((900, 900, 3), ground, np.float32)
    placement, tenant = placements()["meta/feed-square"], a_tenant()
    made = stage_product(scene, jar(colour), compositions()["square"], False, None)
    facts = MasterFacts(name="m", bucket="square", width_px=900, height_px=900, product_box=made.product_box)
    master = Image.fromarray((made.pixels * 255).round().astype(np.uint8))
    static = prepare(master, facts, layout_for(placement, tenant), placement, tenant)
    picture = finish(static, Copy(headline="Wake up"), "en-US")
    return check_product(picture.image, picture, given_product(jar(colour)))


def test_a_cut_out_that_vanishes_on_its_ground_is_found() -> None:
    vanished = seen_on(0.99, "#FFFFFF")
    assert not vanished.passed
    assert "outline 0.0" in vanished.measured
    assert seen_on(0.6, "#FFFFFF").passed
    assert seen_on(0.99, "#506070").passed


def glasses() -> Image.Image:
    picture = Image.new("RGBA", (900, 400))
    for left in (20, 500):
        ImageDraw.Draw(picture).ellipse((left, 60, left + 380, 340), outline="#303030", width=14)
    return picture


def a_fishing_rod() -> Image.Image:
    picture = Image.new("RGBA", (1_200, 300))
    ImageDraw.Draw(picture).line((10, 290, 1_190, 10), fill="#705030", width=10)
    return picture


def a_clear_bottle() -> Image.Image:
    picture = Image.new("RGBA", (400, 600))
    ImageDraw.Draw(picture).rounded_rectangle((20, 20, 380, 580), 60, fill=(200, 225, 235, 110))
    return picture


def a_pencil() -> Image.Image:
    picture = Image.new("RGBA", (60, 1_400))
    ImageDraw.Draw(picture).rectangle((10, 10, 50, 1_390), fill="#E0B000")
    return picture


@pytest.mark.parametrize("make", [glasses, a_fishing_rod, a_clear_bottle, a_pencil])
@pytest.mark.parametrize("tint", [(1.25, 0.7, 0.45), (0.35, 0.45, 0.9)], ids=["warm", "cold"])
def test_thin_and_clear_products_are_seen_in_scenes_of_any_light(
    make: Callable[[], Image.Image], tint: tuple[float, float, float]
) -> None:
    scene = np.clip(backdrop("landscape") * np.array(tint, np.float32), 0, 1)
    for slot in ("google/leaderboard", "amazon/mobile-banner"):
        picture = composed(slot, make(), scene)
        record = check_product(picture.image, picture, given_product(make()))
        assert record.passed, record.measured


def test_a_product_under_words_is_found() -> None:
    picture = whole("meta/feed-square", "aurelle-serum")
    left, top, right, bottom = box_of(picture)
    over = replace(picture.slots[0], box=PixelBox(left - 10, top - 10, right + 10, bottom + 10))
    record = judged(replace(picture, slots=(over,)), "aurelle-serum")
    assert (record.passed, record.measured) == (False, "shown 0.00")


def test_a_picture_with_its_own_ground_is_seen_without_an_outline() -> None:
    flat = Image.new("RGB", (400, 500), "#F4F4F4")
    flat.paste(product("northpeak-mug").resize((300, 300)), (50, 150), product("northpeak-mug").resize((300, 300)))
    picture = composed("meta/feed-square", flat.convert("RGBA"))
    record = check_product(picture.image, picture, given_product(flat.convert("RGBA")))
    assert record.passed, record.measured
    assert "outline" not in record.measured
    assert not check_product(painted(picture, white_rectangle), picture, given_product(flat.convert("RGBA"))).passed


@pytest.mark.parametrize("slot", ["meta/feed-square", "google/leaderboard"])
def test_the_file_itself_is_looked_at_whatever_was_composed(slot: str) -> None:
    placement = placements()[slot]
    picture, given = whole(slot, "aurelle-serum"), given_product(product("aurelle-serum"))
    good = encode(picture.image, placement, b"<x:xmpmeta/>").data
    assert all(record.passed for record in check(good, picture, placement, given) if record.name == "product")
    bad = encode(painted(picture, white_rectangle), placement, b"<x:xmpmeta/>").data
    (record,) = [record for record in check(bad, picture, placement, given) if record.name == "product"]
    assert not record.passed


def test_a_file_of_inks_is_looked_at_in_its_own_colours() -> None:
    picture, given = whole("meta/feed-square", "northpeak-flask"), given_product(product("northpeak-flask"))
    from foundry.inputs.wide_gamut import coated_paper

    stream = io.BytesIO()
    picture.image.convert("CMYK").save(stream, "TIFF", icc_profile=coated_paper())
    assert picture.product is not None
    with Image.open(stream) as inks:
        sight = see_product(inks, picture.product, given)
    assert sight.structure is not None
    assert sight.structure > 0.8


def test_without_a_given_picture_nothing_is_compared() -> None:
    placement, picture = placements()["meta/feed-square"], whole("meta/feed-square", "aurelle-serum")
    data = encode(picture.image, placement, b"<x:xmpmeta/>").data
    assert "product" not in {record.name for record in check(data, picture, placement)}


def test_a_place_outside_the_frame_shows_nothing() -> None:
    picture = whole("meta/feed-square", "aurelle-serum")
    assert picture.product is not None
    away = ProductPlace(edges=(3_000, 3_000, 3_400, 3_600), visual=picture.product.visual, strokes=())
    sight = see_product(picture.image, away, given_product(product("aurelle-serum")))
    assert (sight.shown, product_record(sight).passed) == (0.0, False)


def test_a_product_without_width_is_too_small_to_be_compared() -> None:
    picture = whole("meta/feed-square", "aurelle-serum")
    assert picture.product is not None
    line = ProductPlace(edges=(300, 300, 300, 600), visual=picture.product.visual, strokes=())
    sight = see_product(picture.image, line, given_product(product("aurelle-serum")))
    assert (sight.shown, sight.colour, product_record(sight).passed) == (1.0, None, True)
