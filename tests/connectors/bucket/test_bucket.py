from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.bucket.bucket_connector import OWNER
from connectors.bucket.opening import open_target
from connectors.opening import ConnectorSetting
from connectors.target.connector import Connector, Found
from connectors.target.errors import ForeignChange, TargetAway, TargetRefused
from foundry.delivery.proof import Proof
from foundry.delivery.target import BucketTarget
from foundry.store.bucket_requests import CONNECTIONS
from infra.stack import running
from tests.connectors.conformance import Conformance, Memory, data_of, outgoing, place, receipt
from tests.support.buckets import client_of, named_bucket
from tests.support.faulty_proxy import Faults, faulty

pytestmark = pytest.mark.gcs


@pytest.fixture(scope="module")
def proxy() -> Iterator[Faults]:
    servers = contextlib.ExitStack()
    with servers, faulty(lambda front: servers.enter_context(running("gcs", seen_port=front)).port("http")) as faults:
        yield faults


@pytest.fixture
def faults(proxy: Faults) -> Iterator[Faults]:
    with client_of(f"http://127.0.0.1:{proxy.port}"):
        proxy.waiting.clear()
        proxy.seen.clear()
        proxy.down = False
        yield proxy


class BucketBench:
    def __init__(self, faults: Faults) -> None:
        self.faults, self.name = faults, named_bucket()
        self.take("aurelle")

    @property
    def bucket(self):
        return CONNECTIONS.client().bucket(self.name)

    def take(self, tenant: str) -> None:
        self.bucket.blob(f"in/{OWNER}").upload_from_string(f"{tenant}\n")

    def open(self) -> Connector:
        target = BucketTarget(id="customer", kind="bucket", address=f"gs://{self.name}/in")
        return open_target(target, ConnectorSetting(tenant="aurelle", store="gs://factory/live"), patience_s=4)

    def contents(self) -> Mapping[str, bytes]:
        blobs = (blob for blob in self.bucket.list_blobs(prefix="in/") if blob.name.endswith(".jpg"))
        return {blob.name: blob.download_as_bytes() for blob in blobs if not blob.name.startswith("in/_expired/")}

    def change(self, found: Found) -> None:
        self.bucket.blob(f"in/{found.path}").upload_from_string(b"by the customer")

    def stop(self) -> None:
        self.faults.down = True

    def start(self) -> None:
        self.faults.down = False

    def lock_out(self) -> None:
        self.take("northpeak")


@pytest.fixture
def bench(faults: Faults) -> BucketBench:
    return BucketBench(faults)


@pytest.fixture
def bucket(bench: BucketBench) -> Connector:
    return bench.open()


class TestConformance(Conformance):
    @pytest.fixture
    def bench(self, faults: Faults) -> BucketBench:
        return BucketBench(faults)


def test_the_buckets_own_checksum_is_the_proof(bucket: Connector, tmp_path: Path) -> None:
    file = outgoing(tmp_path, data_of(70_000))
    sent = bucket.send(file, None, Memory())
    assert (sent.proof, sent.checksum) == (Proof.HASH, f"crc32c:{file.content.crc32c}")


def test_fields_slot_and_type_are_told_with_the_object(bench: BucketBench, bucket: Connector, tmp_path: Path) -> None:
    file = replace(outgoing(tmp_path, b"x"), fields={"alt": "كوب على طاولة", "long": "x" * 9_000, "later": "dropped"})
    bucket.send(file, None, Memory())
    found = bucket.find(place(file))
    assert (found.slot, found.asset, found.content) == (file.slot.id, file.asset, file.content.sha256)
    assert found.fields == {"alt": "كوب على طاولة"}
    assert bench.bucket.get_blob(f"in/{file.path}").content_type == "image/jpeg"


@pytest.mark.parametrize("fault", ["503", "cut", "lost", "429"])
def test_a_request_that_fails_once_leaves_one_whole_object(
    bench: BucketBench, bucket: Connector, tmp_path: Path, fault: str
) -> None:
    bucket.find(place(outgoing(tmp_path, b"other", product="other")))
    bench.faults.give("POST", fault)
    file = outgoing(tmp_path, data_of(5_000))
    sent = bucket.send(file, None, Memory())
    assert bench.contents() == {f"in/{file.path}": data_of(5_000)}
    assert sent.version == str(bench.bucket.get_blob(f"in/{file.path}").generation)


@pytest.mark.parametrize("fault", ["bent", "wrong"])
def test_bytes_that_change_on_the_way_are_no_object_and_are_sent_again(
    bench: BucketBench, bucket: Connector, tmp_path: Path, fault: str
) -> None:
    bucket.find(place(outgoing(tmp_path, b"other", product="other")))
    bench.faults.give("POST", fault)
    file = outgoing(tmp_path, b"PAYLOAD" * 100)
    with pytest.raises(TargetAway):
        bucket.send(file, None, Memory())
    assert bench.contents() == {}
    bucket.send(file, None, Memory())
    assert list(bench.contents().values()) == [b"PAYLOAD" * 100]


def test_the_factorys_own_store_is_no_target() -> None:
    target = BucketTarget(id="customer", kind="bucket", address="gs://factory/elsewhere")
    with pytest.raises(TargetRefused, match="factory's own store"):
        open_target(target, ConnectorSetting(tenant="aurelle", store="gs://factory/live"))


def test_a_bucket_that_does_not_name_the_tenant_is_refused_with_the_remedy(
    bench: BucketBench, bucket: Connector, tmp_path: Path
) -> None:
    bench.bucket.blob(f"in/{OWNER}").delete()
    with pytest.raises(TargetRefused, match=f"echo aurelle | gcloud storage cp - gs://{bench.name}/in/{OWNER}"):
        bucket.send(outgoing(tmp_path, b"x"), None, Memory())
    assert bench.contents() == {}


def test_a_bucket_that_does_not_exist_is_refused(faults: Faults, tmp_path: Path) -> None:
    target = BucketTarget(id="customer", kind="bucket", address="gs://no-such-bucket-here")
    opened = open_target(target, ConnectorSetting(tenant="aurelle"), patience_s=2)
    with pytest.raises(TargetRefused):
        opened.send(outgoing(tmp_path, b"x"), None, Memory())


def test_a_delivery_is_closed_and_reopened(bench: BucketBench, bucket: Connector, tmp_path: Path) -> None:
    files = [outgoing(tmp_path, data_of(300, at), product=f"p{at}") for at in range(3)]
    receipts = [receipt(file, bucket.send(file, None, Memory())) for file in files]
    bucket.finish("spring", iter(receipts))
    assert json.loads(bench.bucket.blob("in/spring/_delivered.json").download_as_bytes())["files"] == 3
    sums = bench.bucket.blob("in/spring/SHA256SUMS").download_as_bytes().decode()
    assert sums.splitlines()[0] == f"{files[0].content.sha256}  {files[0].path.removeprefix('spring/')}"
    bench.faults.seen.clear()
    bucket.finish("spring", receipts)
    assert set(bench.faults.seen) == {"GET"}

    bucket.send(outgoing(tmp_path, b"new price", product="p1"), bucket.find(place(files[1])), Memory())
    assert not bench.bucket.blob("in/spring/_delivered.json").exists()
    with pytest.raises(ForeignChange):
        bucket.finish("spring", receipts)
    assert not bench.bucket.blob("in/spring/_delivered.json").exists()
