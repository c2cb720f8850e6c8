from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.http.public_transport import Reach
from connectors.opening import ConnectorSetting, open_connector
from connectors.target.connector import Connector, Found
from connectors.target.errors import FileRefused, ForeignChange, TargetAway, TargetRefused
from foundry.delivery.proof import Proof
from foundry.delivery.target import Secret, SftpTarget
from tests.connectors.conformance import Conformance, Memory, data_of, outgoing, place, receipt
from tests.support.openssh import PROGRAMS, OpenSsh

pytestmark = pytest.mark.readers(*PROGRAMS)
KEY = "DELIVERY_AURELLE__SFTP_KEY"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSsh]:
    started = OpenSsh(tmp_path_factory.mktemp("openssh"))
    started.start()
    yield started
    started.stop()


@pytest.fixture(autouse=True)
def fresh(server: OpenSsh, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(server.home)
    server.home.mkdir()
    monkeypatch.setenv(KEY, server.private_key)


class SftpBench:
    def __init__(self, server: OpenSsh) -> None:
        self.server = server

    @property
    def inside(self) -> Path:
        return self.server.home / "in/aurelle"

    @property
    def target(self) -> SftpTarget:
        return SftpTarget(
            id="agency",
            kind="sftp",
            host="127.0.0.1",
            port=self.server.port,
            user=self.server.user,
            host_keys=(self.server.host_key(),),
            private_key=Secret(variable=KEY),
            folder="in/aurelle",
        )

    def open(self, **changes: object) -> Connector:
        target = SftpTarget.model_validate(self.target.model_dump() | changes)
        return open_connector(target, ConnectorSetting(tenant="aurelle", reach=Reach(loopback=True)))

    def contents(self) -> Mapping[str, bytes]:
        found = (each for each in self.inside.rglob("*.jpg") if each.is_file())
        inside = {str(each.relative_to(self.inside)): each.read_bytes() for each in found}
        return {name: data for name, data in inside.items() if not name.startswith("_expired/")}

    def change(self, found: Found) -> None:
        (self.inside / found.path).write_bytes(b"by the agency")

    def stop(self) -> None:
        self.server.stop()

    def start(self) -> None:
        self.server.start()

    def lock_out(self) -> None:
        self.server.lock_out()


@pytest.fixture
def bench(server: OpenSsh) -> Iterator[SftpBench]:
    yield SftpBench(server)
    server.let_in()


@pytest.fixture
def sftp(bench: SftpBench) -> Iterator[Connector]:
    opened = bench.open()
    yield opened
    opened.close()


class TestConformance(Conformance):
    @pytest.fixture
    def bench(self, server: OpenSsh) -> Iterator[SftpBench]:
        yield SftpBench(server)
        server.let_in()


def test_bytes_are_read_again_and_the_receipt_says_so(sftp: Connector, tmp_path: Path) -> None:
    file = outgoing(tmp_path, data_of(70_000))
    sent = sftp.send(file, None, Memory())
    assert (sent.proof, sent.checksum) == (Proof.REREAD, f"sha256:{file.content.sha256}")


def test_a_server_with_another_host_key_than_the_pinned_one_is_refused(
    bench: SftpBench, server: OpenSsh, tmp_path: Path
) -> None:
    other = " ".join((server.folder / "user.pub").read_text().split()[:2])
    opened = bench.open(host_keys=(other,))
    with pytest.raises(TargetRefused, match="another host key"):
        opened.send(outgoing(tmp_path, b"x"), None, Memory())
    opened.close()
    assert bench.contents() == {}


def test_any_of_the_servers_keys_may_be_the_pinned_one(bench: SftpBench, server: OpenSsh, tmp_path: Path) -> None:
    opened = bench.open(host_keys=(server.host_key("rsa"),))
    opened.send(outgoing(tmp_path, b"x"), None, Memory())
    opened.close()
    assert list(bench.contents().values()) == [b"x"]


def test_a_line_that_is_no_key_is_refused(bench: SftpBench, tmp_path: Path) -> None:
    opened = bench.open(host_keys=("ssh-ed25519 nonsense",))
    with pytest.raises(TargetRefused, match="host_keys"):
        opened.find(place(outgoing(tmp_path, b"x")))
    opened.close()


def test_a_private_key_on_one_line_is_taken_and_nonsense_is_refused_without_telling_it(
    bench: SftpBench, server: OpenSsh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, server.private_key.replace("\n", "\\n"))
    opened = bench.open()
    assert opened.find(place(outgoing(tmp_path, b"x"))) is None
    opened.close()
    monkeypatch.setenv(KEY, "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n")
    opened = bench.open()
    with pytest.raises(TargetRefused, match="holds no private key") as refused:
        opened.find(place(outgoing(tmp_path, b"x")))
    opened.close()
    assert "c2VjcmV0" not in repr(refused.value) + str(refused.value.__context__)


def test_a_missing_secret_is_told_by_its_name(
    bench: SftpBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY)
    opened = bench.open()
    with pytest.raises(TargetRefused, match=KEY):
        opened.find(place(outgoing(tmp_path, b"x")))
    opened.close()


def test_a_server_of_the_own_network_needs_the_operators_word(bench: SftpBench, tmp_path: Path) -> None:
    opened = open_connector(bench.target, ConnectorSetting(tenant="aurelle"))
    with pytest.raises(TargetRefused, match="--private-host"):
        opened.send(outgoing(tmp_path, b"x"), None, Memory())
    opened.close()
    allowed = Reach(private=frozenset({"127.0.0.1"}))
    opened = open_connector(bench.target, ConnectorSetting(tenant="aurelle", reach=allowed))
    opened.send(outgoing(tmp_path, b"x"), None, Memory())
    opened.close()


def test_a_large_file_goes_on_where_the_connection_broke(
    bench: SftpBench, server: OpenSsh, sftp: Connector, tmp_path: Path
) -> None:
    class Breaking(Memory):
        def _word(self) -> None:
            self.words += 1
            if self.words == self.dies_at:
                server.stop()

    file = outgoing(tmp_path, data_of(30 << 20))
    first = Breaking()
    first.dies_at = 6
    with pytest.raises(TargetAway):
        sftp.send(file, None, first)
    (partial,) = bench.inside.rglob(".*.partial")
    held = partial.stat().st_size
    assert 0 < held < 30 << 20
    server.start()
    rest = first.again()
    sftp.send(file, None, rest)
    assert rest.words <= 2 + (30 - (held >> 20)) / 4 + 1
    assert list(bench.contents().values()) == [data_of(30 << 20)]


def test_a_damaged_partial_file_is_never_moved_to_its_place(
    bench: SftpBench, server: OpenSsh, sftp: Connector, tmp_path: Path
) -> None:
    class Broken(Memory):
        def _word(self) -> None:
            self.words += 1
            if self.words == 6:
                raise TargetAway("agency", "stopped here")

    file = outgoing(tmp_path, data_of(30 << 20))
    first = Broken()
    with pytest.raises(TargetAway):
        sftp.send(file, None, first)
    (partial,) = bench.inside.rglob(".*.partial")
    with partial.open("r+b") as stream:
        stream.write(b"damaged")
    with pytest.raises(TargetAway, match="other bytes"):
        sftp.send(file, None, first.again())
    assert bench.contents() == {}
    sftp.send(file, None, first.again())
    assert list(bench.contents().values()) == [data_of(30 << 20)]


def test_another_file_at_the_place_of_a_new_one_stays(bench: SftpBench, sftp: Connector, tmp_path: Path) -> None:
    file = outgoing(tmp_path, b"ours")
    there = bench.inside / file.path
    there.parent.mkdir(parents=True)
    there.write_bytes(b"theirs")
    with pytest.raises(ForeignChange):
        sftp.send(file, None, Memory())
    assert there.read_bytes() == b"theirs"


def test_a_folder_at_the_place_of_a_file_refuses_it_alone(bench: SftpBench, sftp: Connector, tmp_path: Path) -> None:
    file = outgoing(tmp_path, b"ours")
    (bench.inside / file.path).mkdir(parents=True)
    with pytest.raises(FileRefused):
        sftp.send(file, None, Memory())
    sftp.send(replace(file, path=f"other/{file.name}"), None, Memory())


def test_a_server_that_is_no_ssh_server_is_away(bench: SftpBench, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        opened = bench.open(port=silent.getsockname()[1])
        import threading

        def hang_up() -> None:
            connection, _ = silent.accept()
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.close()

        answering = threading.Thread(target=hang_up)
        answering.start()
        with pytest.raises(TargetAway):
            opened.send(outgoing(tmp_path, b"x"), None, Memory())
        answering.join()
        opened.close()


def test_a_delivery_is_closed_with_checksums_and_marker(bench: SftpBench, sftp: Connector, tmp_path: Path) -> None:
    import subprocess

    files = [outgoing(tmp_path, data_of(300, at), product=f"p{at}") for at in range(3)]
    receipts = [receipt(file, sftp.send(file, None, Memory())) for file in files]
    sftp.finish("spring", iter(receipts))
    checked = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    subprocess.run(checked, cwd=bench.inside / "spring", capture_output=True, check=True)
    assert (bench.inside / "spring/_delivered.json").exists()
    sftp.send(outgoing(tmp_path, b"new price", product="p1"), sftp.find(place(files[1])), Memory())
    assert not (bench.inside / "spring/_delivered.json").exists()


def test_a_folder_of_many_files_is_listed_in_pieces(
    bench: SftpBench, sftp: Connector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from connectors.sftp import requests

    files = [outgoing(tmp_path, data_of(9, at), product=f"p{at}") for at in range(9)]
    for file in files:
        sftp.send(file, None, Memory())
    monkeypatch.setattr(requests, "LISTED_AT_ONCE", 4)
    assert sorted(each.path for each in sftp.listing()) == sorted(file.path for file in files)
