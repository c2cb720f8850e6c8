"""What is said of an asset in Bynder, what its users say there, and what is found again."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.target.errors import FileRefused, ForeignChange, TargetRefused
from connectors.target.outgoing import Outgoing
from foundry.delivery.proof import Proof
from tests.connectors.bringing import brought
from tests.connectors.bynder.benches import BynderBench
from tests.connectors.bynder_server import Bynder, Media, choice
from tests.connectors.conformance import Memory, outgoing, place, receipt


def described(file: Outgoing, **fields: str) -> Outgoing:
    return replace(file, fields=fields)


def test_title_alternative_text_owner_keywords_and_the_day_after_the_last_are_saved_with_the_asset(
    server: Bynder, tmp_path: Path
) -> None:
    sent = brought(BynderBench(server), outgoing(tmp_path, b"x"))
    words = server.media[sent.target_id].words
    assert words["name"] == "Morning light"
    assert words["description"] == "كوب على طاولة"
    assert words["copyright"] == "Aurelle & Söhne <Paris>"
    assert words["archiveDate"] == "2027-06-01T00:00:00Z"
    assert {"mug", "table"} <= set(words["tags"].split(","))


def test_the_tenants_own_fields_fill_metaproperties_by_name_or_id_and_choices_by_the_ids_of_options(
    server: Bynder, tmp_path: Path
) -> None:
    server.metaproperties["season"] = choice("season", "spring", "autumn")
    fields = {
        "name": "Mug",
        "property_season": "Spring",
        "metaproperty.ID-NOTE": "a, b",
        "caption": "",
        "tags": "hot,x",
    }
    sent = brought(BynderBench(server), described(outgoing(tmp_path, b"x"), **fields))
    held = server.media[sent.target_id]
    assert held.properties == {"ID-SEASON": "OPTION-SPRING", "ID-NOTE": "a, b", "ID-CAPTION": ""}
    assert held.words["name"] == "Mug"
    assert {"hot", "x"} <= set(held.words["tags"].split(","))
    assert server.counts["metaproperties"] == 1


def test_a_choice_or_a_field_that_the_portal_lacks_is_named(server: Bynder, tmp_path: Path) -> None:
    server.metaproperties["season"] = choice("season", "spring")
    connector = BynderBench(server).open()
    with pytest.raises(FileRefused, match="needs the option winter of metaproperty season"):
        connector.send(described(outgoing(tmp_path, b"x"), season="winter"), None, Memory())
    with pytest.raises(TargetRefused, match="has no metaproperty channel"):
        connector.send(described(outgoing(tmp_path, b"x"), channel="meta"), None, Memory())
    connector.close()
    assert server.contents() == {}


def test_tags_of_the_portals_users_outlive_a_new_version(server: Bynder, tmp_path: Path) -> None:
    bench, first = BynderBench(server), outgoing(tmp_path, b"first")
    sent = brought(bench, first)
    server.media[sent.target_id].words["tags"] += ",hero shot"
    before = bench.open().find(place(first, sent.target_id))
    second = outgoing(tmp_path, b"second")
    brought(bench, second, before)
    tags = server.media[sent.target_id].words["tags"].split(",")
    assert "hero shot" in tags
    assert [each for each in tags if each.startswith("foundry-content-")] == [
        f"foundry-content-{second.content.sha256}-v2"
    ]


def test_a_users_words_are_a_foreign_change_and_what_bynder_itself_does_is_none(server: Bynder, tmp_path: Path) -> None:
    bench, file = BynderBench(server), outgoing(tmp_path, b"ours")
    sent = brought(bench, file)
    before = bench.open().find(place(file, sent.target_id))
    assert before is not None
    server.media[sent.target_id].words["tags"] += ",sharp,outdoors"
    assert bench.open().find(place(file, sent.target_id)) == before
    server.media[sent.target_id].words["name"] = "Renamed by hand"
    with pytest.raises(ForeignChange):
        bench.open().send(outgoing(tmp_path, b"newer"), before, Memory())
    assert server.contents() == {sent.target_id: b"ours"}


def test_new_words_alone_make_no_new_version(server: Bynder, tmp_path: Path) -> None:
    bench, file = BynderBench(server), outgoing(tmp_path, b"same")
    sent = brought(bench, file)
    before = bench.open().find(place(file, sent.target_id))
    again = brought(bench, outgoing(tmp_path, b"same", title="Evening"), before)
    assert (again.version, again.target_id) == (sent.version, sent.target_id)
    assert server.media[sent.target_id].words["name"] == "Evening"
    assert again.etag == bench.open().find(place(file, sent.target_id)).etag  # type: ignore[union-attr]


def test_the_grade_of_proof_is_that_of_the_upload(server: Bynder, tmp_path: Path) -> None:
    grades = {api: brought(BynderBench(server, api), outgoing(tmp_path, api.encode(), product=api)) for api in APIS}
    assert (grades["v7"].proof, grades["v4"].proof) == (Proof.HASH, Proof.SIZE)
    assert grades["v7"].checksum == f"sha256:{outgoing(tmp_path, b'v7').content.sha256}"
    assert grades["v7"].request_id.startswith("correlation-")


APIS = ("v4", "v7")


def test_two_targets_of_one_portal_do_not_take_each_others_assets(server: Bynder, tmp_path: Path) -> None:
    bench, other = BynderBench(server), BynderBench(server)
    other.target = lambda: bench.target().model_copy(update={"id": "second"})  # type: ignore[method-assign]
    file = outgoing(tmp_path, b"x")
    first, second = brought(bench, file), brought(other, file)
    assert first.target_id != second.target_id
    assert [each.target_id for each in other.open().listing()] == [second.target_id]
    assert other.open().find(place(file)).target_id == second.target_id  # type: ignore[union-attr]


def test_a_listing_pages_through_all_and_tells_the_same_as_a_look(server: Bynder, tmp_path: Path) -> None:
    bench = BynderBench(server)
    kept = server.media[brought(bench, outgoing(tmp_path, b"x")).target_id]
    for at in range(250):
        number = str(uuid.uuid4()).upper()
        words = kept.words | {"archive": "true" if at % 5 == 0 else "false"}
        server.media[number] = Media(number, words, {}, kept.versions, f"2026-12-01T10:00:{at:06d}")
    listed = {each.target_id: each for each in bench.open().listing()}
    assert set(listed) == set(server.media)
    assert sum(each.expired for each in listed.values()) == 50
    assert bench.open().find(place(outgoing(tmp_path, b"x"), kept.id)) == listed[kept.id]


def test_an_archived_asset_that_was_deleted_since_is_out_of_use(server: Bynder, tmp_path: Path) -> None:
    bench, file = BynderBench(server), outgoing(tmp_path, b"x")
    sent = brought(bench, file)
    found = bench.open().find(place(file, sent.target_id))
    assert found is not None
    server.media.clear()
    assert bench.open().expire(found, receipt(file, sent)).expired


def test_an_attempt_for_a_file_that_was_made_anew_becomes_a_version_of_what_it_left(
    server: Bynder, tmp_path: Path
) -> None:
    bench, memory, server.polls = BynderBench(server), Memory(), 0
    connector = bench.open()
    first = outgoing(tmp_path, b"first price")
    memory.save("begun")
    sent = connector.send(first, None, memory)
    assert memory.step == "new"
    again = connector.send(outgoing(tmp_path, b"second price"), None, memory)
    connector.close()
    assert server.contents() == {sent.target_id: b"second price"}
    assert again.target_id == sent.target_id
