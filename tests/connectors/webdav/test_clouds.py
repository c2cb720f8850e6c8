"""Against Nextcloud's and ownCloud's dialects, in a local server that follows their published behaviour."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from connectors.http.public_transport import Reach
from connectors.opening import ConnectorSetting, open_connector
from connectors.target.connector import Connector, Found
from connectors.target.errors import FileRefused, ForeignChange, TargetAway, TargetRefused
from foundry.delivery.proof import Proof
from foundry.delivery.target import WebdavTarget
from tests.connectors.conformance import SECRET, Conformance, Died, Memory, data_of, outgoing, place, receipt
from tests.connectors.webdav.benches import SIGN_IN, VARIABLE
from tests.connectors.webdav.cloud_server import FILES, Cloud
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import Seen
from tests.support.scripted_host import ScriptedHost, lost, told

CHUNK_BYTES = 400_000


class CloudBench:
    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        cloud.password = SECRET
        self.host = ScriptedHost(cloud.answer, _step)
        self.host.start()

    def open(self) -> Connector:
        target = WebdavTarget(
            id="cloud", kind="webdav", url=f"{self.host.url}{FILES}/Werbung%20%26%20mehr", sign_in=SIGN_IN
        )
        setting = ConnectorSetting(tenant="aurelle", reach=Reach(loopback=True), clock=FakeClock())
        connector = open_connector(target, setting)
        connector.chunk_bytes = CHUNK_BYTES
        return connector

    def contents(self) -> Mapping[str, bytes]:
        return {path: each.data for path, each in self.cloud.files.items() if "_expired/" not in path}

    def change(self, found: Found) -> None:
        self.cloud._store(f"Werbung & mehr/{found.path}", b"theirs", "")

    def stop(self) -> None:
        self.host.stop()

    def start(self) -> None:
        self.host.start()

    def lock_out(self) -> None:
        self.cloud.password = "another"

    def asked(self) -> list[str]:
        return [each.method for each in self.host.seen]


def _step(seen: Seen) -> str:
    return seen.method


@pytest.fixture(params=["nextcloud", "owncloud"])
def clouds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudBench]:
    monkeypatch.setenv(VARIABLE, SECRET)
    bench = CloudBench(Cloud(request.param))
    yield bench
    bench.host.stop()


@pytest.fixture
def nextcloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudBench]:
    monkeypatch.setenv(VARIABLE, SECRET)
    bench = CloudBench(Cloud("nextcloud"))
    yield bench
    bench.host.stop()


@pytest.fixture
def owncloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudBench]:
    monkeypatch.setenv(VARIABLE, SECRET)
    bench = CloudBench(Cloud("owncloud"))
    yield bench
    bench.host.stop()


class TestConformance(Conformance):
    large = 1_000_001  # three chunks

    @pytest.fixture
    def bench(self, clouds: CloudBench) -> CloudBench:
        return clouds


def test_a_small_file_is_one_request_whose_answer_proves_it(nextcloud: CloudBench, tmp_path: Path) -> None:
    connector = nextcloud.open()
    connector.send(outgoing(tmp_path, b"first"), None, Memory())
    nextcloud.host.seen.clear()
    sent = connector.send(outgoing(tmp_path, b"second", product="vase"), None, Memory())
    assert nextcloud.asked() == ["PUT"]
    assert (sent.proof, sent.checksum) == (Proof.HASH, f"sha256:{hashlib.sha256(b'second').hexdigest()}")
    connector.close()


def test_a_file_in_chunks_is_proved_by_a_hash_that_nextcloud_computes_of_what_it_stores(
    nextcloud: CloudBench, tmp_path: Path
) -> None:
    connector = nextcloud.open()
    sent = connector.send(outgoing(tmp_path, data_of(1_000_001)), None, Memory())
    assert sent.proof == Proof.HASH
    assert nextcloud.asked()[-2:] == ["PATCH", "PROPFIND"]
    connector.close()


def test_bytes_that_were_damaged_on_the_disk_get_no_receipt(nextcloud: CloudBench, tmp_path: Path) -> None:
    nextcloud.cloud.damages = lambda data: data[:-1] + b"!"
    connector = nextcloud.open()
    with pytest.raises(TargetAway, match="not there as it was sent"):
        connector.send(outgoing(tmp_path, data_of(1_000_001)), None, Memory())
    connector.close()


def test_chunks_that_are_there_are_not_sent_again(nextcloud: CloudBench, tmp_path: Path) -> None:
    file, memory = outgoing(tmp_path, data_of(1_000_001)), Memory()
    connector = nextcloud.open()
    memory.dies_at = 12  # in the middle of the third
    with pytest.raises(Died):
        connector.send(file, None, memory)
    (chunks,) = nextcloud.cloud.uploads.values()
    whole = {name for name, data in chunks.items() if len(data) == CHUNK_BYTES}
    assert whole == {"00001", "00002"}
    nextcloud.host.seen.clear()
    connector.send(file, None, memory.again())
    assert {each.path.rpartition("/")[2] for each in nextcloud.host.seen if each.method == "PUT"} == {"00003"}
    assert list(nextcloud.contents().values()) == [data_of(1_000_001)]
    connector.close()


def test_an_answer_that_was_lost_after_the_chunks_became_a_file_is_found_to_be_done(
    nextcloud: CloudBench, tmp_path: Path
) -> None:
    connector = nextcloud.open()
    nextcloud.host.will("MOVE", lost)
    sent = connector.send(outgoing(tmp_path, data_of(1_000_001)), None, Memory())
    assert sent.proof == Proof.HASH
    assert list(nextcloud.contents().values()) == [data_of(1_000_001)]
    connector.close()


def test_a_change_while_the_chunks_of_a_new_version_were_sent_is_not_overwritten(
    nextcloud: CloudBench, tmp_path: Path
) -> None:
    connector = nextcloud.open()
    first, second = outgoing(tmp_path, b"first"), outgoing(tmp_path, data_of(1_000_001))
    connector.send(first, None, Memory())
    before = connector.find(place(first))
    assert before is not None

    class Meddling(Memory):
        def save(self, step: str, **resume: str) -> None:
            super().save(step, **resume)
            nextcloud.change(before)

    with pytest.raises(ForeignChange):
        connector.send(second, before, Meddling())
    assert list(nextcloud.contents().values()) == [b"theirs"]
    connector.close()


def test_owncloud_proves_by_a_checksum_that_it_was_not_told(owncloud: CloudBench, tmp_path: Path) -> None:
    connector = owncloud.open()
    sent = connector.send(outgoing(tmp_path, b"words"), None, Memory())
    assert sent.proof == Proof.HASH
    owncloud.cloud.computes = False  # it gives our own claim back, and no more
    sent = connector.send(outgoing(tmp_path, b"others", product="vase"), None, Memory())
    assert sent.proof == Proof.REREAD
    connector.close()


def test_owncloud_is_told_a_checksum_to_compare_with(owncloud: CloudBench, tmp_path: Path) -> None:
    file = outgoing(tmp_path, b"words")
    assert file.content.hexdigest("sha1")
    connector = owncloud.open()
    connector.send(file, None, Memory())
    put = next(each for each in owncloud.host.seen if each.method == "PUT")
    assert put.headers["oc-checksum"] == f"SHA1:{hashlib.sha1(b'words').hexdigest()}"
    connector.close()


def test_a_host_that_is_no_webdav_server_is_refused(nextcloud: CloudBench, tmp_path: Path) -> None:
    nextcloud.host.will("OPTIONS", told(200))
    connector = nextcloud.open()
    with pytest.raises(TargetRefused, match="no WebDAV server"):
        connector.send(outgoing(tmp_path, b"x"), None, Memory())
    connector.close()


def test_a_server_that_is_full_stops_the_target_and_a_file_that_is_too_large_alone_is_set_aside(
    nextcloud: CloudBench, tmp_path: Path
) -> None:
    connector = nextcloud.open()
    nextcloud.host.will("PUT", told(507), told(413))
    with pytest.raises(TargetRefused, match="full"):
        connector.send(outgoing(tmp_path, b"x"), None, Memory())
    with pytest.raises(FileRefused, match="too large"):
        connector.send(outgoing(tmp_path, b"x"), None, Memory())
    connector.close()


def test_answers_that_are_lost_or_late_leave_one_file(nextcloud: CloudBench, tmp_path: Path) -> None:
    connector = nextcloud.open()
    nextcloud.host.will("MKCOL", lost)
    nextcloud.host.will("PUT", lost, told(429, Retry_After="3"), told(503), lost)
    sent = connector.send(outgoing(tmp_path, b"words"), None, Memory())
    assert sent.proof == Proof.HASH
    assert list(nextcloud.contents().values()) == [b"words"]
    connector.close()


def test_lost_answers_while_a_file_is_expired_and_brought_back_change_nothing(
    nextcloud: CloudBench, tmp_path: Path
) -> None:
    file = outgoing(tmp_path, b"for a season")
    connector = nextcloud.open()
    sent = connector.send(file, None, Memory())
    found = connector.find(place(file))
    assert found is not None
    nextcloud.host.will("MOVE", lost)
    found = connector.expire(found, receipt(file, sent))
    assert found.expired
    assert nextcloud.contents() == {}
    nextcloud.host.will("MOVE", lost)
    connector.send(file, found, Memory())
    assert list(nextcloud.contents().values()) == [b"for a season"]
    assert len(nextcloud.cloud.files) == 1
    connector.close()
