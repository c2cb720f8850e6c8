"""A real broker with ACLs: each principal has exactly the rights that are listed for it, and they suffice."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console.cli import app
from foundry.errors import BadInput, FoundryError
from pipelines.bus import topics
from pipelines.bus.broker_errors import NotPermitted, WrongIdentity
from pipelines.bus.catalog_changes import CatalogChange, change_message
from pipelines.bus.messages import BusMessage, brief_message
from pipelines.bus.order_progress import OrderProgress, progress_event
from pipelines.bus.producing import open_writer
from pipelines.bus.reading import all_records
from pipelines.bus.rights import Right, catalogs_group, deliveries_group, dispatcher_rights, rights, tenant_rights
from pipelines.bus.settings import BusSettings
from pipelines.bus.topics import briefs_topic, changes_topic, events_topic, known_topics, open_admin, own_topics
from pipelines.delivery.event_loop import PATTERN
from pipelines.dispatcher.claims import Claims, join_group, topics_pattern
from tests.pipelines.bus.test_messages import a_brief
from tests.support.secured_kafka import SecuredKafka

GROUP = "campaign-foundry"
USERS = {"admin": "hall-key", "aurelle": "spring-glow", "nordlys": "north-light", "dispatcher": "works-all-night"}


def test_a_tenant_has_its_own_topics_and_no_group() -> None:
    found = tenant_rights("user-a", "aurelle")
    assert [(right.kind, right.name, right.operations) for right in found] == [
        ("topic", "campaign.briefs.aurelle", ("Write", "Describe")),
        ("topic", "catalog.changed.aurelle", ("Write", "Describe")),
        ("topic", "campaign.events.aurelle", ("Read", "Describe")),
    ]
    for tenant in ("dead", "No Such!", "a/b"):
        with pytest.raises(BadInput):
            tenant_rights("user-a", tenant)


def test_the_dispatcher_creates_nothing_and_has_no_right_on_the_cluster() -> None:
    for right in dispatcher_rights("d", GROUP):
        assert right.kind in ("topic", "group")
        assert set(right.operations) <= {"Read", "Write", "Describe"}


def test_the_commands_for_operators_are_printed() -> None:
    words = ["topics", "acls", "--dispatcher", "d", "--tenant", "aurelle=user-a", "--bootstrap", "b:9093"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert len(lines) == len(rights("d", GROUP, [("aurelle", "user-a")]))
    assert lines[-1] == (
        "kafka-acls.sh --bootstrap-server b:9093 --add --allow-principal User:user-a --operation Read "
        "--operation Describe --topic campaign.events.aurelle"
    )
    told = CliRunner().invoke(app, [*words, "--json"])
    assert json.loads(told.stdout.splitlines()[0])["name"] == GROUP
    with pytest.raises(BadInput, match="write TENANT=USER"):
        raise CliRunner().invoke(app, ["topics", "acls", "--tenant", "aurelle"]).exception  # type: ignore[misc]


def on_a_broker(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test that runs on a broker where dispatcher and tenants have the rights above, and nothing more."""
    marked: Callable[..., None] = pytest.mark.kafka(pytest.mark.slow(test))
    return marked


def grant(bus: BusSettings, right: Right) -> None:
    from kafka.admin import ACL, ACLOperation, ACLPermissionType, ACLResourcePatternType, ResourcePattern, ResourceType

    pattern = ACLResourcePatternType.PREFIXED if right.prefixed else ACLResourcePatternType.LITERAL
    resource = ResourcePattern(ResourceType[right.kind.upper()], right.name, pattern)
    with open_admin(bus) as admin:
        admin.create_acls(
            [
                ACL(f"User:{right.principal}", "*", ACLOperation[operation.upper()], ACLPermissionType.ALLOW, resource)
                for operation in right.operations
            ]
        )


