"""Our deliveries to AEM side by side with Adobe's own client, on the same local instance, without and with a limit.

    python -m benchmarks.aem [--files 200] [--kilobytes 300] [--rounds 3] [--latency-ms 20] [--most-per-second 60]

The instance is a process of its own. Both sides send five things at once. Ours also writes the
metadata and reads the SHA-1 back; Adobe's client does none of that, and asks for up to 100 uploads at a time. Where it
loses files, it is started again with those, as its users do, until all are there: its seconds are the sum of its runs,
without the start of Node.js. Rounds are interleaved.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from connectors.aem.aem_connector import AemConnector
from connectors.aem.opening import open_target
from connectors.http.public_transport import Reach
from connectors.opening import ConnectorSetting
from connectors.target.connector import NoProgress
from connectors.target.errors import TargetAway
from connectors.target.outgoing import Outgoing
from foundry.delivery.target import AemTarget, Secret, TokenSignIn
from infra.supply.node_clients import LISTED, clients_folder
from tests.connectors.aem_server import AemServer
from tests.connectors.conformance import SECRET, data_of, outgoing

VARIABLE, FOLDER, AT_ONCE, MOST_RUNS = "DELIVERY_AURELLE__AEM", "/content/dam/aurelle", 5, 50


def serve(latency_s: float, pipe: Pipe) -> None:
    """Be an instance: a limit of requests a second empties it, "count" asks for its number of assets, None ends it."""
    server = AemServer(latency_s=latency_s)
    server.start()
    pipe.send(server.url)
    while (told := pipe.recv()) is not None:
        if told == "count":
            pipe.send((len(server.contents()), sum(each.status == 429 for each in server.seen)))
            continue
        server.most_per_second = told[0]
        server.seen.clear()
        server.repository.assets.clear()
        server.repository.folders.clear()
        server.repository.folders |= {"/content/dam": 99} | ({FOLDER: 99} if told[1] == "vendor" else {})
        pipe.send(None)
    server.stop()


def ours(url: str, files: list[Outgoing]) -> tuple[float, int]:
    """Return the seconds until all files are there, and the sendings that had to be begun again."""
    sign_in = TokenSignIn(kind="token", token=Secret(variable=VARIABLE))
    target = AemTarget(kind="aem", id="dam", url=url, folder=FOLDER, sign_in=sign_in, at_once=AT_ONCE)
    connector = open_target(target, ConnectorSetting(tenant="aurelle", reach=Reach(loopback=True)))
    assert isinstance(connector, AemConnector)
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        again = sum(pool.map(lambda file: _sent(connector, file), files))
    seconds = time.monotonic() - began
    connector.close()
    return seconds, again


def _sent(connector: AemConnector, file: Outgoing) -> int:
    for again in range(MOST_RUNS):
        try:
            connector.send(file, None, NoProgress())
        except TargetAway as away:
            time.sleep(away.after_s)
        else:
            return again
    raise AssertionError("it is away for ever")


def vendors(url: str, folder: Path) -> tuple[float, int]:
    """Return the seconds of Adobe's client until all files are there, and the files that it lost on the way."""
    seconds, lost = 0.0, 0
    with tempfile.TemporaryDirectory() as left:
        for file in folder.iterdir():
            shutil.copyfile(file, Path(left) / file.name)
        for _ in range(MOST_RUNS):
            told = _run(url, left)
            seconds, lost = seconds + told["seconds"], lost + len(told["failed"])
            for name in told["arrived"]:
                (Path(left) / name).unlink()
            if not told["failed"]:
                return seconds, lost
    raise AssertionError("it loses files for ever")


def _run(url: str, folder: str) -> dict:
    command = ["node", str(LISTED / "aem_upload.cjs"), f"{url}{FOLDER}", folder, "3", "5000"]
    surroundings = {**os.environ, "NODE_PATH": str(clients_folder()), "AEM_TOKEN": SECRET}
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser()
    for name, default in (
        ("files", 200),
        ("kilobytes", 300),
        ("rounds", 3),
        ("latency-ms", 20),
        ("most-per-second", 60),
    ):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    os.environ[VARIABLE] = SECRET
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=serve, args=(options.latency_ms / 1000, there), daemon=True
    )
    process.start()
    url = here.recv()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        sizes = [options.kilobytes * 1000] * options.files
        files = [outgoing(folder, data_of(size, at), product=f"p{at}") for at, size in enumerate(sizes)]
        print("| limit | client | seconds, median (all) | refused with 429 | lost and sent again |")
        print("| --- | --- | --- | --- | --- |")
        for limit, most in (("none", 0), (f"{options.most_per_second} a second", options.most_per_second)):
            rows: dict[str, list[tuple[float, int, int]]] = {"ours": [], "@adobe/aem-upload": []}
            for _ in range(options.rounds):
                for name, taken in rows.items():
                    here.send((most, "ours" if name == "ours" else "vendor"))
                    here.recv()
                    seconds, again = ours(url, files) if name == "ours" else vendors(url, folder)
                    here.send("count")
                    count, refused = here.recv()
                    assert count == options.files, (name, count)
                    taken.append((seconds, refused, again))
            for name, taken in rows.items():
                seconds_of = [each[0] for each in taken]
                told = " ".join(f"{each:.1f}" for each in seconds_of)
                refused, again = (statistics.median(each[at] for each in taken) for at in (1, 2))
                print(f"| {limit} | {name} | {statistics.median(seconds_of):.1f} ({told}) | {refused} | {again} |")
    here.send(None)
    process.join()


if __name__ == "__main__":
    main()
