"""Alternative texts say what is known, in the file's own language, whole sentences of at most 250 characters."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.delivery.alt_text import ALONE, MOST_CHARACTERS, Shown, alt_text, wording_of
from foundry.documents import read_yaml
from foundry.documents.limits import SETTINGS
from templates import TEMPLATES

COPY = {"headline": "Wake up radiant", "offer": "20% off", "price": "$48", "call_to_action": "Shop now"}
SEA = "Calm sea at sunrise, a warm horizon, light from the left"


def shown(**changes: Any) -> Shown:
    """An English still with a product, a scene and words."""
    given: dict[str, Any] = {
        "locale": "en-US", "product": "Radiance Serum", "scene": SEA, "mirrored": False, "moving": False, "copy": COPY,
    }  # fmt: skip
    return Shown(**{**given, **changes})


def test_a_still_is_described_by_its_product_its_scene_and_its_words() -> None:
    assert alt_text(shown()) == (
        "Radiance Serum. Scene: Calm sea at sunrise, a warm horizon, light from the left. "
        "Text: Wake up radiant. 20% off. $48. Shop now."
    )


def test_a_scene_in_another_language_than_the_file_is_left_out() -> None:
    german = shown(locale="de-DE", copy={"headline": "Strahlend in den Tag"})
    assert alt_text(german) == "Radiance Serum. Text: Strahlend in den Tag."
    own = shown(locale="de-DE", copy={}, scene="Ruhige See bei Sonnenaufgang, Licht von links")
    assert alt_text(own) == "Radiance Serum. Szene: Ruhige See bei Sonnenaufgang, Licht von links."
    assert "Scene" not in alt_text(shown(scene="Ruhige See bei Sonnenaufgang, Licht von links"))


@pytest.mark.parametrize(
    ("locale", "scene", "text"),
    [
        ("ja-JP", "朝の静かな海、左からの光", "Radiance Serum。シーン：朝の静かな海、左からの光。"),
        ("ko-KR", "잔잔한 아침 바다", "Radiance Serum. 장면: 잔잔한 아침 바다."),
        ("th-TH", "ทะเลยามเช้า", "Radiance Serum ฉาก: ทะเลยามเช้า"),
        ("zh-CN", "朝の静かな海", "Radiance Serum。"),
        ("el-GR", "Ήρεμη θάλασσα 朝の海", "Radiance Serum."),
    ],
)
def test_a_scene_in_a_script_of_its_own_is_told_in_its_language(locale: str, scene: str, text: str) -> None:
    assert alt_text(shown(locale=locale, scene=scene, copy={})) == text


def test_a_scene_of_no_certain_language_is_left_out() -> None:
    assert alt_text(shown(scene="Studio sweep, blush", copy={})) == "Radiance Serum."


def test_a_mirrored_scene_says_nothing_of_sides() -> None:
    assert alt_text(shown(mirrored=True, copy={})) == "Radiance Serum. Scene: Calm sea at sunrise, a warm horizon."


def test_orders_to_a_model_are_no_part_of_the_scene() -> None:
    scene = "A calm sea at sunrise, 8K, masterpiece, (golden:1.3), <lora:glow>, no text, in the style of a painter"
    assert alt_text(shown(scene=scene, copy={})) == "Radiance Serum. Scene: A calm sea at sunrise."


def test_what_the_model_did_not_read_is_not_told() -> None:
    scene = "A calm sea at sunrise, two sail-boats on the water, light from the left"
    told = "Radiance Serum. Scene: A calm sea at sunrise, light from the left."
    assert alt_text(shown(scene=scene, copy={}, ignored=("sail-boats",))) == told
    assert alt_text(shown(scene=scene, copy={}, ignored=("Sunrise",))) == "Radiance Serum."


def test_a_film_is_called_one_and_its_scenes_are_not_described() -> None:
    assert alt_text(shown(moving=True)) == "Video: Radiance Serum. Text: Wake up radiant. 20% off. $48. Shop now."
    assert alt_text(shown(moving=True, locale="ja-JP", copy={"headline": "輝く素肌へ"})) == (
        "動画：Radiance Serum。テキスト：輝く素肌へ。"
    )


def test_a_file_of_which_nothing_is_known_has_an_empty_text() -> None:
    assert alt_text(shown(product="", scene="", copy={})) == ""


def test_sentences_that_end_are_not_ended_twice() -> None:
    copy = {"headline": "Ready?", "legal": "While stocks last."}
    assert alt_text(shown(scene="", copy=copy)) == "Radiance Serum. Text: Ready? While stocks last."


def test_french_and_arabic_are_set_as_their_readers_expect() -> None:
    assert alt_text(shown(locale="fr-FR", copy={"headline": "Un éveil"})) == "Radiance Serum. Texte\u00a0: Un éveil."
    arabic = shown(locale="ar-EG", copy={"headline": "استيقظي بإشراقة", "price": "٢٬٣٠٠ ج.م."})
    assert alt_text(arabic) == "\u2068Radiance Serum\u2069. النص: استيقظي بإشراقة. ٢٬٣٠٠ ج.م."


def test_what_does_not_fit_is_left_out_from_the_least_important_on() -> None:
    copy = {"headline": "Wake up", "subheadline": "s" * 100, "price": "$48", "legal": "l" * 120}
    text = alt_text(shown(copy=copy))
    assert len(text) <= MOST_CHARACTERS
    assert text == f"Radiance Serum. Scene: {SEA}. Text: Wake up. {'s' * 100}. $48."
    assert (
        alt_text(shown(copy={**copy, "headline": "h" * 80})) == f"Radiance Serum. Text: {'h' * 80}. {'s' * 100}. $48."
    )


def test_a_headline_that_is_too_long_is_cut_at_a_word() -> None:
    text = alt_text(shown(copy={"headline": "word " * 80}))
    assert len(text) <= MOST_CHARACTERS
    assert text.startswith("Radiance Serum. Text: word word")
    assert text.endswith("word…")


def test_a_language_without_words_of_its_own_gets_the_words_of_the_file() -> None:
    assert wording_of("zu-ZA") is ALONE
    assert alt_text(shown(locale="zu-ZA", copy={"headline": "Vuka"})) == "Radiance Serum. Vuka."


@pytest.mark.parametrize(
    ("locale", "film"),
    [
        ("de-CH", "Video"), ("zh-CN", "视频"), ("zh-TW", "影片"), ("zh-Hans-HK", "视频"), ("yue-HK", "影片"),
        ("sr-RS", "Видео"), ("sr-Latn-RS", "Video"), ("no-NO", "Video"), ("pt-BR", "Vídeo"), ("he-IL", "סרטון"),
    ],
)  # fmt: skip
def test_a_locale_has_the_words_of_its_language_and_script(locale: str, film: str) -> None:
    assert wording_of(locale).film == film


def test_every_language_that_sample_copy_is_set_in_has_words() -> None:
    for locale in read_yaml(TEMPLATES / "sample_copy.yaml", SETTINGS):
        assert wording_of(locale).text, locale


def test_every_language_has_all_words_and_none_ends_a_sentence() -> None:
    languages = read_yaml(TEMPLATES / "delivery" / "alt_text.yaml", SETTINGS)["languages"]
    assert len(languages) > 50
    for language in languages:
        own = wording_of(language)
        assert all((own.text, own.scene, own.film, own.colon)), language
        assert not [word for word in (own.text, own.scene, own.film) if word.strip(" .:：") != word], language


LOCALES = st.sampled_from(["en-US", "de-DE", "ar-EG", "he-IL", "ja-JP", "th-TH", "hi-IN", "fr-FR", "zu-ZA", "zh-TW"])
FIELDS = ("headline", "subheadline", "offer", "price", "call_to_action", "legal")
WORDS = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)


@settings(max_examples=200, deadline=None)
@given(LOCALES, WORDS, WORDS, st.dictionaries(st.sampled_from(FIELDS), WORDS), st.booleans())
def test_any_words_make_a_text_that_is_short_and_safe(
    locale: str, product: str, scene: str, copy: dict[str, str], moving: bool
) -> None:
    text = alt_text(shown(locale=locale, product=product, scene=scene, copy=copy, moving=moving))
    assert len(text) <= MOST_CHARACTERS
    assert text.isprintable() or not {*text} & {chr(code) for code in range(32)}
    assert sum(letter in "\u2066\u2067\u2068" for letter in text) == text.count("\u2069")
    text.encode()
