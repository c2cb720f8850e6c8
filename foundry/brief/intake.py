"""Strict reading of brief files: every problem of every document, each as one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from foundry.brief.brief import Brief
from foundry.documents import read_document
from foundry.documents.limits import BRIEF_FILE, LIMITS, DocumentLimits
from foundry.documents.reading import SUFFIXES, YAML_SUFFIXES
from foundry.documents.sentences import Wording, parse_value
from foundry.errors import FoundryError, Problem, ProblemList, Refusals, shorten

BRIEF = Wording(
    whole="brief",
    code="bad_brief",
    missing="add it; see `foundry schema brief`",
    unknown="put keys of your own under metadata",
)


def brief_problem(path: str, value: str, limit: str, remedy: str) -> Problem:
    """Return a problem of a brief's text; `limit` is a whole clause, such as "the key stands twice"."""
    return Problem(path, value, f"is refused: {limit}" if value else limit, remedy, "bad_brief")


def read_briefs(path: Path) -> list[Brief]:
    """Return the briefs of a YAML (several documents), JSON (one or a list) or JSON Lines file.

    Raise Refusals with all problems of all documents, and nothing else, whatever the file holds.
    """
    briefs: list[Brief] = []
    problems = ProblemList()
    for read in each_brief(path):
        try:
            briefs.append(read())
        except Refusals as refused:
            problems.add(refused)
    problems.refuse(str(path))
    return briefs


def each_brief(path: Path) -> Iterator[Callable[[], Brief]]:
    """Yield a function for each brief of a file, which returns the brief, or raises Refusals with its problems alone.

    Refusals at once if the file cannot be read as a whole.
    """
    try:
        documents = documents_of(path, LIMITS if path.suffix.lower() in YAML_SUFFIXES else BRIEF_FILE)
    except FoundryError as error:
        raise Refusals(str(path), (error,)) from error
    for number, document in enumerate(documents, start=1):
        prefix = f"brief {number}: " if len(documents) > 1 else ""
        yield partial(parse, document, prefix)


def documents_of(path: Path, limits: DocumentLimits = LIMITS) -> list[Any]:
    """Return the plain documents of a file, at least one."""
    if path.suffix.lower() not in SUFFIXES:
        limit = f"briefs are read from {', '.join(SUFFIXES)}"
        raise brief_problem(path.name, shorten(path.suffix), limit, "rename it, or use `foundry brief adopt`")
    found = read_document(path, limits, code="bad_brief")
    if not found:
        raise brief_problem(path.name, "", "it holds no brief", "write one; see `foundry schema brief`")
    return found


def parse(document: Any, prefix: str = "") -> Brief:
    """Return the brief in a plain document; Refusals with one sentence per problem."""
    if not isinstance(document, dict):
        wrong = brief_problem(
            f"{prefix}document", shorten(document), "a brief is a map of keys",
            "begin with `tenant:`; see `foundry schema brief`",
        )  # fmt: skip
        raise Refusals("brief", (wrong,))
    return parse_value(Brief, document, BRIEF, prefix)


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
