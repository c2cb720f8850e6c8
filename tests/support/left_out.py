"""The block at the end of a run that says which tests were left out, and the one command that brings what they need."""

from __future__ import annotations

import re
from collections.abc import Mapping

from infra.supply.system import lacking_packages
from tests.support.needing import NEEDS


def reason(marker: str, lack: str) -> str:
    """Return the reason for a skip, from which `block` reads the marker again."""
    return f"{lack} [{marker}]"


def block(reasons: Mapping[str, int]) -> list[str]:
    """Return the lines that tell of skipped tests: how many, why, and the command; none if nothing was skipped.

    reasons: how many tests were skipped for each reason.
    """
    if not reasons:
        return []
    width = max(len(str(count)) for count in reasons.values())
    ordered = sorted(reasons.items(), key=lambda each: (-each[1], each[0]))
    told = [f"  {count:>{width}}  {why}" for why, count in ordered]
    total = sum(reasons.values())
    return [f"{total} test{'s were' if total > 1 else ' was'} left out:", *told, *_remedy(reasons)]


def _remedy(reasons: Mapping[str, int]) -> list[str]:
    """Return the command that brings what the skipped tests need; nothing if no command does."""
    found = [match[1] for why in reasons if (match := re.search(r"\[(\w+)\]$", why))]
    needs = [NEEDS[marker] for marker in found if marker in NEEDS and marker != "root"]
    wanted = [need for need in needs if not need.optional]
    if not wanted:
        return []
    packages = lacking_packages(row for need in wanted for row in need.brought_by)
    install = f"sudo apt-get install --yes {' '.join(packages)} && " if packages else ""
    return ["This brings what they need (on another system than Debian, by other names):", f"  {install}make test"]
