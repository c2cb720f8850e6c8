"""Prism, Beam's local runner of the Go SDK, as a server that outlives its jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from infra.stack.beam_ports import channel_works
from infra.stack.server import Role, Server


@dataclass
class Prism(Server):
    """A job service, and a page that shows its jobs."""

    name: ClassVar[str] = "prism"
    ports: ClassVar[tuple[str, ...]] = ("job", "web")
    patience_s: ClassVar[float] = 20

    @property
    def endpoint(self) -> str:
        """Beam's job endpoint."""
        return f"127.0.0.1:{self.port('job')}"

    def options(self) -> list[str]:
        """Beam options that run a pipeline here, with the workers in the calling process."""
        return ["--runner=PortableRunner", f"--job_endpoint={self.endpoint}", "--environment_type=LOOPBACK"]

    def roles(self) -> tuple[Role, ...]:
        program = str(self.part("prism") / "prism")
        ports = (f"-job_port={self.port('job')}", f"-web_port={self.port('web')}")
        return (Role("runner", (program, *ports, "-idle_shutdown_timeout=-1s")),)

    def probe(self) -> None:
        from urllib.request import urlopen

        channel_works(self.port("job"))
        urlopen(f"http://127.0.0.1:{self.port('web')}/", timeout=3).close()

    def address(self) -> dict[str, str]:
        return {"PRISM_JOB_ENDPOINT": self.endpoint}
