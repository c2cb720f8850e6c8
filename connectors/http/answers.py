"""Answers of a target, parsed once, within limits, into types; everything that is not expected is left out."""

from __future__ import annotations

import re
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from connectors.http.exchange import HttpAnswer
from foundry.documents import DocumentLimits, load_json
from foundry.errors import FoundryError

_TAGS = re.compile(r"<(style|script)\b[^>]*>.*?</\1>|<[!/?A-Za-z][^>]*>", re.DOTALL | re.IGNORECASE)
LIMITS = DocumentLimits(size_bytes=16_000_000, leaves=500_000, text=1_000_000)


class ForeignAnswer(BaseModel):
    """A part of an answer. What it says besides the fields is ignored, as vendors add fields at any time."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


Answered = TypeVar("Answered", bound=ForeignAnswer)


def words_of(answer: HttpAnswer) -> str:
    """Return the beginning of an answer's text, without the tags of a page; it may hold secrets."""
    return _TAGS.sub(" ", answer.body[:4_000].decode("utf-8", "replace"))


class Unreadable(Exception):
    """An answer that does not say what it has to; the text is a reason without any word of the answer."""


def json_of(answer: HttpAnswer, limits: DocumentLimits = LIMITS, *, by_kind_alone: bool = False) -> object:
    """Return an answer's body as JSON; Unreadable if it is none, as a proxy's error page is not.

    Some services call their JSON HTML; with `by_kind_alone`, that is refused.
    """
    looks_so = answer.body.lstrip()[:1] in (b"{", b"[") and not by_kind_alone
    if "json" not in answer.kind and not looks_so:
        raise Unreadable(f"an answer of type {answer.kind[:60] or 'unknown'}, not JSON")
    try:
        return load_json(answer.body, "answer", limits)
    except FoundryError:
        raise Unreadable("an answer that is no whole JSON") from None


def read_answer(answer: HttpAnswer, model: type[Answered]) -> Answered:
    """Return an answer's body as a type; Unreadable if it is none."""
    told = json_of(answer)
    try:
        return model.model_validate(told)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])[:100]
        raise Unreadable(f"an answer without a usable {where or 'value'}") from None
