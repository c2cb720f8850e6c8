"""Everything that commands print goes through here: no text from outside acts on a terminal.

Results and sentences are printed by `say`, tables and styled lines by a `Terminal`. Both escape control characters and
marks that turn the direction of reading, and neither reads markup in a text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import click
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

_ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(text: str) -> str:
    """Return `text` with the characters escaped that a terminal would obey; lines and tabs stay.

    The escapes are those of JSON, so that JSON stays the same JSON.
    """
    return _ACTING.sub(lambda found: json.dumps(found[0])[1:-1], text)


def say(text: str, *, err: bool = False) -> None:
    """Print a result on stdout, or a sentence on stderr."""
    click.echo(shown(text), err=err)


def say_json(value: Any) -> None:
    """Print a value as one line of JSON on stdout."""
    say(json.dumps(value, ensure_ascii=False))


class Terminal(Console):
    """A console that takes a text as it is: only a style of our own makes it bold, and nothing in it acts."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"markup": False, "emoji": False, "highlight": False, "soft_wrap": True, **settings})

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the segments of anything that is printed, tables and bars included."""
        for segment in super().render(renderable, options):
            if segment.control or not _ACTING.search(segment.text):
                yield segment
            else:
                yield Segment(shown(segment.text), segment.style)
