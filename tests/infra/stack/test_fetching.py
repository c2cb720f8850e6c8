"""Parts of the stack are fetched once, by this machine's own tools, and checked against what is pinned."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.stack import fetching
from infra.stack.errors import FetchFailed, MissingTool, NotFetched, StackRefused
from infra.stack.fetching import (
    FLINK,
    GCS,
    KAFKA,
    PRISM,
    cache_folder,
    check_part,
    fetch,
    fetched_folder,
    folder_of,
    missing_tools,
    parts_of,
)

BUILDS = """#!/bin/sh
echo "$@" >> "$GOBIN/../calls"
printf '#!/bin/sh\\n' > "$GOBIN/prism"
chmod +x "$GOBIN/prism"
"""
FAILS = """#!/bin/sh
echo "no route to the proxy" >&2
exit 3
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that is searched before the machine's own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def write_tool(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(script)
    (folder / name).chmod(0o755)


def test_a_part_is_built_once_and_then_found(tools: Path, tmp_path: Path) -> None:
    write_tool(tools, "go", BUILDS)
    cache = tmp_path / "cache"
    with pytest.raises(NotFetched):
        fetched_folder("prism", cache)
    [folder] = fetch(("prism",), cache)
    assert fetch(("prism", "prism"), cache) == (folder,)
    assert fetched_folder("prism", cache) == folder == folder_of(PRISM, cache)
    assert (cache / "calls").read_text().splitlines() == [f"install {PRISM.package}@{PRISM.version}"]


def test_what_takes_minutes_is_said_before_and_while_it_lasts(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tool(tools, "go", BUILDS + "sleep 1\n")
    monkeypatch.setattr(fetching, "WORD_EVERY_S", 0.3)
    said: list[str] = []
    fetch(("prism",), tmp_path, said.append)
    assert said[0] == f"prism: downloading and compiling {PRISM.package} {PRISM.version} with Go; this takes minutes"
    assert said[1].startswith("prism: still at it, ")
    said.clear()
    fetch(("prism",), tmp_path, said.append)
    assert said == []


def test_a_failed_download_is_told_with_the_tools_words_and_is_not_taken_for_whole(tools: Path, tmp_path: Path) -> None:
    write_tool(tools, "go", FAILS)
    with pytest.raises(FetchFailed, match=r"go ended with 3: no route to the proxy\. Run `foundry stack fetch prism`"):
        fetch(("prism",), tmp_path)
    with pytest.raises(NotFetched):
        fetched_folder("prism", tmp_path)


def test_a_tool_that_builds_nothing_is_found_out(tools: Path, tmp_path: Path) -> None:
    write_tool(tools, "go", "#!/bin/sh\n")
    with pytest.raises(FetchFailed, match="go built no prism"):
        fetch(("prism",), tmp_path)


def test_a_missing_program_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (lacking,) = missing_tools(("kafka",))
    assert isinstance(lacking, MissingTool)
    assert "openjdk-17-jre-headless" in str(lacking)
    assert {tool.program for tool in missing_tools(("kafka", "gcs"), to_fetch=True)} == {"java", "mvn", "go"}
    assert missing_tools(("gcs", "workers")) == ()
    with pytest.raises(MissingTool, match="golang"):
        fetch(("gcs",), tmp_path)


def test_a_changed_jar_is_refused(tmp_path: Path) -> None:
    for number in range(KAFKA.count - len(KAFKA.pinned)):
        (tmp_path / f"{number}.jar").touch()
    for name, _ in KAFKA.pinned:
        (tmp_path / name).write_bytes(b"not kafka")
    with pytest.raises(FetchFailed, match="is pinned"):
        check_part(KAFKA, tmp_path)


def test_a_closure_with_a_jar_too_few_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match=f"has 0 jars; {FLINK.count} are expected"):
        check_part(FLINK, tmp_path)


def test_parts_have_folders_of_their_own_that_change_with_their_version(tmp_path: Path) -> None:
    folders = {folder_of(part, tmp_path) for part in (KAFKA, FLINK, GCS, PRISM)}
    assert len(folders) == 4
    assert folder_of(GCS, tmp_path).name == f"gcs-{GCS.version}"


def test_the_job_server_runs_from_flinks_jars_and_workers_from_nothing() -> None:
    assert (parts_of("jobserver"), parts_of("workers"), parts_of("kafka")) == (("flink",), (), ("kafka",))


def test_a_part_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StackRefused, match="the parts are kafka, flink, gcs, prism"):
        fetched_folder("rabbit", tmp_path)


def test_the_environment_names_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FOUNDRY_STACK_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("FOUNDRY_STACK_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    assert cache_folder() == tmp_path / "me" / ".cache" / "campaign-foundry" / "stack"
