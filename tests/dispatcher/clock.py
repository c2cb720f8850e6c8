"""A clock that jumps, for one process: libfaketime answers when it asks for the time of day."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
READ_AGAIN_S = 1


@dataclass(frozen=True)
class Clock:
    """The time of day of a process that is started with `environment`; it is right until it jumps."""

    file: Path

    @classmethod
    def right(cls, folder: Path) -> Clock:
        made = cls(folder / "clock")
        made.jump(0)
        return made

    def jump(self, seconds: int) -> None:
        """From now on (a second later at most) so much ahead of the right time, or behind it if less than nothing."""
        self.file.write_text(f"{seconds:+d}\n")

    def environment(self) -> dict[str, str]:
        """As by the settings of an operator, or of a time server: intervals and times of files are right."""
        if LIBRARY is None:
            return {}
        return {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": str(READ_AGAIN_S),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }
