"""Prism, the local runner of Beam's Go SDK, as a server that stays up between jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from infra.stack.beam_ports import check_channel
from infra.stack.server import Role, Server


@dataclass
class Prism(Server):
    """A Beam job service, and a web page that shows its jobs."""

    name: ClassVar[str] = "prism"
    ports: ClassVar[tuple[str, ...]] = ("job", "web")
    patience_s: ClassVar[float] = 20

    @property
    def endpoint(self) -> str:
        """The host:port that Beam calls the job endpoint."""
        return f"127.0.0.1:{self.port('job')}"

    def options(self) -> list[str]:
        """Return the Beam options that run a pipeline here, with the workers in the calling process."""
        return ["--runner=PortableRunner", f"--job_endpoint={self.endpoint}", "--environment_type=LOOPBACK"]

    def engine(self) -> dict[str, dict[str, str]]:
        """Return the section of the engines' settings that leads to this server."""
        return {"prism": {"job_endpoint": self.endpoint}}

    def roles(self) -> tuple[Role, ...]:
        """Return the server's process."""
        program = str(self.part("prism") / "prism")
        ports = (f"-job_port={self.port('job')}", f"-web_port={self.port('web')}")
        return (Role("runner", (program, *ports, "-idle_shutdown_timeout=-1s")),)

    def probe(self) -> None:
        """Open a gRPC channel and the web page; NotYet or OSError if one of them does not answer."""
        from urllib.request import urlopen

        check_channel(self.port("job"))
        urlopen(f"http://127.0.0.1:{self.port('web')}/", timeout=3).close()

    def address(self) -> str:
        """Return the job endpoint."""
        return self.endpoint
