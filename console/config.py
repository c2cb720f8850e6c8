"""`foundry config show`: the settings that the commands would use now, and where each comes from, without secrets."""

from __future__ import annotations

import inspect
import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from console.printing import say
from console.serve import serve
from console.settings import PREFIX, AsJson
from foundry.errors import FoundryError

config_app = typer.Typer(no_args_is_help=True, help="Show the settings that are used.")
HIDDEN = "set, not shown"
_SECRET = re.compile(r"PASSWORD|TOKEN|SECRET|HEADERS|API_KEY", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"(?<=://)[^/@\s]+(?=@)|(?<=\?)\S+")
OTHER_VARIABLES = {
    "FOUNDRY_STACK": "folder of the local stack",
    "FOUNDRY_STACK_CACHE": "folder of the local stack's fetched files",
    "FOUNDRY_TRACEBACK": "1: print the traceback of an error",
    "FOUNDRY_TOOLS": "folder of the programs that `make test` builds",
    "FOUNDRY_STACK_HOME": "mark of the local stack's processes",
    "HF_ENDPOINT": "address of the hub of models",
    "HF_TOKEN": "the hub's token",
    "STORAGE_EMULATOR_HOST": "an emulator in place of Google Cloud Storage",
    "GOOGLE_APPLICATION_CREDENTIALS": "file of Google's credentials",
    "XDG_CACHE_HOME": "parent of the cache folders",
}
"""The variables that no option stands for, with what they mean. Those of OpenTelemetry begin with OTEL_."""


@dataclass(frozen=True, kw_only=True)
class UsedSetting:
    """One setting. `source` is option, environment, file, default, or missing for one that `serve` demands."""

    name: str
    variable: str
    value: Any
    source: str


SOURCES = {"COMMANDLINE": "option", "ENVIRONMENT": "environment"}


def show(context: typer.Context, as_json: AsJson = False, **given: Any) -> None:
    """Show every setting of `foundry serve`, whose options this command takes: its value, and where it comes from.

    The other commands read the same variables. Settings of the files that --kafka-config and --engine-config name
    follow, then other variables that are set. Secrets are not shown.
    """
    settings = [*_options(context, given), *_variables()]
    problems: list[FoundryError] = []
    for read in (_kafka_file, _engine_file):
        try:
            settings += read(given)
        except FoundryError as error:
            problems.append(error)
    unknown = _unknown_variables()
    if as_json:
        say(json.dumps({"settings": [asdict(each) for each in settings], "unknown_variables": unknown}))
    else:
        _print(settings, unknown)
    if problems:
        raise problems[0]


def _print(settings: list[UsedSetting], unknown: list[str]) -> None:
    rows = [(each.name, "" if each.value is None else str(each.value), each.source, each.variable) for each in settings]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for name in unknown:
        say(f"{name} is set, but no command reads it", err=True)


def _options(context: typer.Context, given: dict[str, Any]) -> Iterator[UsedSetting]:
    for parameter in _parameters():
        name = parameter.name
        came = context.get_parameter_source(name)
        source = SOURCES.get(came.name if came else "", "default")
        value, default = given[name], parameter.default
        if source == "default":
            source = "missing" if default is inspect.Parameter.empty else "default"
            value = None if default is inspect.Parameter.empty else default
        if name == "bootstrap" and value is None:  # the file's or the default, which the next function knows
            continue
        variable = str(_option(parameter).envvar)
        yield UsedSetting(
            name=_words(parameter)[0].partition("/")[0], variable=variable, value=_shown(value), source=source
        )


def _kafka_file(given: dict[str, Any]) -> Iterator[UsedSetting]:
    """Yield the fields of the Kafka settings, with the brokers if no option names them."""
    from pipelines.bus.settings import bus_settings

    file = Path(given["config"]) if given["config"] else None
    used = bus_settings(given["bootstrap"], file)
    for field, value in used.model_dump(mode="json").items():
        source = str(file) if field in used.model_fields_set else "default"
        if field == "bootstrap":
            if not given["bootstrap"]:
                yield UsedSetting(name="--bootstrap", variable="FOUNDRY_BOOTSTRAP", value=value, source=source)
        elif file:
            yield UsedSetting(name=f"kafka: {field}", variable="", value=_with_state(field, value), source=source)


def _with_state(field: str, value: Any) -> Any:
    """Return a value of the Kafka settings; for the name of a password's variable, also whether that is set."""
    if field == "password_variable" and value:
        return f"{value} ({'set' if os.environ.get(value) else 'not set'})"
    return _shown(value)


def _engine_file(given: dict[str, Any]) -> Iterator[UsedSetting]:
    file = given["engine_config"]
    if file:
        from pipelines.engines.engine import engine_settings

        for section, fields in engine_settings(Path(file)).model_dump(mode="json", exclude_unset=True).items():
            for field, value in (fields or {}).items():
                yield UsedSetting(name=f"{section}: {field}", variable="", value=_shown(value), source=str(file))


def _variables() -> Iterator[UsedSetting]:
    for variable in sorted(name for name in os.environ if name in OTHER_VARIABLES or name.startswith("OTEL_")):
        meaning = OTHER_VARIABLES.get(variable, "of OpenTelemetry")
        value = HIDDEN if _SECRET.search(variable) else _shown(os.environ[variable])
        yield UsedSetting(name=meaning, variable=variable, value=value, source="environment")


def _unknown_variables() -> list[str]:
    """Return the variables that begin with FOUNDRY_ and that no command reads: misspelt, or of another version."""
    known = {str(_option(parameter).envvar) for parameter in _parameters()} | set(OTHER_VARIABLES)
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)


def _shown(value: Any) -> Any:
    """Return a value without the credentials that an address may hold."""
    return _IN_ADDRESS.sub("[credential]", str(value)) if isinstance(value, str | Path) else value


def _parameters() -> list[inspect.Parameter]:
    return list(inspect.signature(serve, eval_str=True).parameters.values())


def _option(parameter: inspect.Parameter) -> Any:
    return parameter.annotation.__metadata__[0]


def _words(parameter: inspect.Parameter) -> list[str]:
    """Return the names of an option. In an annotation, Typer keeps the first one as its default."""
    option = _option(parameter)
    written = [word for word in (option.default, *(option.param_decls or ())) if isinstance(word, str)]
    name = parameter.name.replace("_", "-")
    return written or ([f"--{name}/--no-{name}"] if parameter.annotation.__origin__ is bool else [f"--{name}"])


def _unchecked(parameter: inspect.Parameter) -> inspect.Parameter:
    """Return the parameter of the same option, which takes any text: a setting that is wrong must be shown, too."""
    option = _option(parameter)
    kind = bool if parameter.annotation.__origin__ is bool else str
    taken = typer.Option(*_words(parameter), envvar=option.envvar, help=option.help, show_default=False)
    return parameter.replace(
        kind=inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, taken]
    )


# Typer reads the signature: the options of `serve` with their names and variables, so that the two cannot differ.
_OWN = [each for each in inspect.signature(show, eval_str=True).parameters.values() if each.name != "given"]
_TAKEN = [*_OWN, *map(_unchecked, _parameters())]
show.__signature__ = inspect.Signature(_TAKEN)  # type: ignore[attr-defined]
show.__annotations__ = {each.name: each.annotation for each in _TAKEN}
config_app.command("show")(show)
