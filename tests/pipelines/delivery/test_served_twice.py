"""Processes that deliver side by side, and one that is killed: every file arrives, and is sent once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from foundry.delivery.receipt import State
from pipelines.delivery.asked import FOLDER, new_ask, put_ask
from pipelines.delivery.delivering import deliver
from pipelines.delivery.outbox import each_delivered
from pipelines.delivery.serving import DeliveryServeOptions, DeliveryServer
from pipelines.delivery.setting import DeliverySetting, utc_now
from tests.pipelines.delivery.test_serving import running
from tests.support.deliveries import a_row, own_store, write_campaign, write_tenant
from tests.support.waiting import until

TARGETS, CAMPAIGNS, FILES = ("handover", "agency"), ("spring", "autumn"), 12


def prepare(folder: Path) -> None:
    """Write two finished campaigns and a tenant with two targets, and ask for both campaigns."""
    (folder / "there").mkdir()
    write_tenant(folder / "tenants", *({"id": name, "kind": "folder", "folder": name} for name in TARGETS))
    own = own_store(folder / "store")
    for campaign in CAMPAIGNS:
        write_campaign(own, [a_row(own, number, campaign) for number in range(FILES)], campaign)
        put_ask(own, new_ask(f"campaign:{campaign}", "test", utc_now()))


def assert_everything_is_there_once(folder: Path) -> None:
    own = own_store(folder / "store")
    for target in TARGETS:
        records = list(each_delivered(own, target))
        assert [record.state for record in records] == [State.DELIVERED] * FILES * len(CAMPAIGNS)
        assert {len(record.receipts) for record in records} == {1}
        files = list((folder / f"there/aurelle/{target}").rglob("*.jpg"))
        assert len(files) == FILES * len(CAMPAIGNS)


def done(folder: Path) -> bool:
    return not list(own_store(folder / "store").list(f"{FOLDER}/"))


def test_two_processes_share_the_targets_and_send_no_file_twice(tmp_path: Path) -> None:
    prepare(tmp_path)
    setting = DeliverySetting(
        store=str(tmp_path / "store"), tenants=tmp_path / "tenants", folders=tmp_path / "there", lease_s=1.0
    )
    servers = [DeliveryServer(DeliveryServeOptions(setting=setting, http_port=0), deliver) for _ in range(2)]
    with ExitStack() as stack:
        for server in servers:
            server.worker.tick_s = server.worker.look_s = 0.05
            stack.enter_context(running(server))
        until(lambda: done(tmp_path))
    assert_everything_is_there_once(tmp_path)
    sent = sum(
        sample.value
        for server in servers
        for family in server.metrics.files.collect()
        for sample in family.samples
        if sample.name.endswith("_total")
    )
    assert sent == FILES * len(CAMPAIGNS) * len(TARGETS)


def serve(folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "log").open("ab") as log:
        words = [sys.executable, "-m", "tests.pipelines.delivery.serve_briefly", str(folder)]
        return subprocess.Popen(words, stderr=log, stdout=log)


def test_a_process_that_is_killed_loses_nothing_and_sigterm_ends_it_well(tmp_path: Path) -> None:
    prepare(tmp_path)
    chance = random.Random(19)
    for _ in range(2):
        process = serve(tmp_path)
        before = len(list((tmp_path / "there").rglob("*")))
        until(lambda seen=before: len(list((tmp_path / "there").rglob("*"))) > seen)
        time.sleep(chance.uniform(0, 0.2))
        process.kill()
        process.wait()
    process = serve(tmp_path)
    until(lambda: done(tmp_path))
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(60) == 0, (tmp_path / "log").read_text()
    assert_everything_is_there_once(tmp_path)