@pytest.fixture(scope="module")
def broker() -> Iterator[SecuredKafka]:
    from infra.stack import running

    with running(SecuredKafka, users=tuple(USERS.items())) as kafka:
        yield kafka


@pytest.fixture(scope="module")
def users(broker: SecuredKafka) -> Iterator[dict[str, BusSettings]]:
    """Settings of each user, with topics of two tenants and the rights that are listed."""
    found = {}
    for user, password in USERS.items():
        os.environ[f"PASSWORD_OF_{user.upper()}"] = password
        found[user] = BusSettings(
            bootstrap=broker.bootstrap, security="SASL_SSL", user=user, ca_file=str(broker.authority), timeout_s=20,
            password_variable=f"PASSWORD_OF_{user.upper()}",
        )  # fmt: skip
    topics.create_topics(found["admin"], ["aurelle", "nordlys"], partitions=2)
    for right in rights("dispatcher", GROUP, [("aurelle", "aurelle"), ("nordlys", "nordlys")]):
        grant(found["admin"], right)
    yield found
    for user in USERS:
        del os.environ[f"PASSWORD_OF_{user.upper()}"]


@pytest.fixture
def options(users: dict[str, BusSettings], tmp_path: Path) -> Any:
    """Options of the command line for each user."""

    def write(user: str) -> list[str]:
        file = tmp_path / f"{user}.yaml"
        file.write_text(json.dumps(users[user].model_dump()))
        return ["--kafka-config", str(file)]

    return write


@on_a_broker
def test_the_dispatcher_reads_all_briefs_and_writes_all_events(users: dict[str, BusSettings]) -> None:
    with open_writer(users["aurelle"]) as out:
        out.send(briefs_topic("aurelle").name, brief_message(a_brief()))
    claims = Claims()
    consumer = join_group(users["dispatcher"], GROUP, claims, 60)
    try:
        read: list[str] = []
        while briefs_topic("aurelle").name not in read:
            read += [one.topic for records in consumer.poll(timeout_ms=500).values() for one in records]
    finally:
        consumer.close(autocommit=False)
    assert {topic for topic, _ in claims.partitions()} <= {
        "campaign.briefs",
        *(briefs_topic(t).name for t in USERS),
    }
    with open_writer(users["dispatcher"]) as out, known_topics(users["dispatcher"]) as known:
        read_only = {topics.BRIEFS, topics.CHANGED}
        for name in ({topic.name for topic in topics.TOPICS} - read_only) | {events_topic("aurelle").name}:
            assert name in known
            out.send(name, BusMessage(b"k", b"{}", ()))
        for name in read_only:
            with pytest.raises(NotPermitted, match=f"'dispatcher' to use the topic {name!r}"):
                out.send(name, BusMessage(b"k", b"{}", ()))


@on_a_broker
def test_the_process_of_catalogs_reads_all_changed_items_in_a_group_of_its_own(users: dict[str, BusSettings]) -> None:
    own = changes_topic("aurelle").name
    with open_writer(users["aurelle"]) as out:
        out.send(own, change_message(CatalogChange(tenant="aurelle", catalog="shoes", removed=("a",))))
    claims = Claims()
    consumer = join_group(users["dispatcher"], catalogs_group(GROUP), claims, 60, topics_pattern(topics.CHANGED))
    try:
        read: list[str] = []
        while own not in read:
            read += [one.topic for records in consumer.poll(timeout_ms=500).values() for one in records]
    finally:
        consumer.close(autocommit=False)
    assert topics.CHANGED_DEAD not in {topic for topic, _ in claims.partitions()}


@on_a_broker
def test_the_process_that_delivers_reads_finished_files_and_withdrawals_in_a_group_of_its_own(
    users: dict[str, BusSettings],
) -> None:
    wanted = {topics.FINISHED, topics.REFRESHED}
    with open_writer(users["dispatcher"]) as out:
        for name in wanted:
            out.send(name, BusMessage(b"k", b"{}", ()))
    claims = Claims()
    consumer = join_group(users["dispatcher"], deliveries_group(GROUP), claims, 60, PATTERN)
    try:
        read: set[str] = set()
        while not wanted <= read:
            read |= {one.topic for records in consumer.poll(timeout_ms=500).values() for one in records}
    finally:
        consumer.close(autocommit=False)
    assert read == wanted


