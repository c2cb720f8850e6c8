"""The card in production changes only by a promotion with evidence, and one command takes it back."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from foundry.errors import BadInput, FoundryError
from models.registry import CARDS, PromotionRefused, Registry, all_cards, card, history, promotion_state
from models.registry.ledger import LEDGER, Signature, changes
from models.registry.promotion import nominate, promote, rollback
from tests.support.briefs import ROOT
from tests.support.cards import a_registry, card_file, evidence, only, weights

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANN = Signature(who="ann", why="better silk", when=NOW)


def refused(registry: Registry, name: str = "tiny@1") -> str:
    with pytest.raises(PromotionRefused) as error:
        promote(registry, name, ANN)
    assert not (registry.own / LEDGER).exists()
    return str(error.value)


def in_production(registry: Registry) -> list[str]:
    return [c.name for c in all_cards(registry) if c.stage == "production"]


def promoted(tmp_path: Path, *versions: str) -> Registry:
    registry = a_registry(tmp_path, *versions)
    for version in versions:
        evidence(registry, version)
        promote(registry, f"tiny@{version}", ANN)
    return registry


def test_a_promotion_retires_the_former_version_and_records_who_when_why_and_on_what(tmp_path: Path) -> None:
    registry = promoted(tmp_path, "1", "2")
    assert [c.stage for c in all_cards(registry)] == ["retired", "production"]
    assert card("tiny", "text-to-image", registry).version == "2"
    first, second = [json.loads(line) for line in (registry.own / LEDGER).read_text().splitlines()]
    assert first["previous"] is None
    said = {key: value for key, value in second.items() if key not in ("digest", "evidence")}
    assert said == {
        "id": "tiny", "version": "2", "action": "promote", "from": "candidate", "to": "production", "previous": "1",
        "who": "ann", "why": "better silk", "when": "2026-11-24T12:00:00Z",
    }  # fmt: skip
    assert second["digest"] == only(registry, "2").digest
    assert set(second["evidence"]) == {"evaluation.json", "parity.json"}
    assert all(len(sha) == 64 for sha in second["evidence"].values())


def test_without_evidence_the_sentence_says_which_command_to_run(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1")
    assert refused(registry) == (
        "model tiny@1 stays as it is: there is no evaluation.json; run `foundry models evaluate tiny@1`."
    )
    evidence(registry, "1")
    (registry.own / "evidence/tiny/1/parity.json").unlink()
    assert "there is no parity.json; run `foundry models parity tiny@1`" in refused(registry)


def test_evidence_that_failed_or_is_of_another_card_does_not_count(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1")
    evidence(registry, "1", passed=False)
    assert "evaluation.json did not pass; improve the model" in refused(registry)
    evidence(registry, "1", digest="0" * 32)
    assert "evaluation.json was made for another state of the card" in refused(registry)
    (registry.own / "evidence/tiny/1/evaluation.json").write_text('{"passed": "perhaps"}')
    assert "cannot be read; run `foundry models evaluate tiny@1`" in refused(registry)


def test_parity_is_not_asked_of_what_draws_nothing_by_weights_of_its_own(tmp_path: Path) -> None:
    registry = a_registry(tmp_path)
    card_file(registry.own, id="sharp", task="upscale", source={"kind": "code"})
    folder = registry.own / "evidence/sharp/1"
    folder.mkdir(parents=True)
    content = {"card": "sharp", "version": "1", "digest": only(registry).digest, "passed": True}
    (folder / "evaluation.json").write_text(json.dumps(content))
    assert set(promote(registry, "sharp@1", ANN).evidence) == {"evaluation.json"}
    assert card("sharp", "upscale", registry).stage == "production"


def test_drafts_are_nominated_first(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1", stage="draft")
    evidence(registry, "1")
    assert "it is draft, and only candidates are promoted; run `foundry models nominate tiny@1` first" in refused(
        registry
    )
    nominate(registry, "tiny@1", ANN)
    assert only(registry).stage == "candidate"
    promote(registry, "tiny@1", ANN)
    with pytest.raises(PromotionRefused, match="it is production, and only candidates are promoted; nothing to do"):
        promote(registry, "tiny@1", ANN)
    with pytest.raises(PromotionRefused, match="only drafts and retired cards are nominated"):
        nominate(registry, "tiny@1", ANN)


def test_weights_that_are_wrong_or_without_hashes_are_not_promoted(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1", "2")
    evidence(registry, "1")
    (registry.own / "weights-1/model_index.json").write_text("{}")
    with pytest.raises(FoundryError, match="have SHA-256"):
        promote(registry, "tiny@1", ANN)
    card_file(registry.own, version="2", weights={}, source={"kind": "directory", "folder": "weights-2"})
    evidence(registry, "2")
    assert "has no hashes of its weights" in refused(registry, "tiny@2")


def test_rollback_goes_back_step_by_step_and_no_further(tmp_path: Path) -> None:
    registry = promoted(tmp_path, "1", "2", "3")
    back = rollback(registry, "tiny", ANN)
    assert (back.version, back.previous, back.action) == ("2", "3", "rollback")
    assert [c.stage for c in all_cards(registry)] == ["retired", "production", "retired"]
    assert set(back.evidence) == {"evaluation.json", "parity.json"}
    assert rollback(registry, "tiny", ANN).version == "1"
    with pytest.raises(PromotionRefused, match="no earlier version was in production"):
        rollback(registry, "tiny", ANN)
    nominate(registry, "tiny@3", ANN)
    assert promote(registry, "tiny@3", ANN).previous == "1"
    assert rollback(registry, "tiny", ANN).version == "1"
    assert len(changes(registry.own)) == 8


def test_an_edited_card_loses_its_place_and_can_be_rolled_back_from_but_not_to(tmp_path: Path) -> None:
    registry = promoted(tmp_path, "1", "2")
    source = {"kind": "directory", "folder": "weights-2"}
    card_file(registry.own, version="2", steps=7, source=source)
    assert only(registry, "2").stage == "candidate"
    note = promotion_state(registry, only(registry, "2")).note
    assert note == "its card was changed after ann moved it to production; evaluate, check parity and promote it again"
    assert rollback(registry, "tiny", ANN).previous is None
    assert in_production(registry) == ["tiny@1"]
    (tmp_path / "again").mkdir()
    registry = promoted(tmp_path / "again", "1", "2")
    card_file(registry.own, version="1", steps=7, source={"kind": "directory", "folder": "weights-1"})
    with pytest.raises(PromotionRefused, match="its card was changed since it was in production"):
        rollback(registry, "tiny", ANN)


def test_a_users_ledger_has_the_last_word_on_shipped_cards_and_leaves_their_folder_alone(tmp_path: Path) -> None:
    folder = a_registry(tmp_path).own
    weights(folder / "weights-2")
    card_file(folder, id="backdrop", version="own-2", source={"kind": "directory", "folder": "weights-2"})
    registry = Registry((CARDS, folder), tmp_path / "home")
    before = {path: path.read_bytes() for path in CARDS.iterdir() if path.is_file()}
    shipped = card("backdrop", "text-to-image", registry)
    evidence(Registry((folder,), registry.home), "own-2")
    assert promote(registry, "backdrop@own-2", ANN).previous == shipped.version
    assert card("backdrop", "text-to-image", registry).version == "own-2"
    assert card("backdrop", "text-to-image").version == shipped.version
    assert rollback(registry, "backdrop", ANN).version == shipped.version
    assert card("backdrop", "text-to-image", registry).name == shipped.name
    assert {path: path.read_bytes() for path in CARDS.iterdir() if path.is_file()} == before


def test_two_versions_that_both_say_production_are_told_apart_by_a_person(tmp_path: Path) -> None:
    registry = promoted(tmp_path, "1", "2")
    line = changes(registry.own)[0].model_dump_json(by_alias=True)
    with (registry.own / LEDGER).open("a") as ledger:
        ledger.write(line + "\n")
    with pytest.raises(FoundryError, match="tiny@1, tiny@2 all say production; retire all but one"):
        card("tiny", "text-to-image", registry)
    with pytest.raises(PromotionRefused, match="versions 1, 2 all say production"):
        rollback(registry, "tiny", ANN)


def test_a_ledger_that_was_meddled_with_is_refused_with_its_line(tmp_path: Path) -> None:
    registry = promoted(tmp_path, "1")
    path = registry.own / LEDGER
    for wrong in ("{", '{"id": "tiny"}', path.read_text().replace('"ann"', '"ann", "note": 1').strip()):
        with path.open("a") as ledger:
            ledger.write(wrong + "\n")
        with pytest.raises(BadInput, match=r"promotions\.jsonl line 2: .*restore it from your history"):
            history(registry)
        path.write_text(path.read_text().splitlines()[0] + "\n")


def _promote(folder: Path, home: Path, version: str, barrier: object, queue: object) -> None:
    barrier.wait()  # type: ignore[attr-defined]
    try:
        promote(Registry((folder,), home), f"tiny@{version}", ANN)
        queue.put((version, ""))  # type: ignore[attr-defined]
    except FoundryError as error:
        queue.put((version, str(error)))  # type: ignore[attr-defined]


def test_of_processes_that_promote_at_once_each_sees_the_one_before(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1", "2", "3")
    for version in ("1", "2", "3"):
        evidence(registry, version)
    context = multiprocessing.get_context("spawn")
    barrier, queue = context.Barrier(4), context.Queue()
    ordered = [
        context.Process(target=_promote, args=(registry.own, registry.home, version, barrier, queue))
        for version in ("1", "2", "3", "3")
    ]
    for process in ordered:
        process.start()
    results = [queue.get(timeout=60) for _ in ordered]
    for process in ordered:
        process.join(timeout=60)
    won = [version for version, wrong in results if not wrong]
    assert sorted(won) == ["1", "2", "3"]
    assert [wrong for _, wrong in results if wrong] == [
        next(w for v, w in results if v == "3" and "only candidates are promoted" in w)
    ]
    lines = changes(registry.own)
    assert [line.previous for line in lines] == [None, lines[0].version, lines[1].version]
    assert len(in_production(registry)) == 1


SHIPPED = """
import json, sys
from models.registry import CARDS, Registry, all_cards, find
from models.registry.ledger import LEDGER, Signature
from models.registry.promotion import promote
registry = Registry((CARDS,))
stages = lambda: {card.name: card.stage for card in all_cards(registry)}
before, first = stages(), find(registry, "lanczos")
folder = CARDS / "evidence" / first.id / first.version
folder.mkdir(parents=True)
evidence = {"card": first.id, "version": first.version, "digest": first.digest, "passed": True}
(folder / "evaluation.json").write_text(json.dumps(evidence))
change = promote(registry, first.name, Signature(who="ann", why="first line"))
heavy = [name for name in ("torch", "diffusers", "safetensors", "apache_beam") if name in sys.modules]
print(json.dumps([before, stages(), change.before, change.previous, heavy]))
"""


def test_the_shipped_cards_own_word_counts_until_their_folder_has_a_ledger(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("embedded", "training", "__pycache__", LEDGER, "evidence")
    for room in ("foundry", "models"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=ignored)
    told = subprocess.run(
        [sys.executable, "-c", SHIPPED], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    before, after, was, previous, heavy = json.loads(told.stdout)
    production = {name for name, stage in before.items() if stage == "production"}
    assert len(production) >= 3
    (promoted_now,) = (name for name, stage in after.items() if stage == "production")
    assert promoted_now.startswith("lanczos@")
    assert {after[name] for name in production - {promoted_now}} == {"candidate"}
    assert (was, previous, heavy) == ("production", None, [])
