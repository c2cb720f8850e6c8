"""An instance that fails, storms, forgets, repeats and answers late: each asset ends up there once, and whole."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from connectors.aem.aem_connector import AemConnector
from connectors.http.public_transport import Reach
from connectors.http.session import open_session
from connectors.http.terms import Patience
from connectors.target.connector import Connector, Found, Place, Sent
from connectors.target.errors import TargetAway
from connectors.target.outgoing import Outgoing
from foundry.delivery.proof import Proof
from tests.connectors.aem_bench import FOLDER, AemBench, oauth
from tests.connectors.aem_server import GOOD, Mood
from tests.connectors.conformance import SECRET, Memory, data_of, outgoing, place
from tests.support.waiting import until

STEPS = ("folder", "initiate", "part", "complete", "metadata", "look")
MOODS = {
    "refuses for now": Mood(status=503),
    "fails": Mood(status=500),
    "storms": Mood(status=429, retry_after="7"),
    "cuts the line": Mood(cut=True),
    "does it and cuts the line": Mood(cut=True, done=True),
    "does it and fails": Mood(status=502, done=True),
    "is asked twice": Mood(twice=True),
}


def sent_at_last(connector: Connector, file: Outgoing, before: Found | None, memory: Memory) -> Sent:
    """Send as the engine does, again and again while the target is away."""
    asked = Place(slot=file.slot.id, path=file.path, target_id=before.target_id if before else "")
    for again in range(10):
        try:
            before = connector.find(asked) if again else before
            return connector.send(file, before, memory)
        except TargetAway:
            memory = memory.again()
    raise AssertionError("it is away for ever")


@pytest.mark.parametrize(("step", "mood"), list(itertools.product(STEPS, MOODS)))
def test_a_new_asset_and_its_new_version_arrive_once_though_each_step_misbehaves(
    bench: AemBench, connector: AemConnector, tmp_path: Path, step: str, mood: str
) -> None:
    first, second = outgoing(tmp_path, data_of(2_500_000, 1)), outgoing(tmp_path, data_of(1_500_000, 2))
    bench.server.will(step, MOODS[mood])
    sent = sent_at_last(connector, first, None, Memory())
    assert not bench.server.moods[step]
    bench.server.will(step, MOODS[mood])
    again = sent_at_last(connector, second, connector.find(place(first, sent.target_id)), Memory())
    asset = bench.server.asset()
    assert again.target_id == sent.target_id == asset.uuid
    assert asset.data == data_of(1_500_000, 2)
    assert asset.versions == [data_of(2_500_000, 1)]
    assert (sent.proof, again.proof) == (Proof.HASH, Proof.HASH)
    assert (asset.metadata["foundrySlot"], asset.metadata["foundryContent"]) == (second.slot.id, second.content.sha256)


@pytest.mark.parametrize("mood", MOODS)
def test_the_servlet_of_older_versions_may_misbehave_as_well(
    bench: AemBench, connector: AemConnector, tmp_path: Path, mood: str
) -> None:
    bench.server.repository.direct = False
    file = outgoing(tmp_path, data_of(900_000))
    bench.server.will("servlet", MOODS[mood])
    sent_at_last(connector, file, None, Memory())
    assert bench.server.asset().data == data_of(900_000)


@pytest.mark.parametrize("mood", MOODS)
def test_a_chunk_that_was_lost_or_came_twice_lets_the_file_begin_anew(
    bench: AemBench, tmp_path: Path, mood: str
) -> None:
    bench.server.repository.direct, bench.chunk_bytes = False, 100_000
    connector = bench.open()
    file = outgoing(tmp_path, data_of(350_000))
    bench.server.will("servlet", GOOD, GOOD, MOODS[mood])
    sent_at_last(connector, file, None, Memory())
    assert bench.server.asset().data == data_of(350_000)
    connector.close()


def test_a_storm_of_refusals_over_every_step_loses_and_doubles_nothing_and_its_pauses_are_kept(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    files = [outgoing(tmp_path, data_of(20_000, at), product=f"p{at}") for at in range(40)]
    for step in STEPS:
        bench.server.will(step, *[Mood(status=429, retry_after="11")] * 15)
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda file: sent_at_last(connector, file, None, Memory()), files))
    assert len({each.target_id for each in sent}) == len(files)
    assert sorted(bench.contents().values()) == sorted(data_of(20_000, at) for at in range(40))
    assert all(not asset.versions for asset in bench.server.repository.assets.values())
    assert sum(bench.clock.sleeps) >= 11
    assert sum(each.status == 429 for each in bench.server.seen) == 15 * len(STEPS)


def test_a_pause_that_is_too_long_to_stand_still_for_is_told_to_the_engine(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    bench.server.will("initiate", Mood(status=429, retry_after="900"))
    with pytest.raises(TargetAway) as away:
        connector.send(outgoing(tmp_path, b"x"), None, Memory())
    assert away.value.after_s == pytest.approx(900, abs=1)


def test_tokens_that_end_in_the_middle_of_an_upload_are_fetched_anew_and_never_go_to_the_store(
    bench: AemBench, tmp_path: Path
) -> None:
    bench.sign_in, bench.server.token_life = oauth(bench.server), 3
    connector = bench.open()
    connector.send(outgoing(tmp_path, data_of(3_500_001)), None, Memory())
    connector.close()
    assert bench.server.asset().data == data_of(3_500_001)
    assert len(bench.server.tokens) > 2
    assert [each.signed for each in bench.server.asked("part")] == [False] * 4


def test_upload_addresses_that_end_before_the_upload_does_are_asked_for_anew(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    bench.server.will("part", GOOD, GOOD, Mood(status=403), GOOD, Mood(status=404))
    connector.send(outgoing(tmp_path, data_of(3_500_001)), None, Memory())
    assert bench.server.asset().data == data_of(3_500_001)
    assert bench.server.steps()["initiate"] == 3
    assert bench.server.steps()["complete"] == 1


def test_addresses_that_end_again_and_again_leave_the_file_for_later(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    bench.server.will("part", *[Mood(status=403)] * 9)
    with pytest.raises(TargetAway, match="ended before it did"):
        connector.send(outgoing(tmp_path, b"x"), None, Memory())
    assert bench.contents() == {}


@pytest.fixture
def hasty(bench: AemBench) -> Iterator[AemConnector]:
    """A connector that gives up a request after 0.4 seconds of silence."""
    session = open_session(
        bench.target, bench.server.url, Reach(loopback=True), bench.clock, Patience(call_s=0.4, tries=3)
    )
    opened = AemConnector("dam", FOLDER, session)
    yield opened
    opened.close()


@pytest.mark.parametrize("step", STEPS)
def test_what_is_answered_after_it_was_given_up_leaves_one_asset(
    bench: AemBench, hasty: AemConnector, tmp_path: Path, step: str
) -> None:
    file = outgoing(tmp_path, data_of(1_200_000))
    bench.server.will(step, Mood(slow_s=0.9))
    sent_at_last(hasty, file, None, Memory())
    until(lambda: bench.server.in_flight == 0)
    assert bench.server.steps()[step] > (1 if step != "part" else 2)
    assert (bench.server.asset().data, bench.server.asset().versions) == (data_of(1_200_000), [])


def test_slow_parts_arrive(bench: AemBench, connector: AemConnector, tmp_path: Path) -> None:
    bench.server.will("part", *[Mood(slow_s=0.1)] * 3)
    connector.send(outgoing(tmp_path, data_of(2_500_000)), None, Memory())
    assert bench.server.asset().data == data_of(2_500_000)


def test_what_is_made_and_not_yet_seen_is_waited_for(bench: AemBench, connector: AemConnector, tmp_path: Path) -> None:
    bench.server.repository.unseen = 3
    files = [outgoing(tmp_path, data_of(5_000, at), product=f"p{at}") for at in range(6)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda file: connector.send(file, None, Memory()), files))
    assert sorted(bench.contents().values()) == sorted(data_of(5_000, at) for at in range(6))
    assert bench.server.steps()["complete"] == 6


def test_files_that_are_processed_out_of_order_are_read_again_where_no_hash_is_there_yet(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    late = {f"p{at}": (7 - at) % 4 for at in range(7)}
    bench.server.repository.processing = lambda path: next(n for name, n in late.items() if f"{name}_" in path)
    files = [outgoing(tmp_path, data_of(5_000, at), product=f"p{at}") for at in range(7)]
    proofs = [connector.send(file, None, Memory()).proof for file in files]
    assert set(proofs) == {Proof.HASH, Proof.REREAD}
    assert sorted(bench.contents().values()) == sorted(data_of(5_000, at) for at in range(7))


@pytest.mark.parametrize("tells_state", [True, False])
def test_the_hash_of_the_version_before_is_no_proof_and_no_foreign_change(
    bench: AemBench, connector: AemConnector, tmp_path: Path, *, tells_state: bool
) -> None:
    first, second = outgoing(tmp_path, b"first"), outgoing(tmp_path, b"second")
    sent = connector.send(first, None, Memory())
    bench.server.repository.processing, bench.server.repository.tells_state = lambda path: 5, tells_state
    again = connector.send(second, connector.find(place(first, sent.target_id)), Memory())
    assert again.proof == (Proof.REREAD if tells_state else Proof.HASH)
    found = connector.find(place(second, sent.target_id))
    assert found is not None
    assert found.checksums.get("sha1", again.checksum.removeprefix("sha1:")) == again.checksum.removeprefix("sha1:")


def test_an_instance_without_hashes_is_proved_by_reading_again(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    bench.server.repository.hashes = False
    sent = connector.send(outgoing(tmp_path, data_of(70_000)), None, Memory())
    assert sent.proof == Proof.REREAD
    assert bench.server.steps()["original"] == 1


def test_a_page_in_place_of_an_answer_is_an_outage_and_no_older_version(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    bench.server.will("initiate", Mood(status=200), Mood(status=200))
    with pytest.raises(TargetAway, match="not JSON"):
        connector.send(outgoing(tmp_path, b"x"), None, Memory())
    assert bench.server.steps()["servlet"] == 0


def test_no_text_and_no_record_tells_a_token_an_address_or_the_secret(
    bench: AemBench, connector: AemConnector, tmp_path: Path
) -> None:
    memory = Memory()
    bench.server.will("part", *[Mood(status=418)] * 9)
    with pytest.raises(TargetAway) as away:
        connector.send(outgoing(tmp_path, b"x"), None, memory)
    bench.server.moods.clear()
    bench.server.will("complete", *[Mood(status=409)] * 9)
    with pytest.raises(TargetAway) as uncompleted:
        connector.send(outgoing(tmp_path, b"x"), None, memory)
    told = f"{away.value} {away.value!r} {uncompleted.value} {memory.resume} {memory.step} {connector!r}"
    assert bench.server.repository.uploads
    assert not [token for token in (SECRET, "sig=", *bench.server.repository.uploads) if token in told]
