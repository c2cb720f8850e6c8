"""The commands on dead messages: list, show, retry, skip."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from console.exit_codes import Exit
from console.printing import say
from console.settings import AsJson, Bootstrap, KafkaConfig
from foundry.errors import BadInput, FoundryError

if TYPE_CHECKING:
    from pipelines.bus.dead import DeadMessage
    from pipelines.bus.dead_topic import DeadFilter
    from pipelines.bus.settings import BusSettings

dead_app = typer.Typer(no_args_is_help=True, help="Messages that could not be read or run.")

Tenant = Annotated[str, typer.Option("--tenant", help="Only those of this tenant, or in its name.")]
Since = Annotated[str, typer.Option("--since", help="Only those since then: an age (30m, 2h, 7d) or 2026-01-31T12:00.")]
Stage = Annotated[str, typer.Option("--stage", help="Only those that died there: read, admit, run, skip.")]
Code = Annotated[str, typer.Option("--code", help="Only those with this code.")]


Changes = Annotated[bool, typer.Option("--changes", help="Changed items of catalogs, in place of briefs.")]


@dead_app.command("list")
def dead_list(
    tenant: Tenant = "",
    since: Since = "",
    stage: Stage = "",
    code: Code = "",
    changes: Changes = False,
    as_json: AsJson = False,
    bootstrap: Bootstrap = None,
    config: KafkaConfig = None,
) -> None:
    """List the dead messages: place, time, origin, tenant, code and reason."""
    from pipelines.bus.dead_topic import dead_messages
    from pipelines.bus.settings import bus_settings

    wanted, settings = _wanted(tenant, since, stage, code), bus_settings(bootstrap, config)
    for dead in dead_messages(settings, wanted, topic=_topic(changes)):
        say(dead.as_json(whole=False) if as_json else dead.as_line())


@dead_app.command("show")
def dead_show(place: str, changes: Changes = False, bootstrap: Bootstrap = None, config: KafkaConfig = None) -> None:
    """Print the dead message at PLACE (partition:offset), as JSON."""
    from pipelines.bus.dead_topic import dead_message_at
    from pipelines.bus.settings import bus_settings

    say(dead_message_at(bus_settings(bootstrap, config), place, topic=_topic(changes)).as_json())


@dead_app.command("retry")
def dead_retry(
    places: Annotated[list[str] | None, typer.Argument(help="Places, as `dead list` shows them.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that the filters below want.")] = False,
    tenant: Tenant = "",
    since: Since = "",
    stage: Stage = "",
    code: Code = "",
    changes: Changes = False,
    as_json: AsJson = False,
    bootstrap: Bootstrap = None,
    config: KafkaConfig = None,
) -> None:
    """Send the dead messages at PLACES, or --all, again, unchanged; they also stay in the dead topic."""
    from pipelines.bus.dead_topic import resend
    from pipelines.bus.producing import open_writer
    from pipelines.bus.settings import bus_settings

    if bool(places) == every:
        raise BadInput("dead retry", "names either places or --all; `foundry dead list` shows the places")
    settings, failed = bus_settings(bootstrap, config), False
    wanted = _wanted(tenant, since, stage, code)
    with open_writer(settings) as writer:
        for dead in _chosen(settings, places or (), wanted, _topic(changes)):
            try:
                sent = resend(settings, writer, dead)
            except FoundryError as error:
                if not every and len(places or ()) == 1:
                    raise
                say(str(error), err=True)
                failed = True
                continue
            fields = {"place": dead.place, "topic": sent.topic, "partition": sent.partition, "offset": sent.offset}
            say(json.dumps(fields) if as_json else f"{sent.topic} {sent.partition} {sent.offset}  {dead.place}")
    if failed:
        raise typer.Exit(Exit.FAILED_FILES)


@dead_app.command("skip")
def dead_skip(
    topic: str,
    partition: Annotated[int, typer.Argument(min=0)],
    offset: Annotated[int, typer.Argument(min=0)],
    group: Annotated[
        str, typer.Option(help="The consumer group that cannot get over the record.")
    ] = "campaign-foundry",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    bootstrap: Bootstrap = None,
    config: KafkaConfig = None,
) -> None:
    """Move a stopped group past the record at OFFSET; the record goes to the dead topic. Nothing is made of it."""
    from pipelines.bus.settings import bus_settings
    from pipelines.bus.skipping import skip_record

    settings = bus_settings(bootstrap, config)
    if not yes:
        typer.confirm(f"Move the group {group} past {topic}:{partition}:{offset}?", abort=True, err=True)
    say(f"{group} reads {topic} {partition} from {skip_record(settings, group, topic, partition, offset)}")


def _wanted(tenant: str, since: str, stage: str, code: str) -> DeadFilter:
    from pipelines.bus.dead_topic import DeadFilter, moment_ms

    since_ms = moment_ms(since, datetime.now(UTC)) if since else None
    return DeadFilter(tenant=tenant, since_ms=since_ms, stage=stage, code=code)


def _topic(changes: bool) -> str:
    from pipelines.bus.topics import CHANGED_DEAD, DEAD

    return CHANGED_DEAD if changes else DEAD


def _chosen(
    settings: BusSettings, places: list[str] | tuple[str, ...], wanted: DeadFilter, topic: str
) -> Iterator[DeadMessage]:
    from pipelines.bus.dead_topic import dead_message_at, dead_messages

    if not places:
        yield from dead_messages(settings, wanted, topic=topic)
    for place in places:
        yield dead_message_at(settings, place, topic=topic)
