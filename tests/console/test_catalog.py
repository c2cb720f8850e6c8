"""`foundry catalog`: what a merchandiser types, and what is answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from console.catalog import catalog_app
from console.exit_codes import Exit
from foundry.catalog.catalog import catalog_schema
from foundry.errors import BadInput
from pipelines.catalog.refresh import refresh
from tests.support.briefs import EXAMPLES
from tests.support.shops import CAMPAIGN, FEED, TENANT, Shop, a_row

ROWS = [a_row(number) for number in range(1, 5)]


def told(shop: Shop, *words: str) -> Result:
    """Run a command on the shop's store, from its folders."""
    places = ["--store", str(shop.root / shop.store_name), "--tenants", str(shop.root / "tenants")]
    return CliRunner().invoke(catalog_app, [*words, *places])


def answered(shop: Shop, *words: str) -> Any:
    """The JSON that a command answers."""
    done = told(shop, *words, "--json")
    assert done.exit_code == Exit.DONE, done.output
    return json.loads(done.stdout)


def file_of(shop: Shop, **more: Any) -> str:
    """The shop's catalog as a file."""
    written = {"id": "shop", "name": "Shop", "tenant": TENANT, "feed": {"source": FEED}, "campaign": CAMPAIGN, **more}
    path = shop.root / "shop.yaml"
    path.write_text(yaml.safe_dump(written))
    return str(path)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop of four products after its first run."""
    shop = Shop.open(tmp_path_factory.mktemp("shop"))
    shop.write(ROWS)
    assert refresh(shop.catalog, shop.setting).state == "finished"
    return shop


@pytest.fixture
def cards(opened: Shop) -> tuple[str, str]:
    return "--cards", str(opened.root / "cards")


def test_a_catalog_is_added_listed_and_opened_by_its_name(opened: Shop, cards: tuple[str, str]) -> None:
    added = told(opened, "add", file_of(opened, schedule={"cron": "30 2 * * *", "timezone": "Europe/Berlin"}), *cards)
    assert (added.exit_code, added.stdout) == (Exit.DONE, f"{TENANT}/shop: added\n")
    (listed,) = answered(opened, "list")
    assert (listed["tenant"], listed["catalog"], listed["last"]["state"]) == (TENANT, "shop", "finished")
    assert listed["next"].split()[1] == "02:30"
    lines = told(opened, "schedule", f"{TENANT}/shop", "--next", "2").stdout.splitlines()
    assert lines[0] == "30 2 * * * in Europe/Berlin; missed: once, overlap: skip"
    assert [line.split()[2] for line in lines if line.startswith("Next")] == ["02:30:00", "02:30:00"]


def test_a_plan_says_what_changed_and_makes_nothing(opened: Shop, cards: tuple[str, str]) -> None:
    opened.write([a_row(1, price="9.00 USD"), *ROWS[1:3], a_row(9, price="free")])
    planned = answered(opened, "plan", file_of(opened), *cards)
    opened.write(ROWS)
    assert planned["tally"]["codes"] == {"bad_price": 1}
    assert {name: count for name, count in planned["changes"].items() if count} == {
        "changed": 1, "unchanged": 2, "held": 1,
    }  # fmt: skip
    assert [(each["change"], each["why"]) for each in planned["changed"]] == [("changed", ["price"])]
    assert (planned["files"], planned["shots"]) == (1, 0)


def test_a_feed_that_a_gate_stops_exits_with_2_and_says_why(opened: Shop, cards: tuple[str, str]) -> None:
    other = opened.root / "half.tsv"
    opened.write(ROWS[:1])
    (opened.root / FEED).rename(other)
    opened.write(ROWS)
    done = told(opened, "refresh", file_of(opened), "--feed", str(other), *cards)
    assert done.exit_code == Exit.REFUSED
    assert "stopped" in done.stdout
    assert "fewer_rows" in done.stdout
    assert "75" in done.stdout


def test_a_check_lists_what_is_set_aside(opened: Shop, cards: tuple[str, str]) -> None:
    other = opened.root / "dirty.tsv"
    opened.write([*ROWS[:3], a_row(4, price="on request")])
    (opened.root / FEED).rename(other)
    opened.write(ROWS)
    done = told(opened, "check", file_of(opened, gate={"bad_rows": 50}), "--feed", str(other), *cards)
    assert done.exit_code == Exit.DONE, done.output
    assert "4 rows, 3 usable, 1 set aside" in done.stdout
    assert "row 4 (SKU-4)" in done.stdout
    assert "'on request'" in done.stdout


def test_the_runs_are_listed_with_what_each_did(opened: Shop) -> None:
    first = answered(opened, "status", f"{TENANT}/shop")[-1]
    assert (first["state"], first["changes"]["new"], first["work"]["files_made"]) == ("finished", 4, 4)
    assert "finished" in told(opened, "status", f"{TENANT}/shop").stdout


def test_the_example_is_what_the_schema_describes(tmp_path: Path) -> None:
    schema = catalog_schema()
    Draft202012Validator.check_schema(schema)
    example = EXAMPLES / "northpeak-catalog.yaml"
    assert list(Draft202012Validator(schema).iter_errors(yaml.safe_load(example.read_text()))) == []
    words = ["check", str(example), "--store", str(tmp_path / "store")]
    for night, set_aside in (("monday", 9), ("tuesday", 8)):
        done = CliRunner().invoke(catalog_app, [*words, "--feed", str(EXAMPLES / f"feeds/northpeak-{night}.tsv")])
        assert done.exit_code == Exit.DONE, done.output
        assert f"row {set_aside} (NP-9001): price is missing" in done.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("status", "nowhere.yaml"), "is neither a file nor TENANT/ID"),
        (("status", f"{TENANT}/other"), "is not in the store of 'aurelle'; add it with `foundry catalog add`"),
        (("status", f"{TENANT}/../x"), "is no id of a catalog"),
        (("undo", f"{TENANT}/shop"), "needs either --run or --product"),
        (("status", "nobody/shop"), "'nobody' has no tenant.yaml here"),
    ],
)
def test_what_cannot_be_done_is_said(opened: Shop, words: tuple[str, ...], sentence: str) -> None:
    done = told(opened, *words)
    assert isinstance(done.exception, BadInput)
    assert sentence in str(done.exception)


def test_a_feed_outside_the_catalogs_folder_is_refused(opened: Shop, cards: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "feed.tsv").write_text("id\n")
    done = told(opened, "check", file_of(opened), "--feed", str(tmp_path / "feed.tsv"), *cards)
    assert isinstance(done.exception, BadInput)
    assert "lies outside" in str(done.exception)
