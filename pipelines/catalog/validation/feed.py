"""The suites of a feed: what the published specification expects of its kind, and what the merchant expects."""

from __future__ import annotations

from collections.abc import Iterator

from foundry.catalog.catalog import Catalog
from foundry.catalog.rows import FeedFacts, Tally
from foundry.catalog.runs import GateFinding
from foundry.store.object_store import ObjectStore
from pipelines.catalog.validation.docs_folder import keep_docs
from pipelines.catalog.validation.expectation import Suite
from pipelines.catalog.validation.job import ValidationJob
from pipelines.catalog.validation.outcome import SuiteOutcome, Validation
from pipelines.catalog.validation.own_expectations import read_expectations
from pipelines.catalog.validation.process import ValidationEnded, validated
from pipelines.catalog.validation.published import published_suite
from pipelines.catalog.validation.sample import FeedSample

OWN_SUITE = "own-expectations"


def validate_feed(
    own: ObjectStore, catalog: Catalog, facts: FeedFacts, sample: FeedSample, tally: Tally, docs: str
) -> Validation:
    """Hold a feed, as it was read, against its suites, and put the Data Docs into the folder `docs` of the store.

    It takes some seconds in a process of its own. Refusals if the catalog's own expectations are no such ones; Unusable
    if Great Expectations is not installed.
    """
    suites = tuple(suites_of(catalog, facts))
    if not sample.rows:
        return Validation(passed=True, findings=(), docs="", suites=())
    sample.finish()
    job = ValidationJob(
        table=str(sample.path),
        below=sample.below,
        total=sample.rows,
        suites=suites,
        facts=tuple(feed_sentences(facts, sample, tally)),
        absent=facts.missing,
        decimal_mark=catalog.feed.decimal_mark or ".",
    )
    try:
        with validated(job) as done:
            outcomes = done.answer.suites
            index = keep_docs(own, docs, catalog.name, outcomes, done.folder)
            seconds = done.seconds
    except ValidationEnded as error:
        finding = GateFinding(
            gate="expectations", measured="not finished", limit="", stops=catalog.stop_on_expectations, what=str(error)
        )
        return Validation(passed=not finding.stops, findings=(finding,), docs="", suites=())
    findings = tuple(_finding(each, catalog) for each in outcomes)
    passed = not any(each.stops for each in findings)
    return Validation(passed=passed, findings=findings, docs=index, suites=outcomes, seconds=seconds)


def suites_of(catalog: Catalog, facts: FeedFacts) -> Iterator[Suite]:
    """Yield the suites of a feed: that of its kind, and the merchant's own, if there is one."""
    yield published_suite(facts.kind, catalog)
    if expectations := read_expectations(catalog):
        yield Suite(name=OWN_SUITE, title="The merchant's own expectations", expectations=expectations)


def feed_sentences(facts: FeedFacts, sample: FeedSample, tally: Tally) -> Iterator[str]:
    """Yield sentences on the rows that the suites were held against."""
    if sample.whole:
        yield f"All {sample.rows:,} rows of the feed that could be read were looked at."
    else:
        yield (
            f"{sample.kept:,} of {sample.rows:,} rows were looked at, chosen by a hash of their ids, so that the rows "
            "of one id are chosen together. Counts are of these rows; shares are the feed's, within 0.5 per cent."
        )
    if sample.unread:
        yield f"{sample.unread:,} further rows could not be read."
    yield (
        f"By the rules that judge each row, of {tally.rows:,} rows: {tally.usable:,} used, {tally.set_aside:,} set "
        "aside; see the run's report."
    )
    if facts.missing:
        yield f"The feed has no {', '.join(facts.missing)}."


def _finding(suite: SuiteOutcome, catalog: Catalog) -> GateFinding:
    """Return what a suite means for the run: only the merchant's own may stop it, if the catalog says so."""
    unmet = suite.unmet
    named = "; ".join(sorted({each.columns or "the whole table" for each in unmet}))
    what = f"{suite.title}: " + (f"not met for {named[:300]}" if unmet else "all are met")
    return GateFinding(
        gate="expectations" if suite.name == OWN_SUITE else "specification",
        measured=f"{len(unmet)} of {len(suite.expectations)} expectations are not met",
        limit="0" if suite.name == OWN_SUITE and catalog.stop_on_expectations else "none",
        stops=bool(unmet) and suite.name == OWN_SUITE and catalog.stop_on_expectations,
        what=what,
    )
