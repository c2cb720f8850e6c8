"""The choice of the engine that runs a pipeline: `embedded` (this process), `prism`, `flink` or `dataflow`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import Any

from apache_beam.options.pipeline_options import PipelineOptions
from pydantic import BaseModel, ConfigDict, Field

from foundry.documents.sentences import Wording, read_model
from foundry.errors import BadInput
from pipelines.engines.dataflow import L4, DataflowSettings

ENDPOINT = r"^[A-Za-z0-9.-]+:\d{1,5}$"
REST = r"^https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._/-]*)?$"
PATIENCE = "Seconds to wait for a job server that does not answer when a run begins."
KEEP_WORKERS_MS = 600_000
"""A worker process waits this long for its job's next stage, if Flink keeps workers at all (docs/engines.md)."""


@dataclass(frozen=True)
class Engine:
    """A runner, its options, and the resource hints of the accelerator stage.

    accelerated: whether that stage's workers have a GPU; None if they are like this process, which then decides.
    lanes: the number of workers that draw at the same time.
    ahead: the number of threads that render files while shots are still drawn; 0 if the CPU stage has its own workers.
    """

    runner: Any
    options: PipelineOptions
    _: KW_ONLY
    hints: dict[str, str] = field(default_factory=lambda: {"min_ram": "16GB", "accelerator": L4})
    accelerated: bool | None = None
    lanes: int = 2
    ahead: int = 0


class PrismSettings(BaseModel):
    """Settings of Beam's local runner: a program to start, or the endpoint of one that runs already."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    location: Path | None = Field(
        default=None, description="The program; default: the local stack's, or `prism` on PATH."
    )
    job_endpoint: str | None = Field(default=None, pattern=ENDPOINT)
    patience_s: int = Field(default=60, ge=1, le=3600, description=PATIENCE)


class FlinkSettings(BaseModel):
    """Settings of a Flink cluster behind Beam's job server."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    job_endpoint: str = Field(pattern=ENDPOINT, description="Beam's Flink job server, host:port.")
    worker_pool: str | None = Field(
        default=None,
        pattern=ENDPOINT,
        description="Pool of Python workers, as a taskmanager reaches it; without one, this process does the work.",
    )
    accelerator_pool: str | None = Field(
        default=None,
        pattern=ENDPOINT,
        description="Pool for the accelerator stage alone; without one, that stage runs in `worker_pool`.",
    )
    rest: str | None = Field(
        default=None,
        pattern=REST,
        description="Address of Flink's REST service; without it, counts are told when a job has ended.",
    )
    parallelism: int = Field(default=1, ge=1, le=4096)
    patience_s: int = Field(default=60, ge=1, le=3600, description=PATIENCE)


