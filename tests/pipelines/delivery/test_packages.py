"""Platform packages: what is in them, that they are the same each time, and that their sheets harm nobody."""

from __future__ import annotations

import csv
import hashlib
import io
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from openpyxl import load_workbook
from PIL import Image

from foundry.errors import BadInput
from pipelines.delivery.packages import PackageRun, make_packages
from pipelines.delivery.scopes import Scope
from pipelines.delivery.setting import DeliverySetting
from tests.support.deliveries import TENANT, a_row, own_store, write_campaign, write_product, write_tenant

SPRING = Scope(TENANT, "campaign", "spring")


class Desk:
    def __init__(self, folder: Path, **packages: object) -> None:
        self.folder, self.output = folder, folder / "out"
        self.own = own_store(folder / "store")
        self.tenants = write_tenant(folder / "tenants")
        file = self.tenants / TENANT / "tenant.yaml"
        told = yaml.safe_load(file.read_text())
        told["delivery"]["packages"] = packages
        file.write_text(yaml.safe_dump(told, allow_unicode=True))

    def row(self, number: int = 0, **fields):
        return a_row(self.own, number, **fields)

    def make(self, *channels: str, scope: Scope = SPRING) -> PackageRun:
        setting = DeliverySetting(
            store=str(self.folder / "store"), tenants=self.tenants, now=lambda: datetime(2026, 11, 30, tzinfo=UTC)
        )
        return make_packages(scope, setting, self.output, channels)

    def opened(self, channel: str = "meta") -> zipfile.ZipFile:
        return zipfile.ZipFile(self.output / f"spring_{channel}.zip")

    def rows(self, name: str = "meta.csv", channel: str = "meta") -> list[dict[str, str]]:
        with self.opened(channel) as found:
            return list(csv.DictReader(io.StringIO(found.read(name).decode("utf-8-sig"))))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, landing_page="https://aurelle.example/{language}/{product}?ref=ads")


def test_each_channel_gets_a_zip_of_its_files_with_sheet_and_checksums(desk: Desk, tmp_path: Path) -> None:
    rows = [desk.row(n) for n in range(3)] + [desk.row(4, channel="tiktok", placement="tiktok/in-feed")]
    write_campaign(desk.own, rows)
    run = desk.make()
    assert [(each.channel, each.files, each.sheets) for each in run.packages] == [
        ("meta", 3, ("meta.csv",)),
        ("tiktok", 1, ("tiktok.xlsx",)),
    ]
    with desk.opened() as found:
        found.extractall(tmp_path / "unpacked")
        assert found.testzip() is None
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path / "unpacked", check=True)
    assert [row["Image File Name"] for row in desk.rows()] == [
        file.name for file in sorted((tmp_path / "unpacked/files").iterdir())
    ]
    assert sorted(each.name for each in desk.output.iterdir()) == ["spring_meta.zip", "spring_tiktok.zip"]


def test_the_same_campaign_gives_the_same_bytes(desk: Desk) -> None:
    write_campaign(desk.own, [desk.row(0), desk.row(1, channel="dooh", placement="dooh/portrait")])
    desk.make()
    first = {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in desk.output.iterdir()}
    desk.make()
    assert {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in desk.output.iterdir()} == first
    assert len(first) == 2


def test_files_bear_metadata_and_the_pixels_that_were_finished(desk: Desk) -> None:
    row = desk.row(0)
    write_campaign(desk.own, [row])
    desk.make()
    with desk.opened() as found:
        (name,) = [each for each in found.namelist() if each.startswith("files/")]
        data = found.read(name)
    assert b"foundry:asset/aurelle/" + row.asset.encode() in data
    finished = Image.open(io.BytesIO(desk.own.get(row.address)))
    assert Image.open(io.BytesIO(data)).tobytes() == finished.tobytes()


