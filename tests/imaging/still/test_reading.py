"""Tesseract reads the headlines of finished files back, in fourteen locales; error rates are measured as promised."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from PIL import Image

from tests.support.reading import error_rate, lines, otsu, prepare_for_reading, read_back, read_line
from tests.support.specimens import Look, Masters, Refused, Renderer, Specimen, copy_of, locales, looks, script_of

MOST = {"Thai": 0.15, "Arabic": 0.15}
MOST_ELSEWHERE = 0.08
SHOWN = {"meta/story": "story-stage", "google/landscape": "landscape-stage"}


@lru_cache(maxsize=1)
def shown() -> tuple[Look, ...]:
    """The two looks that are read here; `python -m benchmarks.reading` reads the others."""
    return tuple(look for look in looks("aurelle") for name in look.names if SHOWN.get(name) == look.layout.id)


def specimens(locale: str) -> list[Specimen]:
    renderer = Renderer("aurelle", Masters())
    made = [one for look in shown() for one in renderer.specimens(look, {locale: copy_of("aurelle", locale)})]
    assert not [one for one in made if isinstance(one, Refused)]
    assert len(made) == len(SHOWN)
    return [one for one in made if isinstance(one, Specimen)]


@pytest.mark.ocr
@pytest.mark.parametrize("locale", locales())
def test_a_stranger_reads_the_headline_of_the_finished_file(locale: str) -> None:
    for specimen in specimens(locale):
        found = read_back(specimen)
        assert found is not None
        one_character = 1 / len(found.set)
        assert found.error <= max(MOST.get(script_of(locale), MOST_ELSEWHERE), one_character + 1e-6), found


@pytest.mark.ocr
def test_a_headline_that_is_cut_is_not_read_as_whole() -> None:
    specimen = specimens("de-DE")[0]
    headline = next(slot for slot in specimen.composed.slots if slot.field == "headline")
    whole = prepare_for_reading(specimen.composed.image, headline)
    cut = whole.copy()
    cut.paste(255, (cut.width * 2 // 3, 0, cut.width, cut.height))
    rates = [
        error_rate(headline.text, "\n".join(read_line(line, "deu") for line in lines(picture)), "Latin")
        for picture in (whole, cut)
    ]
    assert rates[0] < 0.08 < 0.2 < rates[1]


@pytest.mark.parametrize(
    ("wanted", "found", "script", "error"),
    [
        ("Wake up radiant", "Wake up\nradiant", "Latin", 0),
        ("Wake up radiant", "Wake upradiant", "Latin", 1 / 15),
        ("Wake up radiant", "", "Latin", 1),
        ("Vor der Sonne draußen", "Vor der Sonne drau-\nßen", "Latin", 0),
        ("목 소리", "목소리", "Korean", 1 / 4),
        ("輝く素肌へ", "輝く 素肌\nへ", "Japanese", 0),
        ("输入", "翰入", "Chinese", 1 / 2),
        ("خصم ٢٠٪", "\u200fخصم ٢٠٪\u200e", "Arabic", 0),
    ],
)
def test_errors_are_edits_over_the_characters_set(wanted: str, found: str, script: str, error: float) -> None:
    assert error_rate(wanted, found, script) == pytest.approx(error)


def test_a_block_is_cut_into_lines_and_marks_stay_with_theirs() -> None:
    block = Image.new("L", (200, 140), 255)
    for top, bottom in ((10, 14), (18, 50), (80, 112), (116, 120)):
        block.paste(0, (20, top, 180, bottom))
    assert [line.height - 40 for line in lines(block)] == [40, 40]
    assert [line.height - 40 for line in lines(block.crop((0, 0, 200, 60)))] == [40]


def test_the_level_between_two_greys_parts_them() -> None:
    assert 40 <= otsu(np.array([[40, 40, 200, 201]], np.uint8)) < 200
