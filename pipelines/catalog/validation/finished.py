"""The suite of a finished batch, which is met before anything of it is announced."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from foundry.catalog.catalog import Catalog
from foundry.catalog.runs import GateFinding
from foundry.plan.plan import Plan
from foundry.store.object_store import ObjectStore
from pipelines.catalog.validation.docs_folder import keep_docs
from pipelines.catalog.validation.expectation import Expectation, Suite
from pipelines.catalog.validation.finished_table import PLANNED, finished_table, taken_formats
from pipelines.catalog.validation.job import TABLE, ValidationJob
from pipelines.catalog.validation.outcome import SuiteOutcome, Validation
from pipelines.catalog.validation.process import ValidationEnded, validated
from pipelines.catalog.validation.sample import write_table

CHECKSUM = "^[A-Za-z0-9+/]{6}==$"
ALWAYS_SAID = ("file_name", "thumbnail", "layout", "layout_digest", "brand_digest", "shot", "master", "model", "brief")


def validate_batch(
    own: ObjectStore, catalog: Catalog, plans: Sequence[Plan], docs: str, products: Collection[str] | None = None
) -> Validation:
    """Hold the finished files of campaigns against what was planned, and put the Data Docs into the folder `docs`.

    products: those that are about to be announced; without them, all. It takes some seconds in a process of its own,
    so it pays to hand in all batches of a run at once. A finding that stops says what must not be announced. Errors
    are those of `foundry.manifest_index.each_record`, and Unusable if Great Expectations is not installed.
    """
    rows = finished_table(own, plans, products)
    if not rows.num_rows:
        return Validation(passed=True, findings=(), docs="", suites=())
    suite = finished_suite(plans)
    with TemporaryDirectory(prefix="finished-") as folder:
        write_table(rows, Path(folder, TABLE))
        job = ValidationJob(
            table=str(Path(folder, TABLE)),
            below=0,
            total=rows.num_rows,
            suites=(suite,),
            facts=(_fact(plans, products),),
        )
        try:
            with validated(job) as done:
                outcomes = done.answer.suites
                index = keep_docs(own, docs, catalog.name, outcomes, done.folder)
        except ValidationEnded as error:
            finding = GateFinding(gate="finished", measured="not finished", limit="", stops=True, what=str(error))
            return Validation(passed=False, findings=(finding,), docs="", suites=())
    finding = _finding(outcomes[0])
    return Validation(passed=not finding.stops, findings=(finding,), docs=index, suites=outcomes, seconds=done.seconds)


def _fact(plans: Sequence[Plan], products: Collection[str] | None) -> str:
    named = ", ".join(plan.brief.campaign.id for plan in plans[:5]) + (" …" if len(plans) > 5 else "")
    whose = "all products" if products is None else f"{len(products):,} product{'s' if len(products) > 1 else ''}"
    return f"The files of {whose} were held against their plans: {named}."


def finished_suite(plans: Sequence[Plan]) -> Suite:
    """Return the suite of finished campaigns; it is named by the first."""
    campaign = plans[0].brief.campaign.id
    return Suite(
        name=f"finished-{campaign}",
        title=f"Finished files of {campaign}",
        expectations=(*_there(), *_as_planned(), *_sound(plans)),
    )


def _there() -> tuple[Expectation, ...]:
    """Every planned file is there, once, and no other is."""
    return (
        _critical("expect_column_values_to_not_be_null", column="address", sentence="Each planned file was made."),
        _critical("expect_column_values_to_not_be_null", column="stored", sentence="Each file is in the store."),
        _critical("expect_column_values_to_not_be_null", column="variant", sentence="Each file was planned."),
        _critical("expect_column_values_to_be_unique", column="variant"),
        _critical("expect_column_values_to_be_unique", column="address"),
        _critical(
            "expect_compound_columns_to_be_unique", column_list=["campaign", "file_name"], ignore_row_if=ANY_MISSING
        ),
    )


ANY_MISSING, EITHER_MISSING = "any_value_is_missing", "either_value_is_missing"


def _as_planned() -> tuple[Expectation, ...]:
    """Each file is what its plan says: whose, where, how large."""
    fields = (*(name.removeprefix("planned_") for name in PLANNED), "width_px", "height_px")
    equal = "expect_column_pair_values_to_be_equal"
    return (
        *(_critical(equal, column_A=each, column_B=f"planned_{each}", ignore_row_if=EITHER_MISSING) for each in fields),
        _critical(equal, column_A="asset", column_B="variant", ignore_row_if=EITHER_MISSING),
        _not_above("size_bytes", "most_bytes"),
        _not_above("least_bytes", "size_bytes"),
    )


def _sound(plans: Sequence[Plan]) -> tuple[Expectation, ...]:
    """Each file passed its checks, and its row says all that readers of a manifest rely on."""
    return (
        _critical("expect_column_values_to_be_in_set", column="failed_checks", value_set=[0]),
        _critical("expect_column_values_to_be_between", column="checks", min_value=1),
        _critical(
            "expect_column_pair_values_to_be_in_set",
            column_A="placement",
            column_B="format",
            value_pairs_set=taken_formats(plans),
            ignore_row_if=EITHER_MISSING,
            sentence="The channel takes the format.",
        ),
        _critical("expect_column_values_to_match_regex", column="crc32c", regex=CHECKSUM),
        *(_critical("expect_column_values_to_not_be_null", column=each, mostly=1.0) for each in ALWAYS_SAID),
        Expectation(type="expect_column_values_to_be_between", kwargs={"column": "cost", "min_value": 0}),
        Expectation(type="expect_column_values_to_be_between", kwargs={"column": "attempts", "min_value": 1}),
    )


def _critical(kind: str, *, sentence: str = "", **kwargs: object) -> Expectation:
    return Expectation(type=kind, kwargs=kwargs, severity="critical", sentence=sentence)


def _not_above(smaller: str, larger: str) -> Expectation:
    return _critical(
        "expect_column_pair_values_a_to_be_greater_than_b",
        column_A=larger,
        column_B=smaller,
        or_equal=True,
        ignore_row_if=EITHER_MISSING,
    )


def _finding(suite: SuiteOutcome) -> GateFinding:
    unmet = suite.unmet
    named = "; ".join(f"{each.columns} ({each.unmet:,} of {each.checked:,} files)" for each in unmet[:10])
    return GateFinding(
        gate="finished",
        measured=f"{len(unmet)} of {len(suite.expectations)} expectations are not met",
        limit="0",
        stops=any(each.severity == "critical" for each in unmet),
        what=f"{suite.title}: " + (f"not met for {named}" if unmet else "all are met"),
    )
