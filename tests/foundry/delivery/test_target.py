"""Targets in a tenant's file: what is refused, in plain words, and never with a secret in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from foundry.delivery.target import Delivery, secrets_of
from foundry.documents.sentences import parse_value
from foundry.errors import BadInput, Refusals
from foundry.tenant import TENANT, Tenant, load_tenant
from tests.support.briefs import EXAMPLES

TOKEN = {"kind": "token", "token": {"variable": "DELIVERY_AURELLE__T"}}
MISTAKE = "hunter2!Pass"


def a_tenant(*targets: dict[str, Any]) -> Tenant:
    """Return a tenant with some targets, as its file would be parsed."""
    brand = {
        "palette": {
            "primary": "#111111",
            "accent": "#222222",
            "ink": "#000000",
            "paper": "#FFFFFF",
            "scene": ["#EEEEEE"],
        }
    }
    return parse_value(
        Tenant, {"id": "aurelle", "name": "A", "brand": brand, "delivery": {"targets": list(targets)}}, TENANT
    )


def refused(**target: Any) -> str:
    """Return the sentence with which a target is refused."""
    with pytest.raises(Refusals) as error:
        a_tenant({"id": "dam", **target})
    return str(error.value)


@pytest.mark.parametrize("folder", ["../x", "/etc", "a/../../b", "", "C:\\x"])
def test_a_folder_lies_below_the_operators(folder: str) -> None:
    assert "give the relative path" in refused(kind="folder", folder=folder)


def test_a_sentence_names_the_field_as_the_file_has_it() -> None:
    assert "delivery.targets[0].link_hours: 1000 is refused" in refused(
        kind="webhook", url="https://h.example", secret={"variable": "DELIVERY_AURELLE__S"}, link_hours=1000
    )
    assert "delivery.targets[0].kind: 'ftp' is refused: allowed are folder, sftp" in refused(kind="ftp")
    assert "delivery.targets[0].kind: it is missing" in refused(folder="x")
    unknown = refused(kind="webdav", url="https://h.example", user="me")
    assert "delivery.targets[0].user: 'user' is refused: allowed are at_once" in unknown
    assert "sign_in" in unknown


@pytest.mark.parametrize(
    "target",
    [
        {"kind": "webdav", "url": f"https://me:{MISTAKE}@h.example/x"},
        {"kind": "webdav", "url": f"https://h.example/x?token={MISTAKE}"},
        {"kind": "webdav", "url": "https://h.example", "sign_in": {"kind": "basic", "user": "me", "password": MISTAKE}},
        {"kind": "tus", "url": "https://h.example", "sign_in": {"kind": "token", "token": {"variable": MISTAKE}}},
        {"kind": "webhook", "url": "https://h.example", "secret": {"variable": "X", "value": MISTAKE}},
        {"kind": "dropbox", "token": MISTAKE},
        {"kind": "webdav", "url": "https://h.example", "sign_in": {"kind": "digest", "password": MISTAKE}},
        {"kind": "webdav", "url": "https://h.example", "sign_in": {"password": MISTAKE}},
        {"token": MISTAKE},
    ],
)  # fmt: skip
def test_a_secret_that_stands_in_the_file_by_mistake_is_in_no_sentence(target: dict[str, Any]) -> None:
    assert MISTAKE not in refused(**target)


@pytest.mark.parametrize("variable", ["AWS_SECRET_ACCESS_KEY", "DELIVERY_NORTHPEAK__T", "FEED_AURELLE__T"])
def test_a_tenant_names_only_its_own_secrets(variable: str) -> None:
    said = refused(kind="webdav", url="https://h.example", sign_in={"kind": "token", "token": {"variable": variable}})
    assert "begins with DELIVERY_AURELLE__" in said


def test_all_secrets_of_a_target_are_found_wherever_they_stand() -> None:
    secret = {"variable": "DELIVERY_AURELLE__C"}
    oauth = {"kind": "oauth", "token_url": "https://t.example", "client_id": "c", "client_secret": secret}
    made = a_tenant(
        {"id": "a", "kind": "bynder", "url": "https://h.example", "brand": "b", "sign_in": oauth},
        {
            "id": "b",
            "kind": "cloudinary",
            "cloud_name": "c",
            "api_key": "k",
            "api_secret": {"variable": "DELIVERY_AURELLE__S"},
        },
    )
    assert [list(secrets_of(each)) for each in made.delivery.targets] == [
        ["DELIVERY_AURELLE__C"],
        ["DELIVERY_AURELLE__S"],
    ]


@pytest.mark.parametrize(
    ("naming", "wrong"),
    [
        ({"file": "{product}"}, "add {slot}"),
        ({"folder": "{campaign"}, "not in pairs"),
        ({"folder": "{user}"}, "{user} is no placeholder"),
        ({"folder": "../.."}, "begins with a dot"),
        ({"folder": "/a"}, "is empty or begins"),
        ({"folder": "a//b"}, "is empty or begins"),
        ({"file": ".{slot}"}, "begins with a dot"),
    ],
)
def test_a_pattern_of_a_path_neither_climbs_nor_lets_two_files_meet(naming: dict[str, str], wrong: str) -> None:
    assert wrong in refused(kind="folder", folder="x", naming=naming)


@pytest.mark.parametrize(("pattern", "wrong"), [("{nope}", "{nope} is no placeholder"), ("{title", "not in pairs")])
def test_a_field_is_filled_from_what_is_known(pattern: str, wrong: str) -> None:
    assert wrong in refused(kind="folder", folder="x", metadata={"caption": pattern})


@pytest.mark.parametrize(("one", "other"), [("a", "a"), ("a", "a/b"), (".", "a")])
def test_no_folder_lies_in_that_of_another_target(one: str, other: str) -> None:
    with pytest.raises(Refusals, match="give each its own"):
        a_tenant({"id": "x", "kind": "folder", "folder": one}, {"id": "y", "kind": "folder", "folder": other})


def test_two_targets_have_two_names() -> None:
    with pytest.raises(Refusals, match="two targets are called dam"):
        a_tenant(
            {"id": "dam", "kind": "tus", "url": "https://a.example"},
            {"id": "dam", "kind": "tus", "url": "https://b.example"},
        )


def test_the_folder_of_a_dam_does_not_climb() -> None:
    said = refused(kind="aem", url="https://h.example", folder="/content/dam/../../etc", sign_in=TOKEN)
    assert "delivery.targets[0].folder" in said


def test_the_example_tenant_has_a_target_and_a_tenant_without_any_has_none(tmp_path: Path) -> None:
    assert [each.id for each in load_tenant(EXAMPLES / "tenants", "northpeak").delivery.targets] == ["handover"]
    assert a_tenant().delivery == Delivery()
    with pytest.raises(BadInput):
        load_tenant(tmp_path, "northpeak")
