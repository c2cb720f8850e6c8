"""The end of a delivery that was asked to stop."""

from __future__ import annotations

from foundry.errors import Outage


class Stopped(Outage):
    """The delivery was asked to stop: the file in hand stays open, and the next delivery goes on with it."""

    code = "delivery_stopped"

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.target = target

    def __str__(self) -> str:
        return f"the delivery to {self.target} was asked to stop; deliver again, and it goes on"
