"""The setting in which a brief is adopted: the folder it lies in, and the tenants that are known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Setting:
    """Where a file lies and for whom it is adopted.

    folder: where the files that the brief names are looked for. file_name: the brief's own, with its ending. tenant:
    the one that was named beside the file. tenant_ids: the known ones; None where the folder of tenants is not known.
    """

    folder: Path
    file_name: str
    tenant: str | None = None
    tenant_ids: frozenset[str] | None = None
