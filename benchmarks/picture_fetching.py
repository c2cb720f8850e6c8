"""Pictures a second: the fetcher of catalogs beside plain loops of httpx2 that check and store nothing.

python -m benchmarks.picture_fetching [--pictures 400] [--latency-ms 40]

JPEG pictures of 800x800 pixels lie on four hosts, which a process beside this one serves with the given latency. Each
way is measured in turn on the same pictures; processor seconds are those of this process and of the box.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import httpx2
import numpy as np
import psutil
from PIL import Image

from connectors.http.public_transport import Reach
from foundry.store.object_store import LocalStore
from pipelines.catalog.picture_round import AT_ONCE
from pipelines.catalog.pictures import FetchedPicture, PictureFetcher
from pipelines.catalog.setting import CatalogSetting
from tests.support.scheduled import a_catalog
from tests.support.shop_host import ShopHost

HOSTS = 4
NIGHT = datetime(2026, 11, 30, 2, 30, tzinfo=UTC)


def pictures(count: int) -> list[bytes]:
    """Return so many different pictures of about 100 kB."""
    chance = np.random.default_rng(1)
    ground = chance.integers(0, 40, (800, 800, 3), np.uint8)
    made = []
    for number in range(count):
        pixels = ground.copy()
        pixels[200:600, 200:600] += np.uint8(60 + number % 150)
        pixels[:8, : number % 800 + 1] = 255
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, "JPEG", quality=80)
        made.append(stream.getvalue())
    return made


def serve(count: int, latency_s: float, told: Connection) -> None:
    """Serve the pictures on several addresses of this machine until the other end hangs up."""
    with ExitStack() as stack:
        hosts = [stack.enter_context(ShopHost(address=f"127.0.0.{number + 1}")) for number in range(HOSTS)]
        addresses = []
        for number, data in enumerate(pictures(count)):
            host = hosts[number % HOSTS]
            host.shop.latency_s = latency_s
            host.shop.files[f"/{number}.jpg"] = data
            addresses.append(f"{host.url}/{number}.jpg")
        told.send(addresses)
        told.recv()


@contextmanager
def serving(count: int, latency_s: float) -> Iterator[list[str]]:
    """Yield the addresses of so many pictures, served by another process while the block runs."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(count, latency_s, there), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        here.send(None)
        process.join()


def plainly(addresses: list[str]) -> int:
    """Fetch one after the other; return the bytes."""
    with httpx2.Client() as client:
        return sum(len(client.get(address).content) for address in addresses)


def in_threads(addresses: list[str]) -> int:
    """Fetch as many at once as the fetcher may; return the bytes."""
    with httpx2.Client() as client, ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(lambda address: len(client.get(address).content), addresses))


def fetching(folder: Path, now: datetime, *, recheck: bool = False) -> Callable[[list[str]], int]:
    """Return a function that fetches by the catalog's rules, on one night."""

    def fetch(addresses: list[str]) -> int:
        setting = CatalogSetting(store="", tenants=folder, reach=Reach(loopback=True), now=lambda: now)
        catalog = a_catalog()
        own = LocalStore(folder / "store").for_tenant(catalog.tenant)
        with PictureFetcher(own, catalog, setting, folder / "batch") as fetcher:
            found = [result for _, result in fetcher.fetch(addresses, recheck=recheck)]
            fetcher.discard()
        assert all(isinstance(each, FetchedPicture) for each in found), found
        return fetcher.counts.fetched_bytes

    return fetch


def processor_s() -> float:
    """Return the processor seconds of this process, and of the box's processes that it started."""
    me = psutil.Process()
    spent = [process.cpu_times() for process in (me, *me.children(recursive=True)) if not is_host(process)]
    return sum(each.user + each.system + each.children_user + each.children_system for each in spent)


def is_host(process: psutil.Process) -> bool:
    """Return whether a process serves the pictures."""
    return "multiprocessing" in " ".join(process.cmdline())


def main() -> None:
    """Print a row for each way."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pictures", type=int, default=400)
    parser.add_argument("--latency-ms", type=float, default=40)
    options = parser.parse_args()
    with serving(options.pictures, options.latency_ms / 1000) as addresses, tempfile.TemporaryDirectory() as name:
        folder, later = Path(name), NIGHT + timedelta(days=1)
        ways = {
            "httpx2, one after the other": plainly,
            f"httpx2, {AT_ONCE} threads": in_threads,
            "catalog, the first time": fetching(folder, NIGHT),
            "catalog, the next night": fetching(folder, later),
            "catalog, all rechecked": fetching(folder, later, recheck=True),
        }
        print("| way | pictures/s | MB | s | processor s |\n| --- | --- | --- | --- | --- |")
        for way, fetch in ways.items():
            began, spent = time.perf_counter(), processor_s()
            size = fetch(addresses)
            took = time.perf_counter() - began
            figures = f"{len(addresses) / took:.0f} | {size / 1e6:.1f} | {took:.2f} | {processor_s() - spent:.2f}"
            print(f"| {way} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
