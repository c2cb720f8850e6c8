"""Download of the files that the servers run from, into a cache folder, with this machine's own Maven and Go.

No address of a registry is written here: Maven and Go use the registries that this machine is configured with. A part
that is complete in the cache is not fetched again. Maven and Go themselves keep the finished files of a broken
download.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.stack.errors import FetchFailed, MissingTool, NotFetched, StackRefused

POMS = Path(__file__).parent / "poms"
WORD_EVERY_S = 15.0
PACKAGES = {"java": "openjdk-17-jre-headless", "mvn": "maven", "go": "golang"}


@dataclass(frozen=True)
class Jars:
    """A part that Maven fetches: a project's jars with all they depend on.

    `count` is the number of jars; `pinned` has the name and sha256 of the main ones.
    """

    name: str
    count: int
    pinned: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Binary:
    """A part that Go builds, at an exact version; Go's checksum database verifies its source."""

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


def _say_nothing(_words: str) -> None:
    """Take words that nobody wants to read."""


def cache_folder() -> Path:
    """Return the folder of fetched files: FOUNDRY_STACK_CACHE, or a folder in the user's cache."""
    chosen = os.environ.get("FOUNDRY_STACK_CACHE")
    return Path(chosen) if chosen else Path.home() / ".cache" / "campaign-foundry" / "stack"


def parts_of(server: str) -> tuple[str, ...]:
    """Return the names of the parts that a server runs from."""
    return WANTS.get(server, (server,))


def missing_tools(servers: tuple[str, ...], *, to_fetch: bool = False) -> tuple[MissingTool, ...]:
    """Return one error for each program that these servers need to run, or `to_fetch`, and that is not on PATH."""
    wanted: dict[str, str] = {}
    for server in servers:
        for part in parts_of(server):
            jars = isinstance(PARTS[part], Jars)
            programs = (("java",) if jars else ()) + ((("mvn",) if jars else ("go",)) if to_fetch else ())
            for program in programs:
                wanted.setdefault(program, server)
    return tuple(MissingTool(s, p, PACKAGES[p]) for p, s in wanted.items() if shutil.which(p) is None)


def fetch(
    servers: tuple[str, ...], cache: Path | None = None, say: Callable[[str], None] = _say_nothing
) -> tuple[Path, ...]:
    """Fetch and check the missing parts of these servers; return the folders of all their parts.

    `say` is told in words what is downloaded or compiled, before and while that lasts.
    MissingTool if Maven, Go or Java is not installed; FetchFailed if a download fails or differs from the pinned files.
    """
    lacking = missing_tools(servers, to_fetch=True)
    if lacking:
        raise lacking[0]
    cache = cache or cache_folder()
    names = dict.fromkeys(part for server in servers for part in parts_of(server))
    return tuple(_fetch_part(PARTS[name], cache, say) for name in names)


def fetched_folder(server: str, cache: Path) -> Path:
    """Return the folder of a part in the cache; NotFetched or StackRefused if there is none."""
    part = PARTS.get(server)
    if part is None:
        raise StackRefused(server, f"is not a part of the stack; the parts are {', '.join(PARTS)}")
    folder = folder_of(part, cache)
    if not (folder / ".whole").exists():
        raise NotFetched(server, str(cache))
    return folder


def folder_of(part: Jars | Binary, cache: Path) -> Path:
    """Return the folder of a part in the cache; its name changes with the part's version or pom."""
    if isinstance(part, Binary):
        return cache / f"{part.name}-{part.version}"
    return cache / f"{part.name}-{hashlib.sha256((POMS / f'{part.name}.xml').read_bytes()).hexdigest()[:12]}"


def _fetch_part(part: Jars | Binary, cache: Path, say: Callable[[str], None]) -> Path:
    folder = folder_of(part, cache)
    folder.mkdir(parents=True, exist_ok=True)
    with _lock(folder):
        if not (folder / ".whole").exists():
            _copy_with_maven(part, folder, say) if isinstance(part, Jars) else _build_with_go(part, folder, say)
            check_part(part, folder)
            (folder / ".whole").touch()
    return folder


def check_part(part: Jars | Binary, folder: Path) -> None:
    """Check that a part's files are complete and equal to the pinned ones; FetchFailed if not."""
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


def _copy_with_maven(part: Jars, folder: Path, say: Callable[[str], None]) -> None:
    say(f"{part.name}: downloading {part.count} jars with Maven; this takes minutes")
    for jar in folder.glob("*.jar"):  # Maven copies them again from its own repository, without another download
        jar.unlink()
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={folder}"]
    _run_tool(part.name, ["mvn", "-q", "-B", "-f", str(POMS / f"{part.name}.xml"), *goal], {}, say)


def _build_with_go(part: Binary, folder: Path, say: Callable[[str], None]) -> None:
    say(f"{part.name}: downloading and compiling {part.package} {part.version} with Go; this takes minutes")
    variables = {"GOBIN": str(folder), "GOFLAGS": ""}
    _run_tool(part.name, ["go", "install", f"{part.package}@{part.version}"], variables, say)


def _run_tool(server: str, command: list[str], environment: dict[str, str], say: Callable[[str], None]) -> None:
    variables, began = {**os.environ, **environment}, time.monotonic()
    with subprocess.Popen(  # noqa: S603 - mvn or go, with arguments of this module
        command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as tool:
        try:
            out, err = _output_of(tool, lambda: say(f"{server}: still at it, {time.monotonic() - began:.0f} s"))
        except BaseException:
            tool.terminate()
            raise
    if tool.returncode:
        last_words = " ".join((err or out).split()[-60:])
        raise FetchFailed(server, f"{command[0]} ended with {tool.returncode}: {last_words}")


def _output_of(tool: subprocess.Popen[str], still: Callable[[], None]) -> tuple[str, str]:
    """Return what a program printed, once it has ended; call `still` at intervals until then."""
    while True:
        try:
            return tool.communicate(timeout=WORD_EVERY_S)
        except subprocess.TimeoutExpired:
            still()


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Hold the lock of a part's folder, so that the stacks that share a cache download a part once."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
