"""The whole way of a feed through Great Expectations to its Data Docs, which is gone once, and looked at."""

import sys
from html.parser import HTMLParser

import pytest

from foundry.box import MIB
from foundry.box.program import ProgramLimits
from foundry.catalog.rows import FeedFacts, Tally
from foundry.errors import Unusable
from foundry.store.object_store import LocalStore
from pipelines.catalog.validation.docs_folder import read_outcomes
from pipelines.catalog.validation.feed import feed_sentences, validate_feed
from pipelines.catalog.validation.job import ValidationJob
from pipelines.catalog.validation.process import ValidationEnded, validated
from pipelines.catalog.validation.published import published_suite
from pipelines.catalog.validation.sample import FeedSample
from tests.support.chromium import opened
from tests.support.validated_feeds import a_catalog_of, a_chunk, expecting, texts_in

HOSTILE = '<script src="https://evil.example/x.js">alert(1)</script>'
DOCS = "catalogs/shoes/runs/20261130T013000Z/docs"
FACTS = FeedFacts(kind="google-tsv", rows=40, missing=("material",))
OWN = (
    {**expecting("expect_column_values_to_not_be_null", column="brand"), "meta": {"notes": f"Brands {HOSTILE}"}},
    expecting("expect_column_values_to_match_regex", column="title", regex=r"(\w+\s?)+$"),
    expecting("expect_column_to_exist", column="material"),
    expecting("expect_column_pair_values_a_to_be_greater_than_b", column_A="id", column_B="price.number"),
    expecting("expect_table_row_count_to_equal", value=40),
    expecting("expect_column_values_to_not_be_null", column="id"),
)


def catalog(**other):
    return a_catalog_of({"source": "https://shop.example/feed.tsv"}, expectations=OWN, **other)


def rows(count=40):
    titles = [HOSTILE, "ä" * 30 + "!", "${brand} $title {{ 7 * 7 }}", *["Mug"] * (count - 3)]
    return a_chunk(
        id=["a", "a", *(f"sku-{place}" for place in range(count - 2))],
        title=titles,
        price=["12.99 EUR"] * (count - 1) + [HOSTILE],
        brand=[None, *["Acme"] * (count - 1)],
        material=[None] * count,
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("feed")
    with FeedSample(folder) as sample:
        sample.add(rows())
    own = LocalStore(folder / "store").for_tenant("aurelle")
    found = validate_feed(own, catalog(stop_on_expectations=True), FACTS, sample, Tally(rows=40, usable=37), DOCS)
    return found, own, folder / "store" / "aurelle" / DOCS


def test_each_suite_has_an_outcome_with_its_counts(done):
    found, _, _ = done
    specification, own = found.suites
    assert (specification.name, own.name) == ("specification-google-tsv", "own-expectations")
    (repeated,) = [each for each in specification.expectations if each.codes == ("duplicate_id",)]
    assert (repeated.passed, repeated.columns, repeated.checked, repeated.unmet) == (False, "id", 40, 2)
    assert [each.passed for each in own.expectations] == [False, False, False, False, True, True]
    assert "comparison" in own.expectations[3].trouble


def test_only_the_merchants_own_expectations_stop_a_run(done):
    specification, own = done[0].findings
    assert (specification.gate, specification.stops, own.gate, own.stops) == (
        "specification", False, "expectations", True,
    )  # fmt: skip
    assert own.measured == "4 of 6 expectations are not met"
    assert not done[0].passed


def test_the_outcomes_stay_beside_the_pages(done):
    found, own, _ = done
    assert found.docs == f"{DOCS}/index.html"
    assert [each.name for each in read_outcomes(own, DOCS)] == [each.name for each in found.suites]


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.names, self.attributes = set(), []

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes += attrs


def test_no_page_asks_anything_of_a_network_or_runs_what_a_feed_says(done):
    pages = texts_in(done[2], "html")
    assert set(pages) == {"index.html", "own-expectations.html", "specification-google-tsv.html"}
    for page in pages.values():
        tags = _Tags()
        tags.feed(page)
        assert not tags.names & {"script", "iframe", "img", "object", "form", "base"}
        assert not [name for name, _ in tags.attributes if name.startswith("on") or name in ("src", "style")]
        assert all(value.startswith("#") or "/" not in value for name, value in tags.attributes if name == "href")
        assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_what_a_feed_and_a_merchant_say_is_shown_as_they_said_it(done):
    page = texts_in(done[2], "html")["own-expectations.html"]
    assert "&lt;script src=" in page
    assert "${brand} $title {{ 7 * 7 }}" in page
    assert "Brands &lt;script src=" in page


def test_no_page_says_where_this_program_lies(done):
    for text in (*texts_in(done[2], "html").values(), *texts_in(done[2], "json").values()):
        assert "site-packages" not in text
        assert 'File "' not in text


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_open_in_a_browser_and_fit_its_width(done, width):
    with opened(done[2] / "index.html", width=width) as (page, noise):
        assert page.locator("h1").inner_text() == "Autumn shoes"
        page.get_by_role("link", name="The merchant's own expectations").click()
        assert page.locator("section").first.is_visible()
        met = page.locator("section.all-met").first
        assert met.is_visible()
        page.get_by_label("Show only what is not met").check()
        assert not met.is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert noise == []


def test_a_sample_says_that_it_is_one(tmp_path):
    with FeedSample(tmp_path, 10) as sample:
        sample.add(rows())
    said = " ".join(feed_sentences(FACTS, sample, Tally(rows=41, usable=40, set_aside=1)))
    assert f"{sample.kept} of 40 rows were looked at, chosen by a hash of their ids" in said
    assert "The feed has no material." in said


def test_a_validation_beyond_its_limits_is_ended(tmp_path):
    with FeedSample(tmp_path) as sample:
        sample.add(rows())
    suite = published_suite("google-tsv", catalog())
    job = ValidationJob(table=str(sample.path), below=sample.below, total=40, suites=(suite,))
    small = ProgramLimits(data_bytes=3_072 * MIB, cpu_s=1, file_bytes=MIB)
    with pytest.raises(ValidationEnded, match="may take 1 s of computing and 3072 MB"), validated(job, small):
        pass


def test_without_great_expectations_the_way_to_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "great_expectations", None)
    with FeedSample(tmp_path) as sample:
        sample.add(rows())
    own = LocalStore(tmp_path / "store").for_tenant("aurelle")
    with pytest.raises(Unusable, match=r"is not installed; install campaign-foundry\[catalog\]"):
        validate_feed(own, catalog(), FACTS, sample, Tally(), DOCS)


def test_a_feed_without_rows_has_no_docs(tmp_path):
    own = LocalStore(tmp_path / "store").for_tenant("aurelle")
    with FeedSample(tmp_path) as sample:
        found = validate_feed(own, catalog(), FACTS, sample, Tally(), DOCS)
    assert (found.passed, found.docs, found.suites) == (True, "", ())
