"""What the Flex Template's launcher fetches, from a local Cloud Storage."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from foundry.errors import BadInput
from foundry.tenant import load_tenant
from infra.stack import running
from pipelines.flex_template import fetch_brief, parse_arguments
from pipelines.planning.admission import admit_file
from tests.support.briefs import EXAMPLES
from tests.support.briefs import admitted as prepared

pytestmark = pytest.mark.gcs


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import storage

    with running("gcs") as server:
        found = storage.Client("stack", AnonymousCredentials(), client_options={"api_endpoint": server.endpoint})
        found.create_bucket("briefs")
        yield found
        found.close()


def uploaded(client: Any, folder: Path, prefix: str) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            client.bucket("briefs").blob(f"{prefix}/{path.relative_to(folder)}").upload_from_filename(str(path))


def test_a_brief_in_a_bucket_is_admitted_with_its_pictures_and_tenants(client: Any, tmp_path: Path):
    folder = tmp_path / "there"
    shutil.copytree(EXAMPLES / "tenants" / "aurelle", folder / "tenants" / "aurelle")
    there = prepared(folder, owner=load_tenant(folder / "tenants", "aurelle"))
    (folder / "brief.yaml").write_text(yaml.safe_dump(there.plan.brief.model_dump(mode="json", exclude_none=True)))
    uploaded(client, folder, "spring")
    here = tmp_path / "here"
    here.mkdir()
    (one,) = admit_file(fetch_brief("gs://briefs/spring/brief.yaml", here, client))
    assert one.plan.digest == there.plan.digest


def test_an_object_that_leads_out_of_the_folder_is_refused(client: Any, tmp_path: Path):
    for name in ("bad/brief.yaml", "bad/../../out.png"):
        client.bucket("briefs").blob(name).upload_from_string("x")
    with pytest.raises(BadInput) as refused:
        fetch_brief("gs://briefs/bad/brief.yaml", tmp_path, client)
    assert "leads out of its folder" in str(refused.value)
    assert not (tmp_path.parent / "out.png").exists()


def test_a_missing_brief_and_a_large_folder_are_refused(client: Any, tmp_path: Path):
    with pytest.raises(BadInput) as refused:
        fetch_brief("gs://briefs/nowhere/brief.yaml", tmp_path, client)
    assert "is not there" in str(refused.value)
    client.bucket("briefs").blob("large/brief.yaml").upload_from_string("x" * 100)
    with pytest.raises(BadInput) as refused:
        fetch_brief("gs://briefs/large/brief.yaml", tmp_path, client, most_bytes=99)
    assert "100 bytes; the limit is 99" in str(refused.value)


GOOD = ["--brief=gs://bucket/a/brief.yaml", "--store=gs://bucket/out"]


def test_parameters_of_their_forms_are_taken_and_the_rest_is_for_beam() -> None:
    told, rest = parse_arguments([*GOOD, "--project=acme"])
    assert (told.brief, told.store, rest) == ("gs://bucket/a/brief.yaml", "gs://bucket/out", ["--project=acme"])


@pytest.mark.parametrize(
    "wrong",
    ["--brief=/etc/passwd", "--brief=gs://b\n/x", "--store=file:///", "--brief=gs://bucket/" + "a" * 2_000,
     "--accelerator=none", "--store=gs://a\x1b[2J"],
)  # fmt: skip
def test_a_parameter_of_another_form_is_refused(wrong: str) -> None:
    with pytest.raises(BadInput, match=r"has not the form"):
        parse_arguments([*GOOD, wrong])
