"""Adobe's own client against the same server, so that it is not made to our measure, and beside it our connector."""

from __future__ import annotations

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from connectors.aem.aem_connector import AemConnector
from infra.supply.node_clients import LISTED, clients_folder
from tests.connectors.aem_bench import FOLDER, AemBench
from tests.connectors.aem_server import GOOD, Mood
from tests.connectors.conformance import SECRET, Memory, data_of, outgoing

SIZES = {"a.jpg": 1, "b.jpg": 500_000, "c.jpg": 2_500_000, "d.jpg": 3_500_001}
pytestmark = pytest.mark.node


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    for at, (name, size) in enumerate(SIZES.items()):
        (folder / name).write_bytes(data_of(size, at))
    return folder


def upload(bench: AemBench, files: Path) -> dict[str, Any]:
    """Let @adobe/aem-upload bring a folder's files, with its default of three tries."""
    bench.server.repository.folders[FOLDER] = 99
    script = [str(LISTED / "aem_upload.cjs"), f"{bench.server.url}{FOLDER}", str(files), "3", "20"]
    surroundings = {**os.environ, "NODE_PATH": str(clients_folder()), "AEM_TOKEN": SECRET}
    done = subprocess.run(["node", *script], env=surroundings, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def held(bench: AemBench) -> dict[str, bytes]:
    return {path.rpartition("/")[2]: data for path, data in bench.contents().items()}


def given() -> dict[str, bytes]:
    return {name: data_of(size, at) for at, (name, size) in enumerate(SIZES.items())}


def test_it_uploads_to_the_server_which_fails_once_in_each_step_that_it_repeats(bench: AemBench, files: Path) -> None:
    for step in ("initiate", "part", "complete"):
        bench.server.will(step, Mood(status=500))
    told = upload(bench, files)
    assert told["failed"] == {}
    assert held(bench) == given()
    (files / "b.jpg").write_bytes(b"newer")
    upload(bench, files)
    asset = bench.server.repository.assets[f"{FOLDER}/b.jpg"]
    assert (asset.data, asset.versions) == (b"newer", [given()["b.jpg"]])
    assert not any(each.signed for each in bench.server.asked("part"))


def test_it_falls_back_to_the_servlet_of_older_versions(bench: AemBench, files: Path) -> None:
    bench.server.repository.direct = False
    (files / "large.jpg").write_bytes(data_of(11_000_001))
    assert upload(bench, files)["failed"] == {}
    assert held(bench) == given() | {"large.jpg": data_of(11_000_001)}
    assert bench.server.steps()["servlet"] == len(SIZES) + 2


def test_one_refusal_for_too_many_requests_loses_it_a_file_and_costs_ours_a_pause(
    bench: AemBench, connector: AemConnector, files: Path, tmp_path: Path
) -> None:
    for step in ("part", "complete"):
        bench.server.will(step, GOOD, Mood(status=429, retry_after="1"))
    told = upload(bench, files)
    assert list(told["failed"].values()) == ["ETOOMANYREQUESTS"] * 2
    assert len(bench.contents()) == len(SIZES) - 2
    bench.server.repository.assets.clear()
    for step in ("part", "complete"):
        bench.server.will(step, GOOD, Mood(status=429, retry_after="1"))
    ours = [outgoing(tmp_path, data, product=name[0]) for name, data in given().items()]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda file: connector.send(file, None, Memory()), ours))
    assert sorted(bench.contents().values()) == sorted(given().values())
