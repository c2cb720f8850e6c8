"""Bynder's own clients pass against the same server, so that it is not made to our measure."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.supply.node_clients import clients_folder
from tests.connectors.bynder_server import BRAND, Bynder
from tests.connectors.conformance import SECRET, data_of
from tests.connectors.local_vendor import storm
from tests.support.moods import lost

SCRIPT = Path(__file__).parents[1] / "node" / "bynder_client.cjs"
FILM_BYTES = 12_000_000


def run_client(server: Bynder, file: Path) -> subprocess.CompletedProcess[bytes]:
    """Run Bynder's JavaScript client 2.5.2."""
    environment = {"PATH": os.environ["PATH"], "NODE_PATH": str(clients_folder())}
    words = ["node", str(SCRIPT), server.url, SECRET, BRAND, str(file), "spring film.mp4"]
    return subprocess.run(words, capture_output=True, env=environment, timeout=300, check=False)


@pytest.mark.node
def test_the_client_in_javascript_uploads_in_parts_saves_edits_and_reads(server: Bynder, tmp_path: Path) -> None:
    server.polls = 0
    file = tmp_path / "film.bin"
    file.write_bytes(data_of(FILM_BYTES))
    done = run_client(server, file)
    assert done.returncode == 0, done.stderr.decode()
    printed: dict[str, Any] = json.loads(done.stdout)
    assert server.contents() == {printed["saved"]["mediaid"]: data_of(FILM_BYTES)}
    assert printed["seen"]["name"] == "by its own client"
    assert printed["seen"]["description"] == "edited by its own client"
    assert [item["version"] for item in printed["again"]["mediaItems"] if item["type"] == "original"] == [1, 2]
    assert [each["id"] for each in printed["listed"]] == [printed["version"]["mediaid"]]
    assert (server.counts["part"], server.counts["unknown"]) == (6, 0)


@pytest.mark.node
def test_that_client_gives_up_at_a_429_and_doubles_an_asset_whose_saving_had_no_answer(
    server: Bynder, tmp_path: Path
) -> None:
    server.polls = 0
    file = tmp_path / "film.bin"
    file.write_bytes(b"one film")
    server.will("init", *storm(1))
    assert run_client(server, file).returncode == 1
    assert server.contents() == {}
    server.will("save", lost)
    assert run_client(server, file).returncode == 1
    assert run_client(server, file).returncode == 0
    assert list(server.contents().values()) == [b"one film"] * 2
