"""A name card is a plate of the brand's own with the product's name on it, whatever its script and length."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from foundry.plan.name_card import NameCard
from imaging.pixels.contrast import contrast, luminance
from imaging.still.name_card import HEIGHT_PX, MARGIN_PX, WIDTH_PX, draw_name_card
from tests.support.briefs import a_tenant

INNER = MARGIN_PX - 30
"""Inside the thin line, outside the words."""


def card(name: str, category: str = "", locale: str = "en-US") -> NameCard:
    return NameCard(name, category, locale, "name-card-test")


def inked(name: str, category: str = "", locale: str = "en-US", owner: str = "") -> NDArray[np.bool_]:
    """Return (rows, columns) of the plate within its line, True where a letter is."""
    tenant = a_tenant().model_copy(update={"name": owner})
    pixels = np.asarray(draw_name_card(card(name, category, locale), tenant).convert("RGB"), np.int16)
    inner = pixels[INNER:-INNER, INNER:-INNER]
    return np.asarray(np.abs(inner - inner[:1, :1]).max(axis=-1) > 60)


@pytest.mark.parametrize(
    ("name", "locale"),
    [
        ("Oil", "en-US"),
        ("Radiance Serum", "en-US"),
        ("Donaudampfschifffahrtsgesellschaft", "de-DE"),
        ("Overnight Recovery Cream with Squalane and Rose Hip for Very Dry Skin, Refill", "en-GB"),
        ("سيروم الإشراقة", "ar-EG"),
        ("ラディアンス セラム", "ja-JP"),
        ("W" * 200, "en-US"),
        ("word " * 99, "en-US"),
    ],
)
def test_a_name_of_any_length_and_script_stands_within_the_plate(name: str, locale: str) -> None:
    ink = inked(name.strip(), "skincare", locale, "Aurelle")
    assert ink.any()
    assert not ink[:20].any()
    assert not ink[-20:].any()
    assert not ink[:, :20].any()
    assert not ink[:, -20:].any()


def test_a_short_name_is_set_large_and_in_the_middle() -> None:
    rows = np.nonzero(inked("Oil").any(axis=1))[0]
    assert rows[-1] - rows[0] > HEIGHT_PX / 10
    assert abs((rows[0] + rows[-1]) / 2 - (HEIGHT_PX / 2 - INNER)) < 8


def test_words_are_readable_and_the_plate_stands_out_from_the_scenes() -> None:
    for tenant in ("aurelle", "northpeak"):
        owner = a_tenant(tenant)
        brand, image = owner.brand, draw_name_card(card("Oil"), owner)
        plate = "#{:02X}{:02X}{:02X}".format(*image.getpixel((WIDTH_PX // 2, 30))[:3])
        ink = max((brand.palette.paper, brand.palette.ink), key=lambda c: contrast(luminance(c), luminance(plate)))
        assert contrast(luminance(ink), luminance(plate)) >= 4.5
        assert image.getpixel((WIDTH_PX // 2, HEIGHT_PX // 2))[3] == 255


def test_the_same_card_is_drawn_with_the_same_pixels() -> None:
    owner = a_tenant()
    first, second = (draw_name_card(card("Radiance Serum", "skincare"), owner) for _ in range(2))
    assert first.tobytes() == second.tobytes()
