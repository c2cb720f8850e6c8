"""The credential of an API card: named by the card, read from the environment at the moment of use, kept nowhere."""

from __future__ import annotations

from collections.abc import Generator

import httpx2

from connectors.http.secrets import UnusableSecret, read_secret
from foundry.card.card import Api, ModelCard
from models.remote.refusals import CredentialRefused


def read_credential(card: ModelCard, variable: str) -> str:
    """Return the variable's value; CredentialRefused if it is missing, empty, or cannot stand in a header."""
    try:
        return read_secret(variable)
    except UnusableSecret as wrong:
        raise CredentialRefused(card.name, variable, str(wrong)) from wrong


class EnvironmentAuth(httpx2.Auth):
    """The bearer token, and the client's id if the vendor wants one, put on a request as it leaves.

    `client` is the name of the variable with the client's id; empty for vendors that want none.
    """

    def __init__(self, card: ModelCard, api: Api, client: str) -> None:
        self.card, self.api, self.client = card, api, client

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Yield the request with its credentials, once; no challenge is answered."""
        request.headers["Authorization"] = f"Bearer {read_credential(self.card, self.api.credential)}"
        if self.client:
            request.headers["x-api-key"] = read_credential(self.card, self.client)
        yield request
