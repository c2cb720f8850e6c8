"""Accounts of shots, clips and files while they are made in a stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from foundry.metering.leftovers import leave_over
from foundry.metering.payers import Account, paid_by

DRAW, FILM, RENDER = "draw", "film", "render"
STEPS = {
    DRAW: ("plan", "guide", "load", "draw", "vendor", "screen", "upscale", "decode", "stage", "encode", "write"),
    FILM: ("plan", "load", "film", "screen", "encode", "write"),
    RENDER: ("plan", "read", "decode", "layer", "finish", "film", "paint", "encode", "check", "thumbnail", "write"),
}
"""The stages whose leftovers are kept apart, and their steps in the order of the work."""


@contextmanager
def making(stage: str, tenants: Mapping[str, str]) -> Iterator[Mapping[str, Account]]:
    """Open an account for each object, by name, and let them pay for the block in equal parts.

    `tenants` are the ids of the objects' tenants, by name. The accounts are complete when the block has ended. If it
    breaks, what it has spent on each is left over for the next object of the stage: it was spent all the
    same.
    """
    accounts = {name: Account() for name in tenants}
    try:
        with paid_by(accounts):
            yield accounts
    except BaseException:
        for name, tenant in tenants.items():
            leave_over(stage, tenant, accounts[name].spent())
        raise
