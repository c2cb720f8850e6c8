"""The commands that use Kafka, where no broker answers, and those that need none."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner

from console import bus
from console.dead import dead_app
from foundry.errors import FoundryError, Refusals
from pipelines.bus.broker_errors import NoBroker
from pipelines.bus.topics import TOPICS
from tests.support.briefs import a_brief

app = typer.Typer()
app.add_typer(bus.topics_app, name="topics")
app.add_typer(dead_app, name="dead")
for command in (bus.submit, bus.cancel, bus.watch):
    app.command()(command)


def typed(*words: str) -> str:
    done = CliRunner().invoke(app, list(words))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


@pytest.fixture
def nowhere(tmp_path: Path) -> list[str]:
    """Options of a broker that does not answer, for one second."""
    file = tmp_path / "kafka.yaml"
    file.write_text("{bootstrap: '127.0.0.1:9', timeout_s: 1}")
    return ["--kafka-config", str(file)]


@pytest.fixture
def brief(tmp_path: Path) -> str:
    file = tmp_path / "brief.yaml"
    file.write_text(yaml.safe_dump(a_brief()))
    return str(file)


def test_the_topics_are_listed_with_their_days() -> None:
    lines = typed("topics", "list").splitlines()
    assert [line.split()[:2] for line in lines] == [[topic.name, str(topic.days)] for topic in TOPICS]


@pytest.mark.parametrize(
    "words",
    [
        ["topics", "create"],
        ["cancel", "aurelle", "spring"],
        ["watch", "aurelle", "spring"],
        ["dead", "list"],
        ["dead", "show", "3:17"],
        ["dead", "retry", "3:17"],
    ],
)
def test_a_broker_that_does_not_answer_is_one_sentence(words: list[str], nowhere: list[str]) -> None:
    with pytest.raises(NoBroker, match=r"no Kafka broker answers at 127\.0\.0\.1:9"):
        typed(*words, *nowhere)


def test_a_brief_is_read_before_a_broker_is_asked(tmp_path: Path, nowhere: list[str], brief: str) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("{tenant: 7}")
    with pytest.raises(Refusals):
        typed("submit", str(wrong), *nowhere)
    with pytest.raises(NoBroker):
        typed("submit", brief, *nowhere)


def test_a_configuration_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    file = tmp_path / "kafka.yaml"
    file.write_text("{security: SASL_SSL}")
    with pytest.raises(FoundryError, match="is no Kafka configuration"):
        typed("dead", "list", "--kafka-config", str(file))
