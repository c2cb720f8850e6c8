"""A disk that is full in the middle of a round: nobody's brief is to blame, and what is made later is whole."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from foundry.store.object_store import SCRATCH
from pipelines.bus.settings import BusSettings
from pipelines.bus.topics import CAMPAIGN_FINISHED, FAILED, FINISHED
from tests.pipelines.dispatcher.factory import Factory, undisturbed
from tests.pipelines.dispatcher.rig import TENANTS
from tests.pipelines.dispatcher.test_serving import named
from tests.support.rounds import ROUNDS
from tests.support.waiting import until

MAY_MOUNT = os.geteuid() == 0
DISK_BYTES = 64 << 20
pytestmark = [pytest.mark.kafka, pytest.mark.root]


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own in memory, gone when the block ends."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("seed", range(1, ROUNDS + 1))
def test_a_full_disk_is_waited_for_and_refuses_nobody(
    bus: BusSettings, tmp_path: Path, caplog: pytest.LogCaptureFixture, seed: int
) -> None:
    chance = random.Random(seed)
    with small_disk(tmp_path / "disk") as disk:
        factory = Factory.made(bus, tmp_path, address=str(disk / "store"))
        briefs = [factory.brief(named("full"), tenant) for tenant in TENANTS]
        names = [brief.campaign.id for brief in briefs]
        wanted = undisturbed(factory, briefs, tmp_path / "alone")
        sizes = [path.stat().st_size for path in (tmp_path / "alone").rglob("*") if path.is_file()]
        room = int(chance.uniform(0.0, 0.9) * sum(sizes))
        filler = disk / "filler"
        filler.write_bytes(bytes(DISK_BYTES - room))
        with factory.running():
            factory.submit(*briefs)
            until(lambda: any("No space left on device" in record.getMessage() for record in caplog.records))
            assert len(factory.told(CAMPAIGN_FINISHED, *names)) < len(names)
            filler.unlink()
            until(lambda: len({said["data"]["plan"] for said in factory.told(CAMPAIGN_FINISHED, *names)}) == len(names))
            until(factory.all_committed)
        assert factory.objects() == wanted
        assert list((disk / "store" / SCRATCH).iterdir()) == []
        assert factory.told(FAILED, *names) == []
        assert len({said["id"] for said in factory.told(FINISHED, *names)}) == 2 * len(names)  # two locales each