@on_a_broker
def test_a_tenant_watches_its_own_order_on_its_own_topic(users: dict[str, BusSettings], options: Any) -> None:
    campaign = f"c{uuid.uuid4().hex[:8]}"
    progress = OrderProgress(request="r", plan="p", state="finished", total=1, done=1, records=("t:0:1",))
    event = progress_event("aurelle", campaign, progress)
    with open_writer(users["dispatcher"]) as out:
        from pipelines.bus.messages import event_message

        out.send(events_topic("aurelle").name, event_message(event, f"aurelle/{campaign}"))
    for own in (["--own-topic"], []):  # without it: the shared topic is forbidden, so its own is read
        done = CliRunner().invoke(app, ["watch", "aurelle", campaign, *own, *options("aurelle")])
        assert done.exit_code == 0, (done.output, done.exception)
        assert done.stdout.strip().startswith("finished  1/1 files")
    assert "does not allow 'aurelle' to use the topic 'campaign.progress'" in done.stderr


@on_a_broker
@pytest.mark.parametrize(
    "topic",
    ["campaign.events.aurelle", "campaign.briefs.aurelle", "campaign.briefs", "campaign.briefs.dead",
     "campaign.progress", "assets.finished", "campaign.finished", "campaign.failed", "campaign.events.nobody",
     "catalog.changed", "catalog.changed.aurelle", "catalog.changed.dead", "catalog.refreshed", "assets.delivered"],
)  # fmt: skip
def test_a_stranger_learns_the_same_of_every_topic_that_is_not_its_own(
    users: dict[str, BusSettings], topic: str
) -> None:
    """`campaign.events.nobody` does not exist: the answer is no other."""
    with pytest.raises(NotPermitted) as caught:
        list(all_records(users["nordlys"], topic))
    assert str(caught.value).startswith(f"the broker does not allow 'nordlys' to use the topic {topic!r}; ask its")
    assert caught.value.exit_code == 5
    with open_writer(users["nordlys"]) as out, pytest.raises(NotPermitted):
        out.send(topic, BusMessage(b"k", b"{}", ()))


@on_a_broker
def test_a_tenant_sees_no_names_of_others_creates_and_joins_nothing(users: dict[str, BusSettings]) -> None:
    from kafka.errors import GroupAuthorizationFailedError

    with open_admin(users["nordlys"]) as admin:
        assert set(admin.list_topics()) == {topic.name for topic in own_topics("nordlys")}
    with pytest.raises(NotPermitted):
        topics.create_topics(users["nordlys"], ["third"])
    consumer = join_group(users["nordlys"], GROUP, Claims(), 60)
    try:
        with pytest.raises(GroupAuthorizationFailedError):
            consumer.poll(timeout_ms=20_000)
    finally:
        consumer.close(autocommit=False)


@on_a_broker
def test_a_wrong_password_is_called_that(users: dict[str, BusSettings], options: Any) -> None:
    os.environ["PASSWORD_OF_STRANGER"] = "guessed"
    wrong = users["aurelle"].model_copy(update={"password_variable": "PASSWORD_OF_STRANGER"})
    try:
        for use in (lambda: list(all_records(wrong, "campaign.briefs")), lambda: topics.create_topics(wrong)):
            with pytest.raises(WrongIdentity, match="refuses the user name or password of 'aurelle'") as caught:
                use()
            assert caught.value.exit_code == 5
        with pytest.raises(FoundryError, match="refuses the user name or password"), open_writer(wrong):
            pass
    finally:
        del os.environ["PASSWORD_OF_STRANGER"]
