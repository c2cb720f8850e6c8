"""Flink 1.19 (a jobmanager, taskmanagers), Beam's job server for it, and the pool that gives it Python workers.

All Java here runs from one closure of jars, which has Beam's Flink runner in it, so that cluster and job server cannot
differ.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from infra.stack.beam_ports import channel_works, job_service_works
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
# A lost worker starts the job again, which draws only what is missing. Losses that are ten minutes apart may be as many
# as they like; the sixth in quick succession is a fault of the job's own, and ends it.
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
    """A session cluster. `taskmanagers` of `slots` slots each; the cluster is ready when all have registered.

    `restart`: what Flink does with a job that lost a worker, in Flink's own settings; empty: the job fails.
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
        super().prepare()
        self._conf.mkdir(parents=True, exist_ok=True)
        (self._conf / "flink-conf.yaml").write_text("".join(f"{k}: {v}\n" for k, v in self._settings().items()))

    def roles(self) -> tuple[Role, ...]:
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
        found = self.overview().get("taskmanagers")
        if found != self.taskmanagers:
            raise NotYet(f"{found} of {self.taskmanagers} taskmanagers have registered")

    def overview(self) -> dict[str, object]:
        """What the cluster says of itself: taskmanagers, slots, jobs."""
        return get_json(f"{self.rest}/overview")

    def address(self) -> dict[str, str]:
        return {"FLINK_REST": self.rest}

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
            "taskmanager.load-balance.mode": "SLOTS",  # else one taskmanager is filled before the next gets work
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
    """A pool of external Python workers: one process per worker that a taskmanager asks for.

    They run this very Python with this very environment, so what the pipeline imports must be importable here.
    """

    name: ClassVar[str] = "workers"
    ports: ClassVar[tuple[str, ...]] = ("pool",)

    @property
    def endpoint(self) -> str:
        """What Beam calls the environment config of an EXTERNAL environment."""
        return f"127.0.0.1:{self.port('pool')}"

    def roles(self) -> tuple[Role, ...]:
        module = "infra.stack.worker_pool"
        command = (sys.executable, "-m", module, f"--service_port={self.port('pool')}")
        modules = os.pathsep.join(dict.fromkeys(folder or os.getcwd() for folder in sys.path))
        return (Role("pool", command, {"PYTHONPATH": modules}),)

    def probe(self) -> None:
        channel_works(self.port("pool"))

    def address(self) -> dict[str, str]:
        return {"BEAM_WORKER_POOL": self.endpoint}


@dataclass
class JobServer(Server):
    """Beam's Flink job server: takes Beam jobs and gives them to the session cluster of the same stack."""

    name: ClassVar[str] = "jobserver"
    depends_on: ClassVar[tuple[str, ...]] = ("flink", "workers")
    ports: ClassVar[tuple[str, ...]] = ("job", "artifact", "expansion")
    patience_s: ClassVar[float] = 180

    @property
    def endpoint(self) -> str:
        """Beam's job endpoint."""
        return f"127.0.0.1:{self.port('job')}"

    def options(self, parallelism: int = 1) -> list[str]:
        """Beam options that run a pipeline on the cluster, with the pool's Python workers."""
        return [
            "--runner=PortableRunner",
            f"--job_endpoint={self.endpoint}",
            "--environment_type=EXTERNAL",
            f"--environment_config={Workers(self.home).endpoint}",
            f"--parallelism={parallelism}",
        ]

    def roles(self) -> tuple[Role, ...]:
        arguments = {
            "flink-master": Flink(self.home).rest.removeprefix("http://"),
            "job-host": "127.0.0.1",
            "job-port": self.port("job"),
            "artifact-port": self.port("artifact"),
            "expansion-port": self.port("expansion"),
            "artifacts-dir": self.data,
        }
        told = tuple(f"--{name}={value}" for name, value in arguments.items())
        main = "org.apache.beam.runners.flink.FlinkJobServerDriver"
        return (Role("server", java(self.part("flink"), main, *told, flags=("-Xmx512m", *OPEN))),)

    def probe(self) -> None:
        job_service_works(self.port("job"))

    def address(self) -> dict[str, str]:
        return {"FLINK_JOB_ENDPOINT": self.endpoint}
