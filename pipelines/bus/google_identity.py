"""Tokens of Google Cloud's Managed Service for Apache Kafka from the identity of this machine, without any password.

The brokers take SASL OAUTHBEARER with three parts like those of a JSON Web Token, the last of which is a Google access
token. Format: github.com/googleapis/managedkafka, kafka-auth-local-server/kafka_gcp_credentials_server.py.
"""

from __future__ import annotations

import base64
import calendar
import json
import threading
import time
from collections.abc import Callable
from typing import Any

from foundry.errors import BadInput, Outage, clipped

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
HEADER = {"typ": "JWT", "alg": "GOOG_OAUTH2_TOKEN"}
FRESH_S = 300.0
"""A token that is valid for less than this is renewed."""


class NoToken(Outage):
    """Google's token server gives no token for this machine's identity."""

    code = "no_token"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"Google gives no token for this machine's identity ({self.reason}); the broker cannot be reached without"
        )


def google_credentials() -> Any:
    """Return the default credentials of this machine; BadInput if there are none."""
    import google.auth
    from google.auth.exceptions import DefaultCredentialsError

    try:
        return google.auth.default(scopes=[SCOPE])[0]
    except DefaultCredentialsError as error:
        wrong = "OAUTHBEARER needs an identity of Google Cloud, and this machine has none"
        raise BadInput("kafka", f"{wrong}; see `gcloud auth application-default login`") from error


class GoogleTokens:
    """Tokens for the brokers, from Google credentials that are renewed in time; safe to use from several threads."""

    def __init__(self, credentials: Any, user: str = "", clock: Callable[[], float] = time.time) -> None:
        self._credentials, self._user, self._clock = credentials, user, clock
        self._lock = threading.Lock()

    def token(self) -> str:
        """Return a token that is valid for at least FRESH_S; NoToken if Google gives none."""
        with self._lock:
            if self._left_s() < FRESH_S:
                self._renew()
            subject = self._user or getattr(self._credentials, "service_account_email", "")
            claims = {
                "exp": int(self._clock() + self._left_s()), "iat": int(self._clock()), "iss": "Google",
                "scope": "kafka", "sub": subject,
            }  # fmt: skip
            return ".".join(
                (_encoded(json.dumps(HEADER)), _encoded(json.dumps(claims)), _encoded(self._credentials.token))
            )

    def _renew(self) -> None:
        from google.auth.exceptions import GoogleAuthError
        from google.auth.transport.requests import Request

        try:
            self._credentials.refresh(Request())
        except GoogleAuthError as error:
            raise NoToken(clipped(str(error), 300)) from error

    def _left_s(self) -> float:
        """Return for how many seconds the present token is valid; 0 if there is none."""
        if not self._credentials.token or self._credentials.expiry is None:
            return 0.0
        return calendar.timegm(self._credentials.expiry.utctimetuple()) - self._clock()


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def token_provider(tokens: GoogleTokens) -> Any:
    """Return the provider that kafka-python asks for a token each time it connects."""
    from kafka.net.sasl.oauth import AbstractTokenProvider

    class Provider(AbstractTokenProvider):  # type: ignore[misc]  # kafka-python has no types
        """Hands out the tokens of a GoogleTokens."""

        def token(self) -> str:
            return tokens.token()

    return Provider()
