"""Lines as they stand in rendered layouts, judged by ICU: none begins where ICU lets no line begin."""

from __future__ import annotations

import pytest

from imaging.typesetting.setting import BrandType, set_copy
from tests.support.reading_judge import line_breaks
from tests.support.specimens import Masters, Renderer, Specimen, copy_of, looks

pytestmark = pytest.mark.icu
LAYOUTS = ("story-stage", "landscape-panel", "square-panel", "skyscraper-panel", "rectangle-panel")


def starts(lines: list[str], text: str) -> list[int]:
    """Return where each line but the first begins in the text."""
    found, at = [], 0
    for line in lines:
        at = text.index(line, at)
        found.append(at)
        at += len(line)
    return found[1:]


@pytest.mark.parametrize("locale", ["th-TH", "ja-JP", "zh-Hans-CN", "ko-KR"])
def test_no_line_begins_where_icu_forbids_it(locale: str) -> None:
    shown = {look.layout.id: look for look in looks("aurelle") if look.layout.id in LAYOUTS}
    assert set(shown) == set(LAYOUTS)
    renderer, copy, broken = Renderer("aurelle", Masters()), copy_of("aurelle", locale), 0
    for look in sorted(shown.values(), key=lambda one: one.placement.bucket):
        specimen = next(renderer.specimens(look, {locale: copy}))
        if not isinstance(specimen, Specimen):
            continue
        static = specimen.static
        kind = BrandType(static.tenant.families, static.tenant.brand.type, (static.tenant.name,))
        for slot in set_copy(specimen.copy, locale, static.layout, static.room, kind).slots:
            text = getattr(specimen.copy, slot.field)
            begun = starts([line.text for _, _, line in slot.lines], text)
            broken += len(begun)
            wrong = [text[:at] + "|" + text[at:] for at in begun if at not in line_breaks(text, locale)]
            assert wrong == [], (look.layout.id, slot.field)
    assert broken >= 5
