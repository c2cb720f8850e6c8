"""Feeds that are given back, read by this project's reader and by an independent one that knows the published rules."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from foundry.catalog.attributes import ATTRIBUTES
from foundry.catalog.catalog import Catalog
from foundry.catalog.judging import Judge
from foundry.catalog.reading import open_feed
from foundry.catalog.rows import FetchedFeed
from foundry.store.object_store import LocalStore
from pipelines.catalog.feed_back import FeedBackWork, give_back
from pipelines.catalog.given_rows import GivenRows
from tests.support.catalog_records import a_catalog, a_file, a_product, a_product_record
from tests.support.feed_checker import faults_of, items_of
from tests.support.feeds import make_feed

FORMS = ("google-tsv", "google-xml", "meta-csv")
DIRT = {"no id": 2, "bad gtin": 3, "markup in the title": 2, "price with a comma": 2, "control characters": 2}


def read_and_keep(fetched: FetchedFeed, catalog: Catalog, rows: GivenRows) -> Counter[str]:
    """Read and judge a feed into `rows`; return the codes of its faults."""
    reading = open_feed(fetched, catalog.feed, frozenset(ATTRIBUTES))
    judge, codes = Judge(reading.kind, catalog.feed, catalog), Counter[str]()
    for chunk in reading.chunks():
        judged = judge.judge(chunk)
        rows.add(judged)
        codes.update(fault.code for fault in judged.faults)
    return codes


def fetched(path: Path) -> FetchedFeed:
    data = path.read_bytes()
    return FetchedFeed(path.name, path, hashlib.sha256(data).hexdigest(), len(data))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["google-tsv", "google-xml", "meta-csv", "shopify-csv"])
def test_a_feed_that_is_given_back_passes_the_published_rules_and_our_own_reader(
    tmp_path: Path, kind: str, form: str
) -> None:
    made = make_feed(tmp_path / "feed", kind, rows=300, seed=7, dirt=DIRT if kind == "google-tsv" else {})
    links = {"additional_image_link": ["meta/feed-square"]}
    catalog = a_catalog(
        feed=made.feed, feed_back={"format": form, "links": links, "base_address": "https://cdn.example"}
    )
    own = LocalStore(tmp_path / "store").for_tenant("aurelle")
    with GivenRows(tmp_path / "scratch") as rows:
        read_and_keep(made.fetched, catalog, rows)
        ids = rows.ids().to_pylist()
        records = [
            a_product_record(place, product=a_product(place, items=(item,)), files=(a_file(place, shows=()),))
            for place, item in enumerate(ids)
        ]
        result = give_back(
            FeedBackWork(
                own=own,
                catalog=catalog,
                run="20261130T013000Z",
                rows=rows,
                records=records,
                all_records=lambda: iter(()),
                on=date(2026, 11, 30),
            )
        )
    data = own.get(result.objects["feed"])
    known = {"link is missing"} if kind == "shopify-csv" else set()  # the export has no addresses of pages
    assert {fault.split(": ")[1] for fault in faults_of(data, form)} == known
    given = items_of(data, form)
    assert [item["id"][0] for item in given] == ids
    assert all(item["additional_image_link"][-1].startswith("https://cdn.example/renditions/") for item in given)
    (tmp_path / "back").write_bytes(data)
    again = catalog.model_copy(update={"feed": catalog.feed.model_copy(update={"kind": form, "columns": {}})})
    with GivenRows(tmp_path / "again") as rows:
        codes = read_and_keep(fetched(tmp_path / "back"), again, rows)
        assert (dict(codes), rows.ids().to_pylist()) == ({}, ids)
