"""Credentials: named by the card, read from the environment at the moment of use, kept nowhere, told to nobody."""

from __future__ import annotations

import os
import re
from collections.abc import Generator

import httpx2

from foundry.card.card import Api, ModelCard
from models.remote.refusals import CredentialRefused

LONGEST_REASON = 240
_QUERY = re.compile(r"(https?://[^\s?#\"'<>]+)[?#][^\s\"'<>]*")
_KEYLIKE = re.compile(r"\b(?:(?:sk|pk|rk|key)[-_][A-Za-z0-9._*-]{6,}|Bearer\s+\S{6,})")


def read(card: ModelCard, variable: str) -> str:
    """The variable's value; CredentialRefused if it is missing, empty, or cannot stand in a header."""
    value = os.environ.get(variable)
    if value is None:
        raise CredentialRefused(card.name, variable, "is not set; export it where the workers run")
    if not value:
        raise CredentialRefused(card.name, variable, "is empty; give it the vendor's key")
    if not value.isascii() or not value.isprintable() or " " in value:
        wrong = "holds white space or characters that no key has; copy it again, without line end or quotes"
        raise CredentialRefused(card.name, variable, wrong)
    return value


class EnvironmentAuth(httpx2.Auth):
    """Puts the bearer token, and the client's id if the vendor wants one, on a request as it leaves."""

    def __init__(self, card: ModelCard, api: Api, client: str):
        self.card, self.api, self.client = card, api, client

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """One request, no challenge."""
        request.headers["Authorization"] = f"Bearer {read(self.card, self.api.credential)}"
        if self.client:
            request.headers["x-api-key"] = read(self.card, self.client)
        yield request


def scrub(text: str, *variables: str) -> str:
    """A vendor's words, fit for a log: one short line without credentials, keys or the queries of signed addresses."""
    for variable in variables:
        if value := os.environ.get(variable, ""):
            text = text.replace(value, "[credential]")
    text = _KEYLIKE.sub("[key]", _QUERY.sub(r"\1?[...]", text))
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 3] + "..."
