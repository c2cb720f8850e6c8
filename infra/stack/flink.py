"""Flink 1.19 (a jobmanager, taskmanagers), Beam's job server for it, and the pool of its Python workers.

All Java processes run from one set of jars, which holds Beam's Flink runner, so that the versions of cluster and job
server cannot differ.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from infra.stack.beam_ports import check_channel, check_job_service
from infra.stack.server import NotYet, Role, Server, get_json, java

OPENED = ("lang", "net", "io", "nio", "util", "util.concurrent", "time", "text")
OPEN = (
    *(f"--add-opens=java.base/java.{name}=ALL-UNNAMED" for name in OPENED),
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
)
# Flink demands that the parts of a taskmanager's memory add up to the whole; in MB.
MEMORY_MB = {
    "framework.heap.size": 128,
    "task.heap.size": 256,
    "managed.size": 128,
    "framework.off-heap.size": 128,
    "task.off-heap.size": 0,
    "network.min": 128,
    "network.max": 128,
    "jvm-metaspace.size": 256,
    "jvm-overhead.min": 192,
    "jvm-overhead.max": 192,
}
WHOLE_MB = sum(size for name, size in MEMORY_MB.items() if not name.endswith(".max"))
HEAP_MB = MEMORY_MB["framework.heap.size"] + MEMORY_MB["task.heap.size"]
DIRECT_MB = MEMORY_MB["framework.off-heap.size"] + MEMORY_MB["task.off-heap.size"] + MEMORY_MB["network.min"]
# After the loss of a worker the job starts again and draws only what is missing. Ten minutes without a loss reset the
# count of attempts. The sixth loss without such a pause is taken for a fault of the job itself and ends it.
RESTART = {
    "restart-strategy.type": "exponential-delay",
    "restart-strategy.exponential-delay.initial-backoff": "1 s",
    "restart-strategy.exponential-delay.backoff-multiplier": 2,
    "restart-strategy.exponential-delay.max-backoff": "1 min",
    "restart-strategy.exponential-delay.jitter-factor": 0.1,
    "restart-strategy.exponential-delay.reset-backoff-threshold": "10 min",
    "restart-strategy.exponential-delay.attempts-before-reset-backoff": 5,
}


@dataclass
class Flink(Server):
    """A session cluster of taskmanagers, with `slots` slots each; it is ready when all of them have registered.

    restart: Flink's settings for a job that lost a worker; without any, the job fails.
    """

    taskmanagers: int = 2
    slots: int = 2
    restart: dict[str, object] = field(default_factory=lambda: dict(RESTART))

    name: ClassVar[str] = "flink"
    ports: ClassVar[tuple[str, ...]] = ("rest", "rpc", "blob")
    patience_s: ClassVar[float] = 180

    @property
    def rest(self) -> str:
        """The address of Flink's REST service."""
        return f"http://127.0.0.1:{self.port('rest')}"

    def prepare(self) -> None:
        """Make the data folder and write Flink's configuration."""
        super().prepare()
        self._conf.mkdir(parents=True, exist_ok=True)
        (self._conf / "flink-conf.yaml").write_text("".join(f"{k}: {v}\n" for k, v in self._settings().items()))

    def roles(self) -> tuple[Role, ...]:
        """Return the jobmanager and the taskmanagers."""
        jars, conf = self.part("flink"), str(self._conf)
        entry = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
        master = java(jars, entry, "-c", conf, "--executionMode", "cluster", flags=("-Xmx512m", *OPEN))
        heap = (f"-Xmx{HEAP_MB}m", f"-XX:MaxDirectMemorySize={DIRECT_MB}m")
        flags = (*heap, f"-XX:MaxMetaspaceSize={MEMORY_MB['jvm-metaspace.size']}m", *OPEN)
        task = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
        return (
            Role("jobmanager", master),
            *(
                Role(f"taskmanager-{n}", java(jars, task, "-c", conf, *self._shares(n), flags=flags))
                for n in range(1, self.taskmanagers + 1)
            ),
        )

    def probe(self) -> None:
        """Ask the REST service for the taskmanagers; NotYet until all have registered."""
        registered = self.overview().get("taskmanagers")
        if registered != self.taskmanagers:
            raise NotYet(f"{registered} of {self.taskmanagers} taskmanagers have registered")

    def overview(self) -> dict[str, object]:
        """Return Flink's overview of the cluster: taskmanagers, slots, jobs."""
        return get_json(f"{self.rest}/overview")

    def address(self) -> str:
        """Return the address of the REST service."""
        return self.rest

    @property
    def _conf(self) -> Path:
        return self.home.folder / self.name / "conf"

    def _settings(self) -> dict[str, object]:
        return {
            "jobmanager.rpc.address": "127.0.0.1",
            "jobmanager.rpc.port": self.port("rpc"),
            "jobmanager.bind-host": "127.0.0.1",
            "blob.server.port": self.port("blob"),
            "rest.address": "127.0.0.1",
            "rest.bind-address": "127.0.0.1",
            "rest.port": self.port("rest"),
            "taskmanager.host": "127.0.0.1",
            "taskmanager.bind-host": "127.0.0.1",
            "taskmanager.numberOfTaskSlots": self.slots,
            "taskmanager.load-balance.mode": "SLOTS",  # otherwise one taskmanager is filled before the next gets work
            "heartbeat.interval": 2000,
            "heartbeat.timeout": 15000,
            "pekko.startup-timeout": "60 s",  # on a busy machine the default of 10 s is too short
            "io.tmp.dirs": self.data,
            **self.restart,
        }

    def _shares(self, number: int) -> tuple[str, ...]:
        shares = {f"taskmanager.memory.{name}": f"{size}m" for name, size in MEMORY_MB.items()}
        shares |= {"taskmanager.memory.process.size": f"{WHOLE_MB}m", "taskmanager.cpu.cores": "1.0"}
        shares |= {"taskmanager.resource-id": f"taskmanager-{number}"}
        return tuple(part for key, value in shares.items() for part in ("-D", f"{key}={value}"))


