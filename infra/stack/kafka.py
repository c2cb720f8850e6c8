"""Apache Kafka 4.1: one node that is broker and controller (KRaft), with or without TLS, SCRAM users and ACLs."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from infra.stack.certificates import write_certificates
from infra.stack.errors import StackRefused
from infra.stack.kafka_protocol import answers
from infra.stack.server import NotYet, Role, Server, java

ADMIN = "admin"
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,100}")
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"
MECHANISM = "SCRAM-SHA-512"


@dataclass(frozen=True)
class Secured:
    """TLS, sign-in by SCRAM-SHA-512 and ACLs. `users`: name and password; `admin` is among them and may do all."""

    users: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        for user, password in self.users:
            if not (_PLAIN.fullmatch(user) and _PLAIN.fullmatch(password)):
                raise StackRefused(f"user {user!r}", "name and password are 1 to 100 letters, digits, `_`, `.`, `-`")
        if ADMIN not in dict(self.users):
            raise StackRefused("users", f"lack {ADMIN!r}, as whom the broker speaks to itself; add it")


@dataclass
class Kafka(Server):
    """A broker on 127.0.0.1. Its listener's port stays the same over restarts, and so does what it stores.

    `seen_port`: the port of a proxy in front of `wire`, a second listener, for clients that a test cuts off.
    """

    secured: Secured | None = None
    seen_port: int | None = None

    name: ClassVar[str] = "kafka"
    ports: ClassVar[tuple[str, ...]] = ("client", "controller", "wire")

    @property
    def bootstrap(self) -> str:
        """What clients call bootstrap servers."""
        return f"127.0.0.1:{self.port('client')}"

    @property
    def authority(self) -> Path:
        """The certificate authority that clients trust; there is one only if secured."""
        return self.home.folder / self.name / "tls" / "ca.pem"

    def client_options(self, user: str = ADMIN) -> dict[str, str]:
        """What kafka-python's clients take to sign in as this user."""
        if self.secured is None:
            return {"bootstrap_servers": self.bootstrap}
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": "SASL_SSL",
            "ssl_cafile": str(self.authority),
            "sasl_mechanism": MECHANISM,
            "sasl_plain_username": user,
            "sasl_plain_password": dict(self.secured.users)[user],
        }

    def roles(self) -> tuple[Role, ...]:
        command = java(self.part("kafka"), "kafka.Kafka", str(self._properties))
        return (Role("broker", command, {"LOG_DIR": str(self._properties.parent)}),)

    def prepare(self) -> None:
        super().prepare()
        self._properties.parent.mkdir(parents=True, exist_ok=True)
        if self.secured:
            write_certificates(self.authority.parent)
        self._properties.touch(mode=0o600)
        self._properties.write_text("".join(f"{key}={value}\n" for key, value in self._settings().items()))
        if not (self.data / "meta.properties").exists():
            self._format()

    def probe(self) -> None:
        if answers(self.port("client"), self.authority if self.secured else None) < 1:
            raise NotYet("the broker has not joined its cluster")

    def address(self) -> dict[str, str]:
        return {"KAFKA_BOOTSTRAP_SERVERS": self.bootstrap}

    def run(self, main: str, *arguments: str, patience_s: float = 60) -> str:
        """Run one of Kafka's own programs (`org.apache.kafka.tools.…`); what it prints."""
        command = java(self.part("kafka"), main, *arguments, flags=("-Xmx256m",))
        done = subprocess.run(command, capture_output=True, text=True, timeout=patience_s, check=False)
        if done.returncode:
            raise StackRefused(main, f"ended with {done.returncode}: {(done.stdout + done.stderr)[-800:]}")
        return done.stdout

    def admin_file(self, user: str = ADMIN) -> Path:
        """A file of client properties for Kafka's own programs (`--command-config`), readable by this user alone."""
        path = self._properties.parent / f"client-{user}.properties"
        path.touch(mode=0o600)
        path.write_text("".join(f"{key}={value}\n" for key, value in self._client(user).items()))
        return path

    @property
    def _properties(self) -> Path:
        return self.home.folder / self.name / "server.properties"

    def _settings(self) -> dict[str, str]:
        client, controller = self.port("client"), self.port("controller")
        protocol = "SASL_SSL" if self.secured else "PLAINTEXT"
        settings = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"CLIENT://127.0.0.1:{client},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"CLIENT://127.0.0.1:{client}",
            "inter.broker.listener.name": "CLIENT",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": f"CLIENT:{protocol},CONTROLLER:PLAINTEXT",
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
        wired = self._wired(settings, self.seen_port) if self.seen_port else {}
        return settings | wired | (self._guards(self.secured) if self.secured else {})

    def _wired(self, settings: dict[str, str], seen_port: int) -> dict[str, str]:
        """The second listener, which sends its clients to `seen_port`."""
        listeners = f"{settings['listeners']},WIRE://127.0.0.1:{self.port('wire')}"
        return {
            "listeners": listeners,
            "advertised.listeners": f"{settings['advertised.listeners']},WIRE://127.0.0.1:{seen_port}",
            "listener.security.protocol.map": f"{settings['listener.security.protocol.map']},WIRE:PLAINTEXT",
        }

    def _guards(self, secured: Secured) -> dict[str, str]:
        """TLS, SCRAM and ACLs. The controller's listener is plain: node and controller are one process."""
        keys = self.authority.parent / "broker.pem"
        scram = "listener.name.client.scram-sha-512.sasl.jaas.config"
        return {
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(keys),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.authority),
            "sasl.enabled.mechanisms": MECHANISM,
            "sasl.mechanism.inter.broker.protocol": MECHANISM,
            scram: _login(ADMIN, dict(secured.users)[ADMIN]),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": f"User:{ADMIN};User:ANONYMOUS",
            "allow.everyone.if.no.acl.found": "false",
        }

    def _client(self, user: str) -> dict[str, str]:
        if self.secured is None:
            return {}
        return {
            "security.protocol": "SASL_SSL",
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.authority),
            "sasl.mechanism": MECHANISM,
            "sasl.jaas.config": _login(user, dict(self.secured.users)[user]),
        }

    def _format(self) -> None:
        """Give the data folder its cluster id (from its path) and the users; a broker starts only on such a folder."""
        digest = hashlib.sha256(str(self.data).encode()).digest()[:15]
        identity = base64.urlsafe_b64encode(b"\x10" + digest).decode().rstrip("=")
        users = self.secured.users if self.secured else ()
        scram = [f"--add-scram={MECHANISM}=[name={user},password={password}]" for user, password in users]
        self.run("kafka.tools.StorageTool", "format", "-t", identity, "-c", str(self._properties), *scram)


def _login(user: str, password: str) -> str:
    return f'{SCRAM} required username="{user}" password="{password}";'
