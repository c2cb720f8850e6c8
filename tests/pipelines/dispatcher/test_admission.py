"""A record becomes a request, and a request a plan, unless it names files of others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from foundry.errors import Refusals
from pipelines.bus.messages import BriefRequest, CancelRequest, Unreadable, cancel_message
from pipelines.dispatcher.admission import Folders, admit_request, read_request
from tests.pipelines.dispatcher.orders import a_record, folders_in, tenants_and_files
from tests.support.briefs import a_brief


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    tenants_and_files(tmp_path)
    return folders_in(tmp_path)


def a_request(picture: str = "serum.png", field: str = "picture") -> BriefRequest:
    product = {**a_brief()["products"][0], "picture": None, field: picture}
    document = a_brief(products=[{key: value for key, value in product.items() if value is not None}])
    return BriefRequest("r", "aurelle", "test", document)


def test_a_record_is_read_and_a_broken_one_is_named_by_its_position() -> None:
    document = a_brief()
    read = read_request(a_record(7, value=json.dumps(document).encode()))
    assert isinstance(read, BriefRequest)
    assert read.document == document
    cancelled = cancel_message("aurelle", "test")
    assert isinstance(read_request(a_record(8, value=cancelled.value, headers=cancelled.headers)), CancelRequest)
    with pytest.raises(Unreadable, match=r"campaign\.briefs:0:9"):
        read_request(a_record(9, value=b"{"))


def test_a_brief_is_planned_with_the_files_of_its_tenant(folders: Folders) -> None:
    admitted = admit_request(a_request(), folders)
    assert admitted.plan.tenant.id == "aurelle"
    assert admitted.plan.shot_count == 2


@pytest.mark.parametrize("picture", ["../northpeak/serum.png", "/etc/passwd", "link.png"])
@pytest.mark.parametrize("field", ["picture", "model"])
def test_a_file_outside_the_tenants_folder_is_refused(folders: Folders, picture: str, field: str) -> None:
    (folders.files / "aurelle" / "link.png").symlink_to(folders.files / "northpeak" / "serum.png")
    with pytest.raises(Refusals) as refused:
        admit_request(a_request(picture, field), folders)
    assert f"products[0].{field}" in str(refused.value)
    assert refused.value.problems[0].code == "foreign_file"


def test_a_link_within_the_tenants_folder_is_refused_too(folders: Folders) -> None:
    (folders.files / "aurelle" / "link.png").symlink_to(folders.files / "aurelle" / "serum.png")
    with pytest.raises(Refusals, match=r"link\.png"):
        admit_request(a_request("link.png"), folders)


def test_the_folders_of_cards_is_the_only_one_that_may_be_missing(folders: Folders) -> None:
    assert folders.required == (folders.tenants, folders.files)
