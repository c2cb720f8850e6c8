"""Templates of evaluation pages: values are escaped, undefined names are errors, shares are shown in percent."""

from __future__ import annotations

import pytest
from jinja2 import UndefinedError

from lab.evaluation.page_templates import environment, mark_text, style


@pytest.mark.parametrize(
    ("mark", "value", "text"), [("scene", 0.925, "92.5 %"), ("prompts", 126, "126"), ("seconds", 0.9629, "0.9629")]
)
def test_marks_that_are_shares_are_shown_in_percent(mark: str, value: float, text: str) -> None:
    assert mark_text(value, mark) == text
    assert environment().from_string("{{ value|as_mark(mark) }}").render(value=value, mark=mark) == text


def test_values_are_escaped() -> None:
    assert environment().from_string("{{ title }}").render(title="Tiny </title>") == "Tiny &lt;/title&gt;"


def test_a_name_that_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'title' is undefined"):
        environment().from_string("{{ title }}").render()


def test_the_style_holds_both_sheets_and_loads_nothing() -> None:
    assert ".tiles" in style()
    assert "@import" not in style()
    assert "url(http" not in style()
