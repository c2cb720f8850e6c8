"""How a connector fails. Nothing else may rise from one; a secret is in no text."""

from __future__ import annotations

from foundry.errors import FoundryError, Outage


class TargetAway(Outage):
    """The target does not answer, or asks to be left alone: the file stays open and is sent later.

    after_s: seconds that the target asked to wait; 0 if it asked for none. maybe: the last step may have been made
    although no answer came, so the target is asked before it is repeated.
    """

    code = "target_away"

    def __init__(self, target: str, what: str, after_s: float = 0.0, maybe: bool = False) -> None:
        super().__init__(target, what, after_s, maybe)
        self.target, self.what, self.after_s, self.maybe = target, what, after_s, maybe

    def __str__(self) -> str:
        return f"target {self.target}: {self.what}; it is tried again"


class FileRefused(FoundryError):
    """The target will not take this file, however often it is sent: it is set aside, and the others go on."""

    code = "file_refused"

    def __init__(self, target: str, path: str, what: str, remedy: str) -> None:
        super().__init__(target, path, what, remedy)
        self.target, self.path, self.what, self.remedy = target, path, what, remedy

    def __str__(self) -> str:
        return f"target {self.target}: {self.path} {self.what}; {self.remedy}"


class TargetRefused(FoundryError):
    """The target refuses everything: the sign-in, the folder, the licence. Nothing more is sent to it in this run."""

    code = "target_refused"

    def __init__(self, target: str, what: str, remedy: str) -> None:
        super().__init__(target, what, remedy)
        self.target, self.what, self.remedy = target, what, remedy

    def __str__(self) -> str:
        return f"target {self.target}: {self.what}; {self.remedy}"


class ForeignChange(FoundryError):
    """Somebody else has changed the asset at the target since we delivered it. It is reported, and not overwritten."""

    code = "foreign_change"

    def __init__(self, target: str, path: str, what: str) -> None:
        super().__init__(target, path, what)
        self.target, self.path, self.what = target, path, what

    def __str__(self) -> str:
        remedy = "take theirs or ours with `foundry deliveries reconcile`"
        return f"target {self.target}: {self.path} {self.what} since it was delivered; {remedy}"
