"""What is sent to an instance, what is found there, and what a user of it did."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.aem.aem_connector import AemConnector
from connectors.aem.names import address, is_property, legal_path
from connectors.aem.nodes import moment
from connectors.target.connector import Found, Sent
from connectors.target.errors import FileRefused, ForeignChange, TargetAway, TargetRefused
from connectors.target.outgoing import Outgoing
from foundry.delivery.proof import Proof
from tests.connectors.aem_bench import FOLDER, AemBench
from tests.connectors.aem_repository import Asset
from tests.connectors.aem_server import Mood
from tests.connectors.conformance import Memory, data_of, outgoing, place, receipt


def found_of(connector: AemConnector, file: Outgoing, sent: Sent) -> Found:
    found = connector.find(place(file, sent.target_id))
    assert found is not None
    return found


def test_a_file_costs_one_request_for_each_step_and_a_look_before_it_only_where_something_may_be(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    connector.send(outgoing(tmp_path, b"first"), None, Memory())
    steps = ["initiate", "part", "complete", "metadata", "look"]
    bench.server.seen.clear()
    connector.send(outgoing(tmp_path, b"second", product="vase"), None, Memory())
    assert [each.step for each in bench.server.seen] == steps
    later = bench.open()
    bench.server.seen.clear()
    later.send(outgoing(tmp_path, b"third", product="lamp"), None, Memory())
    later.close()
    assert [each.step for each in bench.server.seen] == ["folder"] * 3 + ["look", *steps]


def test_what_is_said_of_a_file_is_written_with_its_types(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    file = outgoing(tmp_path, b"bytes")
    connector.send(replace(file, fields={"customerCampaign": "S-26", "emptied": ""}), None, Memory())
    metadata = bench.server.asset().metadata
    assert metadata["dc:title"] == file.metadata.title
    assert metadata["dc:subject"] == ["mug", "table"]
    assert metadata["dc:language"] == ["ar-AE"]
    assert metadata["prism:expirationDate"] == "Mon May 31 2027 23:59:59 GMT+0000"
    assert metadata["foundryAltText"] == file.metadata.alt_text
    assert metadata["foundryItems"] == ["sku-1", "sku-2"]
    assert metadata["foundryMarkets"] == ["AE", "SA"]
    assert metadata["foundryModels"] == ["backdrop@4"]
    assert metadata["foundryProvenance"] == f"foundry:asset/aurelle/{file.asset}"
    assert metadata["xmpRights:UsageTerms"] == file.metadata.usage_terms
    assert metadata["customerCampaign"] == "S-26"
    assert not {"emptied", "prism:embargoDate"} & set(metadata)


def test_a_date_that_the_map_names_is_a_date_and_nonsense_is_none(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    file, told = outgoing(tmp_path, b"bytes"), bench.server
    sent = connector.send(replace(file, fields={"prism:expirationDate": "2027-05-31T12:00:00.000Z"}), None, Memory())
    assert told.asset().metadata["prism:expirationDate"] == "Mon May 31 2027 12:00:00 GMT+0000"
    nonsense = replace(file, fields={"prism:expirationDate": "in spring"})
    connector.send(nonsense, found_of(connector, file, sent), Memory())
    assert "prism:expirationDate" not in told.asset().metadata


def test_metadata_alone_changes_without_an_upload_and_what_is_empty_now_is_removed(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    file = outgoing(tmp_path, b"bytes")
    sent = connector.send(file, None, Memory())
    unlimited = replace(file, metadata=replace(file.metadata, expiry="", title="New title"))
    connector.send(unlimited, found_of(connector, file, sent), Memory())
    assert bench.server.steps()["initiate"] == 1
    assert bench.server.asset().metadata["dc:title"] == "New title"
    assert "prism:expirationDate" not in bench.server.asset().metadata


def test_a_title_that_a_user_of_the_instance_wrote_stays_and_the_other_facts_are_renewed(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    file = outgoing(tmp_path, b"first")
    sent = connector.send(file, None, Memory())
    bench.server.asset().metadata |= {"dc:title": "Hand made", "dc:subject": ["by hand"]}
    for data in (b"second", b"third"):
        newer = outgoing(tmp_path, data)
        newer = replace(newer, metadata=replace(newer.metadata, title="Ours", alt_text=f"{data!r}"))
        connector.send(newer, found_of(connector, file, sent), Memory())
        metadata = bench.server.asset().metadata
        assert (metadata["dc:title"], metadata["dc:subject"]) == ("Hand made", ["by hand"])
        assert metadata["foundryAltText"] == f"{data!r}"
    assert found_of(connector, file, sent).fields["dc:title"] == "Hand made"


def test_an_asset_that_a_user_moved_is_found_by_its_id_and_gets_its_new_version_there(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    first, second = outgoing(tmp_path, b"first"), outgoing(tmp_path, b"second")
    sent = connector.send(first, None, Memory())
    assets = bench.server.repository.assets
    (path,) = assets
    bench.server.repository.folders[f"{FOLDER}/best"] = 99
    assets[f"{FOLDER}/best/mug.jpg"] = assets.pop(path)
    found = found_of(connector, first, sent)
    assert found.path == "best/mug.jpg"
    again = connector.send(second, found, Memory())
    assert list(bench.contents()) == [f"{FOLDER}/best/mug.jpg"]
    assert again.target_id == sent.target_id
    assert again.path == second.path


def test_an_asset_that_was_not_delivered_from_here_is_not_overwritten(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    file = outgoing(tmp_path, b"ours")
    for folder in (FOLDER, f"{FOLDER}/spring", f"{FOLDER}/spring/meta"):
        bench.server.repository.make_folder(folder)
    bench.server.repository.assets[f"{FOLDER}/{file.path}"] = Asset(b"theirs", "image/jpeg")
    for memory in (Memory(), remembering("complete")):
        with pytest.raises(ForeignChange, match="not delivered from here"):
            connector.send(file, None, memory)
    assert bench.server.asset().data == b"theirs"
    found = connector.find(place(file))
    assert found is not None
    assert (found.slot, found.content) == ("", "")


def test_an_upload_that_was_never_described_is_told_by_its_hash_and_becomes_the_version_before(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    first, second = outgoing(tmp_path, b"first"), outgoing(tmp_path, b"second")
    bench.server.will("metadata", Mood(status=403))
    with pytest.raises(TargetRefused):
        connector.send(first, None, Memory())
    found = connector.find(place(second))
    assert found is not None
    assert found.checksums == {"sha1": first.content.hexdigest("sha1")}
    connector.send(second, found, Memory())
    assert (bench.server.asset().data, bench.server.asset().versions) == (b"second", [b"first"])
    assert bench.server.asset().metadata["foundrySlot"] == second.slot.id


def remembering(step: str) -> Memory:
    memory = Memory()
    memory.step = step
    return memory


def test_an_asset_that_was_removed_or_made_anew_since_is_reported(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    file = outgoing(tmp_path, b"first")
    before = found_of(connector, file, connector.send(file, None, Memory()))
    bench.server.asset().uuid = "another"
    with pytest.raises(ForeignChange, match="replaced by another asset"):
        connector.send(outgoing(tmp_path, b"second"), before, Memory())
    bench.server.repository.assets.clear()
    with pytest.raises(ForeignChange, match="moved or removed"):
        connector.send(outgoing(tmp_path, b"second"), before, Memory())
    with pytest.raises(ForeignChange, match="moved or removed"):
        connector.expire(before, receipt(file, Sent(target_id="x", path=file.path, proof=Proof.HASH)))


def test_content_that_a_user_exchanged_is_not_overwritten_though_the_receipt_was_lost(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    connector.send(outgoing(tmp_path, b"first"), None, Memory())
    (path,) = bench.contents()
    bench.server.repository.store(path, b"theirs", "image/jpeg", version=True)
    with pytest.raises(ForeignChange, match="has other content"):
        connector.send(outgoing(tmp_path, b"second"), None, Memory())
    assert bench.server.asset().data == b"theirs"


def test_expiry_is_a_date_that_users_see_and_a_users_own_is_one_too(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    file = outgoing(tmp_path, b"bytes")
    sent = connector.send(file, None, Memory())
    expired = connector.expire(found_of(connector, file, sent), receipt(file, sent))
    assert expired.expired
    told = datetime.fromtimestamp(int(bench.clock.time()), UTC).strftime("%a %b %d %Y %H:%M:%S GMT+0000")
    assert bench.server.asset().metadata["prism:expirationDate"] == told
    bench.server.seen.clear()
    assert connector.expire(expired, receipt(file, sent)) == expired
    assert bench.server.seen == []
    bench.server.asset().metadata["prism:expirationDate"] = "Tue Jan 01 2030 00:00:00 GMT+0000"
    assert not found_of(connector, file, sent).expired


def test_a_listing_of_many_assets_comes_in_pages_and_names_ours_alone(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    for at in range(450):
        ours = {"foundrySlot": f"{at:032x}", "foundryContent": "c"} if at % 3 else {}
        bench.server.repository.assets[f"{FOLDER}/spring/{at:03}.jpg"] = Asset(b"x", "image/jpeg", metadata=ours)
    bench.server.repository.assets["/content/dam/other/1.jpg"] = Asset(b"x", "", metadata={"foundrySlot": "f" * 32})
    listed = list(connector.listing())
    assert [each.slot for each in listed] == [f"{at:032x}" for at in range(450) if at % 3]
    assert {each.path for each in listed} == {f"spring/{at:03}.jpg" for at in range(450) if at % 3}
    assert bench.server.steps()["query"] == 2


def test_a_folder_that_a_user_removed_is_made_again(bench: AemBench, connector: AemConnector, tmp_path: Path) -> None:
    connector.send(outgoing(tmp_path, b"first"), None, Memory())
    bench.server.repository.folders = {"/content/dam": 99}
    connector.send(outgoing(tmp_path, b"second", product="vase"), None, Memory())
    assert len(bench.contents()) == 2


@pytest.mark.parametrize(
    ("step", "status", "error", "words"),
    [
        ("folder", 403, TargetRefused, "make folders"),
        ("initiate", 403, TargetRefused, "create assets"),
        ("initiate", 415, FileRefused, "limits"),
        ("look", 403, TargetRefused, "read there"),
        ("metadata", 403, TargetRefused, "write there"),
        ("metadata", 400, FileRefused, "the map"),
    ],
)
def test_a_refusal_says_what_is_to_be_done(
    bench: AemBench, connector: AemConnector, tmp_path: Path, step: str, status: int, error: type, words: str
) -> None:
    bench.server.will(step, *[Mood(status=status)] * 3)
    with pytest.raises(error, match=words):
        connector.send(outgoing(tmp_path, b"x"), None, Memory())


def test_a_file_that_is_larger_than_all_offered_parts_is_refused_before_it_is_sent(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    bench.server.repository.most_uris = 1
    with pytest.raises(FileRefused, match="more than the 1 parts of 4000000 bytes"):
        connector.send(outgoing(tmp_path, data_of(4_000_001)), None, Memory())
    assert bench.server.steps()["part"] == 0


def test_an_answer_that_makes_no_sense_is_an_outage(bench: AemBench, connector: AemConnector, tmp_path: Path) -> None:
    for wrong in ({"minPartSize": 0}, {"uploadURIs": []}, {"uploadToken": 5.5}, {"uploadURIs": ["http://[::1"]}):
        bench.server.repository.spoil = wrong
        with pytest.raises(TargetAway):
            connector.send(outgoing(tmp_path, b"x"), None, Memory())
    bench.server.repository.spoil = {"uploadURIs": ["http://10.0.0.1/x"]}
    with pytest.raises(TargetRefused, match=r"10\.0\.0\.1"):
        connector.send(outgoing(tmp_path, b"x"), None, Memory())
    assert bench.contents() == {}


def test_a_credential_goes_to_no_other_host_that_an_answer_names(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    bench.server.repository.complete_uri = "https://elsewhere.example/complete"
    with pytest.raises(TargetRefused, match=r"elsewhere\.example"):
        connector.send(outgoing(tmp_path, b"x"), None, Memory())


@pytest.mark.parametrize("name", ["../x", "a@Delete", ":operation", "jcr:title", "foundrySlot"])
def test_a_map_to_what_is_no_property_of_metadata_is_refused_when_the_target_is_opened(
    bench: AemBench, name: str
) -> None:
    bench.metadata = {name: "{title}"}
    with pytest.raises(TargetRefused, match="cannot be written so"):
        bench.open()


def test_names_become_legal_and_addresses_are_escaped() -> None:
    assert legal_path("Spring 2.0 & more/a#b/50%_{x}?.jpg") == "Spring-2-0---more/a-b/50-_-x--.jpg"
    assert address("/content/dam/ü b/x.jpg", ".2.json") == "content/dam/%C3%BC%20b/x.jpg.2.json"
    assert is_property("dc:title")
    assert is_property("customer field")
    assert not is_property("x/y")


def test_dates_are_read_as_sling_and_as_others_write_them() -> None:
    wanted = datetime(2027, 5, 31, 12, tzinfo=UTC).timestamp()
    assert moment("Mon May 31 2027 14:00:00 GMT+0200") == wanted
    assert moment("2027-05-31T12:00:00.000Z") == wanted
    assert moment("2027-05-31T12:00:00") == wanted
    assert moment("soon") is None
    assert moment("") is None
