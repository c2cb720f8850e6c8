"""No text that a command prints acts on a terminal, and none is read as markup."""

from __future__ import annotations

import ast
import io
import json
from pathlib import Path

import pytest
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from console.printing import Terminal, say, say_json, shown

HOSTILE = [
    "[/red]",
    "[bold]a[/]",
    "[/x]",
    "a\\",
    "\x1b[31mred",
    "\x1b]0;title\x07",
    "\x9b2J",
    "\u202eabc",
    "\u2066a",
    "\ud800",
]
ACTING = ("\x1b", "\x07", "\x9b", "\u202e", "\u2066", "\ud800", "\r")


def printed(renderable: object) -> str:
    stream = io.StringIO()
    Terminal(file=stream, width=200, force_terminal=False).print(renderable)
    return stream.getvalue()


def a_table(cell: str | Text) -> Table:
    table = Table("title", title=cell)
    table.add_row(cell)
    return table


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_terminal_shows_a_text_wherever_it_stands_as_it_is(text: str) -> None:
    for renderable in (text, Text(text, "bold"), Text.assemble(("a", "red"), text), a_table(text), Panel(text)):
        found = printed(renderable)
        assert shown(text).removesuffix("\\u0007") in found  # the library drops bells
        assert not any(letter in found for letter in ACTING)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_json_stays_the_same_json(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    say_json({"name": text, "words": "สวัสดี Größe"})
    found = capsys.readouterr().out
    assert json.loads(found) == {"name": text, "words": "สวัสดี Größe"}
    assert "สวัสดี Größe" in found
    assert not any(letter in found for letter in ACTING)


def test_lines_and_ordinary_letters_of_every_script_stay(capsys: pytest.CaptureFixture[str]) -> None:
    text = "a\tb\nGröße, 朝, สวัสดี, שלום\u200f, \u200dزر"
    say(text)
    assert capsys.readouterr().out == text + "\n"


def test_a_style_of_our_own_is_shown_on_a_terminal() -> None:
    stream = io.StringIO()
    Terminal(file=stream, force_terminal=True, color_system="standard").print(
        Text.assemble(("Plan", "bold"), ": \x1b[2J")
    )
    assert stream.getvalue() == "\x1b[1mPlan\x1b[0m: \\u001b[2J\n"


CONSOLE = Path(__file__).parents[2] / "console"


@pytest.mark.parametrize("module", sorted(CONSOLE.glob("*.py")), ids=lambda path: path.stem)
def test_no_command_prints_past_the_one_way(module: Path) -> None:
    if module.stem in ("printing", "card_reference", "set_reference"):
        return
    for call in (node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Call)):
        called = ast.unparse(call.func)
        assert called not in ("print", "typer.echo", "click.echo", "Console", "Text.from_markup", "typer.secho"), module
