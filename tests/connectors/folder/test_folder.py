from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from connectors.opening import ConnectorSetting, open_connector
from connectors.target.connector import Connector, Found
from connectors.target.errors import FileRefused, ForeignChange, TargetRefused
from foundry.delivery.proof import Proof
from foundry.delivery.target import FolderTarget
from tests.connectors.conformance import Conformance, Memory, data_of, outgoing, place, receipt

TARGET = FolderTarget(id="handover", kind="folder", folder="to/agency")


class FolderBench:
    def __init__(self, folders: Path) -> None:
        self.folders = folders
        folders.mkdir()

    @property
    def inside(self) -> Path:
        return self.folders / "aurelle/to/agency"

    def open(self) -> Connector:
        return open_connector(TARGET, ConnectorSetting(tenant="aurelle", folders=self.folders))

    def contents(self) -> Mapping[str, bytes]:
        found = (each for each in self.inside.rglob("*") if each.is_file() and each.name.endswith(".jpg"))
        inside = {str(each.relative_to(self.inside)): each.read_bytes() for each in found}
        return {name: data for name, data in inside.items() if not name.startswith("_expired/")}

    def change(self, found: Found) -> None:
        (self.inside / found.path).write_bytes(b"theirs")

    def stop(self) -> None:
        self.folders.rename(self.folders.with_suffix(".away"))

    def start(self) -> None:
        self.folders.with_suffix(".away").rename(self.folders)

    def lock_out(self) -> None:
        elsewhere = self.folders / "elsewhere"
        elsewhere.mkdir()
        shutil.rmtree(self.folders / "aurelle", ignore_errors=True)
        (self.folders / "aurelle").symlink_to(elsewhere)


class TestConformance(Conformance):
    @pytest.fixture
    def bench(self, tmp_path: Path) -> FolderBench:
        return FolderBench(tmp_path / "folders")


@pytest.fixture
def bench(tmp_path: Path) -> FolderBench:
    return FolderBench(tmp_path / "folders")


@pytest.fixture
def folder(bench: FolderBench) -> Connector:
    return bench.open()


def test_without_a_folder_for_targets_the_target_is_refused() -> None:
    with pytest.raises(TargetRefused, match="--folders"):
        open_connector(TARGET, ConnectorSetting(tenant="aurelle"))


@pytest.mark.parametrize("store", ["folders", "folders/aurelle", "folders/aurelle/to/agency/inside"])
def test_a_folder_that_shares_its_place_with_the_store_is_refused(tmp_path: Path, store: str) -> None:
    setting = ConnectorSetting(tenant="aurelle", folders=tmp_path / "folders", store=str(tmp_path / store))
    with pytest.raises(TargetRefused, match="store"):
        open_connector(TARGET, setting)


def test_each_tenant_has_a_folder_of_its_own(tmp_path: Path) -> None:
    for tenant in ("aurelle", "northpeak"):
        opened = open_connector(TARGET, ConnectorSetting(tenant=tenant, folders=tmp_path))
        opened.send(outgoing(tmp_path, tenant.encode()), None, Memory())
    assert {each.name: len(list(each.rglob("*.jpg"))) for each in tmp_path.iterdir() if each.is_dir()} == {
        "aurelle": 1,
        "northpeak": 1,
    }


def test_bytes_are_read_again_from_the_disk(folder: Connector, tmp_path: Path) -> None:
    file = outgoing(tmp_path, data_of(70_000))
    sent = folder.send(file, None, Memory())
    assert (sent.proof, sent.checksum) == (Proof.REREAD, f"sha256:{file.content.sha256}")


def test_others_may_read_what_is_delivered(bench: FolderBench, folder: Connector, tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        sent = folder.send(outgoing(tmp_path, b"x"), None, Memory())
    finally:
        os.umask(mask)
    assert (bench.inside / sent.path).stat().st_mode & 0o777 == 0o644
    assert (bench.inside / sent.path).parent.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    "path", ["../up.jpg", "/etc/x.jpg", "a/../../b.jpg", "_expired/a.jpg", ".hidden/a.jpg", "a//b.jpg", "a\\b.jpg", ""]
)
def test_a_path_that_climbs_or_hides_is_refused(folder: Connector, tmp_path: Path, path: str) -> None:
    from dataclasses import replace

    with pytest.raises(FileRefused):
        folder.send(replace(outgoing(tmp_path, b"x"), path=path), None, Memory())


