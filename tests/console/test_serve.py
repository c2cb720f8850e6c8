"""`foundry serve` refuses what it cannot work with before it reads a brief."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from console.serve import serve
from foundry.errors import BadInput
from pipelines.dispatcher.logs import JsonFormatter
from pipelines.dispatcher.outage_budget import GivenUp

app = typer.Typer()
app.command()(serve)


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    """The command sends this process's logs to stderr as JSON; afterwards they go where they went."""
    root, foundry = logging.getLogger(), logging.getLogger("foundry")
    handlers, levels = root.handlers, (root.level, foundry.level)
    yield
    root.handlers = handlers
    root.setLevel(levels[0])
    foundry.setLevel(levels[1])


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """Options with folders that are there and a broker that is not."""
    for folder in ("tenants", "files"):
        (tmp_path / folder).mkdir()
    file = tmp_path / "kafka.yaml"
    file.write_text("{bootstrap: '127.0.0.1:9', timeout_s: 1}")
    options = {"store": "store", "tenants": "tenants", "files": "files", "kafka-config": "kafka.yaml"}
    return [word for name, path in options.items() for word in (f"--{name}", str(tmp_path / path))]


def test_a_broker_that_does_not_answer_ends_it_with_a_sentence(words: list[str]) -> None:
    done = CliRunner().invoke(app, [*words, "--patience", "2", "--http-port", "0"])
    assert isinstance(done.exception, GivenUp)
    assert done.exception.exit_code == 4
    assert "the broker at 127.0.0.1:9 did not work" in str(done.exception)
    assert any(isinstance(handler.formatter, JsonFormatter) for handler in logging.getLogger().handlers)


def test_an_engine_that_there_is_not_is_refused_before_a_broker_is_asked(words: list[str]) -> None:
    done = CliRunner().invoke(app, [*words, "--engine", "spark"])
    assert isinstance(done.exception, BadInput)
    assert "choose one of embedded, prism, flink, dataflow" in str(done.exception)


@pytest.mark.parametrize(
    ("extra", "part"), [(["--files", "/no/such/folder"], "does not exist"), (["--round-cost", "5"], "20")]
)
def test_wrong_options_are_named(words: list[str], extra: list[str], part: str) -> None:
    done = CliRunner().invoke(app, [*words, *extra])
    assert done.exit_code == 2
    assert part in done.output