@dataclass
class Workers(Server):
    """A pool of external Python workers: one process for each worker that a taskmanager asks for.

    The workers run this Python with this environment, so whatever the pipeline imports must be importable here.
    """

    name: ClassVar[str] = "workers"
    ports: ClassVar[tuple[str, ...]] = ("pool",)

    @property
    def endpoint(self) -> str:
        """The host:port that Beam calls the environment config of an EXTERNAL environment."""
        return f"127.0.0.1:{self.port('pool')}"

    def roles(self) -> tuple[Role, ...]:
        """Return the process of the pool."""
        module = "infra.stack.worker_pool"
        command = (sys.executable, "-m", module, f"--service_port={self.port('pool')}")
        modules = os.pathsep.join(dict.fromkeys(folder or str(Path.cwd()) for folder in sys.path))
        return (Role("pool", command, {"PYTHONPATH": modules}),)

    def probe(self) -> None:
        """Open a gRPC channel to the pool; NotYet if it does not answer."""
        check_channel(self.port("pool"))

    def address(self) -> str:
        """Return the endpoint of the pool."""
        return self.endpoint


@dataclass
class JobServer(Server):
    """Beam's Flink job server, which passes Beam jobs to the session cluster of the same stack."""

    name: ClassVar[str] = "jobserver"
    depends_on: ClassVar[tuple[str, ...]] = ("flink", "workers")
    ports: ClassVar[tuple[str, ...]] = ("job", "artifact", "expansion")
    patience_s: ClassVar[float] = 180

    @property
    def endpoint(self) -> str:
        """The host:port that Beam calls the job endpoint."""
        return f"127.0.0.1:{self.port('job')}"

    def options(self, parallelism: int = 1) -> list[str]:
        """Return the Beam options that run a pipeline on the cluster, with the pool's Python workers."""
        return [
            "--runner=PortableRunner",
            f"--job_endpoint={self.endpoint}",
            "--environment_type=EXTERNAL",
            f"--environment_config={Workers(self.home).endpoint}",
            f"--parallelism={parallelism}",
        ]

    def engine(self) -> dict[str, dict[str, str | int]]:
        """Return the section of the engines' settings that leads to this cluster."""
        pool, cluster = Workers(self.home).endpoint, Flink(self.home)
        flink = {"job_endpoint": self.endpoint, "worker_pool": pool, "rest": cluster.rest}
        return {"flink": {**flink, "parallelism": cluster.taskmanagers}}

    def roles(self) -> tuple[Role, ...]:
        """Return the process of the job server."""
        arguments = {
            "flink-master": Flink(self.home).rest.removeprefix("http://"),
            "job-host": "127.0.0.1",
            "job-port": self.port("job"),
            "artifact-port": self.port("artifact"),
            "expansion-port": self.port("expansion"),
            "artifacts-dir": self.data,
        }
        options = tuple(f"--{name}={value}" for name, value in arguments.items())
        main = "org.apache.beam.runners.flink.FlinkJobServerDriver"
        return (Role("server", java(self.part("flink"), main, *options, flags=("-Xmx512m", *OPEN))),)

    def probe(self) -> None:
        """Ask the job service for its options; NotYet if it does not answer."""
        check_job_service(self.port("job"))

    def address(self) -> str:
        """Return the job endpoint."""
        return self.endpoint
