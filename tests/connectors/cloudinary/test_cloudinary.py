"""Cloudinary: signed uploads, chunks, one asset for each slot, and what becomes of its answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from connectors.cloudinary.resource import identity_of
from connectors.cloudinary.signing import signed
from connectors.target.connector import Connector, Place
from connectors.target.errors import FileRefused, ForeignChange, TargetAway, TargetRefused
from foundry.delivery.proof import Proof
from tests.connectors.cloudinary.bench import KEY, VARIABLE, CloudinaryBench
from tests.connectors.cloudinary_server import CloudinaryServer
from tests.connectors.conformance import SECRET, Conformance, Memory, data_of, outgoing, place, receipt
from tests.support.scripted_host import cut, lost, told

CHUNK, LARGE = 1_100_000, 2_000_001


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudinaryBench]:
    monkeypatch.setenv(VARIABLE, SECRET)
    opened = CloudinaryBench(CHUNK)
    opened.start()
    yield opened
    opened.stop()


@pytest.fixture
def server(bench: CloudinaryBench) -> CloudinaryServer:
    return bench.server


@pytest.fixture
def connector(bench: CloudinaryBench) -> Iterator[Connector]:
    opened = bench.open()
    yield opened
    opened.close()


class TestConformance(Conformance):
    large = LARGE

    @pytest.fixture
    def bench(self, bench: CloudinaryBench) -> CloudinaryBench:
        return bench


def only(server: CloudinaryServer) -> Any:
    (asset,) = server.assets.values()
    return asset


def test_a_file_is_proved_by_the_hash_that_cloudinary_tells(
    connector: Connector, server: CloudinaryServer, tmp_path: Path
) -> None:
    sent = connector.send(outgoing(tmp_path, b"bytes"), None, Memory())
    assert (sent.proof, sent.checksum) == (Proof.HASH, f"md5:{hashlib.md5(b'bytes').hexdigest()}")
    assert sent.request_id.startswith("req-")
    assert (sent.target_id, sent.version) == (only(server).asset_id, str(only(server).version))
    assert server.algorithms == {"sha256"}


def test_what_is_known_of_a_file_stands_in_its_fields(
    connector: Connector, server: CloudinaryServer, tmp_path: Path
) -> None:
    fields = {"sku": "a=b|c", "metadata:region": "DACH & more", "empty": "", "long": "x" * 5_000}
    file = replace(outgoing(tmp_path, b"bytes"), fields=fields)
    connector.send(file, None, Memory())
    asset = only(server)
    assert asset.context["alt"] == "كوب على طاولة"
    assert asset.context["caption"] == "Morning light"
    assert (asset.context["sku"], asset.metadata) == ("a=b|c", {"region": "DACH & more"})
    assert (asset.context["foundry_slot"], asset.context["foundry_asset"]) == (file.slot.id, file.asset)
    assert asset.tags == ["campaign-foundry-aurelle", "mug", "table"]
    assert "empty" not in asset.context
    assert len(asset.context["long"]) == 1_000
    found = connector.find(place(file))
    assert found is not None
    assert (found.slot, found.asset, found.content) == (file.slot.id, file.asset, file.content.sha256)
    assert (found.path, found.size_bytes) == (file.path, 5)


def test_films_and_subtitles_are_other_kinds_of_resource_and_pictures_have_no_extension() -> None:
    told_of = {path: identity_of(path) for path in ("a/b.jpg", "a/b.mp4", "a/b.vtt", "a/b.c.webp")}
    assert [(each.resource_type, each.public_id) for each in told_of.values()] == [
        ("image", "a/b"),
        ("video", "a/b"),
        ("raw", "a/b.vtt"),
        ("image", "a/b.c"),
    ]


def test_a_signature_leaves_no_room_for_a_smuggled_parameter() -> None:
    """The example of the documentation of signatures with SHA-256 instead of SHA-1, and the `&` of version 2."""
    honest = dict(signed({"public_id": "sample", "tags": "a&type=private", "empty": ""}, KEY, SECRET))
    smuggled = dict(signed({"public_id": "sample", "tags": "a", "type": "private"}, KEY, SECRET))
    assert honest["signature"] != smuggled["signature"]
    told_of = f"public_id=sample&tags=a%26type=private{SECRET}"
    assert honest["signature"] == hashlib.sha256(told_of.encode()).hexdigest()
    assert "empty" not in honest


def test_a_large_file_goes_in_chunks_that_are_repeated_one_by_one(
    connector: Connector, server: CloudinaryServer, bench: CloudinaryBench, tmp_path: Path
) -> None:
    server.host.will("chunk", told(503), lost, cut, told(429, Retry_After="3"))
    memory = Memory()
    connector.send(outgoing(tmp_path, data_of(LARGE)), None, memory)
    assert list(bench.contents().values()) == [data_of(LARGE)]
    seen = [each.headers for each in server.host.seen]
    assert len({each["x-unique-upload-id"] for each in seen}) == 1
    assert {each["content-range"] for each in seen} == {
        f"bytes 0-1099999/{LARGE}",
        f"bytes 1100000-{LARGE - 1}/{LARGE}",
    }
    assert SECRET not in f"{memory.resume}"


def test_an_upload_that_was_interrupted_goes_on_with_the_chunk_that_is_missing(
    bench: CloudinaryBench, server: CloudinaryServer, tmp_path: Path
) -> None:
    file, memory = outgoing(tmp_path, data_of(LARGE)), Memory()
    connector = bench.open()
    original = server.host.answer
    server.host.answer = lambda seen: told(500) if "1100000-" in seen.headers["content-range"] else original(seen)
    with pytest.raises(TargetAway):
        connector.send(file, None, memory)
    connector.close()
    server.host.answer, before = original, len(server.host.seen)
    again = bench.open()
    again.send(file, None, memory.again())
    again.close()
    assert [each.headers["content-range"] for each in server.host.seen[before:]] == [
        f"bytes 1100000-{LARGE - 1}/{LARGE}"
    ]
    assert list(bench.contents().values()) == [data_of(LARGE)]


def test_an_upload_whose_chunks_were_dropped_begins_anew(
    bench: CloudinaryBench, server: CloudinaryServer, connector: Connector, tmp_path: Path
) -> None:
    file, memory = outgoing(tmp_path, data_of(LARGE)), Memory()
    connector.send(file, None, memory)
    server.assets.clear()
    server.chunks.clear()
    memory.save("chunks", upload=memory.resume["upload"], sent="1100000")
    connector.send(file, None, memory)
    assert list(bench.contents().values()) == [data_of(LARGE)]
    other = outgoing(tmp_path, data_of(LARGE, 2), product="vase")
    connector.send(other, None, memory)  # what was saved for another file is of no use
    assert data_of(LARGE, 2) in bench.contents().values()


@pytest.mark.parametrize("step", ["upload", "rename", "resource"])
@pytest.mark.parametrize("mood", [told(500), told(502), told(429), lost, cut], ids=["500", "502", "429", "lost", "cut"])
def test_every_step_may_fail_once_and_the_asset_is_there_once_with_the_state_that_it_should_have(
    connector: Connector, server: CloudinaryServer, tmp_path: Path, step: str, mood: Any
) -> None:
    file, newer = outgoing(tmp_path, b"first"), outgoing(tmp_path, b"second")
    server.host.will(step, mood)
    sent = connector.send(file, None, Memory())
    server.host.will(step, mood)
    found = connector.find(place(file, sent.target_id))
    assert found is not None
    connector.send(newer, found, Memory())
    found = connector.find(place(file, sent.target_id))
    assert found is not None
    server.host.will(step, mood)
    assert connector.expire(found, receipt(newer, sent)).expired
    found = connector.find(place(file, sent.target_id))
    assert found is not None
    server.host.will(step, mood)
    connector.send(newer, found, Memory())
    asset = only(server)
    assert (asset.data, asset.type, asset.asset_id) == (b"second", "upload", sent.target_id)


def test_an_asset_comes_back_with_its_new_content_before_anybody_sees_it(
    connector: Connector, server: CloudinaryServer, tmp_path: Path
) -> None:
    old, new = outgoing(tmp_path, b"old price"), outgoing(tmp_path, b"new price")
    sent = connector.send(old, None, Memory())
    found = connector.find(place(old, sent.target_id))
    assert found is not None
    expired = connector.expire(found, receipt(old, sent))
    in_use: list[tuple[str, bytes]] = []
    original = server.host.answer

    def watched(seen: Any) -> Any:
        reply = original(seen)
        in_use.extend((key[2], asset.data) for key, asset in server.assets.items() if key[1] == "upload")
        return reply

    server.host.answer = watched
    connector.send(new, expired, Memory())
    assert {data for _, data in in_use} == {b"new price"}
    assert only(server).invalidated == 3


def test_a_foreign_asset_at_the_path_is_not_overwritten(
    connector: Connector, server: CloudinaryServer, bench: CloudinaryBench, tmp_path: Path
) -> None:
    file = outgoing(tmp_path, b"ours")
    server._store(("image", "upload", file.path.removesuffix(".jpg")), b"of somebody else", "x.jpg", {})
    with pytest.raises(ForeignChange, match="was there already, or was changed"):
        connector.send(file, None, Memory())
    assert only(server).data == b"of somebody else"


def test_a_lost_receipt_costs_no_second_asset_also_if_the_file_has_changed_since(
    connector: Connector, server: CloudinaryServer, bench: CloudinaryBench, tmp_path: Path
) -> None:
    file, newer = outgoing(tmp_path, b"first"), outgoing(tmp_path, b"second")
    first = connector.send(file, None, Memory())
    version = only(server).version
    again = connector.send(file, None, Memory())
    assert replace(again, request_id=first.request_id) == first
    assert only(server).version == version
    assert connector.send(newer, None, Memory()).target_id == first.target_id
    assert only(server).data == b"second"
    found = connector.find(place(newer))
    assert found is not None
    bench.change(found)
    with pytest.raises(ForeignChange):
        connector.send(file, None, Memory())


def test_an_asset_that_a_user_renamed_is_found_and_keeps_its_name_in_new_versions(
    connector: Connector, server: CloudinaryServer, tmp_path: Path
) -> None:
    file, newer = outgoing(tmp_path, b"first"), outgoing(tmp_path, b"second")
    sent = connector.send(file, None, Memory())
    asset = only(server)
    server.assets = {("image", "upload", "their/name"): asset}
    asset.public_id = "their/name"
    for asked in (place(file), place(file, sent.target_id)):
        found = connector.find(asked)
        assert found is not None
        assert found.target_id == sent.target_id
    connector.send(newer, found, Memory())
    assert (only(server).public_id, only(server).data) == ("their/name", b"second")


def test_an_asset_that_was_removed_is_reported_and_not_made_anew(
    connector: Connector, server: CloudinaryServer, tmp_path: Path
) -> None:
    file = outgoing(tmp_path, b"first")
    sent = connector.send(file, None, Memory())
    found = connector.find(place(file, sent.target_id))
    assert found is not None
    server.assets.clear()
    with pytest.raises(ForeignChange, match="was removed"):
        connector.send(outgoing(tmp_path, b"second"), found, Memory())
    with pytest.raises(FileRefused, match="not there any more"):
        connector.expire(found, receipt(file, sent))
    assert connector.find(place(file, sent.target_id)) is None


def test_an_account_that_changes_what_it_stores_proves_nothing(
    connector: Connector, server: CloudinaryServer, tmp_path: Path
) -> None:
    server.stored_as = lambda data: data[:-1]
    with pytest.raises(FileRefused, match="stored there with other bytes"):
        connector.send(outgoing(tmp_path, b"bytes"), None, Memory())


def test_the_listing_goes_through_all_pages_of_all_kinds_and_past_what_is_not_ours(
    connector: Connector, server: CloudinaryServer, tmp_path: Path
) -> None:
    server.page = 3
    files = [outgoing(tmp_path, data_of(50, at), product=f"p{at}") for at in range(8)]
    files += [replace(outgoing(tmp_path, b"film", product="film"), path="f/film.mp4")]
    sent = {connector.send(file, None, Memory()).target_id for file in files}
    server._store(("image", "upload", "theirs"), b"x", "x.jpg", {})
    listed = list(connector.listing())
    assert {each.target_id for each in listed} == sent
    assert len(listed) == 9
    assert {each.slot for each in listed} == {file.slot.id for file in files}
    assert all(each.version for each in listed)


def test_a_list_that_never_ends_is_given_up(connector: Connector, server: CloudinaryServer, tmp_path: Path) -> None:
    connector.send(outgoing(tmp_path, b"x"), None, Memory())
    server.host.will("list", *[told(200, b'{"resources": [], "next_cursor": "same"}')] * 3)
    with pytest.raises(TargetAway, match="the same page again"):
        list(connector.listing())


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (told(400, b'{"error":{"message":"Invalid image file"}}'), FileRefused, "Invalid image file"),
        (told(413, b"too large"), FileRefused, "too large"),
        (told(400, b'{"error":{"message":"Stale request - reported time is"}}'), TargetRefused, "this machine's clock"),
        (told(401, b'{"error":{"message":"Invalid Signature"}}'), TargetRefused, VARIABLE),
        (told(403, b'{"error":{"message":"Not allowed"}}'), TargetRefused, VARIABLE),
        (told(404, b'{"error":{"message":"cloud_name mismatch"}}'), TargetRefused, "correct cloud_name"),
        (told(302, Location="https://elsewhere.example"), TargetRefused, "correct cloud_name or url"),
        (told(200, b"<html>"), TargetAway, "no whole JSON"),
        (told(507, b"full"), TargetAway, "answers 507"),
    ],
)
def test_answers_are_sorted_by_who_can_put_them_right(
    connector: Connector, server: CloudinaryServer, tmp_path: Path, reply: Any, kind: type[Exception], words: str
) -> None:
    server.host.will("upload", reply)
    with pytest.raises(kind, match=words):
        connector.send(outgoing(tmp_path, b"x"), None, Memory())
    assert len(server.host.seen) == 1


def test_an_hours_limit_of_requests_is_waited_for_until_the_time_that_it_names(
    connector: Connector, server: CloudinaryServer, bench: CloudinaryBench
) -> None:
    ends = formatdate(bench.clock.time() + 1_200, usegmt=True)
    server.host.will("resource", told(420, b"{}", X_FeatureRateLimit_Reset=ends))
    with pytest.raises(TargetAway) as away:
        connector.find(Place(slot="0" * 32, path="a/b.jpg"))
    assert 1_190 < away.value.after_s <= 1_200


def test_a_signature_or_a_secret_is_in_no_error(
    connector: Connector, server: CloudinaryServer, bench: CloudinaryBench, tmp_path: Path
) -> None:
    pair = f"Basic {SECRET}".encode()
    server.host.will("upload", told(400, b"bad: " + SECRET.encode() + b" " + pair))
    with pytest.raises(FileRefused) as refused:
        connector.send(outgoing(tmp_path, b"x"), None, Memory())
    assert SECRET not in str(refused.value)
    assert "authorization" not in server.host.seen[0].headers
