"""Tokens for Google's brokers, in the form that they take, renewed in time."""

from __future__ import annotations

import base64
import json
import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.auth.credentials import Credentials
from google.auth.exceptions import RefreshError
from kafka.net.sasl.oauth import AbstractTokenProvider, SaslMechanismOAuth

from foundry.errors import BadInput, FoundryError
from pipelines.bus.google_identity import GoogleTokens, NoToken, google_credentials, token_provider
from pipelines.bus.settings import BusSettings, bus_settings

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Renewed(Credentials):  # type: ignore[misc,no-untyped-call]  # google-auth is typed in part
    """Credentials of a service account whose token is valid for an hour; counts how often it is renewed."""

    def __init__(self, times: int = 99) -> None:
        super().__init__()
        self.renewed, self.times = 0, times
        self.now = NOW
        self.service_account_email = "default"

    def refresh(self, request: Any) -> None:
        if self.renewed == self.times:
            raise RefreshError("the server is away")
        self.renewed += 1
        self.token = f"ya29.{self.renewed}"
        self.expiry = (self.now + timedelta(hours=1)).replace(tzinfo=None)
        self.service_account_email = "dispatcher@project.iam.gserviceaccount.com"


def decoded(part: str) -> str:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()


def test_a_token_has_the_three_parts_that_the_brokers_take() -> None:
    header, claims, access = GoogleTokens(Renewed(), clock=NOW.timestamp).token().split(".")
    assert json.loads(decoded(header)) == {"typ": "JWT", "alg": "GOOG_OAUTH2_TOKEN"}
    assert json.loads(decoded(claims)) == {
        "exp": int(NOW.timestamp()) + 3600, "iat": int(NOW.timestamp()), "iss": "Google", "scope": "kafka",
        "sub": "dispatcher@project.iam.gserviceaccount.com",
    }  # fmt: skip
    assert decoded(access) == "ya29.1"


def test_a_token_is_used_again_until_it_is_nearly_over() -> None:
    credentials = Renewed()

    def clock() -> float:
        return credentials.now.timestamp()

    tokens = GoogleTokens(credentials, clock=clock)
    for minutes, renewed in ((0, 1), (50, 1), (56, 2), (90, 2)):
        credentials.now = NOW + timedelta(minutes=minutes)
        tokens.token()
        assert credentials.renewed == renewed


def test_no_token_is_an_outage_that_says_so() -> None:
    with pytest.raises(NoToken, match="Google gives no token for this machine's identity") as caught:
        GoogleTokens(Renewed(times=0), clock=NOW.timestamp).token()
    assert caught.value.exit_code == 4
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_kafka_python_sends_it_as_a_bearer_token() -> None:
    provider = token_provider(GoogleTokens(Renewed(), clock=NOW.timestamp))
    assert isinstance(provider, AbstractTokenProvider)
    sent = SaslMechanismOAuth(sasl_oauth_token_provider=provider).auth_bytes()
    assert sent.startswith(b"n,,\x01auth=Bearer ey")


def test_a_machine_without_an_identity_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    with pytest.raises(BadInput, match="this machine has none"):
        google_credentials()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{security: SASL_SSL, mechanism: OAUTHBEARER, password_variable: X}", "takes no password"),
        ("{security: SASL_PLAINTEXT, mechanism: OAUTHBEARER}", "use SASL_SSL"),
    ],
)
def test_a_keyless_configuration_that_cannot_be_meant_is_refused(text: str, why: str, tmp_path: Path) -> None:
    file = tmp_path / "kafka.yaml"
    file.write_text(text)
    with pytest.raises(FoundryError, match=why):
        bus_settings(None, file)


def test_a_keyless_configuration_names_neither_user_nor_password() -> None:
    settings = BusSettings(bootstrap="broker:9092", security="SASL_SSL", mechanism="OAUTHBEARER")
    assert settings.identity == "this machine's identity"
