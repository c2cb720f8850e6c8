"""Strict reading of brief files: every problem of every document, each as one sentence."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from foundry.brief.brief import Brief
from foundry.errors import FoundryError, Problem, Refusals, shorten
from foundry.inputs.file_name import FOREIGN_FILE, ForeignFile

MAX_BYTES, MAX_DEPTH = 5_000_000, 50
SUFFIXES = (".yaml", ".yml", ".json", ".jsonl")


def brief_problem(path: str, value: str, limit: str, remedy: str) -> Problem:
    """Return a problem of a brief's text; `limit` is a whole clause, such as "the key stands twice"."""
    return Problem(path, value, f"is refused: {limit}" if value else limit, remedy, "bad_brief")


def read_briefs(path: Path) -> list[Brief]:
    """Return the briefs of a YAML (several documents), JSON (one or a list) or JSON Lines file.

    Raise Refusals with all problems of all documents, and nothing else, whatever the file holds.
    """
    try:
        documents = list(documents_of(path))
    except FoundryError as error:
        raise Refusals(str(path), (error,)) from error
    briefs: list[Brief] = []
    problems: list[FoundryError] = []
    for number, document in enumerate(documents, start=1):
        prefix = f"brief {number}: " if len(documents) > 1 else ""
        try:
            briefs.append(parse(document, prefix))
        except Refusals as refused:
            problems += refused.problems
    if problems:
        raise Refusals(str(path), tuple(problems))
    return briefs


def documents_of(path: Path) -> Iterator[Any]:
    """Yield the plain documents of a file, within limits of size and depth."""
    text = _text(path)
    if path.suffix.lower() in (".yaml", ".yml"):
        found = list(_yaml(path, text))
    elif path.suffix.lower() == ".jsonl":
        lines = text.splitlines()
        found = [_json(f"{path.name} line {n}", x) for n, x in enumerate(lines, 1) if x.strip()]
    else:
        whole = _json(path.name, text)
        found = whole if isinstance(whole, list) else [whole]
    if not found:
        raise brief_problem(path.name, "", "it holds no brief", "write one; see `foundry schema brief`")
    for document in found:
        _shallow(path.name, document, 0)
    yield from found


def _text(path: Path) -> str:
    if path.suffix.lower() not in SUFFIXES:
        limit = f"briefs are read from {', '.join(SUFFIXES)}"
        raise brief_problem(path.name, shorten(path.suffix), limit, "rename it, or use `foundry brief adopt`")
    try:
        if path.stat().st_size > MAX_BYTES:
            limit = f"{path.stat().st_size} bytes; the limit is {MAX_BYTES}"
            raise brief_problem(path.name, "", limit, "split it into several files")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wrong = f"byte {error.start} is not UTF-8"
        raise brief_problem(path.name, "", wrong, "save the file as UTF-8") from error
    except OSError as error:
        wrong = f"cannot be read ({error.strerror})"
        raise brief_problem(str(path), "", wrong, "name an existing file that you may read") from error
    if "\0" in text:
        raise brief_problem(path.name, "", "it holds a NUL character", "save the file as plain text")
    return text


