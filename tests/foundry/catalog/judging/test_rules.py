"""The table of rules is whole, and the page shows it."""

from __future__ import annotations

import re
from pathlib import Path

from foundry.catalog.judging.rules import rule_table, table_lines

ROOT = Path(__file__).parents[4]
PAGE = ROOT / "docs" / "catalogs.md"
CODE = re.compile(r'findings\.add(?:_too_long)?\(\s*"([a-z_]+)"|^CODES = \(([^)]*)\)', re.MULTILINE)


def test_the_page_shows_the_table() -> None:
    """To bring it up to date, replace its rows by the lines that `table_lines` gives."""
    assert "\n".join(table_lines()) in PAGE.read_text(encoding="utf-8")


def test_each_code_that_is_found_has_a_rule_and_each_rule_is_used() -> None:
    used = {"bad_condition", "bad_gender", "bad_age_group"}
    for module in (ROOT / "foundry" / "catalog" / "judging").glob("*.py"):
        for one, several in CODE.findall(module.read_text(encoding="utf-8")):
            used |= {one} if one else set(re.findall(r'"([a-z_]+)"', several))
    assert used == set(rule_table().by_code)


def test_sources_have_a_day_and_an_origin() -> None:
    sources = rule_table().sources
    assert all(source.address.startswith("https://") for source in sources.values() if source.confidence == "excerpt")
    assert {rule.source for rule in rule_table().rules} == set(sources)


def test_each_spelling_of_a_word_is_found_by_looking_it_up() -> None:
    for attribute, words in rule_table().words.items():
        for word in words:
            assert rule_table().spellings[attribute].get(word.replace("_", " ")) in {word, None}
        for spelling in rule_table().spellings[attribute]:
            assert spelling == spelling.lower().replace("_", " ").replace("-", " ").strip()
