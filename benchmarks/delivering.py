"""Files a second: deliveries beside rclone, on the same files, to the same servers, with as many transfers at once.

python -m benchmarks.delivering [--files 600] [--at-once 4] [--far-ms 10] [--rounds 3] [--rclone PATH]

Made-up files of the sizes of an example campaign, in five folders, go to Apache httpd with mod_dav, to WsgiDAV and to
OpenSSH's SFTP server on this machine, near and behind a relay that hands each packet on so many milliseconds late. Ours
are the connectors, each file proved by reading it again; rclone compares sizes there, and hashes nowhere. rclone is
measured as it comes, and without the 10 ms that it leaves between two requests to a WebDAV server. The best of the
rounds counts, since other work on the machine only adds.

rclone 1.75: `go install github.com/rclone/rclone@v1.75.0`, which compiles for some minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from connectors.http.public_transport import Reach
from connectors.opening import ConnectorSetting, open_connector
from connectors.target.outgoing import Content, Outgoing
from foundry.delivery.slot import Slot
from foundry.delivery.target import BasicSignIn, Secret, SftpTarget, Target, WebdavTarget
from tests.connectors.conformance import Memory, metadata
from tests.support.dav_servers import USER, Apache, Wsgidav
from tests.support.far_away import far_away
from tests.support.openssh import OpenSsh

FOLDERS = 5
SIZES = (18_000, 42_000, 75_000, 120_000, 190_000, 380_000)
PASSWORD = "a-password-of-this-benchmark"  # noqa: S105 - of servers that live as long as the benchmark
VARIABLE, KEY = "DELIVERY_BENCHMARK__PASSWORD", "DELIVERY_BENCHMARK__KEY"


@dataclass
class Server:
    """A server under load. `empty` removes what it has; rclone: its arguments for a port and a folder."""

    name: str
    port: int
    files: Path
    target: Callable[[int, str], Target]
    rclone: Callable[[int, str], list[str]]
    unpaced: list[str] = field(default_factory=list)

    def counted(self, folder: str) -> int:
        """Return the number of files that arrived in a folder."""
        return sum(1 for each in (self.files / folder).rglob("*.jpg") if not each.name.startswith("."))


def written(folder: Path, count: int) -> list[Outgoing]:
    """Write files that nothing compresses, and return them as they are handed to connectors."""
    chance = random.Random(1)
    made = []
    for number in range(count):
        slot = Slot(
            tenant="benchmark",
            scope="campaign:spring",
            product=f"p{number}",
            scene="table",
            locale="de-DE",
            placement="meta/story",
        )
        path = f"spring/channel-{number % FOLDERS}/p{number:05}_{slot.id}.jpg"
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(chance.randbytes(chance.choice(SIZES)))
        asset = hashlib.sha256(path.encode()).hexdigest()[:32]
        made.append(_outgoing(slot, asset, path, file))
    return made


def _outgoing(slot: Slot, asset: str, path: str, file: Path) -> Outgoing:
    return Outgoing(
        slot=slot, asset=asset, path=path, content=Content(file), media_type="image/jpeg",
        metadata=metadata(slot, asset, "A title"), fields={}, link=lambda _: "",
    )  # fmt: skip


def ours(target: Target, files: list[Outgoing]) -> tuple[float, str]:
    """Return the seconds in which a connector brings the files, and their grades of proof."""
    connector = open_connector(target, ConnectorSetting(tenant="benchmark", reach=Reach(loopback=True)))
    fresh = [_outgoing(each.slot, each.asset, each.path, each.content.file) for each in files]  # nothing hashed yet
    began = time.perf_counter()
    with ThreadPoolExecutor(target.at_once) as pool:
        sent = list(pool.map(lambda file: connector.send(file, None, Memory()), fresh))
    took = time.perf_counter() - began
    connector.close()
    return took, "+".join(sorted({each.proof for each in sent}))


def theirs(program: str, source: Path, at_once: int, told: list[str]) -> float:
    """Return the seconds in which rclone copies the folder."""
    command = [program, "copy", str(source), *told, "--transfers", str(at_once), "--checkers", str(at_once), "-q"]
    began = time.perf_counter()
    subprocess.run(command, check=True, env={**os.environ, "RCLONE_CONFIG": os.devnull})
    return time.perf_counter() - began


@contextmanager
def apache(at_once: int) -> Iterator[Server]:
    """Yield Apache httpd with mod_dav."""
    server = Apache()
    server.let_in(PASSWORD)
    server.start()
    try:
        yield _dav("Apache mod_dav", server.port, server.files, at_once)
    finally:
        server.remove()


def _serve(folder: Path, told: Connection) -> None:
    server = Wsgidav(folder)
    server.let_in(PASSWORD)
    server.start()
    told.send(server.port)
    told.recv()
    server.stop()


@contextmanager
def wsgidav(folder: Path, at_once: int) -> Iterator[Server]:
    """Yield WsgiDAV, in a process of its own."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(folder, there), daemon=True)
    process.start()
    try:
        yield _dav("WsgiDAV", here.recv(), folder, at_once)
    finally:
        here.send(None)
        process.join()


