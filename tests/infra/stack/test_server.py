"""Start, faults and stop of a server, with a small web server in its place."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from infra.stack import Flink, Gcs, Kafka, NotReady, Prism, StackHome, StackRefused, Workers, running
from infra.stack.fetching import FLINK, GCS, KAFKA, PRISM, folder_of
from infra.stack.flink import WHOLE_MB
from infra.stack.server import NotYet, Role, Server, get_json, java

SERVES = """
import http.server, sys
class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'{"well": true}' if self.path == "/json" else b"no json"
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers()
        self.wfile.write(body)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answers).serve_forever()
"""


@dataclass
class Web(Server):
    """A web server in Python, which needs nothing fetched."""

    path: str = "json"
    name: ClassVar[str] = "workers"  # of the stack's names, one without files
    ports: ClassVar[tuple[str, ...]] = ("http",)
    patience_s: ClassVar[float] = 20

    def roles(self) -> tuple[Role, ...]:
        return (Role("server", (sys.executable, "-c", SERVES, str(self.port("http")))),)

    def probe(self) -> None:
        if not get_json(f"http://127.0.0.1:{self.port('http')}/{self.path}", 1)["well"]:
            raise NotYet("it is not well")

    def address(self) -> dict[str, str]:
        return {"WEB": str(self.port("http"))}


@pytest.fixture
def home(tmp_path: Path) -> StackHome:
    return StackHome(tmp_path / "stack", tmp_path / "cache")


@pytest.fixture
def web(home: StackHome) -> Iterator[Web]:
    with running(Web, home) as server:
        yield server


def test_a_server_is_killed_and_comes_back_on_its_port(web: Web) -> None:
    before, port = web.running_processes(), web.port("http")
    web.up()
    assert web.running_processes() == before
    web.kill("server")
    assert not web.healthy()
    web.up()
    assert web.port("http") == port
    assert web.healthy()
    assert web.running_processes() != before


def test_a_paused_server_is_unwell_and_goes_on(web: Web) -> None:
    web.pause()
    assert not web.healthy()
    web.resume()
    web.wait(10)
    assert web.healthy()


def test_data_are_deleted_only_when_the_server_is_down(web: Web) -> None:
    with pytest.raises(StackRefused, match="runs; stop it before its data is deleted"):
        web.forget()
    (web.data / "kept").touch()
    web.down()
    assert (web.data / "kept").exists()
    web.forget()
    assert not web.data.exists()


def test_a_fault_for_a_process_that_there_is_not_is_refused(web: Web) -> None:
    with pytest.raises(StackRefused, match="has no process broker"):
        web.kill("broker")


def test_a_server_that_gives_no_good_answer_in_time_is_not_ready(web: Web) -> None:
    other = Web(web.home, path="text")
    with pytest.raises(NotReady, match=r"no good answer in 0 s .*something other than JSON"):
        other.wait(0.1)


def test_a_folder_of_its_own_is_deleted_at_the_end() -> None:
    with running(Web) as server:
        folder = server.home.folder
        assert folder.exists()
    assert not folder.exists()


def whole(home: StackHome) -> StackHome:
    """The home, with a cache in which every part seems to be fetched."""
    for part in (KAFKA, FLINK, GCS, PRISM):
        folder_of(part, home.cache).mkdir(parents=True)
        (folder_of(part, home.cache) / ".whole").touch()
    return home


def test_java_runs_a_main_class_of_all_jars_of_a_folder() -> None:
    assert java(Path("/jars"), "a.Main", "-x") == ("java", "-Xmx512m", "-cp", "/jars/*", "a.Main", "-x")


def test_a_taskmanagers_memory_adds_up_and_its_processes_are_told_apart(home: StackHome) -> None:
    master, *workers = Flink(whole(home), taskmanagers=3).roles()
    assert master.name == "jobmanager"
    assert [role.name for role in workers] == ["taskmanager-1", "taskmanager-2", "taskmanager-3"]
    shares = dict(part.split("=", 1) for part in workers[0].command if part.startswith("taskmanager.memory."))
    sizes = {name: int(size.removesuffix("m")) for name, size in shares.items()}
    parts = sum(size for name, size in sizes.items() if not name.endswith((".max", "process.size")))
    assert parts == sizes["taskmanager.memory.process.size"] == WHOLE_MB


def test_flink_is_told_of_its_ports_and_of_lost_workers(home: StackHome) -> None:
    flink = Flink(home, slots=7, restart={"restart-strategy.type": "none"})
    flink.prepare()
    settings = (home.folder / "flink" / "conf" / "flink-conf.yaml").read_text()
    assert f"rest.port: {flink.port('rest')}\n" in settings
    assert "taskmanager.numberOfTaskSlots: 7\n" in settings
    assert "restart-strategy.type: none\n" in settings


def test_a_proxy_in_front_of_kafka_is_what_clients_of_the_wire_are_sent_to(home: StackHome) -> None:
    plain, wired = Kafka(home).settings(), Kafka(home, seen_port=9999).settings()
    assert "WIRE" not in plain["listeners"]
    assert f"WIRE://127.0.0.1:{Kafka(home).port('wire')}" in wired["listeners"]
    assert wired["advertised.listeners"].endswith(",WIRE://127.0.0.1:9999")


def test_a_broker_that_does_not_listen_is_not_ready(home: StackHome) -> None:
    with pytest.raises(OSError, match="refused"):
        Kafka(home).probe()


def test_objects_are_in_memory_unless_they_are_kept(home: StackHome) -> None:
    [forgets], [keeps] = Gcs(whole(home), seen_port=7).roles(), Gcs(home, kept=True).roles()
    assert "memory" in forgets.command
    assert "http://127.0.0.1:7" in forgets.command
    assert str(home.data("gcs")) in keeps.command


def test_a_job_is_sent_to_the_ports_of_its_own_stack(home: StackHome) -> None:
    prism, workers = Prism(whole(home)), Workers(home)
    assert f"--job_endpoint=127.0.0.1:{prism.port('job')}" in prism.options()
    assert f"-job_port={prism.port('job')}" in prism.roles()[0].command
    assert f"--service_port={workers.port('pool')}" in workers.roles()[0].command
    assert "PYTHONPATH" in workers.roles()[0].environment
