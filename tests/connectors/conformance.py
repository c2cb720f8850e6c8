"""What every connector must hold to. A connector's own tests derive a class from `Conformance` and give it a bench.

A bench is the target as it is seen without the connector: a server that runs, or a folder. What a target cannot do (its
connector's `facts` say so) is not asked of it.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest

from connectors.target.connector import Connector, Found, Place, Sent
from connectors.target.errors import ForeignChange, TargetAway, TargetRefused
from connectors.target.outgoing import Content, Outgoing
from foundry.delivery.metadata import AssetMetadata
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Receipt
from foundry.delivery.slot import Slot

SECRET = "s3cret-Value-7f"
"""Benches sign in with it, and nothing may tell it."""


class Bench(Protocol):
    """A target, and what can be done to it behind the connector's back."""

    def open(self) -> Connector:
        """Return a fresh connector, as after a restart of the process."""

    def contents(self) -> Mapping[str, bytes]:
        """Return the bytes of every finished asset that is in use at the target, by any name that tells them apart."""

    def change(self, found: Found) -> None:
        """Change an asset's content as a user of the target would."""

    def stop(self) -> None:
        """Let the target be away."""

    def start(self) -> None:
        """Let it be there again, with what it had."""

    def lock_out(self) -> None:
        """From now on, let the target refuse the sign-in."""


class Died(BaseException):
    """The process of a sending was killed: what it had saved is there, and nothing else."""


class Memory:
    """The progress of one sending, kept over deaths. It dies at word `dies_at`, counted from 1."""

    def __init__(self) -> None:
        self.step, self.resume = "", dict[str, str]()
        self.dies_at, self.words = 0, 0

    def save(self, step: str, **resume: str) -> None:
        """Keep a step, or die just after it was kept."""
        self.step, self.resume = step, dict(resume)
        self._word()

    def check(self) -> None:
        """Go on, or die."""
        self._word()

    def again(self, dies_at: int = 0) -> Memory:
        """Return what a new process has of it."""
        made = Memory()
        made.step, made.resume, made.dies_at = self.step, dict(self.resume), dies_at
        return made

    def _word(self) -> None:
        self.words += 1
        if self.words == self.dies_at:
            raise Died


def outgoing(folder: Path, data: bytes, *, product: str = "mug", title: str = "Morning light") -> Outgoing:
    """Return a file on its way out: the slot is that of the product, the asset's id that of the bytes."""
    sha256 = hashlib.sha256(data).hexdigest()
    file = folder / f"{product}-{sha256[:12]}.jpg"
    file.write_bytes(data)
    slot = Slot(
        tenant="aurelle",
        scope="campaign:spring",
        product=product,
        scene="table",
        locale="ar-AE",
        placement="meta/story",
    )
    return Outgoing(
        slot=slot,
        asset=sha256[:32],
        path=f"spring/meta/{product}_{slot.id}.jpg",
        content=Content(file),
        media_type="image/jpeg",
        metadata=metadata(slot, sha256[:32], title),
        fields={},
        link=lambda seconds: f"https://files.example/{sha256[:12]}?seconds={seconds}&signature=x",
    )


def metadata(slot: Slot, asset: str, title: str) -> AssetMetadata:
    """Return facts of a file, in a script that is written from right to left."""
    return AssetMetadata(
        asset=asset, slot=slot.id, tenant=slot.tenant, owner="Aurelle & Söhne <Paris>", campaign="spring",
        campaign_name="Spring “glow”", title=title, description="ضوء الصباح · 12 €", alt_text="كوب على طاولة",
        locale=slot.locale, copy=("ضوء الصباح", 'Say "yes"'), keywords=("mug", "table"), product=slot.product,
        product_name="Mug, 300 ml", items=("sku-1", "sku-2"), markets=("AE", "SA"), audience="", scene=slot.scene,
        placement=slot.placement, channel="meta", format="jpeg", width_px=1080, height_px=1920, embargo="",
        expiry="2027-05-31", usage_terms="Only until {expiry}; 100 % ours", licence_url="https://aurelle.example/terms",
        source_type="http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia",
        models=("backdrop@4",), provenance=f"foundry:asset/{slot.tenant}/{asset}",
    )  # fmt: skip


def place(file: Outgoing, target_id: str = "") -> Place:
    """Return how a file's asset is looked for."""
    return Place(slot=file.slot.id, path=file.path, target_id=target_id)


