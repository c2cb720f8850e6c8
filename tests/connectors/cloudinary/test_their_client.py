"""Cloudinary's own client from the registry passes against the local server, so that it is not made to our measure."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.cloudinary.bench import KEY
from tests.connectors.cloudinary_server import CloudinaryServer
from tests.connectors.conformance import SECRET, data_of
from tests.support.scripted_host import told


@pytest.fixture
def server() -> Iterator[CloudinaryServer]:
    with CloudinaryServer(KEY, SECRET) as opened:
        yield opened


@pytest.fixture
def client(server: CloudinaryServer) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import cloudinary
        import cloudinary.api
        import cloudinary.uploader
    cloudinary.config(cloud_name="demo", api_key=KEY, api_secret=SECRET, upload_prefix=server.host.url)
    return cloudinary


def test_it_uploads_versions_takes_out_of_use_lists_and_removes(
    client: Any, server: CloudinaryServer, tmp_path: Path
) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(b"first & last")
    about = {"context": {"alt": "a=b|c", "foundry_slot": "7"}, "tags": ["one", "two"]}
    made = client.uploader.upload(str(file), public_id="spring/a b", overwrite=True, **about)
    assert (made["bytes"], made["context"]["custom"]["alt"]) == (12, "a=b|c")
    same = client.uploader.upload(str(file), public_id="spring/a b", overwrite=False)
    assert same["existing"]
    assert same["version"] == made["version"]
    file.write_bytes(b"second")
    again = client.uploader.upload(str(file), public_id="spring/a b", tags="one", signature_algorithm="sha256")
    assert (again["asset_id"], again["version"] > made["version"]) == (made["asset_id"], True)
    asset = client.api.resource("spring/a b")
    assert asset["etag"] == again["etag"]
    assert client.api.resource_by_asset_id(made["asset_id"])["public_id"] == "spring/a b"
    assert [each["public_id"] for each in client.api.resources_by_tag("one")["resources"]] == ["spring/a b"]
    hidden = client.uploader.rename("spring/a b", "spring/a b", to_type="authenticated", invalidate=True)
    assert (hidden["type"], hidden["asset_id"]) == ("authenticated", made["asset_id"])
    with pytest.raises(client.exceptions.NotFound):
        client.api.resource("spring/a b")
    assert client.uploader.destroy("spring/a b", type="authenticated")["result"] == "ok"
    assert server.algorithms == {"sha1", "sha256"}


def test_it_sends_a_large_file_in_chunks_and_needs_more_than_one_try_when_one_fails(
    client: Any, server: CloudinaryServer, tmp_path: Path
) -> None:
    file = tmp_path / "film.mp4"
    file.write_bytes(data_of(11_000_001))
    made = client.uploader.upload_large(str(file), resource_type="video", chunk_size=5_500_000, public_id="film")
    assert (made["done"], made["bytes"]) == (True, 11_000_001)
    server.host.will("chunk", told(503, b'{"error":{"message":"busy"}}', Retry_After="1"))
    with pytest.raises(client.exceptions.GeneralError):
        client.uploader.upload_large(str(file), resource_type="video", chunk_size=5_500_000, public_id="other")


def test_it_is_refused_with_another_secret(client: Any, server: CloudinaryServer, tmp_path: Path) -> None:
    server.secret = "another"
    with pytest.raises(client.exceptions.AuthorizationRequired):
        client.uploader.upload(b"x", public_id="x")
    with pytest.raises(client.exceptions.AuthorizationRequired):
        client.api.resource("x")
