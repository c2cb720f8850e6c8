"""A clock that jumps, for one process: a library that it is started with answers when it asks for the time of day."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("clock.c")


@dataclass(frozen=True)
class Clock:
    """The time of day of a process that is started with `environment`; it is right until it jumps."""

    folder: Path

    @classmethod
    def right(cls, folder: Path) -> Clock:
        """Compile the library into this folder."""
        made = cls(folder)
        made.jump(0)
        subprocess.run(["cc", "-Wall", "-O2", "-shared", "-fPIC", "-o", str(made._library), str(SOURCE)], check=True)
        return made

    def jump(self, seconds: int) -> None:
        """From now on so much ahead of the right time, or behind it if less than nothing."""
        new = self._shift.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self._shift)

    def environment(self) -> dict[str, str]:
        """For the process. Intervals and times of files stay right, as when an operator sets the clock."""
        return {"LD_PRELOAD": str(self._library), "CLOCK_SHIFT": str(self._shift)}

    @property
    def _library(self) -> Path:
        return self.folder / "clock.so"

    @property
    def _shift(self) -> Path:
        return self.folder / "clock"
