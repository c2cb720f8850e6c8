"""Small faults of hand-written YAML and JSON, mended where a file cannot be read otherwise; no line moves.

Values stay the characters that stand in the file: quotes are put around them, and what is no value is taken away.
"""

from __future__ import annotations

import json
import re

_YAML_VALUE = re.compile(r"(?P<head>[ ]*(?:- )*(?:[^\s#\"'\[{&*!|>%@`:-][^:\n\"]{0,80}?:[ ]+|- ))(?P<value>\S.*?)[ ]*")
_FLOW_COLOURS = re.compile(r"([\[,:]\s*)(#[0-9A-Za-z_]+)(?=\s*[\],}])")
_JSON_PART = re.compile(r'"(?:[^"\\\n]++|\\.)*+"|//[^\n]*+|/\*.*?\*/|,(?=\s*+[\]}])', re.DOTALL)
_FENCE = re.compile(r"\A\s*```[a-zA-Z]*[ \t]*\n(.*)\n\s*```\s*\Z", re.DOTALL)
_REFERENCE = re.compile(r"&|\*[\w-]+$|!!|<<")
_INDICATORS = "@`%*!,]}|>?"
"""Characters that mean something to YAML at the beginning of a value."""


def mended_yaml(text: str) -> tuple[str, tuple[int, ...]]:
    """Return a YAML text with quotes around values that need them, and the numbers of those lines, from 1.

    A value needs them if it holds a colon with a blank ("Wake up: the sun is here"), ends with a colon, or begins with
    a character that YAML keeps for itself ("@acme"); so does a colour in a list on one line. Tabs that indent become
    blanks. What may be an anchor, a reference or a type of YAML stays one, and so is refused.
    """
    lines = text.split("\n")
    changed = []
    for at, line in enumerate(lines):
        new = _mended_line(line)
        if new != line:
            changed.append(at + 1)
            lines[at] = new
    return "\n".join(lines), tuple(changed)


def _mended_line(line: str) -> str:
    ending = "\r" if line.endswith("\r") else ""
    bare = line.removesuffix("\r")
    blanks = len(bare) - len(bare.lstrip())
    bare = bare[:blanks].replace("\t", "  ") + bare[blanks:]
    found = _YAML_VALUE.fullmatch(bare)
    value = found["value"] if found else ""
    if not found or value[0] in "\"'#" or _REFERENCE.match(value):
        return bare + ending
    if value[0] in "[{":
        return _FLOW_COLOURS.sub(r'\1"\2"', bare) + ending
    if value in ("|", ">", "|-", ">-", "|+", ">+") or not (
        ": " in value or value.endswith(":") or value[0] in _INDICATORS
    ):
        return bare + ending
    if found["head"].endswith("- ") and re.match(r"[\w -]{1,60}:(?: |$)", value) and value.count(": ") < 2:
        return bare + ending
    return found["head"] + json.dumps(value, ensure_ascii=False) + ending


def mended_json(text: str) -> str:
    """Return a JSON text without comments, commas before a closing bracket, and the fence of a code block."""
    fenced = _FENCE.match(text)
    if fenced:
        text = "\n" * text.count("\n", 0, fenced.start(1)) + fenced[1]
    return _JSON_PART.sub(_kept, text)


def _kept(part: re.Match[str]) -> str:
    """Return a quoted text as it is, and blanks with the same line breaks for anything else."""
    found = part[0]
    return found if found.startswith('"') else re.sub(r"[^\n]", " ", found)