def receipt(file: Outgoing, sent: Sent) -> Receipt:
    """Return the receipt of a sending."""
    taken = file.content
    return Receipt(
        asset=file.asset, content=taken.sha256, size_bytes=taken.size_bytes, metadata=file.metadata.digest,
        path=sent.path, target_id=sent.target_id, version=sent.version, etag=sent.etag, checksum=sent.checksum,
        request_id=sent.request_id, proof=sent.proof, delivered_at="2026-11-30T12:00:00+00:00",
    )  # fmt: skip


def data_of(size: int, seed: int = 1) -> bytes:
    """Return bytes that no compression makes smaller and no two seeds share."""
    return random.Random(seed).randbytes(size)


class Conformance:
    """The tests. A class that derives from this one gives a fixture `bench`, fresh for each test."""

    large = 11_000_001
    """Bytes of a file that a target takes in several parts; a connector whose parts are larger says more."""

    @pytest.fixture
    def bench(self) -> Bench:
        """Return the target under test."""
        raise NotImplementedError

    @pytest.fixture
    def connector(self, bench: Bench) -> Iterator[Connector]:
        """Return a connector of the target, closed at the end."""
        opened = bench.open()
        yield opened
        opened.close()

    def test_a_file_arrives_whole_and_its_proof_is_no_better_than_the_target_gives(
        self, bench: Bench, connector: Connector, tmp_path: Path
    ) -> None:
        file = outgoing(tmp_path, data_of(40_000))
        sent = connector.send(file, None, Memory())
        assert list(bench.contents().values()) == [data_of(40_000)]
        assert sent.target_id
        assert sent.proof.rank >= connector.facts.proof.rank
        if sent.proof == Proof.HASH:
            assert ":" in sent.checksum

    def test_files_of_one_byte_and_of_many_parts_arrive_whole(
        self, bench: Bench, connector: Connector, tmp_path: Path
    ) -> None:
        for product, size in (("tiny", 1), ("large", self.large)):
            connector.send(outgoing(tmp_path, data_of(size), product=product), None, Memory())
        assert sorted(map(len, bench.contents().values())) == [1, self.large]
        assert data_of(self.large) in bench.contents().values()

    def test_an_asset_is_found_by_its_slot_and_by_its_id_and_nothing_is_found_where_nothing_is(
        self, connector: Connector, tmp_path: Path
    ) -> None:
        file, other = outgoing(tmp_path, b"one"), outgoing(tmp_path, b"two", product="vase")
        assert connector.find(place(file)) is None
        sent = connector.send(file, None, Memory())
        for asked in (place(file), place(file, sent.target_id)):
            found = connector.find(asked)
            assert found is not None
            assert found.target_id == sent.target_id
            assert not found.expired
        assert connector.find(place(other)) is None

    def test_new_content_becomes_a_new_version_of_the_same_asset(
        self, bench: Bench, connector: Connector, tmp_path: Path
    ) -> None:
        first, second = outgoing(tmp_path, b"first" * 999), outgoing(tmp_path, b"second" * 999)
        sent = connector.send(first, None, Memory())
        again = connector.send(second, connector.find(place(first, sent.target_id)), Memory())
        assert list(bench.contents().values()) == [b"second" * 999]
        assert again.target_id == sent.target_id
        found = connector.find(place(second, sent.target_id))
        assert found is not None
        assert (again.etag, again.version) == (found.etag, found.version)

    def test_a_sending_that_dies_at_any_word_leaves_one_asset_with_one_content(
        self, bench: Bench, tmp_path: Path
    ) -> None:
        undisturbed = Memory()
        connector = bench.open()
        connector.send(outgoing(tmp_path, data_of(self.large, 0), product="p0"), None, undisturbed)
        connector.close()
        for at in range(1, undisturbed.words + 1):
            file, memory = outgoing(tmp_path, data_of(self.large, at), product=f"p{at}"), Memory().again(at)
            connector = bench.open()
            with pytest.raises(Died):
                connector.send(file, None, memory)
            connector.close()
            connector = bench.open()
            connector.send(file, None, memory.again())
            connector.close()
        held = [hashlib.sha256(data).hexdigest() for data in bench.contents().values()]
        wanted = [hashlib.sha256(data_of(self.large, at)).hexdigest() for at in range(undisturbed.words + 1)]
        assert sorted(held) == sorted(wanted)

    def test_a_sending_whose_receipt_was_lost_leaves_one_asset_when_it_is_made_again(
        self, bench: Bench, connector: Connector, tmp_path: Path
    ) -> None:
        file = outgoing(tmp_path, data_of(9_999))
        first = connector.send(file, None, Memory())
        before = None if connector.facts.repeatable else connector.find(place(file))
        second = connector.send(file, before, Memory())
        assert second.target_id == first.target_id
        assert list(bench.contents().values()) == [data_of(9_999)]

    def test_what_somebody_else_changed_is_reported_and_not_overwritten(
        self, bench: Bench, connector: Connector, tmp_path: Path
    ) -> None:
        file = outgoing(tmp_path, b"ours")
        sent = connector.send(file, None, Memory())
        before = connector.find(place(file, sent.target_id))
        assert before is not None
        if not (before.etag or before.version or before.checksums):
            pytest.skip("this target tells nothing by which a change could be seen")
        bench.change(before)
        theirs = dict(bench.contents())
        with pytest.raises(ForeignChange):
            connector.send(outgoing(tmp_path, b"newer"), before, Memory())
        assert bench.contents() == theirs

    def test_an_expired_asset_is_out_of_use_and_can_be_brought_back(
        self, bench: Bench, connector: Connector, tmp_path: Path
    ) -> None:
        if not connector.facts.expires:
            pytest.skip("this target knows no assets that are out of use")
        file = outgoing(tmp_path, b"for a season")
        sent = connector.send(file, None, Memory())
        for _ in range(2):
            found = connector.find(place(file, sent.target_id))
            assert found is not None
            assert connector.expire(found, receipt(file, sent)).expired
        assert bench.contents() == {}
        found = connector.find(place(file, sent.target_id))
        assert found is not None
        assert found.expired
        connector.send(file, found, Memory())
        assert list(bench.contents().values()) == [b"for a season"]

    def test_the_listing_names_each_asset_that_was_brought_once(self, connector: Connector, tmp_path: Path) -> None:
        if not connector.facts.lists:
            pytest.skip("this target cannot be listed")
        files = [outgoing(tmp_path, data_of(200, at), product=f"p{at}") for at in range(7)]
        sent = [connector.send(file, None, Memory()) for file in files]
        listed = list(connector.listing())
        assert sorted(each.target_id for each in listed) == sorted(each.target_id for each in sent)
        assert {each.slot for each in listed} <= {file.slot.id for file in files} | {""}

    def test_files_are_sent_at_once_by_several_threads(
        self, bench: Bench, connector: Connector, tmp_path: Path
    ) -> None:
        files = [outgoing(tmp_path, data_of(30_000, at), product=f"p{at}") for at in range(16)]
        with ThreadPoolExecutor(8) as pool:
            sent = list(pool.map(lambda file: connector.send(file, None, Memory()), files))
        assert len({each.target_id for each in sent}) == 16
        assert sorted(bench.contents().values()) == sorted(data_of(30_000, at) for at in range(16))

    def test_a_target_that_is_away_is_waited_for_and_nothing_half_sent_counts(
        self, bench: Bench, connector: Connector, tmp_path: Path
    ) -> None:
        file, memory = outgoing(tmp_path, data_of(5_000)), Memory()
        bench.stop()
        with pytest.raises(TargetAway):
            connector.send(file, None, memory)
        bench.start()
        later = bench.open()
        later.send(file, None, memory.again())
        later.close()
        assert list(bench.contents().values()) == [data_of(5_000)]

    def test_a_refused_sign_in_stops_the_target_and_no_text_tells_the_secret(
        self, bench: Bench, connector: Connector, tmp_path: Path
    ) -> None:
        memory = Memory()
        bench.lock_out()
        with pytest.raises(TargetRefused) as refused:
            connector.send(outgoing(tmp_path, b"x"), None, memory)
        told = f"{refused.value} {refused.value!r} {connector!r} {memory.resume}"
        assert SECRET not in told

    def test_texts_of_any_kind_in_the_metadata_harm_nothing(
        self, bench: Bench, connector: Connector, tmp_path: Path
    ) -> None:
        file = outgoing(tmp_path, b"words", title='"; ]]> </x> \u202e{alt} & | = , \U0001f600 ' + "long " * 40)
        hostile = {"caption": 'a=b|c&d;"e" <f> \n g', "note": "é" * 300}
        connector.send(replace(file, fields=hostile), None, Memory())
        assert list(bench.contents().values()) == [b"words"]