def test_links_bear_utm_parameters_beside_the_landing_pages_own(desk: Desk) -> None:
    write_campaign(desk.own, [desk.row(7, audience="hikers & bikers")])
    desk.make()
    (row,) = desk.rows()
    assert row["Link"] == "https://aurelle.example/de/p00007?ref=ads"
    assert parse_qs(row["URL Tags"]) == {
        "utm_source": ["meta"],
        "utm_medium": ["paid"],
        "utm_campaign": ["spring"],
        "utm_content": ["p00007-studio-meta-feed-square-de-DE-a01"],
    }


def test_the_audience_stands_in_a_link_only_where_the_tenant_wants_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, landing_page="https://aurelle.example/{product}", utm={"term": "{audience}"})
    write_campaign(desk.own, [desk.row(7, audience="hikers & bikers")])
    desk.make()
    assert parse_qs(desk.rows()[0]["URL Tags"])["utm_term"] == ["hikers-bikers"]


def test_a_sheet_that_wants_one_link_gets_it_with_the_parameters(desk: Desk) -> None:
    write_campaign(desk.own, [desk.row(7, channel="pinterest", placement="pinterest/pin")])
    desk.make()
    (row,) = desk.rows("pinterest.csv", "pinterest")
    link = urlsplit(row["Link"])
    assert (link.hostname, link.path) == ("aurelle.example", "/de/p00007")
    assert parse_qs(link.query)["ref"] == ["ads"]
    assert parse_qs(link.query)["utm_source"] == ["pinterest"]


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+49 30", "-20 %", "@SUM(A1)", "＝1+1", " \t=1"])
def test_no_cell_of_csv_is_a_formula(desk: Desk, text: str) -> None:
    write_campaign(desk.own, [desk.row(0, headline=text)])
    (each,) = desk.make().packages
    (row,) = desk.rows()
    assert row["Title"] == f"'{text.strip()}"
    assert each.quoted == 1


def test_a_workbook_holds_texts_alone_and_needs_no_apostrophe(desk: Desk) -> None:
    write_campaign(desk.own, [desk.row(0, headline="=1+1", channel="tiktok", placement="tiktok/in-feed")])
    desk.make()
    with desk.opened("tiktok") as found:
        sheet = load_workbook(io.BytesIO(found.read("tiktok.xlsx"))).active
    titles, cells = list(sheet.iter_rows())
    at = [cell.value for cell in titles].index("Text")
    assert (cells[at].value, cells[at].data_type) == ("=1+1", "s")


def test_names_follow_the_customers_pattern_and_none_is_there_twice(tmp_path: Path) -> None:
    desk = Desk(tmp_path, file="AUR_{product}_{size}")
    rows = [desk.row(1, locale="de-DE"), desk.row(1, locale="fr-FR"), desk.row(2)]
    write_campaign(desk.own, rows)
    desk.make()
    with desk.opened() as found:
        names = [each for each in found.namelist() if each.startswith("files/")]
    assert names[0] == "files/AUR_p00001_24x16.jpg"
    assert names[1].startswith("files/AUR_p00001_24x16_")
    assert names[2] == "files/AUR_p00002_24x16.jpg"


def test_a_tenants_own_columns_are_filled(tmp_path: Path) -> None:
    columns = {"meta": {"Call to Action": "SHOP_NOW", "Market": "{markets}"}}
    desk = Desk(tmp_path, columns=columns)
    write_campaign(desk.own, [desk.row(0)])
    desk.make()
    (row,) = desk.rows()
    assert (row["Call to Action"], row["Market"]) == ("SHOP_NOW", "DE, FR")


@pytest.mark.parametrize("columns", [{"meta": {"X": "{secret}"}}, {"nowhere": {"X": "1"}}])
def test_columns_that_cannot_be_are_refused(tmp_path: Path, columns: dict) -> None:
    desk = Desk(tmp_path, columns=columns)
    write_campaign(desk.own, [desk.row(0)])
    with pytest.raises(BadInput, match=r"delivery\.packages\.columns"):
        desk.make()
    assert list(desk.output.iterdir()) == []


