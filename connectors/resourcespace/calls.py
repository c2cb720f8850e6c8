"""Calls of ResourceSpace's functions: signed, posted, and judged.

Query, user and signature are posted, so that they stand in no server's log of addresses.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from urllib.parse import urlencode

from connectors.http.bodies import Body, Multipart, Part, form
from connectors.http.exchange import HttpAnswer
from connectors.http.session import Session
from connectors.http.terms import Terms
from foundry.delivery.target import Secret

API = "api/"
RIGHTS = "give the user the permissions to search, create, upload and edit, in the states active, pending and archived"


@dataclass(frozen=True)
class Calls:
    """The functions of one ResourceSpace, called as one user."""

    session: Session
    user: str
    key: Secret = field(repr=False)

    def call(self, function: str, terms: Terms | None = None, **given: str) -> object:
        """Return what a function answers; None for an empty answer, which is that of a function that is not there."""
        answer = self.session.ask("POST", API, form(self._signed(function, given)), terms)
        if answer.status == 403:
            raise self.session.refused(f"denies {function} ({self.session.reason(answer)})", RIGHTS)
        if not 200 <= answer.status < 300:
            raise self.session.away(f"could not {function} ({self.session.reason(answer)})")
        return self.session.json(answer) if answer.body.strip() else None

    def post_file(self, function: str, terms: Terms, name: str, body: Body, **given: str) -> HttpAnswer:
        """Return the answer to a function that takes a file, for the caller to judge."""
        fields = tuple(self._signed(function, given).items())
        return self.session.ask("POST", API, Multipart(fields, (Part("file", name, body),)), terms)

    def _signed(self, function: str, given: dict[str, str]) -> dict[str, str]:
        """Return the fields of a call: the query, and the hash of key and query that proves the user."""
        query = urlencode({"user": self.user, "function": function, **given})
        key = self.session.secret(self.key)
        sign = hashlib.sha256(f"{key}{query}".encode()).hexdigest()
        return {"user": self.user, "query": query, "sign": sign}
