"""Cloud Storage by fake-gcs-server, in memory: a stop or a kill loses every object, unless it is `kept`.

Its file backend lets an object name leave its bucket's folder, so only tests that kill it use it. What the emulator
does not honour (preconditions of delete, copy and compose, holds, retention, keys, signatures) is in docs/stack.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from infra.stack.server import NotYet, Role, Server, get_json


@dataclass
class Gcs(Server):
    """A server of Google's JSON API. `seen_port`: the port that clients use, if a proxy stands between.

    `kept`: objects are files, with their generations and metadata, and outlive a kill; for names that can be trusted.
    """

    seen_port: int | None = None
    kept: bool = False

    name: ClassVar[str] = "gcs"
    ports: ClassVar[tuple[str, ...]] = ("http",)
    patience_s: ClassVar[float] = 20

    @property
    def endpoint(self) -> str:
        """What google-cloud-storage calls the API endpoint."""
        return f"http://127.0.0.1:{self.seen_port or self.port('http')}"

    def roles(self) -> tuple[Role, ...]:
        program = str(self.part("gcs") / "fake-gcs-server")
        where = ("-scheme", "http", "-host", "127.0.0.1", "-port", str(self.port("http")))
        seen = ("-external-url", self.endpoint, "-public-host", self.endpoint.removeprefix("http://"))
        backend = ("filesystem", "-filesystem-root", str(self.data)) if self.kept else ("memory",)
        return (Role("server", (program, "-backend", *backend, "-log-level", "warn", *where, *seen)),)

    def probe(self) -> None:
        told = get_json(f"http://127.0.0.1:{self.port('http')}/storage/v1/b?project=stack")
        if told.get("kind") != "storage#buckets":
            raise NotYet(f"it lists no buckets, but {told}")

    def address(self) -> dict[str, str]:
        return {"STORAGE_EMULATOR_HOST": self.endpoint}