def test_a_link_inside_the_target_refuses_its_files_alone(
    bench: FolderBench, folder: Connector, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (bench.inside / "spring").mkdir(parents=True)
    (bench.inside / "spring/meta").symlink_to(outside)
    with pytest.raises(FileRefused, match="link"):
        folder.send(outgoing(tmp_path, b"x"), None, Memory())
    assert list(outside.iterdir()) == []


def test_another_file_at_the_place_of_a_new_one_stays(bench: FolderBench, folder: Connector, tmp_path: Path) -> None:
    file = outgoing(tmp_path, b"ours")
    there = bench.inside / file.path
    there.parent.mkdir(parents=True)
    there.write_bytes(b"theirs")
    with pytest.raises(ForeignChange):
        folder.send(file, None, Memory())
    assert there.read_bytes() == b"theirs"
    assert [each.name for each in there.parent.iterdir()] == [there.name]


def test_a_file_that_was_removed_there_is_a_change_by_others(
    bench: FolderBench, folder: Connector, tmp_path: Path
) -> None:
    file = outgoing(tmp_path, b"ours")
    folder.send(file, None, Memory())
    before = folder.find(place(file))
    (bench.inside / file.path).unlink()
    with pytest.raises(ForeignChange, match="removed"):
        folder.send(outgoing(tmp_path, b"newer"), before, Memory())


def test_a_touched_file_with_the_same_bytes_is_no_change(bench: FolderBench, folder: Connector, tmp_path: Path) -> None:
    file = outgoing(tmp_path, b"ours")
    folder.send(file, None, Memory())
    before = folder.find(place(file))
    os.utime(bench.inside / file.path, (1, 1))
    folder.send(outgoing(tmp_path, b"newer"), before, Memory())
    assert list(bench.contents().values()) == [b"newer"]


def test_a_large_file_goes_on_where_it_was_interrupted(bench: FolderBench, folder: Connector, tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    class Counting(Memory):
        def _word(self) -> None:
            self.words += 1
            if self.words == self.dies_at:
                raise Killed

    file = outgoing(tmp_path, data_of(20 << 20))
    first = Counting()
    first.dies_at = 12
    with pytest.raises(Killed):
        folder.send(file, None, first)
    whole, rest = Counting(), first.again()
    folder.send(outgoing(tmp_path, data_of(20 << 20, 2), product="whole"), None, whole)
    folder.send(file, None, rest)
    assert rest.words < whole.words - 6
    assert (bench.inside / file.path).read_bytes() == data_of(20 << 20)


def test_the_marker_comes_last_and_goes_before_anything_changes(
    bench: FolderBench, folder: Connector, tmp_path: Path
) -> None:
    files = [outgoing(tmp_path, data_of(300, at), product=f"p{at}") for at in range(3)]
    receipts = [receipt(file, folder.send(file, None, Memory())) for file in files]
    folder.finish("spring", iter(receipts))
    marker = bench.inside / "spring/_delivered.json"
    assert json.loads(marker.read_text())["files"] == 3
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=bench.inside / "spring", capture_output=True, check=True
    )
    assert checked.stdout.count(b": OK") == 3
    lines = [json.loads(line) for line in (bench.inside / "spring/manifest.jsonl").read_text().splitlines()]
    assert [line["sha256"] for line in lines] == [file.content.sha256 for file in files]

    later = bench.open()
    later.send(outgoing(tmp_path, b"new price", product="p1"), later.find(place(files[1])), Memory())
    assert not marker.exists()
    later.expire(later.find(place(files[2])), receipts[2])
    later.finish("spring", receipts[:1])
    assert json.loads(marker.read_text())["files"] == 1


def test_finishing_again_writes_nothing(bench: FolderBench, folder: Connector, tmp_path: Path) -> None:
    file = outgoing(tmp_path, b"x")
    receipts = [receipt(file, folder.send(file, None, Memory()))]
    folder.finish("spring", receipts)
    before = {each: each.stat().st_mtime_ns for each in bench.inside.rglob("*")}
    bench.open().finish("spring", receipts)
    assert {each: each.stat().st_mtime_ns for each in bench.inside.rglob("*")} == before


def test_no_marker_is_written_while_a_file_is_missing(bench: FolderBench, folder: Connector, tmp_path: Path) -> None:
    file = outgoing(tmp_path, b"x")
    receipts = [receipt(file, folder.send(file, None, Memory()))]
    (bench.inside / file.path).unlink()
    with pytest.raises(ForeignChange):
        folder.finish("spring", receipts)
    assert not (bench.inside / "spring/_delivered.json").exists()


def test_the_listing_leaves_out_what_others_put_there(bench: FolderBench, folder: Connector, tmp_path: Path) -> None:
    file = outgoing(tmp_path, b"x")
    folder.finish("spring", [receipt(file, folder.send(file, None, Memory()))])
    (bench.inside / "spring/meta/notes.txt").write_text("theirs")
    assert [each.path for each in folder.listing()] == [file.path]
