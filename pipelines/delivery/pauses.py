"""The pauses of the process that delivers: targets, and scopes at them, that are left alone for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from foundry.retrying import RetryPolicy

GROWING = RetryPolicy(first_pause_s=15.0, longest_pause_s=600.0)
Key = tuple[str, ...]


@dataclass
class _Pause:
    until: float = 0.0
    tries: int = 0


@dataclass
class Pauses:
    """Until when each key is left alone, by a monotonic clock. For one thread."""

    clock: Callable[[], float] = time.monotonic
    _by_key: dict[Key, _Pause] = field(default_factory=dict)

    def begin(self, key: Key, seconds: float = 0.0) -> None:
        """Leave a key alone for so many seconds, or for longer each time until `end`."""
        pause = self._by_key.setdefault(key, _Pause())
        pause.tries += 1
        pause.until = self.clock() + (seconds or GROWING.pause_s(pause.tries))

    def end(self, key: Key) -> None:
        """Note that a key works again: its next pause is short."""
        self._by_key.pop(key, None)

    def hold(self, *keys: Key) -> bool:
        """Return whether one of these keys is left alone now."""
        found = (self._by_key.get(key) for key in keys)
        return any(pause is not None and self.clock() < pause.until for pause in found)
