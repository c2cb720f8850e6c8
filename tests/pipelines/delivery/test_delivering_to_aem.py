"""Deliveries to AEM by the engine: through failures of every step, a new price, an end, and a user's exchange."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from foundry.delivery.proof import Proof
from foundry.delivery.receipt import State
from pipelines.delivery.differences import Kind
from pipelines.delivery.reconciling import compare
from tests.connectors.aem_server import AemServer, Mood, aem_server
from tests.connectors.conformance import SECRET
from tests.support.deliveries import TENANT, a_row, write_campaign
from tests.support.delivery_desk import HttpDesk

VARIABLE, FILES = "DELIVERY_AURELLE__AEM", 12
STEPS = ("folder", "initiate", "part", "complete", "metadata", "look")
MOODS = (Mood(status=429), Mood(cut=True), Mood(status=502, done=True), Mood(cut=True, done=True), Mood(twice=True))


@pytest.fixture
def server() -> Iterator[AemServer]:
    with aem_server() as running:
        yield running


@pytest.fixture
def desk(server: AemServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> HttpDesk:
    monkeypatch.setenv(VARIABLE, SECRET)
    sign_in = {"kind": "token", "token": {"variable": VARIABLE}}
    return HttpDesk(tmp_path, kind="aem", url=server.url, folder="/content/dam/aurelle", sign_in=sign_in)


def versions(server: AemServer) -> dict[str, int]:
    return {each.uuid: len(each.versions) for each in server.repository.assets.values()}


def ids(desk: HttpDesk) -> dict[str, str]:
    return {each.slot.product: each.receipts[0].target_id for each in desk.records()}


def write(desk: HttpDesk, cheaper: int = -1, **other: str) -> None:
    rows = [a_row(desk.own, at, "cheaper" if at == cheaper else "") for at in range(FILES)]
    write_campaign(desk.own, [replace(rows[0], **other), *rows[1:]])


def test_each_file_is_there_once_though_every_step_fails_and_then_only_what_changes_is_sent(
    desk: HttpDesk, server: AemServer
) -> None:
    for step in STEPS:
        server.will(step, *MOODS)
    write(desk)
    run = desk.deliver()
    assert run.states == {State.DELIVERED: FILES}
    assert run.proofs == {Proof.HASH: FILES}
    assert sorted(versions(server)) == sorted(ids(desk).values())
    first = versions(server)
    for step in STEPS[1:]:
        server.will(step, *MOODS[:3])
    write(desk, cheaper=7)
    assert desk.deliver().states == {State.DELIVERED: FILES}
    second = versions(server)
    assert {each: second[each] - first[each] for each in second if second[each] != first[each]} == {
        ids(desk)["p00007"]: 1
    }
    assert list(compare(TENANT, desk.target(), desk.setting())) == []


def test_content_that_a_user_exchanged_is_a_conflict_and_what_ends_is_expired_and_comes_back(
    desk: HttpDesk, server: AemServer
) -> None:
    write(desk)
    desk.deliver()
    known = ids(desk)
    path = next(path for path, asset in server.repository.assets.items() if asset.uuid == known["p00002"])
    server.repository.store(path, b"theirs", "image/jpeg", version=True)
    (difference,) = compare(TENANT, desk.target(), desk.setting())
    assert (difference.kind, difference.found and difference.found.target_id) == (Kind.FOREIGN, known["p00002"])
    write(desk, cheaper=2, expiry="2026-12-01")
    desk.day = "2026-12-05"
    assert desk.deliver().states == {State.DELIVERED: FILES - 2, State.EXPIRED: 1, State.CONFLICT: 1}
    assert server.repository.assets[path].data == b"theirs"
    expired = [each.uuid for each in server.repository.assets.values() if "prism:expirationDate" in each.metadata]
    assert known["p00000"] in expired
    write(desk, cheaper=2)
    desk.deliver()
    again = next(each for each in server.repository.assets.values() if each.uuid == known["p00000"])
    assert "prism:expirationDate" not in again.metadata
    assert ids(desk) == known


def test_no_record_tells_the_secret_a_token_or_an_address_that_is_one(desk: HttpDesk, server: AemServer) -> None:
    for step in STEPS:
        server.will(step, Mood(cut=True), Mood(status=403))
    write(desk)
    desk.deliver()
    stored = b"".join(each.read_bytes() for each in desk.root.rglob("deliveries/**/*") if each.is_file())
    assert len(stored) > 1_000
    assert not any(word.encode() in stored for word in (SECRET, "signature", "sig=", *server.repository.uploads))