class EngineSettings(BaseModel):
    """The content of the file that `--engine-config` names: one section for each engine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prism: PrismSettings = PrismSettings()
    flink: FlinkSettings | None = None
    dataflow: DataflowSettings | None = None

    def at_most_patient(self, seconds: float) -> EngineSettings:
        """Return these settings with no more patience than that for a job server, in whole seconds, at least one.

        For a caller that waits for outages itself: a try that takes longer than its own patience begins a new outage.
        """
        most = max(1, int(seconds))
        changed = {
            name: each.model_copy(update={"patience_s": min(each.patience_s, most)})
            for name, each in (("prism", self.prism), ("flink", self.flink))
            if each
        }
        return self.model_copy(update=changed)


def engine_settings(file: Path | None) -> EngineSettings:
    """Return the settings of a YAML file, the defaults without one; BadInput, with the reason, if they are wrong."""
    if file is None:
        return EngineSettings()
    return read_model(file, EngineSettings, Wording(whole="engine configuration", denial="no"))


def choose_engine(name: str, settings: EngineSettings | None = None) -> Engine:
    """Return the engine of this name; BadInput if there is none, or if something that it needs is missing."""
    if name not in ENGINES:
        raise BadInput("engine", f"{name!r} is none; choose one of {', '.join(ENGINES)}")
    return ENGINES[name](settings or EngineSettings())


def embedded_runner() -> tuple[Any, PipelineOptions]:
    """Return Beam's in-process runner, with threads and live counts, and its options.

    It is named because `DirectRunner` may choose another runner. Threads use all cores, since Pillow, NumPy and torch
    release the interpreter lock.
    """
    from pipelines.engines.embedded import EmbeddedRunner

    options = PipelineOptions(
        [
            "--direct_running_mode=multi_threading",
            f"--direct_num_workers={os.cpu_count() or 1}",
        ]
    )
    return EmbeddedRunner(), options


def _embedded_engine(_settings: EngineSettings) -> Engine:
    return Engine(*embedded_runner(), ahead=os.cpu_count() or 1)


def _prism_engine(settings: EngineSettings) -> Engine:
    from pipelines.engines.job_server import JobServerRunner, LocalPrismRunner

    endpoint = settings.prism.job_endpoint
    if endpoint:
        options = [f"--job_endpoint={endpoint}", "--environment_type=LOOPBACK"]
        return Engine(JobServerRunner(settings.prism.patience_s), PipelineOptions(options))
    options = [f"--prism_location={find_prism(settings.prism)}", "--environment_type=LOOPBACK"]
    return Engine(LocalPrismRunner(), PipelineOptions(options))


def find_prism(settings: PrismSettings) -> Path:
    """Return the Prism program: that of the settings, or the local stack's, or the one on PATH.

    Beam's own download is never used. BadInput if there is none, or if it is no program.
    """
    from infra.stack.fetching import PRISM, cache_folder, folder_of

    chosen, cached, on_path = settings.location, folder_of(PRISM, cache_folder()) / "prism", shutil.which("prism")
    found = chosen or (cached if cached.is_file() else Path(on_path) if on_path else None)
    if found is None:
        raise BadInput("engine", "prism is neither in the stack's cache nor on PATH; run `foundry stack fetch prism`")
    if not os.access(found, os.X_OK):
        raise BadInput("engine: prism.location", f"{found} is no program; name Prism's file")
    return found


def _flink_engine(settings: EngineSettings) -> Engine:
    from pipelines.engines.flink_metrics import FlinkRest
    from pipelines.engines.pinning import PinnedRunner

    flink = settings.flink
    if flink is None:
        raise BadInput("engine", "flink needs a configuration with flink.job_endpoint; give --engine-config")
    if flink.accelerator_pool and not flink.worker_pool:
        raise BadInput("engine: flink", "has an accelerator_pool and no worker_pool; name both, or neither")
    where = ["--environment_type=LOOPBACK"]
    if flink.worker_pool:
        where = ["--environment_type=EXTERNAL", f"--environment_config={flink.worker_pool}"]
    options = [
        f"--job_endpoint={flink.job_endpoint}",
        f"--parallelism={flink.parallelism}",
        f"--environment_cache_millis={KEEP_WORKERS_MS}",
        *where,
    ]
    accelerated = True if flink.accelerator_pool else None
    runner = PinnedRunner(flink.accelerator_pool, flink.patience_s, FlinkRest(flink.rest) if flink.rest else None)
    return Engine(runner, PipelineOptions(options), accelerated=accelerated, lanes=flink.parallelism)


def _dataflow_engine(settings: EngineSettings) -> Engine:
    from pipelines.engines import dataflow

    if settings.dataflow is None:
        raise BadInput("engine", "dataflow needs a configuration with project, region and more; give --engine-config")
    options = dataflow.parse_dataflow_options(dataflow.dataflow_arguments(settings.dataflow))
    return Engine(
        dataflow.dataflow_runner(), options, hints=dataflow.accelerator_hints(settings.dataflow), accelerated=True
    )


ENGINES: dict[str, Callable[[EngineSettings], Engine]] = {
    "embedded": _embedded_engine,
    "prism": _prism_engine,
    "flink": _flink_engine,
    "dataflow": _dataflow_engine,
}
