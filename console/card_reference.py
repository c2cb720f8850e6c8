"""The reference of the model card: `python -m console.card_reference` prints the tables of docs/models/registry.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from foundry.card.card import card_schema


def card_reference() -> str:
    """Return the fields of the card as Markdown: a table for the card, then one for each of its sections."""
    schema = card_schema()
    sections = [("card", schema), *schema["$defs"].items()]
    return "\n\n".join("\n".join(_section(name, section)) for name, section in sections if "properties" in section)


def _section(name: str, section: dict[str, Any]) -> Iterator[str]:
    if name != "card":
        yield f"**{name}.** {section['description'].splitlines()[0]}\n"
    yield "| field | is | default | says |"
    yield "| --- | --- | --- | --- |"
    required = section.get("required", ())
    for field, described in section["properties"].items():
        default = "required" if field in required else _default(described)
        yield f"| `{field}` | {_kind(described)} | {default} | {described['description']} |"


def _default(described: dict[str, Any]) -> str:
    value = described.get("default")
    if value in (None, "", [], {}) or isinstance(value, dict):
        return ""
    if isinstance(value, list):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _kind(described: dict[str, Any]) -> str:
    if "$ref" in described:
        name = str(described["$ref"].rsplit("/", 1)[1])
        return "any value" if name == "JsonValue" else name
    if "enum" in described:
        return ", ".join(f"`{choice}`" for choice in described["enum"])
    if "anyOf" in described:
        kinds = [_kind(choice) for choice in described["anyOf"] if choice.get("type") != "null"]
        return "number" if "number" in kinds else ", ".join(kinds)
    if described.get("type") == "array":
        return f"list of {_kind(described['items'])}" if "items" in described else "pair"
    if described.get("type") == "object":
        by_pattern = list(described.get("patternProperties", {}).values())
        inner = by_pattern[0] if by_pattern else described.get("additionalProperties")
        return f"map to {_kind(inner)}" if isinstance(inner, dict) and inner else "map"
    return {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(
        described.get("type", ""), "number"
    )


if __name__ == "__main__":
    print(card_reference())
