"""Cloud Storage, emulated by fake-gcs-server.

Objects are in memory and lost with the process, unless `kept`. The server's file backend lets an object name lead out
of its bucket's folder, so only tests that kill the server use it. docs/stack.md lists what the emulator ignores:
preconditions of delete, copy and compose, holds, retention, keys, signatures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from infra.stack.server import NotYet, Role, Server, get_json


@dataclass
class Gcs(Server):
    """A server of Google's JSON API.

    seen_port: the port that clients connect to, where a proxy stands in front of the server.
    kept: store objects as files, with their generations and metadata, so that they survive a kill. Only for object
    names that can be trusted.
    """

    seen_port: int | None = None
    kept: bool = False

    name: ClassVar[str] = "gcs"
    ports: ClassVar[tuple[str, ...]] = ("http",)
    patience_s: ClassVar[float] = 20

    @property
    def endpoint(self) -> str:
        """The address that google-cloud-storage calls `api_endpoint`."""
        return f"http://127.0.0.1:{self.seen_port or self.port('http')}"

    def roles(self) -> tuple[Role, ...]:
        """Return the server's process."""
        program = str(self.part("gcs") / "fake-gcs-server")
        where = ("-scheme", "http", "-host", "127.0.0.1", "-port", str(self.port("http")))
        seen = ("-external-url", self.endpoint, "-public-host", self.endpoint.removeprefix("http://"))
        backend = ("filesystem", "-filesystem-root", str(self.data)) if self.kept else ("memory",)
        return (Role("server", (program, "-backend", *backend, "-log-level", "warn", *where, *seen)),)

    def probe(self) -> None:
        """List the buckets; NotYet if the answer is no list."""
        answer = get_json(f"http://127.0.0.1:{self.port('http')}/storage/v1/b?project=stack")
        if answer.get("kind") != "storage#buckets":
            raise NotYet(f"it lists no buckets, but {answer}")

    def address(self) -> str:
        """Return the address of the JSON API."""
        return self.endpoint

    def variables(self) -> dict[str, str]:
        """Return the variable by which Google's clients find an emulator."""
        return {"STORAGE_EMULATOR_HOST": self.endpoint}
