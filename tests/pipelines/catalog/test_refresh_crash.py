"""Killed at random moments and started again, a refresh leaves what an undisturbed one leaves."""

from __future__ import annotations

import json
import random
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from pipelines.catalog.refresh import refresh
from tests.pipelines.catalog.refresh_once import RUN, refresh_once
from tests.support.forking import forked
from tests.support.rounds import ROUNDS
from tests.support.shops import Shop, a_row
from tests.support.stored import objects

pytestmark = pytest.mark.campaign
KILLS = 5 * ROUNDS
LONGEST_S = 300
OPEN_GATES = {"bad_rows": None, "fewer_rows": None, "withdrawn": None, "moved_prices": None}
MORE = {
    "gate": OPEN_GATES,
    "feed_back": {
        "base_address": "https://files.example/",
        "links": {"lifestyle_image_link": ["google/medium-rectangle"]},
    },
}
OF_THE_MOMENT = re.compile(r"/lease\.json$|/report\.html$|/report/|/run\.json$|/quota/|/dead_letters\.jsonl$")
"""Objects that hold measured times, or what one process of several did."""


def kept(root: Path) -> dict[str, bytes]:
    """All objects of a store but those; of a run's events, those of its files; the state without its lease's token."""
    found = {name: data for name, data in objects(root).items() if not OF_THE_MOMENT.search(name)}
    return {name: _lasting(name, data) for name, data in found.items()}


def _lasting(name: str, data: bytes) -> bytes:
    if name.endswith("/state.json"):
        return re.sub(rb'"token": [0-9]+', b"", data)
    return _of_assets(data) if name.endswith("/events.jsonl") else data


def _of_assets(lines: bytes) -> bytes:
    told = [line for line in lines.splitlines() if ".asset." in json.loads(line)["type"]]
    return b"\n".join(sorted(told))


@contextmanager
def started(root: Path, store: str) -> Iterator[tuple[BaseProcess, Connection]]:
    with forked(refresh_once, root, store, MORE) as (process, told):
        assert told.poll(LONGEST_S)
        assert told.recv() == "refreshing"
        yield process, told


def finish(root: Path, store: str) -> float:
    """Refresh to the end; the seconds of the run itself."""
    with started(root, store) as (_, told):
        began = time.monotonic()
        assert told.poll(LONGEST_S)
        assert told.recv() == "finished"
        return time.monotonic() - began


def test_kills_at_random_moments_change_nothing(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path, **MORE)
    shop.write([a_row(number) for number in range(1, 5)])
    refresh(shop.catalog, shop.setting)
    shop.write([a_row(2, price="7.00 USD"), a_row(3, image_link="serum-6.png"), a_row(4), a_row(5)])
    for name in ("undisturbed", "killed"):
        shutil.copytree(tmp_path / "store", tmp_path / name)
    whole = finish(tmp_path, "undisturbed")
    chance, kills = random.Random(18), 0
    for _ in range(KILLS):
        with started(tmp_path, "killed") as (process, _):
            time.sleep(chance.random() * whole)
            kills += process.is_alive()
            process.kill()
    assert kills
    finish(tmp_path, "killed")
    assert kept(tmp_path / "killed") == kept(tmp_path / "undisturbed")
    assert not any(name.endswith("/ended.json") for name in kept(tmp_path / "killed"))


def test_of_two_refreshes_at_once_one_works(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path, **MORE)
    shop.write([a_row(1)])
    with started(tmp_path, "store") as (_, one), started(tmp_path, "store") as (_, other):
        heard = [_last(each) for each in (one, other)]
    assert heard.count("finished") >= 1
    assert len(list(shop.own.list("masters/"))) == 2
    assert [name for name in shop.own.list("catalogs/shop/runs/") if name.endswith("run.json")] == [
        f"catalogs/shop/runs/{RUN}/run.json"
    ]


def _last(told: Connection) -> str:
    """What a process says last; "" for one that ended with an error, such as that another one is at it."""
    try:
        return str(told.recv()) if told.poll(LONGEST_S) else ""
    except EOFError:
        return ""
