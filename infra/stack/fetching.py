"""Bring the servers' files into a cache folder, with the machine's own maven and go, and check them.

Addresses of registries are not written here: maven and go use what this machine is configured with. What is in the
cache and whole is left alone; maven and go keep finished parts of a broken download themselves.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.stack.errors import FetchFailed, MissingTool, NotFetched, StackRefused

POMS = Path(__file__).parent / "poms"
PACKAGES = {"java": "openjdk-17-jre-headless", "mvn": "maven", "go": "golang"}


@dataclass(frozen=True)
class Jars:
    """A closure of Maven: how many files it has, and the sha256 of those that matter most."""

    name: str
    count: int
    pinned: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Binary:
    """A program that go builds; the version is exact, and go's checksum database vouches for the source."""

    name: str
    package: str
    version: str


KAFKA = Jars(
    "kafka",
    93,
    (
        ("kafka_2.13-4.1.1.jar", "e89428126cc7630a802123ba27aac4442816840b66d60670226feaff65f24fd1"),
        ("kafka-clients-4.1.1.jar", "00247122a572c3d3ae4eb60a50192a5811bc0181f51923d13018600f892e821d"),
        ("kafka-tools-4.1.1.jar", "8a6939f310a61119cedaffc144119e9b2a374e32a7ec18f78e49ce5aeb71d6b0"),
    ),
)
FLINK = Jars(
    "flink",
    162,
    (
        ("beam-runners-flink-1.19-2.62.0.jar", "1068e860e50ca258e300ac88116b6013f753383eae0e48fd5d787dbb9dcd6205"),
        ("flink-runtime-1.19.3.jar", "5f4579e2cfd41d52ca8b8eb58edd97c417c054103940722cd6b42101ed377784"),
        ("flink-streaming-java-1.19.3.jar", "f2a3ee085b0c8cd62afc872dd5ca83ddf88bce27052895d05535809a5314e38d"),
        ("flink-core-1.19.3.jar", "0e1a580323a4f9f878a66c1095a5b8ce59b571a2ec5877c6981b8ced4e549b41"),
    ),
)
GCS = Binary("gcs", "github.com/fsouza/fake-gcs-server", "v1.56.1")
PRISM = Binary("prism", "github.com/apache/beam/sdks/v2/go/cmd/prism", "v2.77.0")
PARTS: dict[str, Jars | Binary] = {part.name: part for part in (KAFKA, FLINK, GCS, PRISM)}
WANTS: dict[str, tuple[str, ...]] = {"jobserver": ("flink",), "workers": ()}


def cache_folder() -> Path:
    """Where fetched files live: FOUNDRY_STACK_CACHE, or a folder of the user's cache."""
    told = os.environ.get("FOUNDRY_STACK_CACHE")
    return Path(told) if told else Path.home() / ".cache" / "campaign-foundry" / "stack"


def parts_of(server: str) -> tuple[str, ...]:
    """The parts that a server runs from."""
    return WANTS.get(server, (server,))


def missing_tools(servers: tuple[str, ...], *, to_fetch: bool = False) -> tuple[MissingTool, ...]:
    """The programs that running these servers (or fetching them too) needs and this machine lacks."""
    wanted: dict[str, str] = {}
    for server in servers:
        for part in parts_of(server):
            jars = isinstance(PARTS[part], Jars)
            programs = (("java",) if jars else ()) + ((("mvn",) if jars else ("go",)) if to_fetch else ())
            for program in programs:
                wanted.setdefault(program, server)
    return tuple(MissingTool(s, p, PACKAGES[p]) for p, s in wanted.items() if shutil.which(p) is None)


def fetch(servers: tuple[str, ...], cache: Path | None = None) -> tuple[Path, ...]:
    """Fetch what these servers run from, whatever is missing of it, and check it; their folders."""
    lacking = missing_tools(servers, to_fetch=True)
    if lacking:
        raise lacking[0]
    cache = cache or cache_folder()
    names = dict.fromkeys(part for server in servers for part in parts_of(server))
    return tuple(_fetch_part(PARTS[name], cache) for name in names)


def fetched_folder(server: str, cache: Path) -> Path:
    """The folder of a part that is in the cache; NotFetched if it is not."""
    part = PARTS.get(server)
    if part is None:
        raise StackRefused(server, f"is not a part of the stack; the parts are {', '.join(PARTS)}")
    folder = folder_of(part, cache)
    if not (folder / ".whole").exists():
        raise NotFetched(server, str(cache))
    return folder


def folder_of(part: Jars | Binary, cache: Path) -> Path:
    """Where a part lives: a change of pom or version is another folder."""
    if isinstance(part, Binary):
        return cache / f"{part.name}-{part.version}"
    return cache / f"{part.name}-{hashlib.sha256((POMS / f'{part.name}.xml').read_bytes()).hexdigest()[:12]}"


def _fetch_part(part: Jars | Binary, cache: Path) -> Path:
    folder = folder_of(part, cache)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        if not (folder / ".whole").exists():
            _maven(part, folder) if isinstance(part, Jars) else _go(part, folder)
            check(part, folder)
            (folder / ".whole").touch()
    return folder


def check(part: Jars | Binary, folder: Path) -> None:
    """Whether a part's files are there and what is pinned; FetchFailed if not."""
    if isinstance(part, Binary):
        if not os.access(folder / Path(part.package).name, os.X_OK):
            raise FetchFailed(part.name, f"go built no {Path(part.package).name} in {folder}")
        return
    found = len(list(folder.glob("*.jar")))
    if found != part.count:
        raise FetchFailed(part.name, f"{folder} has {found} jars; {part.count} are expected")
    for name, wanted in part.pinned:
        is_now = hashlib.sha256((folder / name).read_bytes()).hexdigest() if (folder / name).exists() else "missing"
        if is_now != wanted:
            raise FetchFailed(part.name, f"{name} has sha256 {is_now}; {wanted} is pinned")


def _maven(part: Jars, folder: Path) -> None:
    for jar in folder.glob("*.jar"):  # copied whole from maven's own repository, which keeps what it has
        jar.unlink()
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={folder}"]
    _run_tool(part.name, ["mvn", "-q", "-B", "-f", str(POMS / f"{part.name}.xml"), *goal], {})


def _go(part: Binary, folder: Path) -> None:
    _run_tool(part.name, ["go", "install", f"{part.package}@{part.version}"], {"GOBIN": str(folder), "GOFLAGS": ""})


def _run_tool(server: str, command: list[str], more: dict[str, str]) -> None:
    done = subprocess.run(command, env={**os.environ, **more}, capture_output=True, text=True, check=False)
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split()[-60:])
        raise FetchFailed(server, f"{command[0]} ended with {done.returncode}: {said}")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One download at a time, shared by all stacks of this cache."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
