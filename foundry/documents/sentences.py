"""Sentences about plain values that do not fit a model: one for each problem, with path, value, limit and remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from foundry.documents.limits import SETTINGS
from foundry.documents.reading import only_document, read_bytes
from foundry.documents.yaml_text import load_yaml
from foundry.errors import KEPT_PROBLEMS, BadInput, FoundryError, Problem, Refusals, shorten
from foundry.strict_model import MORE

OWN_CODES = frozenset({"foreign_file"})
"""Types of pydantic errors that are codes of problems. Their message continues the value's sentence, with a remedy."""
HIDDEN = "hidden"
"""The type of pydantic errors about a value that must not be shown. Their message is a limit and a remedy."""
_WITHOUT_VALUE = frozenset({HIDDEN, "union_tag_not_found", "union_tag_invalid"})
TAG = "kind"
"""The field by which models of one union are told apart."""
_PLAINER = {
    "model_type": "a map of keys is needed here",
    "dict_type": "a map of keys is needed here",
    "tuple_type": "a list is needed here",
    "list_type": "a list is needed here",
}
"""Types of pydantic errors whose own message names classes of Python, and what is said in its place."""
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The words for one kind of document: its name, its refusal's code, and what to do about keys."""

    whole: str
    denial: str = "not a"
    code: str = "bad_document"
    missing: str = "add it"
    unknown: str = "remove it"


def parse_value(model: type[Model], value: Any, wording: Wording, prefix: str = "") -> Model:
    """Return the model that a plain value describes; Refusals with one sentence per problem.

    `prefix` begins each path in the sentences.
    """
    if not isinstance(value, dict):
        wrong = f"is refused: a {wording.whole} is a map of keys"
        path = f"{prefix}document"
        raise Refusals(wording.whole, [Problem(path, shorten(value), wrong, "write its keys", wording.code)])
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise refusals_of(error, model, wording, prefix) from error


def read_model(path: Path, model: type[Model], wording: Wording, /, *, where: str = "", **more: Any) -> Model:
    """Return the model in a file of settings, a tenant's for instance, with the fields that do not come from the file.

    BadInput with one sentence per problem. It calls the file `where`, or else by its path.
    """
    where = where or str(path)
    try:
        data = read_bytes(path, SETTINGS, where=where)
    except Problem as problem:
        raise BadInput(where, f"{problem.limit}; {problem.remedy}") from problem
    try:
        value = only_document(load_yaml(data, "", SETTINGS) or [{}], "file")
        return parse_value(model, {**value, **more} if isinstance(value, dict) else value, wording)
    except (Problem, Refusals) as error:
        raise BadInput(where, f"is {wording.denial} {wording.whole}: {joined(error)}") from error


def joined(error: FoundryError) -> str:
    """Return a refusal's sentences: one alone stands on the same line, several stand below each other."""
    if not isinstance(error, Refusals):
        return str(error)
    if error.count == 1:
        return str(error.problems[0])
    return str(error).partition(" is refused for ")[2]


def refusals_of(error: ValidationError, model: type[BaseModel], wording: Wording, prefix: str = "") -> Refusals:
    """Return pydantic's errors as problems. Only so many sentences are built as a refusal keeps."""
    found = [item for item in error.errors(include_url=False) if item["type"] != MORE]
    counted = [int(item["ctx"]["count"]) for item in error.errors(include_url=False) if item["type"] == MORE]
    problems = [_sentence(item, model, wording, prefix) for item in found[:KEPT_PROBLEMS]]
    return Refusals(wording.whole, problems, len(found) - len(problems) + sum(counted))


def _sentence(item: Any, model: type[BaseModel], wording: Wording, prefix: str) -> Problem:
    location, within = _walked(model, item["loc"])
    kind = item["type"]
    path = prefix + (field_path(location) or wording.whole)
    if kind == "missing":
        return Problem(path, "", "it is missing", wording.missing, wording.code)
    if kind == "extra_forbidden":
        allowed = sorted(within.model_fields)
        near = difflib.get_close_matches(str(location[-1])[:60], allowed, n=1)
        hint = f"did you mean {near[0]!r}?" if near else wording.unknown
        return _problem(path, shorten(str(location[-1])), f"allowed are {', '.join(allowed)}", hint, wording)
    if kind in _WITHOUT_VALUE:
        return _without_value(item, path, wording)
    message = _PLAINER.get(kind) or str(item["msg"]).removeprefix("Value error, ")
    if kind == "value_error":
        return _own_sentence(item, message, path, wording, prefix)
    if kind in OWN_CODES:
        limit, _, remedy = message.rpartition("; ")
        return Problem(path, shorten(item["input"]), limit, remedy, kind)
    remedy = "write it in quotes" if kind == "string_type" else "change it"
    return _problem(path, shorten(item["input"]), message, remedy, wording)


def _without_value(item: Any, path: str, wording: Wording) -> Problem:
    """Return the problem of an error whose value is not shown: it may be a secret, or a map that holds one."""
    if item["type"] == HIDDEN:
        limit, _, remedy = str(item["msg"]).rpartition("; ")
        return Problem(path, "", limit, remedy, wording.code)
    path = f"{path}.{TAG}"
    if item["type"] == "union_tag_not_found":
        return Problem(path, "", "it is missing", wording.missing, wording.code)
    allowed = str(item["ctx"]["expected_tags"]).replace("'", "")
    return _problem(path, shorten(item["ctx"]["tag"]), f"allowed are {allowed}", "take one", wording)


def _problem(path: str, value: str, limit: str, remedy: str, wording: Wording) -> Problem:
    return Problem(path, value, f"is refused: {limit}" if value else limit, remedy, wording.code)


def _own_sentence(item: Any, message: str, path: str, wording: Wording, prefix: str) -> Problem:
    if "; " in message and ": " in message and path.endswith(wording.whole):
        where, rest = message.split(": ", 1)
        limit, remedy = rest.rsplit("; ", 1)
        return _problem(prefix + where, "", limit, remedy, wording)
    limit, _, remedy = message.rpartition("; ")
    return _problem(path, shorten(item["input"]), limit or message, remedy or "change it", wording)


def field_path(location: tuple[Any, ...]) -> str:
    """Return pydantic's location as people write it: `products[0].prices[1].amount`."""
    text = ""
    for part in location:
        if part == "[key]":
            text += " (as a key)"
        elif isinstance(part, int):
            text += f"[{part}]"
        else:
            name = str(part) if len(str(part)) <= 60 else f"{str(part)[:57]}..."
            text += f".{name}" if text else name
    return text


def _walked(model: type[BaseModel], location: tuple[Any, ...]) -> tuple[tuple[Any, ...], type[BaseModel]]:
    """Return a location without the tags that pydantic puts into it for unions, and the model that holds its end."""
    kept: list[Any] = []
    choices: list[type[BaseModel]] = []
    for number, part in enumerate(location, start=1):
        if chosen := [each for each in choices if len(choices) > 1 and _has_tag(each, part)]:
            model, choices = chosen[0], []
            continue
        kept.append(part)
        if isinstance(part, str) and part in model.model_fields and number < len(location):
            choices = list(_models_in(model.model_fields[part].annotation))
            model = choices[0] if choices else model
    return tuple(kept), model


def _has_tag(model: type[BaseModel], part: Any) -> bool:
    return TAG in model.model_fields and part in get_args(model.model_fields[TAG].annotation)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
