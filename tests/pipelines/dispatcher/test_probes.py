"""The probes and the metrics, as an operator's HTTP client gets them."""

from __future__ import annotations

from urllib.error import HTTPError
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from pipelines.dispatcher.health import Health
from pipelines.dispatcher.metrics import Metrics
from pipelines.dispatcher.probes import serve_probes


def asked(port: int, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_probes_say_why_and_metrics_can_be_parsed() -> None:
    health, metrics = Health(), Metrics()
    metrics.variants.labels("aurelle", "made").inc(3)
    with serve_probes("127.0.0.1", 0, health, metrics) as port:
        assert asked(port, "/live") == (200, "alive\n")
        assert asked(port, "/ready") == (503, "not joined yet\n")
        health.joined = True
        assert asked(port, "/ready") == (200, "ready\n")
        health.begin_outage("broker", why="nobody answers")
        status, why = asked(port, "/ready")
        assert status == 503
        assert why.endswith(": nobody answers\n")
        assert "foundry_ready 0.0" in asked(port, "/metrics")[1]
        health.end_outage("broker")
        health.begin_outage("tenant_store", "aurelle", "no such bucket")
        assert asked(port, "/ready") == (200, "ready\n")
        health.stuck_s = 0.0
        assert asked(port, "/live")[0] == 503
        assert asked(port, "/ready") == (503, "the loop is stuck\n")
        assert asked(port, "/../etc/passwd")[0] == 404
        families = {family.name: family for family in text_string_to_metric_families(asked(port, "/metrics")[1])}
    made = {"tenant": "aurelle", "outcome": "made"}
    samples = [one for one in families["foundry_variants"].samples if one.name.endswith("_total")]
    assert [one.value for one in samples if one.labels == made] == [3.0]


def test_a_long_reason_is_cut() -> None:
    health = Health(joined=True)
    health.begin_outage("store", why="x" * 100_000)
    with serve_probes("127.0.0.1", 0, health, Metrics()) as port:
        assert len(asked(port, "/ready")[1]) < 3000
