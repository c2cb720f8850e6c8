"""Against servers of resumable uploads that check hashes, sign addresses, lose answers or lie (tus 1.0.0)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from connectors.http.public_transport import Reach
from connectors.opening import ConnectorSetting, open_connector
from connectors.target.connector import Connector
from connectors.target.errors import TargetAway, TargetRefused
from connectors.tus.uploads import told_metadata
from foundry.delivery.proof import Proof
from foundry.delivery.target import Secret, TokenSignIn, TusTarget
from tests.connectors.conformance import SECRET, Died, Memory, data_of, outgoing, place
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import Seen
from tests.support.moods import Reply
from tests.support.scripted_host import ScriptedHost, lost, told

VARIABLE = "DELIVERY_AURELLE__TUS"
PART_BYTES = 1_000


@dataclass
class Inbox:
    """A server with the extensions creation, checksum and termination. signature: the query of its addresses."""

    signature: str = ""
    host: str = ""
    uploads: dict[str, bytes] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)

    def answer(self, seen: Seen) -> Reply:
        if seen.method == "OPTIONS":
            extensions = "creation,checksum,termination"
            return told(204, Tus_Version="1.0.0,0.2.2", Tus_Extension=extensions, Tus_Checksum_Algorithm="sha1,sha256")
        assert seen.headers["tus-resumable"] == "1.0.0" or seen.method == "GET"
        if seen.method == "POST":
            name = f"u{len(self.sizes)}"
            self.uploads[name], self.sizes[name] = b"", int(seen.headers["upload-length"])
            self.metadata[name] = seen.headers["upload-metadata"]
            return told(201, Location=f"{self.host}/uploads/{name}{self.signature}")
        name = seen.path.partition("?")[0].rpartition("/")[2]
        if name not in self.uploads:
            return told(410)
        return {"HEAD": self._head, "PATCH": self._patch, "DELETE": self._delete}[seen.method](seen, name)

    def _head(self, seen: Seen, name: str) -> Reply:
        offset, size = str(len(self.uploads[name])), str(self.sizes[name])
        return told(200, Upload_Offset=offset, Upload_Length=size, Upload_Metadata=self.metadata[name])

    def _patch(self, seen: Seen, name: str) -> Reply:
        if int(seen.headers["upload-offset"]) != len(self.uploads[name]):
            return told(409)
        kind, value = seen.headers["upload-checksum"].split(" ")
        if base64.b64decode(value) != hashlib.new(kind, seen.body).digest():
            return told(460)
        self.uploads[name] += seen.body
        return told(204, Upload_Offset=str(len(self.uploads[name])))

    def _delete(self, seen: Seen, name: str) -> Reply:
        del self.uploads[name]
        return told(204)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def host(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedHost]:
    monkeypatch.setenv(VARIABLE, SECRET)
    with ScriptedHost(inbox.answer, lambda seen: seen.method) as running:
        yield running


@pytest.fixture
def connector(host: ScriptedHost) -> Iterator[Connector]:
    sign_in = TokenSignIn(kind="token", token=Secret(variable=VARIABLE))
    target = TusTarget(id="inbox", kind="tus", url=f"{host.url}/uploads", sign_in=sign_in)
    setting = ConnectorSetting(tenant="aurelle", reach=Reach(loopback=True), clock=FakeClock())
    opened = open_connector(target, setting)
    opened.part_bytes = PART_BYTES
    yield opened
    opened.close()


def test_a_server_that_checks_the_hash_of_each_part_proves_by_hash(
    inbox: Inbox, connector: Connector, tmp_path: Path
) -> None:
    sent = connector.send(outgoing(tmp_path, data_of(2_500)), None, Memory())
    assert (sent.proof, sent.target_id) == (Proof.HASH, "/uploads/u0")
    assert inbox.uploads == {"u0": data_of(2_500)}


def test_a_part_that_was_damaged_on_its_way_or_whose_answer_was_lost_is_there_once(
    inbox: Inbox, host: ScriptedHost, connector: Connector, tmp_path: Path
) -> None:
    host.will("PATCH", told(460), lost, told(423), told(503, Retry_After="2"), told(409), lost)
    connector.send(outgoing(tmp_path, data_of(2_500)), None, Memory())
    assert inbox.uploads == {"u0": data_of(2_500)}


def test_a_server_that_never_gets_further_is_left_alone(
    host: ScriptedHost, connector: Connector, tmp_path: Path
) -> None:
    host.will("PATCH", *[told(460)] * 100)
    with pytest.raises(TargetAway, match="beyond byte 0"):
        connector.send(outgoing(tmp_path, data_of(2_500)), None, Memory())


def test_an_offset_beyond_the_end_is_not_believed(host: ScriptedHost, connector: Connector, tmp_path: Path) -> None:
    host.will("PATCH", told(204, Upload_Offset="99999"))
    with pytest.raises(TargetAway, match="byte 99999"):
        connector.send(outgoing(tmp_path, data_of(2_500)), None, Memory())


def test_an_address_with_a_signature_is_not_kept_and_the_upload_begins_anew(
    inbox: Inbox, connector: Connector, tmp_path: Path
) -> None:
    inbox.signature = "?signature=of-the-server"
    file, memory = outgoing(tmp_path, data_of(2_500)), Memory()
    memory.dies_at = 6
    with pytest.raises(Died):
        connector.send(file, None, memory)
    assert memory.resume["upload"] == ""
    sent = connector.send(file, None, memory.again())
    assert "signature" not in f"{sent}{memory.resume}"
    assert [data for data in inbox.uploads.values() if len(data) == 2_500] == [data_of(2_500)]
    found = connector.find(place(file, sent.target_id))
    assert found is not None
    assert found.target_id == sent.target_id


def test_an_upload_on_another_host_is_not_asked_with_the_credential(
    inbox: Inbox, host: ScriptedHost, connector: Connector, tmp_path: Path
) -> None:
    inbox.host = "https://elsewhere.example"
    with pytest.raises(TargetRefused, match=r"elsewhere\.example"):
        connector.send(outgoing(tmp_path, data_of(2_500)), None, Memory())
    assert not [each for each in host.seen if each.method == "PATCH"]


def test_broken_metadata_of_a_server_is_passed_over() -> None:
    assert told_metadata("slot YWJj, broken !!!,empty,, name w6Q=") == {"slot": "abc", "empty": "", "name": "ä"}
