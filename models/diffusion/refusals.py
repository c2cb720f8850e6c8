"""Refusals of the diffusers handler."""

from __future__ import annotations

from foundry.errors import FoundryError


class NoSuchMode(FoundryError):
    """A request for a mode that the card's family of pipelines does not have."""

    code = "no_such_mode"

    def __init__(self, card: str, family: str, mode: str) -> None:
        super().__init__(card, family, mode)
        self.card, self.family, self.mode = card, family, mode

    def __str__(self) -> str:
        return f"model {self.card} is a {self.family}, which has no {self.mode}; name a card of another family."


class AdapterRefused(FoundryError):
    """An adapter that was not made for this card, or whose weights do not fit it."""

    code = "adapter_refused"

    def __init__(self, card: str, adapter: str, why: str) -> None:
        super().__init__(card, adapter, why)
        self.card, self.adapter, self.why = card, adapter, why

    def __str__(self) -> str:
        return f"adapter {self.adapter} on model {self.card}: {self.why}. Nothing of it stays loaded."


class GuideRefused(FoundryError):
    """A guide whose pictures do not go with the drawing's size, its adapters or its steps."""

    code = "guide_refused"

    def __init__(self, shot: str, why: str) -> None:
        super().__init__(shot, why)
        self.shot, self.why = shot, why

    def __str__(self) -> str:
        return f"shot {self.shot}: its guide {self.why}."


class UnknownScheduler(FoundryError):
    """A scheduler on a card that the library does not have."""

    code = "unknown_scheduler"

    def __init__(self, card: str, scheduler: str) -> None:
        super().__init__(card, scheduler)
        self.card, self.scheduler = card, scheduler

    def __str__(self) -> str:
        return f"card {self.card}: scheduler.name {self.scheduler!r} is no scheduler of diffusers; correct the name."


class DoesNotFit(FoundryError):
    """A picture that alone needs more memory than the device has."""

    code = "does_not_fit"

    def __init__(self, card: str, width_px: int, height_px: int, device: str, memory: str) -> None:
        super().__init__(card, width_px, height_px, device, memory)
        self.card, self.width_px, self.height_px = card, width_px, height_px
        self.device, self.memory = device, memory

    def __str__(self) -> str:
        size = f"{self.width_px}x{self.height_px}"
        return (
            f"model {self.card}: one picture of {size} does not fit in the memory of {self.device} ({self.memory}); "
            "draw smaller, quantise the card, or use a larger device."
        )
