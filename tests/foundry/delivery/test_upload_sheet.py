from __future__ import annotations

from pathlib import Path

import pytest

from foundry.channel.placement import placements
from foundry.delivery.upload_sheet import sheet_for, sheet_lines, sheet_of, upload_sheets
from foundry.errors import BadInput

PAGE = Path(__file__).parents[3] / "docs" / "delivery.md"


def test_the_manual_shows_the_sheets() -> None:
    """To bring it up to date, replace its rows by the lines that `sheet_lines` gives."""
    assert "\n".join(sheet_lines()) in PAGE.read_text(encoding="utf-8")


def test_every_channel_has_a_sheet_and_every_sheet_names_channels_that_exist() -> None:
    channels = {placement.channel for placement in placements().values()}
    assert {name for sheet in upload_sheets().values() for name in sheet.channels} <= channels
    assert {sheet_of(channel).id for channel in channels} == set(upload_sheets())


def test_no_channel_has_two_sheets_and_no_sheet_two_columns_of_one_name() -> None:
    named = [name for sheet in upload_sheets().values() for name in sheet.channels]
    assert len(named) == len(set(named))
    for sheet in upload_sheets().values():
        assert len({column.name for column in sheet.columns}) == len(sheet.columns)


def test_a_tenants_columns_replace_ours_and_follow_them() -> None:
    sheet = sheet_for("meta", {"meta": {"Body": "{offer}", "Market": "{markets}"}})
    assert {column.name: column.value for column in sheet.columns}["Body"] == "{offer}"
    assert sheet.columns[-1].name == "Market"
    assert sheet_for("meta", {}).columns[-1].name == "Call to Action"


def test_a_column_that_asks_for_an_unknown_value_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(BadInput, match=r"\{password\}; take one of campaign"):
        sheet_for("meta", {"meta": {"Body": "{password}"}})
