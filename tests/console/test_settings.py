"""Settings have one name: an option means the same in every command, and its variable is named after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from console.cli import app
from console.settings import variable_of

SHARED = ("store", "tenants", "files", "cards", "bootstrap", "kafka-config", "engine", "engine-config", "blender")
NAMED_OTHERWISE = {
    ("stack", "--home"): "FOUNDRY_STACK",  # `models --home` is another folder
    ("stack", "--cache"): "FOUNDRY_STACK_CACHE",
    ("models", "--endpoint"): "HF_ENDPOINT",  # the hub's own name
}


def commands(group: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and every group that takes options, with the words that lead to it."""
    group = group or typer.main.get_command(app)
    for name, command in group.commands.items():
        yield (*path, name), command
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))


def options() -> list[tuple[tuple[str, ...], str, Any]]:
    return [
        (path, next(word for word in parameter.opts if word.startswith("--")), parameter)
        for path, command in commands()
        for parameter in command.params
        if any(word.startswith("--") for word in parameter.opts)
    ]


def test_every_option_of_serve_has_a_variable_named_after_it() -> None:
    of_serve = {option: parameter.envvar for path, option, parameter in options() if path == ("serve",)}
    assert len(of_serve) >= 17
    assert of_serve == {option: variable_of(option) for option in of_serve}


def test_a_variable_is_named_after_its_option_in_every_command() -> None:
    for path, option, parameter in options():
        if parameter.envvar:
            assert parameter.envvar == NAMED_OTHERWISE.get((path[0], option), variable_of(option)), path


@pytest.mark.parametrize("name", SHARED)
def test_a_shared_option_has_its_variable_in_every_command_that_takes_it(name: str) -> None:
    found = [(path, parameter.envvar) for path, option, parameter in options() if option == f"--{name}"]
    assert len(found) >= 2
    assert [path for path, variable in found if variable != variable_of(name)] == []


def test_no_two_options_share_a_variable() -> None:
    by_variable: dict[str, set[str]] = {}
    for _, option, parameter in options():
        if parameter.envvar:
            by_variable.setdefault(parameter.envvar, set()).add(option)
    assert {variable: names for variable, names in by_variable.items() if len(names) > 1} == {}


@pytest.mark.parametrize("command", [("models", "list"), ("models", "show", "backdrop")])
def test_a_variable_is_no_option_before_a_subcommand(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOUNDRY_CARDS", str(tmp_path))
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
