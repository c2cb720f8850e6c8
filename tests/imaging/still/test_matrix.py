"""Every placement in eight locales: everything fits, reads, stays inside, and repeats byte for byte."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from PIL import Image

from foundry.channel.placement import Placement, placements, resolve_placements
from foundry.copy import Copy
from foundry.layout.files import layout_for
from foundry.locales import is_rtl
from foundry.plan.composition import compositions
from foundry.plan.shot import MasterFacts
from imaging.still.check import check
from imaging.still.compose import FinishedPicture, PlacedSlot, finish, prepare
from imaging.still.encode import TooManyBytes, encode
from imaging.typesetting.lettering import Style, balance, measure, runs, wrap
from imaging.typesetting.setting import CopyDoesNotFit
from tests.support.briefs import a_tenant

COPIES = {
    "en-US": Copy(
        headline="Wake up radiant",
        subheadline="Serum: a quiet ritual for luminous skin",
        call_to_action="Shop now",
        offer="20% off",
        price="$48",
        legal="T&Cs.",
    ),
    "de-DE": Copy(
        headline="Strahlend in den Tag",
        subheadline="Ein stilles Ritual für leuchtende Haut",
        call_to_action="Jetzt entdecken",
        offer="20 % Rabatt",
        price="1.245,00 €",
        legal="Nur solange der Vorrat reicht. Angebot gültig bis 31. Mai 2027.",
    ),
    "fr-FR": Copy(
        headline="Un éveil lumineux",
        subheadline="Un rituel doux pour une peau éclatante",
        call_to_action="Découvrir",
        offer="-20 %",
        price="45 €",
        legal="Offre.",
    ),
    "es-ES": Copy(
        headline="Despierta radiante",
        subheadline="Un ritual sereno",
        call_to_action="Comprar ahora",
        offer="20 % menos",
        price="45 €",
        legal="Hasta mayo.",
    ),
    "ar-EG": Copy(
        headline="استيقظي بإشراقة",
        subheadline="Serum: طقس هادئ لبشرة مضيئة",
        call_to_action="تسوّقي الآن",
        offer="خصم 20%",
        price="٢٬٣٠٠ ج.م",
        legal="حتى 31 مايو.",
    ),
    "ja-JP": Copy(
        headline="目覚めるたび、輝く素肌へ",
        subheadline="朝の肌に静かなうるおいを",
        call_to_action="今すぐ見る",
        offer="今週だけ20%オフ",
        price="¥6,800",
        legal="5月31日まで。",
    ),
    "he-IL": Copy(
        headline="יוצאים לפני הזריחה",
        subheadline="נבנה לדרך הארוכה",
        call_to_action="להצטייד עכשיו",
        offer="עונה חדשה",
        price="149 ₪",
        legal="בכפוף לתקנון.",
    ),
    "hi-IN": Copy(
        headline="हर सुबह दमकती त्वचा",
        subheadline="एक शांत दिनचर्या",
        call_to_action="अभी खरीदें",
        offer="20% छूट",
        price="₹3,900",
        legal="सीमित अवधि।",
    ),
}


def a_master(bucket: str, mirrored: bool = False) -> tuple[Image.Image, MasterFacts]:
    """A soft scene with a dark product, at a quarter of the master's size."""
    composition = compositions()[bucket]
    w, h = composition.width_px // 4, composition.height_px // 4
    shade = np.linspace(235, 150, h)[:, None, None] * np.array([1.0, 0.94, 0.86])
    pixels = np.broadcast_to(shade, (h, w, 3)).astype(np.uint8).copy()
    box = composition.box(mirrored)
    pixels[box.top * h // 1000 : box.bottom * h // 1000, box.left * w // 1000 : box.right * w // 1000] = (90, 50, 30)
    return Image.fromarray(pixels), MasterFacts(
        name="m", bucket=bucket, width_px=w, height_px=h, product_box=box, mirrored=mirrored
    )


def made(placement: Placement, locale: str, copy: Copy, brand: str = "aurelle") -> FinishedPicture:
    layout = layout_for(placement, a_tenant(brand))
    sided = compositions()[placement.bucket].has_sides
    master, facts = a_master(placement.bucket, sided and is_rtl(locale))
    static = prepare(master, facts, layout, placement, a_tenant(brand))
    return finish(static, copy.only(layout.fields), locale)


STILLS = [name for name, placement in placements().items() if not placement.motion and not placement.printed]
CELLS = [
    (name, locale, ("aurelle", "northpeak")[(row + column) % 2])
    for row, name in enumerate(STILLS)
    for column, locale in enumerate(COPIES)
]


@pytest.mark.parametrize(("name", "locale", "brand"), CELLS)
def test_every_rendition_passes_its_checks(name: str, locale: str, brand: str) -> None:
    placement = placements()[name]
    composed = made(placement, locale, COPIES[locale], brand)
    encoded = encode(composed.image, placement, b"<x:xmpmeta/>")
    failed = [c for c in check(encoded.data, composed, placement) if not c.passed]
    assert failed == []
    fields = {slot.field for slot in composed.slots}
    shown = layout_for(placement, a_tenant(brand)).fields
    assert fields | set(composed.dropped) == set(COPIES[locale].only(shown).texts())
    assert composed.dropped == ()


def test_the_same_inputs_give_the_same_bytes() -> None:
    placement = placements()["meta/story"]
    files = {encode(made(placement, "ar-EG", COPIES["ar-EG"]).image, placement, b"<x/>").data for _ in range(3)}
    assert len(files) == 1


def test_right_to_left_copy_mirrors_the_layout() -> None:
    placement = placements()["google/landscape"]
    left = made(placement, "en-US", COPIES["en-US"]).slots[0].box
    right = made(placement, "ar-EG", COPIES["ar-EG"]).slots[0].box
    assert left.right < placement.width_px * 0.6
    assert right.left > placement.width_px * 0.4


def test_a_byte_limit_is_met_by_quality_and_refused_below_the_floor() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (600, 300, 3), np.uint8)
    image, placement = (
        Image.fromarray(noise),
        placements()["google/half-page"].model_copy(update={"max_bytes": 215_000}),
    )
    assert 60 < encode(image, placement, b"").quality < 90
    tight = placement.model_copy(update={"max_bytes": 9_000})
    with pytest.raises(TooManyBytes, match="9000"):
        encode(image, tight, b"")


