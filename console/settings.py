"""The options that several commands share: each has one name, and one environment variable named after it.

`foundry config show` prints them; docs/reference/command-line.md describes them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PREFIX = "FOUNDRY_"


def variable_of(option: str) -> str:
    """Return the environment variable of an option: FOUNDRY_KAFKA_CONFIG for --kafka-config."""
    return PREFIX + option.removeprefix("--").replace("-", "_").upper()


Store = Annotated[
    str, typer.Option("--store", envvar="FOUNDRY_STORE", help="The object store: a folder, or gs://bucket/prefix.")
]
Tenants = Annotated[
    Path | None,
    typer.Option("--tenants", envvar="FOUNDRY_TENANTS", help="Folder of tenants; default: `tenants` beside the brief."),
]
TenantsFolder = Annotated[
    Path, typer.Option("--tenants", envvar="FOUNDRY_TENANTS", exists=True, file_okay=False, help="Folder of tenants.")
]
FilesFolder = Annotated[
    Path,
    typer.Option(
        "--files",
        envvar="FOUNDRY_FILES",
        exists=True,
        file_okay=False,
        help="Folder of product files; a tenant's are in FILES/TENANT.",
    ),
]
Assets = Annotated[
    Path | None,
    typer.Option(
        "--assets",
        envvar="FOUNDRY_ASSETS",
        exists=True,
        file_okay=False,
        help="Folder that the brief's names of files begin at; default: the brief's own. No name leads out of it.",
    ),
]
Cards = Annotated[
    Path | None,
    typer.Option(
        "--cards", envvar="FOUNDRY_CARDS", help="Your folder of model cards; default: `cards`, if there is one."
    ),
]
Bootstrap = Annotated[
    str | None,
    typer.Option("--bootstrap", envvar="FOUNDRY_BOOTSTRAP", help="Brokers, host:port; default: 127.0.0.1:9092."),
]
KafkaConfig = Annotated[
    Path | None,
    typer.Option("--kafka-config", envvar="FOUNDRY_KAFKA_CONFIG", help="YAML with SASL and TLS settings."),
]
Blender = Annotated[
    str,
    typer.Option(
        "--blender", envvar="FOUNDRY_BLENDER", help="Blender, or a Python with bpy, that renders product models."
    ),
]
EngineName = Annotated[
    str, typer.Option("--engine", envvar="FOUNDRY_ENGINE", help="embedded, prism, flink or dataflow.")
]
EngineConfig = Annotated[
    Path | None,
    typer.Option("--engine-config", envvar="FOUNDRY_ENGINE_CONFIG", help="YAML with the engine's settings."),
]
StackHomeFolder = Annotated[
    Path | None,
    typer.Option("--home", envvar="FOUNDRY_STACK", help="Folder of the stack; default: in your state folder."),
]
StackCache = Annotated[
    Path | None,
    typer.Option(
        "--cache", envvar="FOUNDRY_STACK_CACHE", help="Folder of the fetched files; default: in your cache folder."
    ),
]
TargetFolders = Annotated[
    Path | None,
    typer.Option(
        "--folders",
        envvar="FOUNDRY_FOLDERS",
        file_okay=False,
        help="The folder below which targets of the kind `folder` lie; a tenant's are in FOLDERS/TENANT.",
    ),
]
PrivateHosts = Annotated[
    list[str] | None,
    typer.Option(
        "--private-host",
        envvar="FOUNDRY_PRIVATE_HOST",
        help="A host of your own network that targets may name; may be repeated. Others must be public.",
    ),
]
ExpireRemoved = Annotated[
    bool,
    typer.Option(
        "--expire-removed", envvar="FOUNDRY_EXPIRE_REMOVED", help="Expire files at targets that a campaign has no more."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def options_written(context: typer.Context) -> bool:
    """Return whether any option of the command stands on the command line; variables do not count."""
    sources = [context.get_parameter_source(name) for name in context.params]
    return any(source is not None and source.name == "COMMANDLINE" for source in sources)
