"""Builds the test brief with painted shots; killed and started again by the crash tests."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

from foundry.store.object_store import LocalStore
from pipelines.campaign.flow import build
from tests.support.briefs import admitted
from tests.support.fakes import PaintingHandler


def build_once(tell: Connection, folder: Path, root: Path) -> None:
    """Build, and tell when it begins and when it is done."""
    each = admitted(folder, alternatives=2)
    tell.send("building")
    build(each.plan, each.inputs, LocalStore(root), generator=PaintingHandler())
    tell.send("built")
