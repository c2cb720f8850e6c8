"""A ResourceSpace that misbehaves at any step gets each file once, whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.target.connector import Place
from connectors.target.errors import FileRefused, ForeignChange, TargetAway, TargetRefused
from foundry.delivery.proof import Proof
from tests.connectors.bringing import Watched, brought, killed_versions, words_of
from tests.connectors.conformance import SECRET, Memory, data_of, outgoing, place, receipt
from tests.connectors.local_vendor import away, cut_before, done_then_away, storm
from tests.connectors.resourcespace.benches import ResourceSpaceBench
from tests.connectors.resourcespace_server import ARCHIVED, PENDING, Resource, ResourceSpace
from tests.support.moods import Mood, Reply, cut_in_half, lost, saying

STEPS = (
    "create_resource", "upload_multipart", "get_resource_data", "get_resource_field_data", "get_resource_path", "fetch",
    "update_field", "put_resource_data",
)  # fmt: skip
MOODS: dict[str, Mood] = {
    "away": away(),
    "cut before": cut_before,
    "answer lost": lost,
    "gateway gave up": done_then_away,
    "half an answer": cut_in_half,
    "too many": storm(1)[0],
    "not JSON": saying(b"<b>Warning</b>: mysqli_connect()", "text/html"),
}
DOUBTFUL = ("answer lost", "gateway gave up", "half an answer")
"""Moods after which a step may have been made."""


def test_every_step_that_fails_once_in_any_way_leaves_one_resource(server: ResourceSpace, tmp_path: Path) -> None:
    bench, wanted = ResourceSpaceBench(server), []
    for step in STEPS:
        for name, mood in MOODS.items():
            wanted.append(f"{step}, {name}".encode() * 99)
            server.will(step, mood)
            brought(bench, outgoing(tmp_path, wanted[-1], product=f"{step}-{name.replace(' ', '-')}"))
    assert sorted(server.contents().values()) == sorted(wanted)
    assert len(server.resources) == len(wanted)


def test_every_step_of_a_new_content_that_fails_once_leaves_it_in_the_same_resource(
    server: ResourceSpace, tmp_path: Path
) -> None:
    bench, wanted = ResourceSpaceBench(server), []
    for step in (*STEPS[1:-1],):
        for name in DOUBTFUL:
            product = f"{step}-{name.replace(' ', '-')}"
            first = outgoing(tmp_path, f"old {product}".encode(), product=product)
            sent = brought(bench, first)
            before = bench.open().find(place(first, sent.target_id))
            wanted.append(f"new {product}".encode())
            server.will(step, MOODS[name])
            again = brought(bench, outgoing(tmp_path, wanted[-1], product=product, title="Evening"), before)
            assert again.target_id == sent.target_id
            assert server.resources[int(sent.target_id)].fields["title"] == "Evening"
    assert sorted(server.contents().values()) == sorted(wanted)
    assert {each.uploads for each in server.resources.values()} == {2}


def test_a_resource_that_is_made_after_its_caller_gave_up_is_found_or_deleted(
    server: ResourceSpace, tmp_path: Path
) -> None:
    bench, file = ResourceSpaceBench(server), outgoing(tmp_path, b"once")
    late: list[Callable[[], Reply]] = []

    def gave_up(work: Callable[[], Reply]) -> Reply:
        late.append(work)
        return Reply(504, b"")

    def then_late(work: Callable[[], Reply]) -> Reply:
        made = late.pop()()
        work()
        return made

    server.will("create_resource", gave_up, then_late)
    brought(bench, file)
    assert list(server.contents().values()) == [b"once"]
    states = [each.archive for each in server.resources.values() if each.data is None]
    assert states == [3]


def test_nothing_that_is_not_whole_is_seen_by_people(server: ResourceSpace, tmp_path: Path) -> None:
    def looked(work: Callable[[], Reply]) -> Reply:
        seen.append(server.contents())
        return work()

    seen: list[dict[str, bytes]] = []
    before = [step for step in STEPS if step != "get_resource_field_data"]  # which is asked when all is done
    for step in before:
        server.will(step, looked)
    brought(ResourceSpaceBench(server), outgoing(tmp_path, b"x"))
    assert seen == [{}] * len(before)


def test_the_grade_of_proof_follows_what_the_server_computes(server: ResourceSpace, tmp_path: Path) -> None:
    bench, grades = ResourceSpaceBench(server), {}
    for checksums in ("none", "beginning", "whole"):
        server.checksums = checksums
        for size in (40_000, 60_000):
            file = outgoing(tmp_path, data_of(size, size), product=f"{checksums}-{size}")
            grades[checksums, size] = brought(bench, file).proof
    assert grades == {
        ("none", 40_000): Proof.REREAD,
        ("none", 60_000): Proof.REREAD,
        ("beginning", 40_000): Proof.HASH,
        ("beginning", 60_000): Proof.REREAD,
        ("whole", 40_000): Proof.HASH,
        ("whole", 60_000): Proof.HASH,
    }


def test_a_file_that_was_damaged_on_its_way_is_not_taken_for_delivered(server: ResourceSpace, tmp_path: Path) -> None:
    def damaged(work: Callable[[], Reply]) -> Reply:
        answer = work()
        server.resources[1].data = b"damaged!"
        return answer

    server.will("upload_multipart", damaged)
    memory, bench = Memory(), ResourceSpaceBench(server)
    with pytest.raises(TargetAway, match="does not hold what was sent"):
        bench.open().send(outgoing(tmp_path, b"original"), None, memory)
    assert server.contents() == {}


def test_embedded_words_do_not_win_over_those_that_are_sent(server: ResourceSpace, tmp_path: Path) -> None:
    sent = brought(ResourceSpaceBench(server), outgoing(tmp_path, b"x"))
    fields = server.resources[int(sent.target_id)].fields
    assert (fields["title"], fields["caption"]) == ("Morning light", "كوب على طاولة")


def test_a_field_or_a_right_that_lacks_is_named(server: ResourceSpace, tmp_path: Path) -> None:
    file, bench = outgoing(tmp_path, b"x"), ResourceSpaceBench(server)
    with pytest.raises(TargetRefused, match="lets nothing be written to the field season"):
        bench.open().send(replace(file, fields={"season": "spring"}), None, Memory())
    server.fields = ("title", "originalfilename")
    with pytest.raises(TargetRefused, match="has no field foundryslot that may be written"):
        bench.open().send(outgoing(tmp_path, b"y", product="vase"), None, Memory())
    server.states = (0,)
    with pytest.raises(TargetRefused, match="makes no resource of type 1; give the user the permissions"):
        bench.open().send(outgoing(tmp_path, b"z", product="bowl"), None, Memory())
    assert server.contents() == {}


def test_a_file_that_is_larger_than_php_takes_is_refused_and_the_target_is_not(
    server: ResourceSpace, tmp_path: Path
) -> None:
    server.limit = 50_000
    connector = ResourceSpaceBench(server).open()
    with pytest.raises(FileRefused, match=r"has 60000 bytes, more than PHP's post_max_size"):
        connector.send(outgoing(tmp_path, data_of(60_000)), None, Memory())
    connector.send(outgoing(tmp_path, b"small", product="vase"), None, Memory())
    connector.close()
    assert list(server.contents().values()) == [b"small"]


def test_a_file_that_the_server_knows_already_is_refused_with_its_words(server: ResourceSpace, tmp_path: Path) -> None:
    server.blocks_duplicates = True
    connector = ResourceSpaceBench(server).open()
    connector.send(outgoing(tmp_path, b"same"), None, Memory())
    with pytest.raises(FileRefused, match="Duplicate file upload"):
        connector.send(outgoing(tmp_path, b"same", product="vase"), None, Memory())
    connector.close()


def test_a_file_that_somebody_put_there_between_our_tries_is_a_conflict(server: ResourceSpace, tmp_path: Path) -> None:
    bench, file = ResourceSpaceBench(server), outgoing(tmp_path, b"first")
    sent = brought(bench, file)
    before = bench.open().find(place(file, sent.target_id))

    def overtaken(_: Callable[[], Reply]) -> Reply:
        server.change(sent.target_id)
        return Reply(504, b"")

    server.will("upload_multipart", *[overtaken] * 6)
    with pytest.raises(ForeignChange):
        brought(bench, outgoing(tmp_path, b"second"), before)
    assert list(server.contents().values()) == [b"retouched by hand"]


def test_words_of_a_user_are_a_foreign_change(server: ResourceSpace, tmp_path: Path) -> None:
    bench, file = ResourceSpaceBench(server), outgoing(tmp_path, b"ours")
    sent = brought(bench, file)
    before = bench.open().find(place(file, sent.target_id))
    server.resources[1].fields["note"] = "a note of somebody"
    assert bench.open().find(place(file, sent.target_id)) == before
    server.resources[1].fields["title"] = "Renamed by hand"
    with pytest.raises(ForeignChange):
        bench.open().send(outgoing(tmp_path, b"newer"), before, Memory())


def test_a_state_that_people_chose_stays(server: ResourceSpace, tmp_path: Path) -> None:
    bench, file = ResourceSpaceBench(server), outgoing(tmp_path, b"first")
    sent = brought(bench, file)
    server.resources[1].archive = -1
    brought(bench, outgoing(tmp_path, b"second"), bench.open().find(place(file, sent.target_id)))
    assert (server.resources[1].archive, server.resources[1].data) == (-1, b"second")


def test_two_targets_of_one_server_do_not_take_each_others_resources(server: ResourceSpace, tmp_path: Path) -> None:
    first, second, file = ResourceSpaceBench(server), ResourceSpaceBench(server, id="other"), outgoing(tmp_path, b"x")
    ours, theirs = brought(first, file), brought(second, file)
    assert ours.target_id != theirs.target_id
    assert [each.target_id for each in second.open().listing()] == [theirs.target_id]


def test_a_listing_pages_through_all_and_tells_the_same_as_a_look(server: ResourceSpace, tmp_path: Path) -> None:
    bench, file = ResourceSpaceBench(server), outgoing(tmp_path, b"x")
    brought(bench, file)
    kept = server.resources[1]
    for at in range(2, 450):
        server.resources[at] = replace(kept, ref=at, archive=ARCHIVED if at % 9 == 0 else 0, fields=dict(kept.fields))
    listed = {each.target_id: each for each in bench.open().listing()}
    assert len(listed) == 449
    assert sum(each.expired for each in listed.values()) == 49
    assert bench.open().find(place(file, "1")) == listed["1"]


def test_a_resource_in_the_bin_is_missing(server: ResourceSpace, tmp_path: Path) -> None:
    bench, file = ResourceSpaceBench(server), outgoing(tmp_path, b"x")
    sent = brought(bench, file)
    found = bench.open().find(place(file, sent.target_id))
    assert found is not None
    server.resources[1].archive = 3
    assert bench.open().find(place(file, sent.target_id)) is None
    assert bench.open().expire(found, receipt(file, sent)).expired


def test_an_attempt_for_a_file_that_was_made_anew_goes_on_in_the_same_resource(
    server: ResourceSpace, tmp_path: Path
) -> None:
    for step, resume in (("make", {}), ("made", {"ref": "1"}), ("fill", {"ref": "1", "tag": ""})):
        server.resources.clear()
        memory, first, second = Memory(), outgoing(tmp_path, b"first price"), outgoing(tmp_path, b"second price")
        words = f"{first.slot.id} {first.content.sha256} {first.asset}"
        connector = ResourceSpaceBench(server).open()
        owner = connector.resources.owner  # type: ignore[attr-defined]
        server.resources[1] = Resource(1, PENDING, {"foundryslot": f"{words} {owner} 0"})
        memory.save(step, content=first.content.sha256, **resume)
        connector.send(second, None, memory)
        connector.close()
        assert server.contents() == {"1": b"second price"}


def test_no_secret_stands_in_an_address_or_with_the_progress(server: ResourceSpace, tmp_path: Path) -> None:
    memory = Watched()
    brought(ResourceSpaceBench(server), outgoing(tmp_path, b"x"), memory=memory)
    addresses = json.dumps([[each.path, each.query] for each in server.seen if each.path != "/pages/download.php"])
    assert not any(word in addresses for word in (SECRET, "sign", "user"))
    assert not any(word in " ".join(memory.all) for word in (SECRET, "sign", "access_key", "http"))
    assert all(SECRET.encode() not in each.body for each in server.seen)


@pytest.mark.parametrize(
    "answer",
    [
        Reply(200, b"[" * 100_000, "application/json"),
        Reply(200, b'"1/../../pages"', "application/json"),
        Reply(200, b"true", "application/json"),
        Reply(200, b"", "application/json"),
        Reply(403, b"API not enabled.", "application/json"),
        Reply(302, b"", "text/plain", (("Location", "https://elsewhere.example/"),)),
    ],
)
def test_answers_of_any_shape_end_in_an_error_of_ours(answer: Reply, server: ResourceSpace, tmp_path: Path) -> None:
    server.will("create_resource", lambda _: answer)
    with pytest.raises((TargetAway, TargetRefused)):
        ResourceSpaceBench(server).open().send(outgoing(tmp_path, b"x"), None, Memory())


def test_a_new_content_that_dies_at_any_moment_is_in_the_same_resource(server: ResourceSpace, tmp_path: Path) -> None:
    bench = ResourceSpaceBench(server)
    pair = [outgoing(tmp_path, data, product="undisturbed") for data in (b"old", b"new")]
    moments = words_of(bench, *pair)
    products = [f"p{at}" for at in range(moments)]
    news = {each: outgoing(tmp_path, f"new {each}".encode(), product=each) for each in products}
    killed_versions(bench, [(outgoing(tmp_path, b"old " + each.encode(), product=each), news[each]) for each in news])
    assert moments > 10
    assert sorted(server.contents().values()) == sorted([b"new", *(f"new {each}".encode() for each in products)])
    assert {each.uploads for each in server.resources.values()} == {2}


def test_a_resource_that_was_deleted_before_it_had_a_file_is_made_anew(server: ResourceSpace, tmp_path: Path) -> None:
    memory, file = Memory(), outgoing(tmp_path, b"x")
    memory.save("made", content=file.content.sha256, ref="7")
    connector = ResourceSpaceBench(server).open()
    connector.send(file, None, memory)
    assert list(server.contents().values()) == [b"x"]
    assert connector.find(Place(slot="", path="elsewhere.jpg")) is None
    connector.close()
