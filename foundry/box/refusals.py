"""The sentences for jobs that ended badly, and the refusals that jobs raised."""

from __future__ import annotations

import signal
from typing import Any

from foundry.box.job import BROKEN, NO_MEMORY, TOO_LARGE
from foundry.box.limits import MIB, BoxLimits
from foundry.errors import FoundryError, Unusable

LONGEST_TEXT = 2_000
MOST_ARGUMENTS = 8
SIMPLER = "save it again, smaller or simpler"


def explain_end(report: dict[str, Any], limits: BoxLimits) -> tuple[str, str] | None:
    """Return what is wrong with a file whose job did not end by itself, and the remedy; None for one that did."""
    code = report["exit"]
    if report["overran"]:
        return f"took more than {limits.wall_s:g} s to read", SIMPLER
    if code == 0:
        return None
    if code == -signal.SIGXCPU or (code == -signal.SIGKILL and report["cpu_s"] >= limits.cpu_s):  # the soft, the hard
        return f"took more than {limits.cpu_s} s of computing to read", SIMPLER
    if code == -signal.SIGKILL:
        return "took more memory to read than this machine has to give", SIMPLER
    if code < 0:
        return f"crashed its reader ({signal.Signals(-code).name})", "save it again with another program"
    return "ended its reader without an answer", "save it again with another program"


def refusal(
    title: str, status: str, value: Any, raises: tuple[type[FoundryError], ...], limits: BoxLimits
) -> FoundryError:
    """Return the refusal for a job that answered that it has no result."""
    if status == NO_MEMORY:
        return Unusable(title, f"took more than {limits.memory_bytes // MIB} MB of memory to read", SIMPLER)
    if status == TOO_LARGE:
        return Unusable(title, f"holds more than {limits.answer_bytes // MIB} MB when read", SIMPLER)
    if status == BROKEN and isinstance(value, str):
        return Unusable(title, f"cannot be read ({clip(value)})", "save it again")
    if isinstance(value, dict):
        return _raised(title, value, raises)
    return Unusable(title, "made its reader give no sound answer", "save it again")


def _raised(title: str, value: dict[str, Any], raises: tuple[type[FoundryError], ...]) -> FoundryError:
    arguments = value.get("arguments")
    if isinstance(arguments, list) and len(arguments) <= MOST_ARGUMENTS:
        plain = [clip(part) if isinstance(part, str) else part for part in arguments]
        if all(isinstance(part, str | int | float) for part in plain):
            kinds: tuple[type[FoundryError], ...] = (Unusable, *raises)
            for kind in kinds:
                if value.get("kind") == f"{kind.__module__}:{kind.__qualname__}":
                    try:
                        return kind(*plain)
                    except TypeError:
                        break
    sentence = value.get("sentence")
    return Unusable(title, f"is refused: {clip(sentence) if isinstance(sentence, str) else ''}", "mend it")


def clip(text: str) -> str:
    """Return a text from the box as it may be shown: without control characters and lone surrogates, and bounded."""
    shown = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text[:LONGEST_TEXT])
    return shown.encode("utf-8", "replace").decode()
