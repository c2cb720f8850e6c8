"""`foundry deliver` and `foundry deliveries`: what an operator types, and what is answered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from console.cli import app
from console.exit_codes import Exit
from foundry.delivery.receipt import State
from foundry.errors import BadInput
from foundry.store.object_store import LocalStore
from pipelines.delivery.asked import FOLDER
from tests.support.delivered import a_delivered, a_slot, keep
from tests.support.deliveries import a_row, own_store, write_campaign, write_product, write_tenant

TARGETS = [{"id": name, "kind": "folder", "folder": name} for name in ("handover", "agency")]


@dataclass
class Desk:
    """An operator's folders: a store with the finished campaign `spring` of three files, and two targets."""

    root: Path

    @property
    def own(self) -> LocalStore:
        return own_store(self.root / "store")

    def run(self, *words: str, folders: bool = False) -> Result:
        places = ["--store", str(self.root / "store"), "--tenants", str(self.root / "tenants")]
        more = ["--folders", str(self.root / "there")] if folders else []
        return CliRunner().invoke(app, [*words, *places, *more])

    def deliver(self, *words: str) -> Result:
        return self.run("deliver", *words, folders=True)

    def files(self, target: str = "handover") -> list[Path]:
        found = (self.root / "there/aurelle" / target).rglob("*.jpg")
        return sorted(each for each in found if "_expired" not in each.parts)

    def asked(self) -> list[str]:
        return [name.split("/")[-1][:16] for name in self.own.list(f"{FOLDER}/")]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "there").mkdir()
    write_tenant(tmp_path / "tenants", *TARGETS)
    found = Desk(tmp_path)
    write_campaign(found.own, [a_row(found.own, number) for number in range(3)])
    return found


def plain(done: Result) -> str:
    return re.sub(r"\s+", " ", done.output)


def test_a_campaign_is_delivered_once_and_the_grade_of_proof_is_printed(desk: Desk) -> None:
    done = desk.deliver("aurelle/spring", "--to", "handover")
    assert done.exit_code == Exit.DONE, done.output
    assert "campaign:spring to handover: 3 delivered" in plain(done)
    assert re.search(r"3 sent now \([\d.]+ kB\); proved by (hash|reread) \(3\)", plain(done))
    assert (len(desk.files()), desk.files("agency")) == (3, [])
    again = desk.deliver("aurelle/spring", "--to", "handover")
    assert (again.exit_code, "nothing to send" in plain(again)) == (Exit.DONE, True)
    everywhere = desk.deliver("aurelle/spring", "--json")
    runs = {run["target"]: run for run in map(json.loads, everywhere.stdout.splitlines())}
    assert {name: (run["sent"], run["whole"]) for name, run in runs.items()} == {
        "handover": (0, True), "agency": (3, True),
    }  # fmt: skip
    assert runs["agency"]["states"] == {"delivered": 3}


def test_a_catalog_that_is_not_in_the_store_is_named(desk: Desk) -> None:
    done = desk.deliver("aurelle/nothing", "--catalog")
    assert done.exit_code == Exit.REFUSED
    assert "catalog: nothing is not in the store; add and refresh it first" in plain(done)


def test_a_change_by_others_that_closes_no_folder_is_told_by_the_exit_code(desk: Desk) -> None:
    assert desk.deliver("aurelle/spring", "--to", "handover").exit_code == Exit.DONE
    with desk.files()[0].open("ab") as stream:
        stream.write(b"theirs")
    done = desk.deliver("aurelle/spring", "--to", "handover")
    assert (done.exit_code, "in conflict: target handover: " in plain(done)) == (Exit.FAILED_FILES, True), done.output


def test_a_catalogs_files_are_delivered_and_expire_when_their_product_ends(desk: Desk) -> None:
    night = f"shoes.{'0a' * 8}"
    row = a_row(desk.own, 7, campaign=night)
    write_campaign(desk.own, [row], night)
    write_product(desk.own, "shoes", [row])
    assert desk.deliver("aurelle/shoes", "--catalog", "--to", "handover").exit_code == Exit.DONE
    assert len(desk.files()) == 1
    write_product(desk.own, "shoes", [row], state="withdrawn", withdrawn_at="2026-11-30T01:30:00+00:00")
    done = desk.deliver("aurelle/shoes", "--catalog", "--to", "handover")
    assert "1 expired" in plain(done), done.output
    assert desk.files() == []


