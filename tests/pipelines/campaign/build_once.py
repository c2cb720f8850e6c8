"""Builds the test brief with painted shots; killed and started again by the crash tests."""

from __future__ import annotations

import sys
from pathlib import Path

from foundry.store.object_store import LocalStore
from pipelines.campaign.flow import build
from tests.support.briefs import admitted
from tests.support.fakes import PaintingHandler

if __name__ == "__main__":
    folder, root = Path(sys.argv[1]), Path(sys.argv[2])
    each = admitted(folder, alternatives=3)
    print("building", flush=True)
    build(each.plan, each.inputs, LocalStore(root), generator=PaintingHandler())
    print("built", flush=True)
