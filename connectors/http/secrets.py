"""Secrets: read from the environment at the moment of use, and kept out of every text."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable

import httpx2

from connectors.http.spellings import tells

LONGEST_REASON, LONGEST_TEXT = 240, 4_000
WITHHELD = "[the vendor's words held the credential]"
_QUERY = re.compile(r"(https?://[^\s?#\"'<>]+)[?#][^\s\"'<>]*")
_KEYLIKE = re.compile(r"\b(?:(?:sk|pk|rk|key)[-_][A-Za-z0-9._*-]{6,}|Bearer\s+\S{6,})")


class UnusableSecret(Exception):
    """An environment variable that holds no usable secret; the text follows the variable's name, and never tells it."""


def read_secret(variable: str) -> str:
    """Return the variable's value; UnusableSecret if it is missing, empty, or cannot stand in an HTTP header."""
    value = read_text_secret(variable)
    if not value.isascii() or not value.isprintable() or " " in value:
        raise UnusableSecret(
            "holds white space or characters that no key has; copy it again, without line end or quotes"
        )
    return value


def read_text_secret(variable: str) -> str:
    """Return the variable's value, which may hold any characters, as passwords do; UnusableSecret if there is none."""
    value = os.environ.get(variable)
    if value is None:
        raise UnusableSecret("is not set; export it where the workers run")
    if not value:
        raise UnusableSecret("is empty; give it the vendor's key")
    return value


def shown_address(url: httpx2.URL) -> str:
    """Return an address for people: without user, query and fragment, which may hold secrets."""
    where = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{url.host}{where}{url.path}" + ("?[...]" if url.query else "")


def keep_queries_out_of_logs() -> None:
    """From now on, let the client's own log lines name addresses without user, query and fragment.

    The client logs each request by its whole address, at the level of information: workers of engines show that.
    """
    logging.getLogger("httpx2").addFilter(_with_shown_addresses)


def _with_shown_addresses(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(shown_address(each) if isinstance(each, httpx2.URL) else each for each in record.args)
    return True


def scrub(text: str, *variables: str, values: Iterable[str] = ()) -> str:
    """Return a vendor's words fit for a log: one short line without secrets, keys or queries of signed addresses.

    `variables` are the environment variables whose values are taken out, in whatever spelling they stand there;
    `values` are further secrets, such as a token that was fetched.
    """
    line = without_secrets(text, *variables, values=values)
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 3] + "..."


def without_secrets(text: str, *variables: str, values: Iterable[str] = ()) -> str:
    """Do as scrub, and keep up to 4,000 characters. Words that tell a secret in another spelling are taken out.

    If none of them does so alone, but all together do, nothing of the text is kept.
    """
    text = text[:LONGEST_TEXT]
    known = filter(None, (*map(os.environ.get, filter(None, variables)), *values))
    for value in sorted(known, key=len, reverse=True):
        text = _without(text.replace(value, "[credential]"), value)
    text = _KEYLIKE.sub("[key]", _QUERY.sub(r"\1?[...]", text))
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _without(text: str, secret: str) -> str:
    if not tells(text, secret):
        return text
    words = ["[credential]" if tells(word, secret) else word for word in text.split()]
    kept = " ".join(words)
    return WITHHELD if tells(kept, secret) else kept
