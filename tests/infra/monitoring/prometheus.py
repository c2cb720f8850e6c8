"""Prometheus as it would scrape a service and evaluate the alert rules: by promtool, in simulated time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.infra.monitoring.service import TICK_S, Service
from tests.support.tools import INFRA, run

RULES = INFRA / "alerts" / "foundry.rules.yaml"
JOB = "studio-campaign-foundry-dispatcher"
ASKED = frozenset(re.findall(r"\b(?:foundry|kube|up)(?:_[a-z_]+)?\b", RULES.read_text()))
Change = Callable[[Service], None]


@dataclass
class Prometheus:
    """The samples of each scrape, by series; a scrape that failed leaves a stale mark, as Prometheus does."""

    samples: dict[str, list[str]] = field(default_factory=dict)
    scrapes: int = 0

    def scrape(self, services: Iterable[Service]) -> None:
        """Take a sample of every series that the rules ask for."""
        seen: dict[str, str] = {}
        for service in services:
            place = {"job": JOB, "instance": service.instance}
            seen[_series("up", place)] = str(int(service.running))
            if service.running:
                for family in service.metrics.registry.collect():
                    for sample in family.samples:
                        if sample.name in ASKED:
                            seen[_series(sample.name, {**sample.labels, **place})] = repr(float(sample.value))
        self._keep(seen)

    def _keep(self, seen: dict[str, str]) -> None:
        for series, values in self.samples.items():
            value = seen.pop(series, None)
            gone = "_" if values[-1] in ("stale", "_") else "stale"
            values.append(gone if value is None else value)
        for series, value in seen.items():
            self.samples[series] = ["_"] * self.scrapes + [value]
        self.scrapes += 1

    def live(self, services: Sequence[Service], minutes: float, change: Change | None = None) -> None:
        """Let time pass for the services, with a scrape each half minute; `change` acts on the first before each."""
        for _ in range(int(60 * minutes / TICK_S)):
            if change:
                change(services[0])
            for service in services:
                service.tick()
            self.scrape(services)

    @property
    def minutes(self) -> float:
        """The time of the last scrape."""
        return (self.scrapes - 1) * TICK_S / 60

    def assert_firing(self, expected: Sequence[tuple[float, str, bool]], folder: Path) -> None:
        """Hold (minutes, alert's name or "" for any, whether it fires) against Prometheus's own evaluation."""
        checks = [
            {
                "expr": f'(count(ALERTS{{alertstate="firing"{_named(alert)}}}) > bool 0) or vector(0)',
                "eval_time": f"{int(60 * minutes)}s",
                "exp_samples": [{"labels": "{}", "value": int(firing)}],
            }
            for minutes, alert, firing in expected
        ]
        series = [{"series": name, "values": " ".join(values)} for name, values in self.samples.items()]
        interval = f"{int(TICK_S)}s"
        told: dict[str, Any] = {"interval": interval, "input_series": series, "promql_expr_test": checks}
        file = folder / "alerts.yaml"
        file.write_text(
            yaml.dump(
                {"rule_files": [str(RULES)], "evaluation_interval": interval, "tests": [told]}, Dumper=yaml.CSafeDumper
            )
        )
        done = run("promtool", "test", "rules", str(file))
        assert done.returncode == 0, done.stdout + done.stderr


def _named(alert: str) -> str:
    return f',alertname="{alert}"' if alert else ""


def _series(name: str, labels: dict[str, str]) -> str:
    told = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
    return f"{name}{{{told}}}"
