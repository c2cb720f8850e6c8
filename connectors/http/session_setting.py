"""The surroundings of a session with a target."""

from __future__ import annotations

from dataclasses import dataclass, field

from connectors.http.public_transport import Reach
from connectors.http.terms import Patience
from foundry.delivery.target import SignIn
from foundry.retrying import Clock


@dataclass(frozen=True, kw_only=True)
class SessionSetting:
    """A target's address, hosts, sign-in and pace.

    secrets: the environment's variables whose values must be in no text. at_once: threads that ask.
    """

    target: str
    home: str
    reach: Reach
    clock: Clock
    sign_in: SignIn | None = None
    secrets: tuple[str, ...] = ()
    at_once: int = 4
    requests_per_minute: int | None = None
    patience: Patience = field(default_factory=Patience)
