"""Dashboard and alert rules: every metric they name exists, and they are well formed."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.tools import INFRA, run

DASHBOARD, RULES = INFRA / "grafana" / "campaign-foundry.json", INFRA / "alerts" / "foundry.rules.yaml"


def listed() -> dict[str, set[str]]:
    """Metric → labels, as infra/metrics.txt has them."""
    lines = (line.split() for line in (INFRA / "metrics.txt").read_text().splitlines() if not line.startswith("#"))
    return {name: set(labels) for name, *labels in lines}


def panels() -> list[dict[str, Any]]:
    return [each for each in json.loads(DASHBOARD.read_text())["panels"] if each["type"] != "row"]


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def queries() -> list[str]:
    told = [target["expr"] for panel in panels() for target in panel["targets"]]
    variables = [each["query"]["query"] for each in json.loads(DASHBOARD.read_text())["templating"]["list"][1:]]
    return [*told, *variables, *(rule["expr"] for rule in rules())]


def test_every_metric_that_is_named_is_listed():
    named = {name for query in queries() for name in re.findall(r"\bfoundry_[a-z_]+", query)}
    assert named
    assert named <= listed().keys()


def test_every_metric_that_is_listed_is_looked_at():
    named = {name for query in queries() for name in re.findall(r"\bfoundry_[a-z_]+", query)}
    assert {name for name in listed() if not name.startswith("foundry_brief_seconds_sum")} - named == set()


def test_every_metric_that_is_listed_exists_in_the_code():
    if find_spec("pipelines.dispatcher") is None or find_spec("pipelines.dispatcher.metrics") is None:
        pytest.skip("there is no dispatcher in this tree")
    from pipelines.catalog.service_metrics import CatalogMetrics
    from pipelines.delivery.service_metrics import DeliveryMetrics
    from pipelines.dispatcher.metrics import Metrics

    others = CatalogMetrics().names() | DeliveryMetrics().names()
    assert listed().keys() <= Metrics().names() | others
    assert not Metrics().names() & others  # sums over dispatchers count dispatchers alone
    assert not CatalogMetrics().names() & DeliveryMetrics().names()


def test_every_label_that_is_used_is_a_metrics_own():
    known = set().union(*listed().values()) | {"job", "instance", "namespace", "pod", "container"}
    for query in queries():
        grouped = re.findall(r"\b(?:by|on) \(([^)]*)\)", query)
        matched = re.findall(r"\{([^}]*)\}", query)
        used = {label.strip() for part in grouped for label in part.split(",")}
        used |= {pair.split("=")[0].strip(" !~") for part in matched for pair in part.split(",")}
        assert used - {""} <= known, query


def test_panels_have_titles_units_and_descriptions_and_do_not_overlap():
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert panel["fieldConfig"]["defaults"]["unit"]
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert len({panel["id"] for panel in panels()}) == len(panels())


def test_alerts_say_what_is_wrong_and_what_to_do():
    assert len({rule["alert"] for rule in rules()}) == len(rules())
    for rule in rules():
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}


@pytest.mark.parametrize("source", [DASHBOARD, RULES], ids=lambda path: path.name)
def test_the_chart_has_the_same_file(source: Path):
    copied = INFRA / "helm" / "campaign-foundry" / "files" / source.name
    assert copied.read_bytes() == source.read_bytes()


@pytest.mark.parametrize("name", [pytest.param("promtool", marks=pytest.mark.promtool)])
def test_prometheus_itself_takes_the_rules_and_the_queries(name: str, tmp_path: Path):
    done = run(name, "check", "rules", str(RULES))
    assert done.returncode == 0, done.stdout + done.stderr
    told = [target["expr"] for panel in panels() for target in panel["targets"]]
    plain = [q.replace("$__rate_interval", "5m").replace("$tenant", ".*") for q in told]
    recorded = [{"record": f"panel:query{n}", "expr": query} for n, query in enumerate(plain)]
    file = tmp_path / "panels.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": recorded}]}))
    done = run(name, "check", "rules", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