def test_long_texts_are_cut_and_counted_and_titles_differ(desk: Desk) -> None:
    rows = [desk.row(n, channel="pinterest", placement="pinterest/pin", headline="Morgenlicht " * 20) for n in range(3)]
    write_campaign(desk.own, rows)
    (each,) = desk.make().packages
    titles = [row["Title"] for row in desk.rows("pinterest.csv", "pinterest")]
    assert len(set(titles)) == 3
    assert max(map(len, titles)) <= 100
    assert each.shortened == 3


def test_a_sheet_has_no_more_rows_than_the_platform_takes(desk: Desk) -> None:
    rows = [desk.row(n, channel="pinterest", placement="pinterest/pin") for n in range(101)]
    write_campaign(desk.own, rows)
    (each,) = desk.make().packages
    assert each.sheets == ("pinterest.csv", "pinterest-2.csv")
    assert len(desk.rows("pinterest.csv", "pinterest")) == 100
    assert len(desk.rows("pinterest-2.csv", "pinterest")) == 1


def test_nothing_leaves_under_embargo_past_its_expiry_or_withdrawn(desk: Desk) -> None:
    rows = [desk.row(0), desk.row(1, embargo="2026-12-01"), desk.row(2, expiry="2026-11-29")]
    write_campaign(desk.own, rows)
    run = desk.make()
    assert (run.packages[0].files, run.waiting, run.ended) == (1, 1, 1)

    shop = Scope(TENANT, "catalog", "shop")
    live, gone = (replace(desk.row(n), campaign="shop-1") for n in (5, 6))
    write_campaign(desk.own, [live, gone], "shop-1")
    write_product(desk.own, "shop", [live])
    write_product(desk.own, "shop", [gone], state="withdrawn", reason="ended")
    run = desk.make(scope=shop)
    assert (run.packages[0].files, run.ended) == (1, 1)
    assert run.packages[0].file.name == "shop_meta.zip"


def test_subtitles_lie_beside_their_film_and_have_no_row(desk: Desk) -> None:
    desk.own.put_once("renditions/aa/film.vtt", b"WEBVTT\n")
    write_campaign(desk.own, [desk.row(0, sidecar="renditions/aa/film.vtt")])
    desk.make()
    with desk.opened() as found:
        names = [each for each in found.namelist() if each.startswith("files/")]
        assert found.read(names[1]) == b"WEBVTT\n"
    assert [name.rpartition(".")[2] for name in names] == ["jpg", "vtt"]
    assert names[0].rpartition(".")[0] == names[1].rpartition(".")[0]
    assert len(desk.rows()) == 1


def test_a_damaged_file_is_told_and_the_others_are_packed(desk: Desk) -> None:
    rows = [desk.row(0), desk.row(1)]
    write_campaign(desk.own, [rows[0], replace(rows[1], crc32c="AAAAAA==")])
    run = desk.make()
    assert (run.packages[0].files, run.failed) == (1, 1)
    assert rows[1].file_name in run.faults[0]


def test_a_channel_without_files_is_refused_and_the_package_before_stays(desk: Desk) -> None:
    write_campaign(desk.own, [desk.row(0)])
    desk.make("meta")
    with pytest.raises(BadInput, match="snap"):
        desk.make("meta", "snap")
    assert [each.name for each in desk.output.iterdir()] == ["spring_meta.zip"]
    assert len(desk.rows()) == 1


def test_no_file_is_larger_than_its_placement_takes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from foundry.channel.placement import placements

    row = desk.row(0)
    small = placements()["meta/feed-square"].model_copy(update={"max_bytes": row.size_bytes - 1})
    monkeypatch.setitem(placements(), "meta/feed-square", small)
    write_campaign(desk.own, [row, desk.row(1, placement="meta/story")])
    run = desk.make()
    assert (run.packages[0].files, run.failed) == (1, 1)
    assert "Make the campaign anew" in run.faults[0] or "bytes" in run.faults[0]