def _dav(name: str, port: int, files: Path, at_once: int) -> Server:
    def target(at: int, folder: str) -> Target:
        sign_in = BasicSignIn(kind="basic", user=USER, password=Secret(variable=VARIABLE))
        url = f"http://127.0.0.1:{at}/{folder}"
        return WebdavTarget(id="dav", kind="webdav", url=url, sign_in=sign_in, at_once=at_once)

    def rclone(at: int, folder: str) -> list[str]:
        hidden = subprocess.run([_RCLONE[0], "obscure", PASSWORD], capture_output=True, text=True, check=True).stdout
        where = ["--webdav-url", f"http://127.0.0.1:{at}", "--webdav-user", USER, "--webdav-pass", hidden.strip()]
        return [f":webdav:{folder}", *where]

    return Server(name, port, files, target, rclone, ["--webdav-pacer-min-sleep", "0ms"])


@contextmanager
def openssh(folder: Path, at_once: int) -> Iterator[Server]:
    """Yield OpenSSH's SFTP server."""
    server = OpenSsh(folder)
    server.start()
    os.environ[KEY] = server.private_key

    def target(at: int, inside: str) -> Target:
        return SftpTarget(
            id="sftp", kind="sftp", host="127.0.0.1", port=at, user=server.user, host_keys=(server.host_key(),),
            private_key=Secret(variable=KEY), folder=inside, at_once=at_once,
        )  # fmt: skip

    def rclone(at: int, inside: str) -> list[str]:
        where = ["--sftp-host", "127.0.0.1", "--sftp-port", str(at), "--sftp-user", server.user]
        return [f":sftp:{inside}", *where, "--sftp-key-file", str(folder / "user")]

    try:
        yield Server("OpenSSH SFTP", server.port, server.home, target, rclone)
    finally:
        server.stop()


_RCLONE: list[str] = []


def measure(server: Server, port: int, files: list[Outgoing], source: Path, rounds: int) -> list[tuple[str, float]]:
    """Return the best seconds of each way, by its name, in turn so that a busy machine is fair to all."""
    ways: dict[str, float] = {}
    at_once = server.target(port, "x").at_once
    for number in range(rounds):
        folder = f"ours-{port}-{number}"
        took, proof = ours(server.target(port, folder), files)
        assert server.counted(folder) == len(files)
        name = f"ours, proof: {proof}"
        ways[name] = min(took, ways.get(name, took))
        for name, further in {"rclone": [], "rclone, unpaced": server.unpaced}.items():
            if not _RCLONE or (name != "rclone" and not further):
                continue
            folder = f"{name.replace(', ', '-')}-{port}-{number}"
            took = theirs(_RCLONE[0], source, at_once, [*server.rclone(port, folder), *further])
            assert server.counted(folder) == len(files)
            ways[name] = min(took, ways.get(name, took))
    return list(ways.items())


def main() -> None:
    """Print a row for each server, distance and way."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=600)
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--far-ms", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rclone", default=shutil.which("rclone") or "")
    options = parser.parse_args()
    if options.rclone:
        _RCLONE.append(options.rclone)
    else:
        print("rclone is not on PATH: only our own figures (see this module's description)")
    os.environ[VARIABLE] = PASSWORD
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        home = Path(name)
        files = written(home / "source", options.files)
        size_mb = sum(each.content.size_bytes for each in files) / 1e6
        servers = [
            stack.enter_context(apache(options.at_once)),
            stack.enter_context(wsgidav(home / "wsgidav", options.at_once)),
            stack.enter_context(openssh(home / "openssh", options.at_once)),
        ]
        print(f"{len(files)} files, {size_mb:.0f} MB, {options.at_once} at once")
        print("| server | way | s | files/s | MB/s | ours in relation |\n| --- | --- | --- | --- | --- | --- |")
        for server in servers:
            for far_ms in (0.0, options.far_ms):
                with far_away(server.port, far_ms / 1000) if far_ms else _near(server.port) as port:
                    rows = measure(server, port, files, home / "source", options.rounds)
                own = rows[0][1]
                for way, took in rows:
                    where = f"{server.name}, {far_ms:.0f} ms away" if far_ms else server.name
                    figures = f"{took:.2f} | {len(files) / took:.0f} | {size_mb / took:.1f} | {took / own:.2f}"
                    print(f"| {where} | {way} | {figures} |", flush=True)


@contextmanager
def _near(port: int) -> Iterator[int]:
    yield port


if __name__ == "__main__":
    main()