HOSTILE = [
    "x" * 500,
    "wide " * 90,
    "a\u200b" * 200,
    "e" + "\u0301" * 4 + "a" * 30,
    "🙂🙃",
    "W" * 40,
    " \u00a0 .",
    "ﷺ" * 20,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_refused_or_stays_inside(text: str) -> None:
    for name in ("google/leaderboard", "meta/story", "google/landscape"):
        placement = placements()[name]
        slots: tuple[PlacedSlot, ...] = ()
        with contextlib.suppress(CopyDoesNotFit):  # any other exception fails the test
            slots = made(placement, "en-US", Copy(headline=text)).slots
        for slot in slots:
            assert 0 <= slot.box.left < slot.box.right <= placement.width_px


STYLE = Style("Inter", "regular", 40, False)


def test_lines_are_balanced_and_leave_no_word_alone() -> None:
    text = "A quiet ritual for luminous skin every single day"
    lines = balance(text, STYLE, 420)
    assert len(lines) == len(wrap(text, STYLE, 420))
    assert min(line.width for line in lines) > 0.55 * max(line.width for line in lines)
    assert " ".join(line.text for line in lines) == text


def test_japanese_never_begins_a_line_with_a_closing_mark() -> None:
    for width in range(80, 400, 20):
        lines = wrap("目覚めるたび、輝く素肌へ。今週だけ、特別に。", STYLE, width)
        assert all(line.text[0] not in "、。" for line in lines)


def test_a_run_has_one_font_and_one_direction() -> None:
    pieces = runs("خصم 20 Radiance هذا", "Inter", "regular", True)
    assert "".join(text for text, _, _ in pieces) == "خصم 20 Radiance هذا"
    assert [turned for _, _, turned in pieces] == [True, False, True, False, True, True]
    assert next(turned for text, _, turned in pieces if "20" in text) is False


def test_shaped_width_is_not_the_sum_of_letters() -> None:
    word = "مرحبا"
    style = Style("Noto Sans Arabic", "regular", 60, True)
    assert measure(word, style).width < sum(measure(letter, style).width for letter in word)


def test_placements_resolve_in_any_order() -> None:
    assert resolve_placements(["social", "meta/story"]) == resolve_placements(["meta/story", "social"])


def test_the_space_before_a_currency_stays_on_its_side_in_a_line_from_right_to_left() -> None:
    cut = [(text, turned) for text, _, turned in runs("2,300\u00a0ج.م.", "Inter", "regular", True)]
    assert cut == [("2,300", False), ("\u00a0", True), ("ج.م.", True)]
    assert runs("149\u00a0₪", "Inter", "regular", True)[0][0] == "149"
    assert [text for text, *_ in runs("20%", "Inter", "regular", True)] == ["20%"]
