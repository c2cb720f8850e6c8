"""Errors of a vendor's machine, sorted by who can put them right.

`Declined` ends one picture. `Transient` is tried again. `VendorOutage` rises, so that the runner retries. The
`FoundryError`s stop everything until a person has changed the card or the environment.
"""

from __future__ import annotations

from foundry.errors import FoundryError, NotAllowed, Outage


class CredentialRefused(NotAllowed):
    """The environment holds no usable credential, or the vendor does not accept it. Its value is never shown."""

    code = "credential_refused"

    def __init__(self, card: str, variable: str, wrong: str) -> None:
        super().__init__(card, variable, wrong)
        self.card, self.variable, self.wrong = card, variable, wrong

    def __str__(self) -> str:
        return f"model {self.card}: the credential in the environment variable {self.variable} {self.wrong}."


class EndpointRefused(FoundryError):
    """The card's address or model name is wrong, or leads to a place that the card does not allow."""

    code = "endpoint_refused"

    def __init__(self, card: str, where: str, wrong: str) -> None:
        super().__init__(card, where, wrong)
        self.card, self.where, self.wrong = card, where, wrong

    def __str__(self) -> str:
        return f"model {self.card}: {self.where} {self.wrong}."


class AccountRefused(NotAllowed):
    """The vendor's account has no money or quota left; waiting does not help."""

    code = "account_refused"

    def __init__(self, card: str, reason: str) -> None:
        super().__init__(card, reason)
        self.card, self.reason = card, reason

    def __str__(self) -> str:
        return f"model {self.card}: the vendor's account is exhausted ({self.reason}); top it up, then run again."


class Declined(FoundryError):
    """The vendor refuses this one request for good; the request comes back `Undrawn`, with `why` as its code."""

    code = "declined"

    def __init__(self, why: str, reason: str) -> None:
        super().__init__(why, reason)
        self.why, self.reason = why, reason

    def __str__(self) -> str:
        return self.reason


class Transient(Exception):  # caught where the request is repeated; it never leaves the package
    """An exchange that may succeed when repeated, not before `after_s` seconds."""

    def __init__(self, what: str, after_s: float = 0.0) -> None:
        super().__init__(what, after_s)
        self.what, self.after_s = what, after_s

    def __str__(self) -> str:
        return self.what


class VendorOutage(RuntimeError):
    """The vendor did not deliver within the card's tries and time. This is no refusal: the runner may retry later."""

    exit_code = Outage.exit_code

    def __init__(self, card: str, shot: str, what: str) -> None:
        super().__init__(card, shot, what)
        self.card, self.shot, self.what = card, shot, what

    def __str__(self) -> str:
        return f"model {self.card}, shot {self.shot}: {self.what}. Nothing was kept; run again when the vendor answers."
