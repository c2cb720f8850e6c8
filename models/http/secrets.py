"""Secrets: read from the environment at the moment of use, and kept out of every text."""

from __future__ import annotations

import os
import re

LONGEST_REASON = 240
_QUERY = re.compile(r"(https?://[^\s?#\"'<>]+)[?#][^\s\"'<>]*")
_KEYLIKE = re.compile(r"\b(?:(?:sk|pk|rk|key)[-_][A-Za-z0-9._*-]{6,}|Bearer\s+\S{6,})")


class UnusableSecret(Exception):
    """An environment variable that holds no usable secret; the text follows the variable's name, and never tells it."""


def read_secret(variable: str) -> str:
    """Return the variable's value; UnusableSecret if it is missing, empty, or cannot stand in an HTTP header."""
    value = os.environ.get(variable)
    if value is None:
        raise UnusableSecret("is not set; export it where the workers run")
    if not value:
        raise UnusableSecret("is empty; give it the vendor's key")
    if not value.isascii() or not value.isprintable() or " " in value:
        raise UnusableSecret(
            "holds white space or characters that no key has; copy it again, without line end or quotes"
        )
    return value


def scrub(text: str, *variables: str) -> str:
    """Return a vendor's words fit for a log: one short line without secrets, keys or queries of signed addresses.

    `variables` are the environment variables whose values are taken out.
    """
    for variable in variables:
        if value := os.environ.get(variable, ""):
            text = text.replace(value, "[credential]")
    text = _KEYLIKE.sub("[key]", _QUERY.sub(r"\1?[...]", text))
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 3] + "..."
