"""The metrics of a job that Flink works on, from Flink's REST service: Beam's job server tells them only at the end.

Beam's Flink runner keeps them in an accumulator, which Flink shows as the text of a MonitoringInfo list. A bundle's
metrics are added when the bundle is done, and in a batch job a bundle is all that one worker does in a stage.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.request import urlopen

from apache_beam.portability.api import beam_job_api_pb2
from google.protobuf import json_format

from pipelines.engines.job_server import EngineLost

ANSWER_S = 5.0
MOST_BYTES = 50_000_000
ACCUMULATOR = "__metricscontainers"
"""The name that Beam's Flink runner gives its accumulator."""
ENDED = frozenset({"FINISHED", "CANCELED", "FAILED"})


class FlinkRest:
    """The REST service of a Flink cluster, at an address such as http://jobmanager:8081."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")

    def read_metrics(self, job_name: str) -> Any:
        """Return the metrics of the running job with this name, as a job server would; EngineLost if none is told."""
        try:
            job = next((job for job in self._get("jobs/overview")["jobs"] if _runs(job, job_name)), None)
            found = self._get(f"jobs/{job['jid']}/accumulators")["user-task-accumulators"] if job else ()
            told = next((each["value"] for each in found if each["name"] == ACCUMULATOR), "{}")
            return json_format.Parse(told, beam_job_api_pb2.GetJobMetricsResponse(), ignore_unknown_fields=True)
        except (OSError, KeyError, TypeError, ValueError, json_format.ParseError) as error:
            raise EngineLost(self.address, f"its metrics were not read: {error!r}") from error

    def _get(self, path: str) -> Any:
        with urlopen(f"{self.address}/{path}", timeout=ANSWER_S) as answer:  # noqa: S310 - http(s), by the settings
            return json.loads(answer.read(MOST_BYTES))


def _runs(job: dict[str, Any], name: str) -> bool:
    return bool(job["name"] == name and job["state"] not in ENDED)
