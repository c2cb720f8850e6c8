"""The secrets of one session: used at the moment of use, and taken out of every text."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from connectors.http.secrets import scrub
from connectors.http.session_setting import SessionSetting
from connectors.http.sign_in import FetchedToken, signed_in_of
from foundry.delivery.target import OAuthSignIn

REMEMBERED = 8
"""Tokens and headers that were sent last; a target may give them back."""


class SessionSecrets:
    """The sign-in of a session, and all values that must be in no text. `fetch` asks for a new token."""

    def __init__(self, setting: SessionSetting, fetch: Callable[[OAuthSignIn], FetchedToken]) -> None:
        self._variables = setting.secrets
        self._signed_in = signed_in_of(setting.sign_in, setting.clock, fetch)
        self._lock = threading.Lock()
        self._told: deque[str] = deque(maxlen=REMEMBERED)

    def authorization(self) -> str:
        """Return the value of the `Authorization` header; "" for a target without sign-in. SecretMissing may rise."""
        if self._signed_in is None:
            return ""
        value, told = self._signed_in.header()
        with self._lock:
            if told not in self._told:
                self._told.append(told)
        return value

    def renew(self, refused: str) -> bool:
        """Return True if a header that was refused will be another one at the next request."""
        return bool(refused) and self._signed_in is not None and self._signed_in.renew(refused)

    def scrub(self, text: str) -> str:
        """Return a target's words without any secret, on one short line."""
        with self._lock:
            told = tuple(self._told)
        return scrub(text, *self._variables, values=told)

    @property
    def remedy(self) -> str:
        """What to do about a sign-in that is not accepted."""
        named = " and ".join(self._variables)
        return f"renew what {named} holds" if named else "give the target a sign_in"
