"""Sign-ins of targets: headers that are made at the moment of use, from secrets that are kept nowhere else."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Protocol
from urllib.parse import quote_plus

from pydantic import Field, StringConstraints

from connectors.http.answers import ForeignAnswer
from connectors.http.bodies import Plain, form
from connectors.http.secrets import UnusableSecret, read_secret, read_text_secret
from foundry.delivery.target import BasicSignIn, OAuthSignIn, Secret, SignIn, TokenSignIn
from foundry.retrying import Clock

EARLY, EARLY_S = 0.1, 60.0
"""A token is fetched anew when a tenth of its time is left, or a minute if that is less."""
UNTOLD_S = 3_600.0
"""The time of a token whose answer tells none."""


class SecretMissing(Exception):
    """An environment variable that holds no usable secret; `variable` and `what` make the sentence."""

    def __init__(self, variable: str, what: str) -> None:
        super().__init__(variable, what)
        self.variable, self.what = variable, what


def value_of(secret: Secret, *, text: bool = False) -> str:
    """Return the value of a secret, which may hold any characters with `text`; SecretMissing if there is none."""
    try:
        return (read_text_secret if text else read_secret)(secret.variable)
    except UnusableSecret as wrong:
        raise SecretMissing(secret.variable, str(wrong)) from None


@dataclass(frozen=True)
class FetchedToken:
    """A token, and the seconds for which it is good; 0 if that was not told."""

    value: str
    good_s: float


class SignedIn(Protocol):
    """A sign-in that puts its header on requests."""

    def header(self) -> tuple[str, str]:
        """Return the `Authorization` header's value, and what of it is secret besides the environment's values."""

    def renew(self, refused: str) -> bool:
        """Return True if a value that was refused will be another one at the next request."""


@dataclass(frozen=True)
class Basic:
    """A user and a password (RFC 7617)."""

    setting: BasicSignIn

    def header(self) -> tuple[str, str]:
        """Return the header's value."""
        pair = f"{self.setting.user}:{value_of(self.setting.password, text=True)}"
        told = base64.b64encode(pair.encode()).decode("ascii")
        return f"Basic {told}", told

    def renew(self, refused: str) -> bool:  # noqa: ARG002 - a password does not change
        """Return False."""
        return False


@dataclass(frozen=True)
class Token:
    """A token that does not change."""

    setting: TokenSignIn

    def header(self) -> tuple[str, str]:
        """Return the header's value."""
        token = value_of(self.setting.token)
        return f"Bearer {token}", token

    def renew(self, refused: str) -> bool:  # noqa: ARG002 - this token does not change
        """Return False."""
        return False


class OAuth:
    """A token that is fetched, by one thread for all, and fetched anew before it ends or when it was refused.

    `fetch` asks the setting's token address.
    """

    def __init__(self, setting: OAuthSignIn, clock: Clock, fetch: Callable[[OAuthSignIn], FetchedToken]) -> None:
        self._setting, self._clock, self._fetch = setting, clock, fetch
        self._lock = threading.Lock()
        self._token, self._until = "", 0.0

    def header(self) -> tuple[str, str]:
        """Return the header's value."""
        with self._lock:
            if not self._token or self._clock.monotonic() >= self._until:
                fetched = self._fetch(self._setting)
                good_s = fetched.good_s or UNTOLD_S
                self._until = self._clock.monotonic() + good_s - min(EARLY_S, EARLY * good_s)
                self._token = fetched.value
            return f"Bearer {self._token}", self._token

    def renew(self, refused: str) -> bool:
        """Forget a token that was refused, unless another thread has fetched a new one since."""
        with self._lock:
            if refused == f"Bearer {self._token}":
                self._token = ""
        return True


class TokenAnswer(ForeignAnswer):
    """The answer of a token address (RFC 6749, 5.1)."""

    access_token: Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=r"^[\x21-\x7e]+$")]
    expires_in: float = Field(default=0.0, ge=0.0, le=1e9)


def token_request(setting: OAuthSignIn, *, in_header: bool) -> tuple[Plain, dict[str, str]]:
    """Return body and headers of the request for a token by client credentials (RFC 6749, 4.4).

    The client's id and secret stand in the body, which most services want, or in the header (2.3.1).
    """
    secret = value_of(setting.client_secret)
    fields = {"grant_type": "client_credentials"} | ({"scope": setting.scope} if setting.scope else {})
    if not in_header:
        return form(fields | {"client_id": setting.client_id, "client_secret": secret}), {}
    pair = f"{quote_plus(setting.client_id)}:{quote_plus(secret)}"
    return form(fields), {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"}


def signed_in_of(setting: SignIn | None, clock: Clock, fetch: Callable[[OAuthSignIn], FetchedToken]) -> SignedIn | None:
    """Return the sign-in of a target's setting; None for none."""
    match setting:
        case BasicSignIn():
            return Basic(setting)
        case TokenSignIn():
            return Token(setting)
        case OAuthSignIn():
            return OAuth(setting, clock, fetch)
    return None