def test_files_under_embargo_wait_and_their_day_is_asked_for(desk: Desk) -> None:
    row = a_row(desk.own, 9, embargo="2999-12-24")
    write_campaign(desk.own, [row], "later")
    done = desk.deliver("aurelle/later", "--to", "handover")
    assert done.exit_code == Exit.DONE
    assert "1 waiting" in plain(done)
    assert "there is more to do on 2999-12-24" in plain(done)
    assert desk.asked() == ["29991224T000000Z"]
    listed = desk.run("deliveries", "list", "aurelle", "--target", "handover")
    assert "until 2999-12-24" in plain(listed)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("deliver", "aurelle/spring", "--to", "dam"), "has no target 'dam'; it has handover, agency"),
        (("deliver", "spring"), "is neither a file nor TENANT/ID of a campaign"),
        (("deliver", "missing.yaml"), "is neither a file nor TENANT/ID of a campaign"),
        (("deliver", "aurelle/../x"), "campaign:../x"),
        (("deliver", "stranger/spring"), "'stranger' has no tenant.yaml"),
        (("deliveries", "list", "stranger"), "'stranger' has no tenant.yaml"),
        (("deliveries", "list", "aurelle", "--target", "dam"), "has no target 'dam'"),
        (("deliveries", "reconcile", "aurelle", "--take", "ours"), "decides what --mend does; add --mend"),
    ],
)
def test_what_is_not_there_is_named(desk: Desk, words: tuple[str, ...], sentence: str) -> None:
    done = desk.run(*words)
    assert isinstance(done.exception, BadInput)
    assert sentence in str(done.exception)


def test_a_tenant_without_targets_is_told_where_to_declare_them(desk: Desk, tmp_path: Path) -> None:
    write_tenant(tmp_path / "tenants")
    done = desk.deliver("aurelle/spring")
    assert "has no targets; declare them under `delivery:`" in str(done.exception)


def test_one_target_that_is_away_does_not_keep_the_others_and_the_command_says_so(desk: Desk, tmp_path: Path) -> None:
    write_tenant(
        tmp_path / "tenants",
        TARGETS[0],
        {"id": "dam", "kind": "webdav", "url": "https://127.0.0.1:9/dav"},
    )
    done = desk.deliver("aurelle/spring")
    assert done.exit_code in (Exit.OUTAGE, Exit.REFUSED)  # a private host that the operator does not allow
    assert len(desk.files()) == 3
    assert "broken off" in plain(done)


def test_a_list_counts_by_state_and_shows_what_is_not_there_and_why(desk: Desk) -> None:
    assert desk.deliver("aurelle/spring", "--to", "handover").exit_code == Exit.DONE
    slot = a_slot(scene="big")
    why = "spring/big.jpg has 90 MB, which the target does not take"
    keep(desk.own, a_delivered(State.SET_ASIDE, target="handover", slot=slot, receipts=(), code="x", why=why))
    words = plain(desk.run("deliveries", "list", "aurelle"))
    assert "handover (folder): 3 delivered, 1 set aside" in words
    assert "agency (folder): nothing yet" in words
    assert why in words
    assert "p00001" not in words
    everything = desk.run("deliveries", "list", "aurelle", "--json", "--target", "handover")
    states = [json.loads(line)["state"] for line in everything.stdout.splitlines()]
    assert sorted(states) == ["delivered"] * 3 + ["set_aside"]
    some = desk.run("deliveries", "list", "aurelle", "--state", "delivered", "--most", "2", "--of", "campaign:spring")
    assert "and 1 more" in plain(some)


def test_retry_opens_what_was_set_aside_and_asks_for_it(desk: Desk) -> None:
    slot = a_slot(scene="big")
    keep(desk.own, a_delivered(State.SET_ASIDE, target="handover", slot=slot, receipts=(), code="x", why="y"))
    done = desk.run("deliveries", "retry", "aurelle", folders=True)
    assert done.stdout.splitlines() == ["aurelle/handover: 1 file opened", "aurelle/agency: 0 files opened"]
    assert len(desk.asked()) == 1
    assert "1 open" in plain(desk.run("deliveries", "list", "aurelle", "--target", "handover"))


