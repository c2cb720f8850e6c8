"""Beam's portable runner for Flink: an accelerator stage with a pool of its own, and metrics while a job runs.

Flink does not know resource hints. But steps with different hints have different environments, so the environment that
asks for an accelerator can name another pool: on Kubernetes, the container that has the device.
"""

from __future__ import annotations

from typing import Any

from apache_beam.portability import common_urns

from pipelines.engines.flink_metrics import FlinkRest
from pipelines.engines.job_server import PATIENCE_S, JobServerRunner


class PinnedRunner(JobServerRunner):
    """Beam's portable runner that sends environments with an accelerator hint to `pool` (host:port), if given.

    `rest`, if given, tells the metrics of a job that runs; the job server tells them when it has ended.
    """

    def __init__(self, pool: str | None = None, patience_s: float = PATIENCE_S, rest: FlinkRest | None = None) -> None:
        super().__init__(patience_s)
        self.pool, self.rest = pool, rest

    def run_portable_pipeline(self, pipeline: Any, options: Any) -> Any:
        """Pin the environments and submit the job."""
        if self.pool:
            pin_accelerator(pipeline, self.pool)
        return super().run_portable_pipeline(pipeline, options)

    def _ask_for_metrics(self) -> Any:
        told = super()._ask_for_metrics()
        if self.rest is None or not self.job_id or told.metrics.attempted or told.metrics.committed:
            return told
        return self.rest.read_metrics(self.job_id.rpartition("_")[0])


def pin_accelerator(pipeline: Any, pool: str) -> int:
    """Point the external environments with an accelerator hint at this pool; return how many there are."""
    from apache_beam.portability.api import beam_runner_api_pb2

    wants, external = common_urns.resource_hints.ACCELERATOR.urn, common_urns.environments.EXTERNAL.urn
    found = [
        each
        for each in pipeline.components.environments.values()
        if each.urn == external and wants in each.resource_hints
    ]
    for each in found:
        payload = beam_runner_api_pb2.ExternalPayload.FromString(each.payload)
        payload.endpoint.url = pool
        each.payload = payload.SerializeToString()
    return len(found)
