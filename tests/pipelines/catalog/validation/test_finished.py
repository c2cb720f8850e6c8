from dataclasses import replace

import pytest

from foundry.manifest import CheckRecord, rendition_from_json
from foundry.store.object_store import LocalStore
from pipelines.catalog.validation.finished import finished_suite, validate_batch
from pipelines.catalog.validation.finished_table import finished_table
from tests.support.briefs import admitted
from tests.support.finished import finish_masters, finish_variant, variants_of
from tests.support.manifests import finish_manifest, write_rows
from tests.support.validated_feeds import a_catalog_of, texts_in

pytestmark = pytest.mark.filterwarnings("ignore:module 'sre_:DeprecationWarning")  # lark, when it is imported
DOCS = "catalogs/shoes/runs/20261130T013000Z/docs"


def finished(folder, result_of=None, left_out=0):
    """A plan all but some of whose files are made, and its store."""
    folder.mkdir(exist_ok=True)
    plan, store = admitted(folder).plan, LocalStore(folder / "store")
    finish_masters(plan, store)
    for variant in variants_of(plan)[left_out:]:
        finish_variant(variant, store, max(1_000, variant.placement.least_bytes))
    write_rows(plan, store, result_of and (lambda variant: result_of(variant, store)))
    finish_manifest(plan, store)
    return plan, store.for_tenant(plan.tenant.id)


def unmet(plan, own, products=None):
    """The columns, and the number of rows, of each expectation that is not met."""
    from pipelines.catalog.validation.checking import Checker, outcome_of

    table, suite = finished_table(own, [plan], products), finished_suite([plan])
    outcome = outcome_of(suite, Checker(table, table.num_rows).check(suite), table.num_rows, table.num_rows)
    assert not [each.trouble for each in outcome.expectations if each.trouble]
    return {(each.columns, each.unmet) for each in outcome.unmet}


def record_of(variant, store, **changes):
    (data,) = store.for_tenant(variant.shot.tenant).fetch([variant.record])
    return replace(rendition_from_json(data), **changes) if data else None


def test_a_finished_batch_passes_and_its_docs_lie_beside_the_run(tmp_path):
    plan, own = finished(tmp_path)
    found = validate_batch(own, a_catalog_of(), [plan], DOCS)
    assert found.passed, found.findings
    (suite,) = found.suites
    assert suite.rows == suite.checked == plan.variant_count
    assert found.docs == f"{DOCS}/index.html"
    pages = texts_in(tmp_path / "store" / plan.tenant.id / DOCS, "html")
    assert "All expectations are met" in pages[f"finished-{plan.brief.campaign.id}.html"]


def test_a_file_that_is_missing_is_found(tmp_path):
    plan, own = finished(tmp_path, left_out=1)
    assert unmet(plan, own) >= {("address", 1), ("stored", 1)}


def test_a_file_that_is_gone_from_the_store_is_found(tmp_path):
    plan, own = finished(tmp_path)
    own.set_aside(variants_of(plan)[0].address("png"))
    assert unmet(plan, own) == {("stored", 1)}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"width_px": 7}, "width_px, planned_width_px"),
        ({"size_bytes": 10**9}, "most_bytes, size_bytes"),
        ({"format": "bmp"}, "placement, format"),
        ({"crc32c": "?"}, "crc32c"),
        ({"checks": (CheckRecord("safe_area", False, "9 px", "0 px"),)}, "failed_checks"),
        ({"checks": ()}, "checks"),
    ],
)
def test_a_file_that_is_not_what_it_must_be_is_found(tmp_path, changes, found):
    first = []

    def result_of(variant, store):
        first[:] = first or [variant.name]
        return record_of(variant, store, **(changes if variant.name == first[0] else {}))

    plan, own = finished(tmp_path, result_of)
    assert unmet(plan, own) == {(found, 1)}


def test_files_of_products_that_are_not_announced_are_not_expected(tmp_path):
    plan, own = finished(tmp_path, left_out=1)
    missing = plan.products[variants_of(plan)[0].product].id
    others = [product.id for product in plan.products if product.id != missing]
    assert finished_table(own, [plan], others).num_rows < plan.variant_count
    assert not others or unmet(plan, own, others) == set()
