"""A credential is put on a request as it leaves, from the environment as it is then."""

from __future__ import annotations

import httpx2
import pytest

from models.remote.credential import EnvironmentAuth, read_credential
from models.remote.refusals import CredentialRefused
from tests.models.remote.asking import SECRET, VARIABLE, a_card
from tests.support.misbehaving_server import MisbehavingServer


def test_the_token_and_the_clients_id_are_on_the_request_only_as_it_leaves(server: MisbehavingServer) -> None:
    card = a_card(server)
    assert card.api is not None
    request = httpx2.Request("GET", server.url)
    leaving = next(EnvironmentAuth(card, card.api, VARIABLE).auth_flow(request))
    assert leaving.headers["authorization"] == f"Bearer {SECRET}"
    assert leaving.headers["x-api-key"] == SECRET
    plain = next(EnvironmentAuth(card, card.api, "").auth_flow(httpx2.Request("GET", server.url)))
    assert "x-api-key" not in plain.headers


def test_a_missing_credential_is_refused_by_the_cards_name(
    server: MisbehavingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    with pytest.raises(CredentialRefused) as refused:
        read_credential(a_card(server), VARIABLE)
    assert str(refused.value) == (
        f"model vendor@1: the credential in the environment variable {VARIABLE} is not set; "
        "export it where the workers run."
    )