class _StrictLoader(yaml.SafeLoader):
    """YAML without aliases, repeated keys, tags, and guesses at dates and base-60 numbers."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(None, None, "aliases are not allowed", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: list[Any] = []
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | int | float | bool | None):
                raise yaml.MarkedYAMLError(None, None, "a key must be text", key_node.start_mark)
            if key in seen:
                wrong = f"the key {key!r} stands twice"
                raise yaml.MarkedYAMLError(None, None, wrong, key_node.start_mark)
            seen.append(key)
        return super().construct_mapping(node, deep=deep)


def _plain_resolvers() -> None:
    guessed = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
    for first, rules in list(_StrictLoader.yaml_implicit_resolvers.items()):
        kept = [rule for rule in rules if rule[0] not in guessed]
        _StrictLoader.yaml_implicit_resolvers[first] = kept
    import re

    number = re.compile(r"^[-+]?(0|[1-9][0-9]*)$")
    decimal = re.compile(r"^[-+]?(0|[1-9][0-9]*)\.[0-9]+([eE][-+]?[0-9]+)?$")
    _StrictLoader.add_implicit_resolver(guessed[1], number, list("-+0123456789"))
    _StrictLoader.add_implicit_resolver(guessed[2], decimal, list("-+0123456789"))


_StrictLoader.yaml_implicit_resolvers = {
    key: list(rules) for key, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_plain_resolvers()


def _yaml(path: Path, text: str) -> Iterator[Any]:
    try:
        yield from (d for d in yaml.load_all(text, Loader=_StrictLoader) if d is not None)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        at = f"{path.name} line {mark.line + 1}, column {mark.column + 1}" if mark else path.name
        raise brief_problem(at, "", str(error.problem), "correct the YAML there") from error
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        wrong = " ".join(str(error).split())[:120] or type(error).__name__
        raise brief_problem(path.name, "", f"not YAML ({wrong})", "correct the file") from error


def _json(where: str, text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise brief_problem(where, shorten(twice), "the key stands twice", "remove one of them")
        return found

    def never(name: str) -> Any:
        raise brief_problem(where, name, "not a number in JSON", "write a finite number")

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=never)
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        wrong = " ".join(str(error).split())[:120]
        raise brief_problem(where, "", f"not JSON ({wrong})", "correct the file") from error


def _shallow(where: str, value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        wrong = f"it is nested deeper than {MAX_DEPTH} levels"
        raise brief_problem(where, "", wrong, "write it flatter")
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for item in inner:
        _shallow(where, item, depth + 1)


def parse(document: Any, prefix: str = "") -> Brief:
    """Return the brief in a plain document; Refusals with one sentence per problem."""
    if not isinstance(document, dict):
        wrong = brief_problem(
            f"{prefix}document", shorten(document), "a brief is a map of keys",
            "begin with `tenant:`; see `foundry schema brief`",
        )  # fmt: skip
        raise Refusals("brief", (wrong,))
    try:
        return Brief.model_validate(document)
    except ValidationError as error:
        problems = tuple(_sentence(prefix, item) for item in error.errors())
        raise Refusals("brief", problems) from error


def _sentence(prefix: str, item: Any) -> Problem:
    location, kind = item["loc"], item["type"]
    path = prefix + (_path(location) or "brief")
    if kind == "missing":
        return brief_problem(path, "", "it is missing", "add it; see `foundry schema brief`")
    if kind == "extra_forbidden":
        allowed = _allowed_keys(location)
        near = difflib.get_close_matches(str(location[-1]), allowed, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "put keys of your own under metadata"
        return brief_problem(path, shorten(str(location[-1])), f"allowed are {', '.join(allowed)}", hint)
    message = str(item["msg"]).removeprefix("Value error, ")
    if kind == "value_error":
        return _own_sentence(prefix, path, item, message)
    if kind == FOREIGN_FILE:
        return ForeignFile(str(item["input"])).at(path)
    remedy = "write it in quotes" if kind == "string_type" else "change it"
    return brief_problem(path, shorten(item["input"]), message, remedy)


def _own_sentence(prefix: str, path: str, item: Any, message: str) -> Problem:
    if "; " in message and ": " in message and path.endswith("brief"):
        where, rest = message.split(": ", 1)
        limit, remedy = rest.rsplit("; ", 1)
        return brief_problem(prefix + where, "", limit, remedy)
    limit, _, remedy = message.rpartition("; ")
    return brief_problem(path, shorten(item["input"]), limit or message, remedy or "change it")


def _path(location: tuple[Any, ...]) -> str:
    text = ""
    for part in location:
        if part == "[key]":
            text += " (as a key)"
        else:
            text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _allowed_keys(location: tuple[Any, ...]) -> list[str]:
    model: Any = Brief
    for part in location[:-1]:
        if isinstance(part, str) and part in getattr(model, "model_fields", {}):
            model = _model_in(model.model_fields[part].annotation) or model
    return sorted(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def brief_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of briefs, with a description and an example of each field."""
    schema = Brief.model_json_schema(mode="validation")
    for model in (schema, *schema["$defs"].values()):
        for name, field in model.get("properties", {}).items():
            field.setdefault("description", name.replace("_", " ").capitalize() + ".")
            field.setdefault("examples", [_example(field, schema)])
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:campaign-foundry:brief",
    }
    return {**head, **schema}


def _example(field: dict[str, Any], schema: dict[str, Any]) -> Any:
    if "default" in field and field["default"] not in (None, "", [], {}):
        return field["default"]
    if "$ref" in field or "anyOf" in field or "allOf" in field:
        inner = [field, *field.get("anyOf", []), *field.get("allOf", [])]
        ref = next((part["$ref"] for part in inner if "$ref" in part), None)
        return _example_object(schema["$defs"][ref.rsplit("/", 1)[1]], schema) if ref else _plain(inner)
    if field.get("type") == "array":
        return [_example(field.get("items", {}), schema)]
    return _plain([field])


def _plain(kinds: list[dict[str, Any]]) -> Any:
    formats = {kind.get("format") for kind in kinds}
    if "date" in formats:
        return "2027-03-01"
    types = {kind.get("type") for kind in kinds}
    return 1 if types & {"integer", "number"} else {} if "object" in types else "text"


def _example_object(model: dict[str, Any], schema: dict[str, Any]) -> Any:
    made = {}
    for name in model.get("required", model.get("properties", {})):
        field = model["properties"][name]
        made[name] = field["examples"][0] if field.get("examples") else _example(field, schema)
    return made
