"""A server that is not OpenSSH: another program, a password, and no posix-rename."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from connectors.http.public_transport import Reach
from connectors.opening import ConnectorSetting, open_connector
from connectors.sftp import remote_tree
from connectors.target.connector import Connector
from connectors.target.errors import TargetAway, TargetRefused
from foundry.delivery.target import Secret, SftpTarget
from tests.connectors.conformance import SECRET, Memory, data_of, outgoing, place
from tests.support.fake_clock import FakeClock

PASSWORD = "DELIVERY_AURELLE__SFTP_PASSWORD"


class _Plain(asyncssh.SFTPServer):
    async def scandir(self, path: bytes):
        """Names that climb and names that would act on a terminal are among those that are told."""
        for name in ("../../climbing_" + "0" * 32, "\x1b[31m_" + "0" * 32):
            yield asyncssh.SFTPName(name.encode(), attrs=asyncssh.SFTPAttrs(permissions=0o100644, size=1, mtime=1))
        async for name in super().scandir(path):
            yield name

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        raise asyncssh.SFTPOpUnsupported("no such extension")

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        if Path(self.map_path(newpath).decode()).exists():
            raise asyncssh.SFTPFailure("it is there")
        super().rename(oldpath, newpath)


class _SignIn(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("agency", SECRET)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    return made


@pytest.fixture
def target(home: Path) -> Iterator[SftpTarget]:
    key = asyncssh.generate_private_key("ssh-ed25519")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[key], server_factory=_SignIn,
            sftp_factory=lambda channel: _Plain(channel, chroot=str(home)),
        )  # fmt: skip

    async def end() -> None:
        acceptor.close()
        await acceptor.wait_closed()

    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result()
    yield SftpTarget(
        id="agency", kind="sftp", host="127.0.0.1", port=acceptor.get_port(), user="agency", folder="/drop",
        host_keys=(key.export_public_key().decode().strip(),), password=Secret(variable=PASSWORD),
    )  # fmt: skip
    asyncio.run_coroutine_threadsafe(end(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def sftp(target: SftpTarget, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connector]:
    monkeypatch.setenv(PASSWORD, SECRET)
    opened = open_connector(target, ConnectorSetting(tenant="aurelle", reach=Reach(loopback=True)))
    yield opened
    opened.close()


def test_without_posix_rename_a_file_is_replaced_by_removal_and_move(
    sftp: Connector, home: Path, tmp_path: Path
) -> None:
    first = outgoing(tmp_path, b"first")
    sftp.send(first, None, Memory())
    sftp.send(outgoing(tmp_path, b"second"), sftp.find(place(first)), Memory())
    assert [each.read_bytes() for each in home.rglob("*.jpg")] == [b"second"]


def test_a_kill_between_removal_and_move_is_gone_on_from(sftp: Connector, home: Path, tmp_path: Path) -> None:
    first, second = outgoing(tmp_path, b"first"), outgoing(tmp_path, b"second")
    sftp.send(first, None, Memory())
    before, killed = sftp.find(place(first)), Memory()
    (home / "drop" / first.path).unlink()
    killed.save("replacing", content=second.content.sha256)
    sftp.send(second, before, killed.again())
    assert [each.read_bytes() for each in home.rglob("*.jpg")] == [b"second"]


def test_a_new_file_does_not_replace_one_that_is_there(sftp: Connector, home: Path, tmp_path: Path) -> None:
    file = outgoing(tmp_path, data_of(9_000))
    assert sftp.send(file, None, Memory()) == sftp.send(file, None, Memory())
    assert [each.name for each in (home / "drop/spring/meta").iterdir()] == [file.name]


def test_names_that_a_server_makes_up_are_not_listed(sftp: Connector, tmp_path: Path) -> None:
    file = outgoing(tmp_path, b"ours")
    sftp.send(file, None, Memory())
    assert [each.path for each in sftp.listing()] == [file.path]


def test_a_server_that_lists_without_end_is_left(
    sftp: Connector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_tree, "MOST_LISTED", 3)
    for at in range(5):
        sftp.send(outgoing(tmp_path, b"ours", product=f"p{at}"), None, Memory())
    with pytest.raises(TargetAway, match="more than 3"):
        list(sftp.listing())


def test_a_wrong_password_is_refused_and_told_nowhere(
    sftp: Connector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD, "wrong-" + SECRET)
    with pytest.raises(TargetRefused, match="sign-in of agency") as refused:
        sftp.send(outgoing(tmp_path, b"x"), None, Memory())
    assert SECRET not in repr(refused.value) + repr(refused.value.__context__) + repr(refused.value.__cause__)


def test_actions_keep_the_targets_pace(target: SftpTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, SECRET)
    clock = FakeClock()
    paced = target.model_copy(update={"requests_per_minute": 60})
    opened = open_connector(paced, ConnectorSetting(tenant="aurelle", reach=Reach(loopback=True), clock=clock))
    for at in range(10):
        assert opened.find(place(outgoing(tmp_path, b"x", product=f"p{at}"))) is None
    opened.close()
    assert clock.monotonic() >= 18
