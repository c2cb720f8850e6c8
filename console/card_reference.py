"""`python -m console.card_reference` prints the card's fields as the tables of docs/models/registry.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from foundry.card.card import card_schema


def card_reference() -> str:
    """One table for the card, and one for each of its sections."""
    schema = card_schema()
    sections = [("card", schema), *schema["$defs"].items()]
    return "\n\n".join("\n".join(_section(name, section)) for name, section in sections if "properties" in section)


def _section(name: str, section: dict[str, Any]) -> Iterator[str]:
    if name != "card":
        yield f"**{name}.** {section['description'].splitlines()[0]}\n"
    yield "| field | is | default | says |"
    yield "| --- | --- | --- | --- |"
    required = section.get("required", ())
    for field, told in section["properties"].items():
        default = "required" if field in required else _default(told)
        yield f"| `{field}` | {_kind(told)} | {default} | {told['description']} |"


def _default(told: dict[str, Any]) -> str:
    value = told.get("default")
    if value in (None, "", [], {}) or isinstance(value, dict):
        return ""
    if isinstance(value, list):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _kind(told: dict[str, Any]) -> str:
    if "$ref" in told:
        name = str(told["$ref"].rsplit("/", 1)[1])
        return "any value" if name == "JsonValue" else name
    if "enum" in told:
        return ", ".join(f"`{choice}`" for choice in told["enum"])
    if "anyOf" in told:
        kinds = [_kind(choice) for choice in told["anyOf"] if choice.get("type") != "null"]
        return "number" if "number" in kinds else ", ".join(kinds)
    if told.get("type") == "array":
        return f"list of {_kind(told['items'])}" if "items" in told else "pair"
    if told.get("type") == "object":
        by_pattern = list(told.get("patternProperties", {}).values())
        inner = by_pattern[0] if by_pattern else told.get("additionalProperties")
        return f"map to {_kind(inner)}" if isinstance(inner, dict) and inner else "map"
    return {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(told.get("type", ""), "number")


if __name__ == "__main__":
    print(card_reference())