def without(desk: Desk) -> None:
    desk.files()[0].unlink()


def changed(desk: Desk) -> None:
    desk.files()[0].write_bytes(b"retouched by somebody else")


@pytest.mark.parametrize(("act", "kind"), [(without, "missing"), (changed, "foreign")])
def test_reconcile_shows_first_and_mends_when_told(desk: Desk, act: Callable[[Desk], None], kind: str) -> None:
    assert desk.deliver("aurelle/spring", "--to", "handover").exit_code == Exit.DONE
    clean = desk.run("deliveries", "reconcile", "aurelle", folders=True)
    assert (clean.exit_code, "aurelle/handover: as the receipts say" in plain(clean)) == (Exit.DONE, True)
    before = {each.name: each.read_bytes() for each in desk.files()}
    act(desk)
    shown = desk.run("deliveries", "reconcile", "aurelle", folders=True)
    assert shown.exit_code == Exit.FAILED_FILES
    assert f"{kind} " in plain(shown)
    assert "aurelle/handover: 1 difference" in plain(shown)
    assert "Nothing was changed." in plain(shown)
    told: Any = desk.run("deliveries", "reconcile", "aurelle", "--json", folders=True)
    assert [json.loads(line)["kind"] for line in told.stdout.splitlines()] == [kind]
    taking = ["--take", "ours"] if kind == "foreign" else []
    mended = desk.run("deliveries", "reconcile", "aurelle", "--mend", *taking, folders=True)
    assert mended.exit_code == Exit.DONE, mended.output
    assert desk.asked() != []
    assert desk.deliver("aurelle/spring", "--to", "handover").exit_code == Exit.DONE
    assert {each.name: each.read_bytes() for each in desk.files()} == before


def test_a_target_that_cannot_be_asked_does_not_keep_the_others_from_being_compared(desk: Desk, tmp_path: Path) -> None:
    assert desk.deliver("aurelle/spring", "--to", "handover").exit_code == Exit.DONE
    away = {"id": "dam", "kind": "webdav", "url": "https://127.0.0.1:9/dav"}
    write_tenant(tmp_path / "tenants", away, TARGETS[0])
    done = desk.run("deliveries", "reconcile", "aurelle", folders=True)
    assert done.exit_code in (Exit.OUTAGE, Exit.REFUSED)
    assert "aurelle/dam: target dam: " in plain(done)
    assert "aurelle/handover: as the receipts say" in plain(done)


def test_their_content_stays_unless_ours_is_taken(desk: Desk) -> None:
    assert desk.deliver("aurelle/spring", "--to", "handover").exit_code == Exit.DONE
    changed(desk)
    left = desk.run("deliveries", "reconcile", "aurelle", "--mend", folders=True)
    assert left.exit_code == Exit.FAILED_FILES
    theirs = desk.run("deliveries", "reconcile", "aurelle", "--mend", "--take", "theirs", folders=True)
    assert theirs.exit_code == Exit.DONE, theirs.output
    assert desk.run("deliveries", "reconcile", "aurelle", folders=True).exit_code == Exit.DONE
    assert b"retouched by somebody else" in {each.read_bytes() for each in desk.files()}


def test_the_page_is_written_into_the_store_or_a_file(desk: Desk, tmp_path: Path) -> None:
    assert desk.deliver("aurelle/spring", "--to", "handover").exit_code == Exit.DONE
    done = desk.run("deliveries", "page", "aurelle")
    address = done.stdout.strip()
    assert address.endswith("store/aurelle/deliveries/REPORT.html")
    assert "3 files delivered at 2 targets. Nothing waits." in Path(address).read_text(encoding="utf-8")
    desk.run("deliveries", "page", "aurelle", "--output", str(tmp_path / "page.html"))
    assert "3 files delivered" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_catalogs_and_deliveries_are_two_processes(desk: Desk, tmp_path: Path) -> None:
    done = desk.run("serve", "--delivery", "--catalog", "--files", str(tmp_path))
    assert "two processes" in str(done.exception)
