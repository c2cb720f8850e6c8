"""Against tusd, the protocol's reference server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.http.public_transport import Reach
from connectors.opening import ConnectorSetting, open_connector
from connectors.target.connector import Connector, Found, Place
from connectors.target.errors import FileRefused, TargetRefused
from foundry.delivery.proof import Proof
from foundry.delivery.target import BasicSignIn, Secret, TusTarget
from tests.connectors.conformance import SECRET, Conformance, Died, Memory, data_of, outgoing, place
from tests.support.fake_clock import FakeClock
from tests.support.tusd import USER, Tusd

pytestmark = pytest.mark.tusd
VARIABLE = "DELIVERY_AURELLE__TUS"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tusd]:
    tusd = Tusd(tmp_path_factory.mktemp("tusd"))
    tusd.let_in(SECRET)
    tusd.start()
    yield tusd
    tusd.stop()


class TusBench:
    def __init__(self, server: Tusd, path: str = "") -> None:
        self.server, self.path = server, path
        server.forget()
        server.let_in(SECRET)

    def open(self) -> Connector:
        sign_in = BasicSignIn(kind="basic", user=USER, password=Secret(variable=VARIABLE))
        target = TusTarget(id="inbox", kind="tus", url=self.server.url + self.path, sign_in=sign_in)
        setting = ConnectorSetting(tenant="aurelle", reach=Reach(loopback=True), clock=FakeClock())
        connector = open_connector(target, setting)
        connector.part_bytes = 400_000
        return connector

    def contents(self) -> Mapping[str, bytes]:
        return self.server.finished()

    def change(self, found: Found) -> None:
        raise AssertionError("an upload cannot be changed")

    def stop(self) -> None:
        self.server.stop()

    def start(self) -> None:
        self.server.start()

    def lock_out(self) -> None:
        self.server.let_in("another password")


@pytest.fixture
def inbox(server: Tusd, monkeypatch: pytest.MonkeyPatch) -> TusBench:
    monkeypatch.setenv(VARIABLE, SECRET)
    return TusBench(server)


@pytest.fixture
def opened(inbox: TusBench) -> Iterator[Connector]:
    connector = inbox.open()
    yield connector
    connector.close()


class TestConformance(Conformance):
    """The protocol cannot look for an upload by what was said of it, so three tests ask for less here."""

    large = 1_000_001  # three parts

    @pytest.fixture
    def bench(self, inbox: TusBench) -> TusBench:
        return inbox

    def test_an_asset_is_found_by_its_slot_and_by_its_id_and_nothing_is_found_where_nothing_is(
        self, connector: Connector, tmp_path: Path
    ) -> None:
        file = outgoing(tmp_path, b"one")
        sent = connector.send(file, None, Memory())
        found = connector.find(place(file, sent.target_id))
        assert found is not None
        assert (found.slot, found.asset, found.content) == (file.slot.id, file.asset, file.content.sha256)
        assert (found.path, found.size_bytes) == (file.path, 3)
        assert connector.find(place(file)) is None

    def test_new_content_becomes_a_new_version_of_the_same_asset(
        self, bench: TusBench, connector: Connector, tmp_path: Path
    ) -> None:
        first, second = outgoing(tmp_path, b"first" * 999), outgoing(tmp_path, b"second" * 999)
        sent = connector.send(first, None, Memory())
        connector.send(second, connector.find(place(first, sent.target_id)), Memory())
        assert list(bench.contents().values()) == [b"second" * 999]

    def test_a_sending_whose_receipt_was_lost_leaves_one_asset_when_it_is_made_again(
        self, bench: TusBench, connector: Connector, tmp_path: Path
    ) -> None:
        file, memory = outgoing(tmp_path, data_of(9_999)), Memory()
        first = connector.send(file, None, memory)
        assert connector.send(file, None, memory.again()).target_id == first.target_id
        assert list(bench.contents().values()) == [data_of(9_999)]


def test_the_server_is_told_name_path_slot_and_the_targets_own_fields(
    inbox: TusBench, opened: Connector, tmp_path: Path
) -> None:
    file = outgoing(tmp_path, b"x")
    fields = {"alt text": "كوب على طاولة", "market": "AE, SA", "empty": ""}
    sent = opened.send(replace(file, fields=fields), None, Memory())
    told = inbox.server.described(sent.target_id.rpartition("/")[2])
    assert told == {
        "filename": file.name, "filetype": "image/jpeg", "path": file.path, "slot": file.slot.id, "asset": file.asset,
        "content": file.content.sha256, "alt_text": "كوب على طاولة", "market": "AE, SA",
    }  # fmt: skip


def test_the_bytes_are_read_again_as_tusd_gives_them_back(opened: Connector, tmp_path: Path) -> None:
    sent = opened.send(outgoing(tmp_path, data_of(70_000)), None, Memory())
    assert sent.proof == Proof.REREAD


@pytest.mark.parametrize("dies_at", range(1, 12))
def test_a_replacement_that_dies_anywhere_leaves_the_new_upload_alone(
    dies_at: int, inbox: TusBench, opened: Connector, tmp_path: Path
) -> None:
    old, new = outgoing(tmp_path, b"old"), outgoing(tmp_path, b"new")
    sent = opened.send(old, None, Memory())
    memory, before = Memory().again(dies_at), opened.find(place(old, sent.target_id))
    try:
        opened.send(new, before, memory)
    except Died:
        opened.send(new, opened.find(place(old, sent.target_id)), memory.again())
    assert list(inbox.contents().values()) == [b"new"]


def test_a_part_that_was_interrupted_is_gone_on_with_where_it_ended(
    inbox: TusBench, opened: Connector, tmp_path: Path
) -> None:
    file, memory = outgoing(tmp_path, data_of(1_000_001)), Memory().again(9)
    with pytest.raises(Died):
        opened.send(file, None, memory)
    there = sum(each.stat().st_size for each in inbox.server.files.iterdir() if not each.suffix)
    assert 0 < there < 1_000_001
    opened.send(file, None, memory.again())
    assert [len(data) for data in inbox.contents().values()] == [1_000_001]
    assert len(list(inbox.server.files.glob("*.info"))) == 1


def test_an_upload_that_the_server_took_away_was_taken_in_and_is_not_missing(
    inbox: TusBench, opened: Connector, tmp_path: Path
) -> None:
    file = outgoing(tmp_path, b"x")
    sent = opened.send(file, None, Memory())
    inbox.server.forget()
    found = opened.find(Place(slot=file.slot.id, path=file.path, target_id=sent.target_id))
    assert found is not None
    assert (found.target_id, found.size_bytes) == (sent.target_id, None)


def test_an_address_that_creates_no_uploads_is_refused(inbox: TusBench, tmp_path: Path) -> None:
    connector = TusBench(inbox.server, "no/such/upload").open()
    with pytest.raises(TargetRefused, match="url"):
        connector.send(outgoing(tmp_path, b"x"), None, Memory())
    connector.close()


def test_a_file_beyond_the_servers_limit_is_refused_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)
    server = Tusd(tmp_path / "small", "-max-size", "1000")
    server.let_in(SECRET)
    server.start()
    try:
        connector = TusBench(server).open()
        with pytest.raises(FileRefused, match="1001 bytes; the server takes 1000"):
            connector.send(outgoing(tmp_path, data_of(1_001)), None, Memory())
        connector.close()
        assert not list(server.files.iterdir())
    finally:
        server.stop()
