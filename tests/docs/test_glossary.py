"""The glossary names things that exist, defines each word once, and is sorted by theme."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "reference" / "glossary.md"
ROW = re.compile(r"^\| (?P<word>[^|]+) \| (?P<meaning>[^|]+) \| (?P<code>[^|]+) \|$", re.MULTILINE)


def themes() -> dict[str, list[re.Match[str]]]:
    """Theme → its rows, without the heading of the table."""
    _, *sections = re.split(r"^## (.+)$", GLOSSARY.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {
        theme: [row for row in ROW.finditer(text) if row["word"] != "Word" and "---" not in row["word"]]
        for theme, text in zip(sections[::2], sections[1::2], strict=True)
    }


ROWS = [row for rows in themes().values() for row in rows]
CITED = sorted({name for row in ROWS for name in re.findall(r"`([^`]+)`", row["code"])})


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def exists(name: str) -> bool:
    """Whether a dotted name is a module of this repository, or something that one of its modules defines."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        path = ROOT.joinpath(*parts[:length])
        for module in (path.with_suffix(".py"), path / "__init__.py"):
            if module.is_file():
                return defines(tree(module), parts[length:])
    return False


def defines(node: ast.Module | ast.ClassDef, names: list[str]) -> bool:
    if not names:
        return True
    for child in node.body:
        if isinstance(child, ast.ClassDef) and child.name == names[0]:
            return defines(child, names[1:])
        if len(names) == 1 and names[0] in bound(child):
            return True
    return False


def bound(statement: ast.stmt) -> set[str]:
    """The names that a function definition or an assignment binds."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return {statement.name}
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return {statement.target.id}
    if isinstance(statement, ast.Assign):
        return {target.id for target in statement.targets if isinstance(target, ast.Name)}
    return set()


@pytest.mark.parametrize("name", CITED)
def test_a_cited_name_exists(name: str) -> None:
    assert exists(name), f"{GLOSSARY.name} cites {name}, which is not there; cite its new name"


@pytest.mark.parametrize(
    "name", ["foundry.plan.plan.Nothing", "foundry.nowhere", "nowhere", "foundry.errors.Problem.x"]
)
def test_a_name_that_does_not_exist_is_noticed(name: str) -> None:
    assert not exists(name)


def test_every_word_has_one_meaning_and_a_place_in_the_code() -> None:
    words = [row["word"] for row in ROWS]
    assert sorted(words) == sorted(set(words))
    assert not [row["word"] for row in ROWS if "`" not in row["code"]]


@pytest.mark.parametrize("theme", themes())
def test_words_are_sorted_within_their_theme(theme: str) -> None:
    words = [row["word"] for row in themes()[theme]]
    assert words == sorted(words)


def test_every_meaning_is_short_and_in_whole_sentences() -> None:
    for row in ROWS:
        meaning = row["meaning"]
        assert meaning[0].isupper() or meaning[0].isdigit(), row["word"]
        assert meaning.endswith("."), row["word"]
        assert len(meaning) < 330, row["word"]


STYLE = (
    "adapter, aspect bucket, brief, bucket (of objects), bundle, dead letter, key visual, master, offset, placement, "
    "rendition, safe area, seed, shot, tenant, variant, verdict, watermark"
)


@pytest.mark.parametrize("word", STYLE.split(", "))
def test_the_words_of_the_style_guide_are_defined(word: str) -> None:
    assert word in {row["word"] for row in ROWS}
