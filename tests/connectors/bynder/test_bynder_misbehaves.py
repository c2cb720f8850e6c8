"""A portal that misbehaves at any step gets each file once, whole, and no credential where none belongs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from connectors.target.errors import FileRefused, ForeignChange, TargetAway, TargetRefused
from tests.connectors.bringing import Watched, brought, killed_versions, words_of
from tests.connectors.bynder.benches import BynderBench
from tests.connectors.bynder_server import Bynder
from tests.connectors.conformance import SECRET, Memory, data_of, outgoing, place
from tests.connectors.local_vendor import away, cut_before, done_then_away, storm
from tests.support.moods import Mood, Reply, as_json, cut_in_half, lost, saying

STEPS = {
    "v4": ("endpoint", "init", "part", "register", "finalise", "poll", "save", "look"),
    "v7": ("prepare", "chunk", "finalise", "save", "look"),
}
MOODS: dict[str, Mood] = {
    "away": away(),
    "cut before": cut_before,
    "answer lost": lost,
    "gateway gave up": done_then_away,
    "half an answer": cut_in_half,
    "too many": storm(1)[0],
    "not JSON": saying(b"<html>", "text/html"),
}
DOUBTFUL = ("answer lost", "gateway gave up", "half an answer")
"""Moods after which a step may have been made."""
TWO_PARTS = 5_300_000
Api = Literal["v4", "v7"]


@pytest.mark.parametrize("api", ["v4", "v7"])
def test_every_step_that_fails_once_in_any_way_leaves_one_asset(api: Api, server: Bynder, tmp_path: Path) -> None:
    bench, wanted, server.polls = BynderBench(server, api), [], 0
    for step in STEPS[api]:
        for name, mood in MOODS.items():
            wanted.append(f"{step}, {name}".encode() * 99)
            server.will(step, mood)
            brought(bench, outgoing(tmp_path, wanted[-1], product=f"{step}-{name.replace(' ', '-')}"))
    assert sorted(server.contents().values()) == sorted(wanted)
    assert server.foreign_credentials == []


@pytest.mark.parametrize("api", ["v4", "v7"])
def test_every_step_of_a_new_version_that_fails_once_leaves_one_version_more(
    api: Api, server: Bynder, tmp_path: Path
) -> None:
    bench, server.polls = BynderBench(server, api), 0
    for step in (*STEPS[api][:-2], "save_version", "modify", "look"):
        for name in DOUBTFUL:
            product = f"{step}-{name.replace(' ', '-')}"
            first = outgoing(tmp_path, f"old {product}".encode(), product=product)
            sent = brought(bench, first)
            before = bench.open().find(place(first, sent.target_id))
            server.will(step, MOODS[name])
            second = outgoing(tmp_path, f"new {product}".encode(), product=product, title="Evening")
            again = brought(bench, second, before)
            held = server.media[sent.target_id]
            assert again.target_id == sent.target_id
            assert [data for _, _, data in held.versions][-1] == second.content.section(0, 99)
            assert (held.words["name"], len(held.versions)) == ("Evening", 2)
    assert len(server.contents()) == (len(STEPS[api]) + 1) * len(DOUBTFUL)


def test_a_saving_that_was_made_and_is_seen_late_is_not_made_again(server: Bynder, tmp_path: Path) -> None:
    bench, server.lag, server.polls = BynderBench(server), 4, 0
    for product, mood in (("lost", lost), ("late", done_then_away)):
        server.will("save", mood)
        brought(bench, outgoing(tmp_path, product.encode(), product=product))
    assert sorted(server.contents().values()) == [b"late", b"lost"]
    assert server.counts["save"] == 2


def test_a_saved_import_that_bynder_forgets_is_looked_for_and_not_uploaded_again(
    server: Bynder, tmp_path: Path
) -> None:
    server.forgets, server.lag, server.polls = True, 8, 0
    server.will("save", lost)
    brought(BynderBench(server), outgoing(tmp_path, b"once"))
    assert list(server.contents().values()) == [b"once"]
    assert server.counts["prepare"] == 1


def test_a_429_without_a_time_is_a_rest_of_five_minutes_for_all(server: Bynder, tmp_path: Path) -> None:
    bench = BynderBench(server)
    server.will("prepare", *storm(1))
    connector = bench.open()
    with pytest.raises(TargetAway) as rest:
        connector.send(outgoing(tmp_path, b"x"), None, Memory())
    assert rest.value.after_s == 300
    with pytest.raises(TargetAway):
        connector.find(place(outgoing(tmp_path, b"y")))
    assert len(server.seen) == 1
    bench.clock.sleep(300)
    connector.send(outgoing(tmp_path, b"x"), None, Memory())
    connector.close()


def test_a_storm_of_429_delays_files_and_loses_none(server: Bynder, tmp_path: Path) -> None:
    bench = BynderBench(server)
    for step in ("prepare", "chunk", "finalise", "save", "look"):
        server.will(step, *storm(4))
    files = [outgoing(tmp_path, data_of(300, at), product=f"p{at}") for at in range(5)]
    for file in files:
        brought(bench, file)
    assert sorted(server.contents().values()) == sorted(data_of(300, at) for at in range(5))


@pytest.mark.parametrize("step", ["chunk", "finalise", "save", "look"])
def test_a_token_that_ends_in_the_middle_is_fetched_anew(step: str, server: Bynder, tmp_path: Path) -> None:
    def ended(work: Callable[[], Reply]) -> Reply:
        server.token = "ended"
        return work()

    server.will(step, ended)
    connector = BynderBench(server, oauth=True).open()
    connector.send(outgoing(tmp_path, data_of(TWO_PARTS)), None, Memory())
    connector.close()
    assert (server.counts["token"], server.counts["prepare"]) == (2, 1)
    assert list(server.contents().values()) == [data_of(TWO_PARTS)]


def test_an_upload_goes_on_at_the_part_that_it_had_reached(server: Bynder, tmp_path: Path) -> None:
    memory = Memory()
    memory.dies_at = 7
    brought(BynderBench(server), outgoing(tmp_path, data_of(16_000_000)), memory=memory)
    assert list(server.contents().values()) == [data_of(16_000_000)]
    assert server.counts["prepare"] == 1
    assert server.counts["chunk"] <= 5


def test_an_upload_that_bynder_has_dropped_is_begun_anew(server: Bynder, tmp_path: Path) -> None:
    def dropped(_: Callable[[], Reply]) -> Reply:
        server.uploads.clear()
        return Reply(201, b"")

    server.will("chunk", dropped)
    BynderBench(server).open().send(outgoing(tmp_path, data_of(TWO_PARTS)), None, Memory())
    assert list(server.contents().values()) == [data_of(TWO_PARTS)]


@pytest.mark.parametrize("api", ["v4", "v7"])
def test_no_secret_is_kept_with_the_progress_nor_sent_to_the_storage(api: Api, server: Bynder, tmp_path: Path) -> None:
    memory = Watched()
    brought(BynderBench(server, api), outgoing(tmp_path, data_of(TWO_PARTS)), memory=memory)
    kept = " ".join(memory.all)
    assert memory.all
    assert not any(secret in kept for secret in (SECRET, "policy-of", "signature-of", "http"))
    assert server.foreign_credentials == []


def test_a_slow_conversion_is_waited_for(server: Bynder, tmp_path: Path) -> None:
    server.polls = 7
    for api in ("v4", "v7"):
        brought(BynderBench(server, api), outgoing(tmp_path, api.encode(), product=api))
    assert sorted(server.contents().values()) == [b"v4", b"v7"]


def test_a_file_that_bynder_cannot_convert_is_refused_with_a_sentence(server: Bynder, tmp_path: Path) -> None:
    def broken(_: Callable[[], Reply]) -> Reply:
        return as_json({"itemsDone": [], "itemsFailed": list(server.imports), "itemsRejected": []})

    server.will("poll", broken)
    with pytest.raises(FileRefused, match="could not be converted by Bynder"):
        BynderBench(server, "v4").open().send(outgoing(tmp_path, b"x"), None, Memory())


def test_rights_that_lack_are_named(server: Bynder, tmp_path: Path) -> None:
    server.forbidden = True
    with pytest.raises(TargetRefused, match=r"may not upload.*rights to read, upload, edit and archive"):
        BynderBench(server).open().send(outgoing(tmp_path, b"x"), None, Memory())


@pytest.mark.parametrize(
    "answer",
    [
        Reply(200, b"[" * 100_000, "application/json"),
        Reply(200, b'{"file_id": "../../v4/users"}', "application/json"),
        Reply(200, b"\xff\xfe", "application/json"),
        Reply(200, b'{"file_id": ' + b'"a"' * 9 + b"}", "application/json"),
        Reply(302, b"", "text/plain", (("Location", "https://elsewhere.example/"),)),
    ],
)
def test_answers_of_any_shape_end_in_an_error_of_ours(answer: Reply, server: Bynder, tmp_path: Path) -> None:
    server.will("prepare", lambda _: answer)
    with pytest.raises((TargetAway, TargetRefused)) as error:
        BynderBench(server).open().send(outgoing(tmp_path, b"x"), None, Memory())
    assert SECRET not in str(error.value)


def test_a_version_that_somebody_saved_between_our_tries_is_a_conflict(server: Bynder, tmp_path: Path) -> None:
    bench, file = BynderBench(server), outgoing(tmp_path, b"first")
    sent = brought(bench, file)
    before = bench.open().find(place(file, sent.target_id))

    def overtaken(_: Callable[[], Reply]) -> Reply:
        server.change(sent.target_id)
        return Reply(504, b"")

    server.will("save_version", overtaken)
    with pytest.raises(ForeignChange):
        brought(bench, outgoing(tmp_path, b"second"), before)
    assert list(server.contents().values()) == [b"retouched by hand"]


@pytest.mark.parametrize("api", ["v4", "v7"])
def test_a_new_version_that_dies_at_any_moment_is_one_version_more(api: Api, server: Bynder, tmp_path: Path) -> None:
    bench = BynderBench(server, api)
    pair = [outgoing(tmp_path, data, product="undisturbed") for data in (b"old", b"new")]
    moments = words_of(bench, *pair)
    products = [f"p{at}" for at in range(moments)]
    news = {each: outgoing(tmp_path, f"new {each}".encode(), product=each) for each in products}
    killed_versions(bench, [(outgoing(tmp_path, b"old " + each.encode(), product=each), news[each]) for each in news])
    assert moments > 10
    assert sorted(server.contents().values()) == sorted([b"new", *(f"new {each}".encode() for each in products)])
    assert {len(each.versions) for each in server.media.values()} == {2}
