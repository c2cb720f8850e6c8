"""Deliveries to Cloudinary and to a webhook, by the engine, through storms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from foundry.delivery.proof import Proof
from foundry.delivery.receipt import State
from pipelines.delivery.reconciling import compare
from tests.connectors.cloudinary.bench import KEY
from tests.connectors.cloudinary_server import Asset, CloudinaryServer
from tests.support.deliveries import TENANT, a_row, write_campaign
from tests.support.delivery_desk import HttpDesk
from tests.support.scripted_host import ScriptedHost, lost, told

SECRET, VARIABLE = "s3cret-Value-7f", "DELIVERY_AURELLE__KEY"
FILES = 20


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudinaryServer]:
    monkeypatch.setenv(VARIABLE, SECRET)
    with CloudinaryServer(KEY, SECRET) as opened:
        yield opened


@pytest.fixture
def cloud(server: CloudinaryServer, tmp_path: Path) -> HttpDesk:
    where = {"cloud_name": "demo", "api_key": KEY, "api_secret": {"variable": VARIABLE}, "url": server.host.url}
    return HttpDesk(tmp_path, kind="cloudinary", **where)


def test_through_a_storm_each_file_of_a_campaign_is_there_once_and_then_only_what_changes_is_sent(
    server: CloudinaryServer, cloud: HttpDesk
) -> None:
    moods = [told(429, Retry_After="2"), lost, told(503), told(500), told(429)] * 6
    server.host.will("upload", *moods)
    write_campaign(cloud.own, [a_row(cloud.own, number) for number in range(FILES)])
    run = cloud.deliver()
    assert (run.states, run.proofs) == ({State.DELIVERED: FILES}, {Proof.HASH: FILES})
    first = versions(server)
    assert len(first) == FILES
    write_campaign(cloud.own, [a_row(cloud.own, number, "cheaper" if number == 7 else "") for number in range(FILES)])
    assert (cloud.deliver().sent, list(compare(TENANT, cloud.target(), cloud.setting()))) == (1, [])
    second = versions(server)
    assert second.keys() == first.keys()
    assert sum(second[each] != first[each] for each in second) == 1


def versions(server: CloudinaryServer) -> dict[str, int]:
    return {asset.asset_id: asset.version for asset in server.assets.values() if asset.type == "upload"}


def of_product(server: CloudinaryServer, number: int) -> Asset:
    (asset,) = [each for each in server.assets.values() if f"p{number:05d}" in each.public_id]
    return asset


def test_what_ends_is_taken_out_of_use_and_comes_back_and_a_users_own_change_is_a_conflict(
    server: CloudinaryServer, cloud: HttpDesk
) -> None:
    rows = [a_row(cloud.own, number) for number in range(4)]
    write_campaign(cloud.own, [replace(rows[0], expiry="2026-12-01"), *rows[1:]])
    assert cloud.deliver().states == {State.DELIVERED: 4}
    ids = {number: of_product(server, number).asset_id for number in range(4)}
    theirs = of_product(server, 2)
    theirs.data, theirs.version = b"a retouch of theirs", theirs.version + 1_000
    cloud.day = "2026-12-05"
    write_campaign(
        cloud.own, [replace(rows[0], expiry="2026-12-01"), rows[1], a_row(cloud.own, 2, "cheaper"), *rows[3:]]
    )
    run = cloud.deliver()
    assert run.states == {State.DELIVERED: 2, State.EXPIRED: 1, State.CONFLICT: 1}
    assert [of_product(server, number).type for number in range(4)] == ["authenticated", "upload", "upload", "upload"]
    assert of_product(server, 2).data == b"a retouch of theirs"
    write_campaign(cloud.own, rows)
    assert cloud.deliver().states[State.DELIVERED] >= 3
    assert (of_product(server, 0).type, of_product(server, 0).asset_id) == ("upload", ids[0])


def test_no_record_tells_the_secret_or_a_signature(server: CloudinaryServer, cloud: HttpDesk) -> None:
    server.host.will("upload", told(400, f"bad {SECRET}".encode()))
    write_campaign(cloud.own, [a_row(cloud.own, number) for number in range(3)])
    assert cloud.deliver().states == {State.DELIVERED: 2, State.SET_ASIDE: 1}
    stored = b"".join(each.read_bytes() for each in cloud.root.rglob("deliveries/**/*") if each.is_file())
    assert b"is refused (400: bad [credential])" in stored
    assert SECRET.encode() not in stored
    assert b"signature" not in stored


def test_a_webhook_is_told_of_nothing_where_the_store_gives_no_links(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(VARIABLE, "whsec_" + "QUFB" * 10)
    with ScriptedHost(lambda seen: told(204)) as host:
        desk = HttpDesk(tmp_path, kind="webhook", url=f"{host.url}/hook", secret={"variable": VARIABLE})
        write_campaign(desk.own, [a_row(desk.own)])
        run = desk.deliver()
        assert "this store gives none; keep the tenant's files in a bucket" in run.away
        assert host.seen == []
