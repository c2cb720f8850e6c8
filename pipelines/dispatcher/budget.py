"""Which records of a partition are dealt with, and up to where its offset may be committed."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class PartitionOffsets:
    """One partition, for as long as it is ours.

    `mark` is the offset to commit: every record below it is settled, that is, its outputs are durable and its events
    acknowledged. Offsets that a partition skips (compaction, transactions) hold nothing up.
    """

    mark: int | None = None
    """None before the first record was taken."""
    _open: dict[int, None] = field(default_factory=dict)
    _next: int = 0
    committed: int | None = None

    def take(self, offset: int) -> bool:
        """Note a record that was read; False if it was taken before. Records come in the order of their offsets."""
        if self.mark is not None and offset < self._next:
            return False
        self._open[offset] = None
        self._next = offset + 1
        if self.mark is None:
            self.mark = self.committed = offset
        self._advance()
        return True

    def settle(self, offset: int) -> None:
        """Note that nothing is left to do for a record; a second time changes nothing."""
        self._open.pop(offset, None)
        self._advance()

    def _advance(self) -> None:
        self.mark = next(iter(self._open), self._next)

    @property
    def held(self) -> int:
        """Records that are taken and not settled."""
        return len(self._open)

    @property
    def due(self) -> int | None:
        """What to commit now; None if that is committed already or there is nothing."""
        return None if self.mark == self.committed else self.mark
