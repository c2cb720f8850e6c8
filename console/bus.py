"""The commands that use Kafka: topics, submit, cancel, watch."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from console.screen import say
from console.settings import AsJson, Bootstrap, KafkaConfig

topics_app = typer.Typer(no_args_is_help=True, help="Create and list the topics.")


@topics_app.command("create")
def topics_create(
    tenant: Annotated[list[str] | None, typer.Option(help="Give this tenant a topic of its own; repeatable.")] = None,
    partitions: Annotated[int, typer.Option(min=1, max=1000, help="Partitions of the topics that tenants share.")] = 12,
    replicas: Annotated[int, typer.Option(min=-1, help="Replicas of each topic; -1: the brokers' default.")] = -1,
    as_json: AsJson = False,
    bootstrap: Bootstrap = None,
    config: KafkaConfig = None,
) -> None:
    """Create the missing topics and set the configuration of the others; a second call changes nothing."""
    from pipelines.bus.settings import bus_settings
    from pipelines.bus.topics import create_topics

    changes = create_topics(bus_settings(bootstrap, config), tenant or (), partitions=partitions, replicas=replicas)
    if as_json:
        say(json.dumps(asdict(changes)))
        return
    for change, names in asdict(changes).items():
        for name in names:
            say(f"{change:>10}  {name}")


@topics_app.command("list")
def topics_list(as_json: AsJson = False) -> None:
    """List the topics, what they carry and for how many days."""
    from pipelines.bus.topics import TOPICS

    if as_json:
        say(json.dumps([{"name": one.name, "days": one.days, "content": one.content} for one in TOPICS]))
        return
    for topic in TOPICS:
        say(f"{topic.name:22} {topic.days:>3} days  {topic.content}")


def submit(
    briefs: Annotated[list[Path], typer.Argument(help="Brief files: YAML, JSON or JSON Lines.")],
    request: Annotated[str, typer.Option(help="Your id for this order; the same id again is the same order.")] = "",
    structured: Annotated[bool, typer.Option(help="Send CloudEvents in structured mode.")] = False,
    own_topic: Annotated[bool, typer.Option(help="Send to the tenant's own topic.")] = False,
    as_json: AsJson = False,
    bootstrap: Bootstrap = None,
    config: KafkaConfig = None,
) -> None:
    """Send BRIEFS to the topic, and print the position of each: topic, partition, offset, then tenant and campaign.

    As JSON, one line a brief, with the id of the order.
    """
    from foundry.brief.intake import read_briefs
    from pipelines.bus.messages import brief_message, own_request_id
    from pipelines.bus.producing import open_writer
    from pipelines.bus.settings import bus_settings
    from pipelines.bus.topics import BRIEFS, briefs_topic

    found = [brief for path in briefs for brief in read_briefs(path)]
    with open_writer(bus_settings(bootstrap, config)) as out:
        for brief in found:
            message = brief_message(brief, request, "structured" if structured else "binary")
            sent = out.send(briefs_topic(brief.tenant).name if own_topic else BRIEFS, message)
            if as_json:
                order = {"tenant": brief.tenant, "campaign": brief.campaign.id}
                say(json.dumps({**asdict(sent), **order, "request": request or own_request_id(brief)}))
            else:
                say(f"{sent.topic} {sent.partition} {sent.offset}  {brief.tenant}/{brief.campaign.id}")


def cancel(
    tenant: str,
    campaign: str,
    own_topic: Annotated[bool, typer.Option(help="Send to the tenant's own topic.")] = False,
    as_json: AsJson = False,
    bootstrap: Bootstrap = None,
    config: KafkaConfig = None,
) -> None:
    """Stop CAMPAIGN of TENANT: finished files stay, missing ones are not made."""
    from pipelines.bus.messages import cancel_message
    from pipelines.bus.producing import open_writer
    from pipelines.bus.settings import bus_settings
    from pipelines.bus.topics import BRIEFS, briefs_topic

    with open_writer(bus_settings(bootstrap, config)) as out:
        sent = out.send(briefs_topic(tenant).name if own_topic else BRIEFS, cancel_message(tenant, campaign))
    if as_json:
        say(json.dumps({**asdict(sent), "tenant": tenant, "campaign": campaign}))
    else:
        say(f"{sent.topic} {sent.partition} {sent.offset}")


def watch(
    tenant: str,
    campaign: str,
    request: Annotated[str, typer.Option(help="Only the order with this id.")] = "",
    as_json: AsJson = False,
    bootstrap: Bootstrap = None,
    config: KafkaConfig = None,
) -> None:
    """Show the progress of CAMPAIGN of TENANT until it has ended."""
    from pipelines.bus.order_progress import progress_line, watch_progress
    from pipelines.bus.settings import bus_settings

    for report in watch_progress(bus_settings(bootstrap, config), tenant, campaign, request):
        say(json.dumps(report, ensure_ascii=False) if as_json else progress_line(report))
