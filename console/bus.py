"""The commands that use Kafka: topics, submit, cancel, watch."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.exit_codes import Exit
from console.printing import say
from console.settings import AsJson, Bootstrap, KafkaConfig
from foundry.errors import BadInput, shorten
from foundry.names import is_slug

if TYPE_CHECKING:
    from pipelines.bus.producing import SentMessage
    from pipelines.bus.settings import BusSettings
    from pipelines.bus.watching import Wanted

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


@topics_app.command("acls")
def topics_acls(
    tenant: Annotated[list[str] | None, typer.Option(help="TENANT=USER, whose rights to show; repeatable.")] = None,
    dispatcher: Annotated[str, typer.Option(help="The user of `foundry serve`; empty: leave it out.")] = "",
    group: Annotated[str, typer.Option(help="The consumer group of `foundry serve`.")] = "campaign-foundry",
    as_json: AsJson = False,
    bootstrap: Bootstrap = None,
) -> None:
    """Print the commands of Kafka that give the dispatcher and tenants the rights that they need, and no others."""
    from pipelines.bus.rights import rights

    pairs = [pair.partition("=")[::2] for pair in tenant or ()]
    if wrong := next((name for name, user in pairs if not user), None):
        raise BadInput("--tenant", f"{shorten(wrong)} names no user; write TENANT=USER")
    for right in rights(dispatcher, group, pairs):
        say(json.dumps(asdict(right)) if as_json else right.command(bootstrap or "127.0.0.1:9092"))


def submit(
    briefs: Annotated[list[Path], typer.Argument(help="Brief files: YAML, JSON or JSON Lines.")],
    request: Annotated[str, typer.Option(help="Your id for this order; the same id again is the same order.")] = "",
    structured: Annotated[bool, typer.Option(help="Send CloudEvents in structured mode.")] = False,
    own_topic: Annotated[bool, typer.Option(help="Send to the tenant's own topic.")] = False,
    follow: Annotated[bool, typer.Option("--watch", help="Then show the progress of each until it has ended.")] = False,
    as_json: AsJson = False,
    bootstrap: Bootstrap = None,
    config: KafkaConfig = None,
) -> None:
    """Send BRIEFS to the topic; print topic, partition, offset, tenant/campaign and the id of the order of each.

    The command that shows an order's progress is printed on stderr.
    """
    from foundry.brief.intake import read_briefs
    from pipelines.bus.messages import brief_message, check_request_id, own_request_id
    from pipelines.bus.producing import open_writer
    from pipelines.bus.settings import bus_settings
    from pipelines.bus.topics import BRIEFS, briefs_topic
    from pipelines.bus.watching import Wanted

    check_request_id(request)
    found = [brief for path in briefs for brief in read_briefs(path)]
    settings, orders = bus_settings(bootstrap, config), []
    with open_writer(settings) as out:
        for brief in found:
            message = brief_message(brief, request, "structured" if structured else "binary")
            sent = out.send(briefs_topic(brief.tenant).name if own_topic else BRIEFS, message)
            order = Wanted(
                tenant=brief.tenant,
                campaign=brief.campaign.id,
                request=request or own_request_id(brief),
                record=f"{sent.topic}:{sent.partition}:{sent.offset}",
            )
            orders.append(order)
            _print_sent(sent, order, as_json)
    if follow:
        ends = [_show_order(settings, order, 300, own_topic, as_json) for order in orders]
        raise typer.Exit(next((end for end in ends if end), Exit.DONE))


def _print_sent(sent: SentMessage, order: Wanted, as_json: bool) -> None:
    """Print the position of a brief that was sent, and on stderr the command that shows its progress."""
    if as_json:
        fields = {"tenant": order.tenant, "campaign": order.campaign, "request": order.request}
        say(json.dumps({**asdict(sent), **fields}))
        return
    place = f"{sent.topic} {sent.partition} {sent.offset}"
    say(f"{place}  {order.tenant}/{order.campaign}  {order.request}")
    own = " --own-topic" if sent.topic.endswith(f".{order.tenant}") else ""
    say(f"foundry watch {order.tenant} {order.campaign} --record {order.record}{own}", err=True)


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

    for name, value in (("TENANT", tenant), ("CAMPAIGN", campaign)):
        if not is_slug(value):
            raise BadInput(name, f"{shorten(value)} is no id; use lower-case letters, digits, '.', '_' and '-'")
    with open_writer(bus_settings(bootstrap, config)) as out:
        sent = out.send(briefs_topic(tenant).name if own_topic else BRIEFS, cancel_message(tenant, campaign))
    if as_json:
        say(json.dumps({**asdict(sent), "tenant": tenant, "campaign": campaign}))
    else:
        say(f"{sent.topic} {sent.partition} {sent.offset}")


def watch(
    tenant: Annotated[str, typer.Argument(help="Whose campaign; not needed with --request or --record.")] = "",
    campaign: Annotated[str, typer.Argument(help="Its id: the newest order of it is shown.")] = "",
    request: Annotated[str, typer.Option(help="Only the order with this id.")] = "",
    record: Annotated[str, typer.Option(help="Only the order of this record, topic:partition:offset.")] = "",
    patience: Annotated[float, typer.Option(min=0, help="Seconds to wait for the first report.")] = 300,
    own_topic: Annotated[bool, typer.Option(help="Read the tenant's own topic of events.")] = False,
    as_json: AsJson = False,
    bootstrap: Bootstrap = None,
    config: KafkaConfig = None,
) -> None:
    """Show the progress of an order until it has ended: of CAMPAIGN of TENANT, of a request or of a record.

    Exit codes: 0 finished, 2 refused, 3 finished and some files failed, 4 nothing is known in time, 6 cancelled or
    superseded.
    """
    from pipelines.bus.settings import bus_settings
    from pipelines.bus.watching import Wanted

    wanted = Wanted(tenant=tenant, campaign=campaign, request=request, record=record)
    if not (request or record or (tenant and campaign)):
        raise BadInput("watch", "names no order; give TENANT and CAMPAIGN, --request or --record")
    if own_topic and not tenant:
        raise BadInput("watch", "--own-topic needs the tenant; give TENANT")
    raise typer.Exit(_show_order(bus_settings(bootstrap, config), wanted, patience, own_topic, as_json))


def _show_order(settings: BusSettings, wanted: Wanted, patience_s: float, own_topic: bool, as_json: bool) -> Exit:
    """Print the reports on an order until it has ended; return the exit code that its end means."""
    from pipelines.bus.order_progress import progress_line
    from pipelines.bus.watching import watch_order

    def explain(sentence: str) -> None:
        say(sentence, err=True)

    report = {}
    for report in watch_order(settings, wanted, patience_s=patience_s, say=explain, own_topic=own_topic):
        say(json.dumps(report, ensure_ascii=False) if as_json else progress_line(report))
    ends = {"refused": Exit.REFUSED, "cancelled": Exit.CANCELLED, "superseded": Exit.CANCELLED}
    return ends.get(report["state"], Exit.FAILED_FILES if report.get("failed") else Exit.DONE)
