"""`foundry config show` tells what is used and where it comes from, and no secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console.cli import app
from foundry.errors import BadInput


def shown(*words: str) -> dict[str, dict[str, Any]]:
    done = CliRunner().invoke(app, ["config", "show", "--json", *words])
    assert done.exit_code == 0, done.output
    return {each["name"]: each for each in json.loads(done.stdout)["settings"]}


def test_each_setting_comes_from_an_option_a_variable_a_file_or_a_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kafka.yaml"
    file.write_text("{bootstrap: 'b-1:9093', security: SASL_SSL, user: u, password_variable: KAFKA_PASSWORD}")
    monkeypatch.setenv("FOUNDRY_STORE", "gs://bucket/a")
    monkeypatch.setenv("FOUNDRY_PATIENCE", "60")
    found = shown("--patience", "12", "--kafka-config", str(file))
    assert (found["--store"]["value"], found["--store"]["source"]) == ("gs://bucket/a", "environment")
    assert (found["--patience"]["value"], found["--patience"]["source"]) == ("12", "option")
    assert (found["--bootstrap"]["value"], found["--bootstrap"]["source"]) == ("b-1:9093", str(file))
    assert (found["--backlog"]["value"], found["--backlog"]["source"]) == (256, "default")
    assert (found["--tenants"]["value"], found["--tenants"]["source"]) == (None, "missing")
    assert found["kafka: password_variable"]["value"] == "KAFKA_PASSWORD (not set)"


def test_no_secret_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "kafka.yaml"
    file.write_text("{security: SASL_SSL, user: u, password_variable: KAFKA_PASSWORD}")
    monkeypatch.setenv("KAFKA_PASSWORD", "s3cret-1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=s3cret-2")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "https://user:s3cret-3@collector/v1?key=s3cret-4")
    monkeypatch.setenv("HF_TOKEN", "s3cret-5")
    monkeypatch.setenv("FOUNDRY_STORE", "gs://u:s3cret-6@bucket/a")
    for words in ([], ["--json"]):
        done = CliRunner().invoke(app, ["config", "show", "--kafka-config", str(file), *words])
        assert done.exit_code == 0, done.output
        assert "OTEL_EXPORTER_OTLP_ENDPOINT" in done.output
        assert "s3cret" not in done.output


def test_a_variable_that_no_command_reads_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOUNDRY_STOER", "x")
    done = CliRunner().invoke(app, ["config", "show", "--json"])
    assert "FOUNDRY_STOER" in json.loads(done.stdout)["unknown_variables"]
    assert "FOUNDRY_STOER is set, but no command reads it" in CliRunner().invoke(app, ["config", "show"]).stderr


def test_what_cannot_be_read_is_refused_after_the_rest_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "kafka.yaml"
    file.write_text("{nothing: 1}")
    done = CliRunner().invoke(app, ["config", "show", "--kafka-config", str(file)])
    assert isinstance(done.exception, BadInput)
    assert "--patience" in done.stdout


def test_the_settings_of_an_engine_are_shown(tmp_path: Path) -> None:
    file = tmp_path / "engines.yaml"
    file.write_text("flink: {job_endpoint: 'jobs:8099'}")
    found = shown("--engine-config", str(file))["flink: job_endpoint"]
    assert (found["value"], found["source"]) == ("jobs:8099", str(file))
