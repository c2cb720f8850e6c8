"""Beam's Dataflow runner, whose job can be asked for its metrics while it runs."""

from __future__ import annotations

from typing import Any

from apache_beam.runners.dataflow.dataflow_runner import DataflowRunner

from pipelines.engines.job_server import EngineLost


class CountedDataflowRunner(DataflowRunner):  # type: ignore[misc]  # Beam has no types
    """DataflowRunner that keeps the job's result, which asks the service for the job's metrics."""

    every_s = 10.0
    """Seconds between two requests for metrics: they count against the project's quota of requests."""
    _job: Any = None

    def run_pipeline(self, *args: Any, **kwargs: Any) -> Any:
        """Submit the job and return its result."""
        self._job = super().run_pipeline(*args, **kwargs)
        return self._job

    def read_metrics(self) -> Any:
        """Return the job's metrics as they are now; EngineLost if the service does not tell them."""
        from google.api_core.exceptions import GoogleAPICallError

        if self._job is None:
            return {"counters": [], "distributions": []}
        try:
            return self._job.metrics().query()
        except GoogleAPICallError as error:
            raise EngineLost("Dataflow", str(error)) from error
