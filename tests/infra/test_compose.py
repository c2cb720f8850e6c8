"""infra/compose.yaml has the servers and versions of the local stack, each checked and seen from here only."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.stack.fetching import FLINK, GCS, KAFKA
from infra.stack.flink import RESTART

FILE = Path(__file__).parents[2] / "infra" / "compose.yaml"
IMAGE = re.compile(r"[a-z0-9._/-]+:(?P<version>\d+\.\d+\.\d+)(-java17)?")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())["services"]
VOLUMES = yaml.safe_load(FILE.read_text())["volumes"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_pinned_checked_and_local(name: str):
    service = SERVICES[name]
    assert IMAGE.fullmatch(service["image"]), service["image"]
    assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert {volume.split(":")[0] for volume in service.get("volumes", ())} <= set(VOLUMES)
    assert set(service.get("depends_on", ())) <= set(SERVICES)


def test_the_versions_are_those_of_the_local_stack():
    jars = " ".join(name for part in (KAFKA, FLINK) for name, _ in part.pinned)
    version = {name: IMAGE.fullmatch(service["image"])["version"] for name, service in SERVICES.items()}  # type: ignore[index]
    assert f"kafka_2.13-{version['kafka']}.jar" in jars
    assert f"flink-runtime-{version['taskmanager']}.jar" in jars
    assert f"beam-runners-flink-1.19-{version['jobserver']}.jar" in jars
    assert GCS.version == f"v{version['gcs']}"
    assert SERVICES["taskmanager"]["deploy"]["replicas"] == 2


def test_a_lost_worker_is_made_up_for_as_in_the_local_stack():
    told = yaml.safe_load(SERVICES["jobmanager"]["environment"]["FLINK_PROPERTIES"])
    assert {key: told[key] for key in RESTART} == RESTART
    manual = (FILE.parents[1] / "docs" / "engines.md").read_text()
    shown = yaml.safe_load(manual.split("```yaml\ntaskmanager.load-balance", 1)[1].split("\n", 1)[1].split("```")[0])
    assert shown == RESTART


def test_compose_itself_reads_it():
    if shutil.which("docker") is None:
        pytest.skip("no docker here; the tests above read the file themselves")
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    if plugin.returncode:
        pytest.skip("no docker compose here; the tests above read the file themselves")
    command = ["docker", "compose", "-f", str(FILE), "config", "--format", "json"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert set(json.loads(told.stdout)["services"]) == set(SERVICES)
