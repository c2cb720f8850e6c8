"""Deliveries to real WebDAV servers and to tusd, by the engine; the files are read there by ExifTool."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from foundry.delivery.proof import Proof
from foundry.delivery.receipt import State
from pipelines.delivery.reconciling import compare
from tests.support.dav_servers import USER, Apache, DavServer, Wsgidav
from tests.support.deliveries import TENANT, a_row, write_campaign
from tests.support.delivery_desk import HttpDesk
from tests.support.tusd import Tusd

SECRET, VARIABLE = "s3cret-Value-7f", "DELIVERY_AURELLE__CLOUD"
SIGN_IN = {"kind": "basic", "user": USER, "password": {"variable": VARIABLE}}
FILES = 6


@pytest.fixture(params=[pytest.param("apache", marks=pytest.mark.apache), "wsgidav"])
def server(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DavServer]:
    monkeypatch.setenv(VARIABLE, SECRET)
    made = Apache() if request.param == "apache" else Wsgidav(tmp_path / "wsgidav")
    made.let_in(SECRET)
    made.start()
    yield made
    made.stop()
    if isinstance(made, Apache):
        made.remove()


@pytest.fixture
def desk(server: DavServer, tmp_path: Path) -> HttpDesk:
    return HttpDesk(tmp_path, kind="webdav", url=f"http://127.0.0.1:{server.port}/Kampagnen", sign_in=SIGN_IN)


def contents(server: DavServer) -> dict[str, bytes]:
    """The files in use, by their paths."""
    home = server.files / "Kampagnen"
    found = {str(each.relative_to(home)): each.read_bytes() for each in home.rglob("*.jpg")}
    return {path: data for path, data in found.items() if not path.startswith("_expired/")}


def of_product(paths: dict[str, bytes], number: int) -> str:
    (path,) = [each for each in paths if f"p{number:05d}" in each]
    return path


@pytest.mark.readers("exiftool")
def test_a_campaign_arrives_with_its_metadata_and_then_only_what_changes_is_sent(
    server: DavServer, desk: HttpDesk
) -> None:
    write_campaign(desk.own, [a_row(desk.own, number) for number in range(FILES)])
    run = desk.deliver()
    assert (run.states, run.proofs) == ({State.DELIVERED: FILES}, {Proof.REREAD: FILES})
    first = contents(server)
    told = json.loads(
        subprocess.run(
            ["exiftool", "-json", "-r", "-XMP-dc:Title", "-XMP-foundry:Slot", "-ext", "jpg", str(server.files)],
            check=True, capture_output=True,
        ).stdout
    )  # fmt: skip
    assert len(told) == FILES
    assert all("Serum" in each["Title"] for each in told)
    assert (desk.deliver().sent, list(compare(TENANT, desk.target(), desk.setting()))) == (0, [])
    write_campaign(desk.own, [a_row(desk.own, number, "cheaper" if number == 3 else "") for number in range(FILES)])
    assert desk.deliver().sent == 1
    second = contents(server)
    assert second.keys() == first.keys()
    assert [path for path in second if second[path] != first[path]] == [of_product(second, 3)]
    assert list(compare(TENANT, desk.target(), desk.setting())) == []


def test_what_ends_is_moved_away_and_comes_back_and_a_users_own_change_is_a_conflict(
    server: DavServer, desk: HttpDesk
) -> None:
    rows = [a_row(desk.own, number) for number in range(4)]
    write_campaign(desk.own, [replace(rows[0], expiry="2026-12-01"), *rows[1:]])
    assert desk.deliver().states == {State.DELIVERED: 4}
    before = contents(server)
    (server.files / "Kampagnen" / of_product(before, 2)).write_bytes(b"a retouch of theirs")
    desk.day = "2026-12-05"
    write_campaign(desk.own, [replace(rows[0], expiry="2026-12-01"), rows[1], a_row(desk.own, 2, "cheaper"), *rows[3:]])
    assert desk.deliver().states == {State.DELIVERED: 2, State.EXPIRED: 1, State.CONFLICT: 1}
    now = contents(server)
    assert now.keys() == before.keys() - {of_product(before, 0)}
    assert now[of_product(before, 2)] == b"a retouch of theirs"
    write_campaign(desk.own, rows)
    desk.deliver()
    assert of_product(contents(server), 0) == of_product(before, 0)
    assert not list((server.files / "Kampagnen/_expired").rglob("*.jpg"))


def test_no_record_and_no_answer_of_the_run_tells_the_password(server: DavServer, desk: HttpDesk) -> None:
    server.let_in("another password")
    write_campaign(desk.own, [a_row(desk.own)])
    run = desk.deliver()
    assert "does not accept the sign-in" in run.away
    stored = b"".join(each.read_bytes() for each in desk.root.rglob("deliveries/**/*") if each.is_file())
    assert SECRET not in f"{run}{stored!r}"


@pytest.mark.tusd
def test_an_inbox_has_each_file_once_and_a_new_version_in_place_of_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, SECRET)
    inbox = Tusd(tmp_path / "tusd")
    inbox.let_in(SECRET)
    inbox.start()
    try:
        desk = HttpDesk(tmp_path, kind="tus", url=inbox.url, sign_in=SIGN_IN)
        write_campaign(desk.own, [a_row(desk.own, number) for number in range(FILES)])
        run = desk.deliver()
        assert (run.states, run.proofs) == ({State.DELIVERED: FILES}, {Proof.REREAD: FILES})
        first = inbox.finished()
        assert len(first) == FILES
        assert desk.deliver().sent == 0
        rows = [a_row(desk.own, number, "cheaper" if number == 3 else "") for number in range(FILES)]
        write_campaign(desk.own, rows)
        assert desk.deliver().sent == 1
        second = inbox.finished()
        assert len(second) == FILES
        assert len(second.keys() & first.keys()) == FILES - 1
    finally:
        inbox.stop()
