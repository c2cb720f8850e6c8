"""Apache Kafka 4.1: one node that is broker and controller (KRaft)."""

from __future__ import annotations

import base64
import hashlib
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from infra.stack.errors import StackRefused
from infra.stack.server import NotYet, Role, Server, java

PROBE_MS = 3000


@dataclass
class Kafka(Server):
    """A broker on 127.0.0.1, whose port and data stay the same over restarts.

    seen_port: the port of a proxy in front of `wire`, a second listener, for clients that a test disconnects.
    """

    seen_port: int | None = None

    name: ClassVar[str] = "kafka"
    ports: ClassVar[tuple[str, ...]] = ("client", "controller", "wire")

    @property
    def bootstrap(self) -> str:
        """The host:port that clients call the bootstrap server."""
        return f"127.0.0.1:{self.port('client')}"

    def client_options(self) -> dict[str, str]:
        """Return the options with which kafka-python's clients connect."""
        return {"bootstrap_servers": self.bootstrap}

    def roles(self) -> tuple[Role, ...]:
        """Return the process of the broker."""
        command = java(self.part("kafka"), "kafka.Kafka", str(self.properties))
        return (Role("broker", command, {"LOG_DIR": str(self.properties.parent)}),)

    def prepare(self) -> None:
        """Write the broker's configuration, and format its data folder before the first start."""
        if find_spec("kafka") is None:
            raise StackRefused(self.name, "is asked by kafka-python whether it works; install campaign-foundry[kafka]")
        super().prepare()
        self.properties.parent.mkdir(parents=True, exist_ok=True)
        self.properties.touch(mode=0o600)
        self.properties.write_text("".join(f"{key}={value}\n" for key, value in self.settings().items()))
        if not (self.data / "meta.properties").exists():
            self._format()

    def probe(self) -> None:
        """Connect to the port, then ask the broker for its cluster; NotYet or OSError if it does not answer."""
        socket.create_connection(("127.0.0.1", self.port("client")), timeout=PROBE_MS / 1000).close()
        if count_brokers(self.client_options()) < 1:
            raise NotYet("the broker has not joined its cluster")

    def address(self) -> str:
        """Return the bootstrap server."""
        return self.bootstrap

    def variables(self) -> dict[str, str]:
        """Return the variable of the option --bootstrap."""
        return {"FOUNDRY_BOOTSTRAP": self.bootstrap}

    def run(self, main: str, *arguments: str, patience_s: float = 60) -> str:
        """Run a program of Kafka (`org.apache.kafka.tools.…`); return its output; StackRefused if it fails."""
        command = java(self.part("kafka"), main, *arguments, flags=("-Xmx256m",))
        done = subprocess.run(  # noqa: S603 - java, from the pinned jars
            command, capture_output=True, text=True, timeout=patience_s, check=False
        )
        if done.returncode:
            raise StackRefused(main, f"ended with {done.returncode}: {(done.stdout + done.stderr)[-800:]}")
        return done.stdout

    @property
    def properties(self) -> Path:
        """The broker's configuration file, readable by this user alone."""
        return self.home.folder / self.name / "server.properties"

    def settings(self) -> dict[str, str]:
        """Return the broker's configuration."""
        client, controller = self.port("client"), self.port("controller")
        settings = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"CLIENT://127.0.0.1:{client},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"CLIENT://127.0.0.1:{client}",
            "inter.broker.listener.name": "CLIENT",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": str(self.data),
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "8",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.num.partitions": "8",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
            "auto.create.topics.enable": "false",
        }
        return settings | (self._second_listener(settings, self.seen_port) if self.seen_port else {})

    def format_arguments(self) -> tuple[str, ...]:
        """Return further arguments for the formatting of the data folder."""
        return ()

    def _second_listener(self, settings: Mapping[str, str], seen_port: int) -> dict[str, str]:
        """Return the settings of the listener `wire`, which tells its clients to connect to `seen_port`."""
        advertised, protocols = settings["advertised.listeners"], settings["listener.security.protocol.map"]
        return {
            "listeners": f"{settings['listeners']},WIRE://127.0.0.1:{self.port('wire')}",
            "advertised.listeners": f"{advertised},WIRE://127.0.0.1:{seen_port}",
            "listener.security.protocol.map": f"{protocols},WIRE:PLAINTEXT",
        }

    def _format(self) -> None:
        """Write the cluster id, made from the data folder's path, into the data folder; a broker needs it to start."""
        digest = hashlib.sha256(str(self.data).encode()).digest()[:15]
        cluster_id = base64.urlsafe_b64encode(b"\x10" + digest).decode().rstrip("=")
        arguments = ("-t", cluster_id, "-c", str(self.properties), *self.format_arguments())
        self.run("kafka.tools.StorageTool", "format", *arguments)


def count_brokers(client_options: Mapping[str, Any]) -> int:
    """Return how many brokers a cluster knows; NotYet if none answers within a few seconds."""
    from kafka.admin import KafkaAdminClient
    from kafka.errors import KafkaError

    try:
        client = KafkaAdminClient(**client_options, bootstrap_timeout_ms=PROBE_MS, request_timeout_ms=PROBE_MS)
    except KafkaError as error:
        raise NotYet(f"no broker answers ({str(error) or type(error).__name__})") from error
    try:
        return len(client.describe_cluster()["brokers"])
    except KafkaError as error:
        raise NotYet(f"the broker does not describe its cluster ({str(error) or type(error).__name__})") from error
    finally:
        client.close()
