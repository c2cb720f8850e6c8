"""Google's own client against the stack's Cloud Storage server, directly and through a wire that is cut."""

from __future__ import annotations

from typing import Any

import pytest

from infra.stack import Gcs, running
from tests.support.cut_wire import between

pytestmark = pytest.mark.gcs


def client(endpoint: str) -> Any:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import storage

    return storage.Client("stack", AnonymousCredentials(), client_options={"api_endpoint": endpoint})


def test_an_object_is_written_once_and_a_restart_forgets_it():
    from google.api_core.exceptions import PreconditionFailed

    with running("gcs") as gcs:
        bucket = client(gcs.endpoint).create_bucket("assets")
        bucket.blob("aurelle/one").upload_from_string(b"first", if_generation_match=0)
        with pytest.raises(PreconditionFailed):
            bucket.blob("aurelle/one").upload_from_string(b"second", if_generation_match=0)
        assert bucket.blob("aurelle/one").download_as_bytes() == b"first"
        gcs.kill()
        gcs.up()
        assert list(client(gcs.endpoint).list_buckets()) == []


def test_a_kept_object_outlives_a_kill_with_its_generation_and_what_it_says_of_itself():
    from google.api_core.exceptions import PreconditionFailed

    def seen(endpoint: str) -> tuple[Any, ...]:
        [blob] = client(endpoint).list_blobs("assets")
        return blob.name, blob.generation, blob.crc32c, blob.content_type, blob.metadata, blob.download_as_bytes()

    with running("gcs", kept=True) as gcs:
        blob = client(gcs.endpoint).create_bucket("assets").blob("aurelle/one")
        blob.metadata = {"tenant": "aurelle"}
        blob.upload_from_string(b"123456789", "image/webp", if_generation_match=0)
        before = seen(gcs.endpoint)
        gcs.kill()
        gcs.up()
        assert seen(gcs.endpoint) == before
        assert before[2:] == ("4waSgw==", "image/webp", {"tenant": "aurelle"}, b"123456789")
        with pytest.raises(PreconditionFailed):
            blob.upload_from_string(b"second", if_generation_match=0)


def test_a_cut_wire_stops_the_client_and_a_mended_one_serves_it():
    from requests.exceptions import ConnectionError as Cut

    with running("gcs") as gcs, between(gcs.port("http")) as wire:
        through = client(f"http://127.0.0.1:{wire.port}")
        through.create_bucket("assets")
        wire.cut()
        with pytest.raises(Cut):
            list(through.list_buckets(retry=None))
        wire.mend()
        assert [bucket.name for bucket in through.list_buckets()] == ["assets"]


def test_the_server_is_down_when_the_block_ends():
    with running("gcs") as gcs:
        assert isinstance(gcs, Gcs)
        pids = gcs.running_processes()
        assert len(pids) == 1
    assert not gcs.running_processes()
