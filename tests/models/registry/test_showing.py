"""A card is shown with its weights, its evidence and its history, for people and for scripts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from models.registry.ledger import Signature
from models.registry.promotion import promote
from models.registry.showing import card_details, detail_lines, details_as_json
from tests.support.cards import a_registry, evidence, only

ANN = Signature(who="ann", why="better silk", when=datetime(2026, 11, 24, 12, tzinfo=UTC))


def test_a_promoted_card_shows_its_weights_evidence_and_the_change(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1", "2")
    for version in ("1", "2"):
        evidence(registry, version)
        promote(registry, f"tiny@{version}", ANN)
    details = card_details(registry, only(registry, "1"))
    assert (details.state.stage, details.bytes, details.parameters) == ("retired", 404, {"F16": 6, "F32": 32, "I64": 5})
    assert [(change.version, change.previous) for change in details.changes] == [("1", None), ("2", "1")]
    lines = list(detail_lines(details))
    assert ("card", "tiny@1  A model for tests") in lines
    assert ("evaluation", str(registry.own / "evidence" / "tiny" / "1" / "evaluation.json")) in lines
    text = "2026-11-24 12:00 UTC promote tiny@2: candidate to production, instead of 1, by ann: better silk"
    assert lines[-1] == ("change", text)
    (weights,) = [value for label, value in lines if label == "weights"]
    assert weights.startswith("2 files, 0.0 MB, 0.0 M F16, 0.0 M F32, 0.0 M I64 parameters, ")


def test_scripts_get_the_hashes_of_the_evidence_and_null_for_what_is_missing(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1", stage="production")
    before = details_as_json(card_details(registry, only(registry)))
    assert before["evidence"] == {"evaluation.json": None, "parity.json": None}
    assert "run `foundry models promote tiny@1`" in before["note"]
    evidence(registry, "1")
    promote(registry, "tiny@1", ANN)
    after = json.loads(json.dumps(details_as_json(card_details(registry, only(registry)))))
    assert all(len(sha) == 64 for sha in after["evidence"].values())
    assert (after["note"], after["changes"][0]["to"], after["safetensors_bytes"]) == ("", "production", 404)


def test_weights_that_are_not_here_are_said_to_be_missing(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1")
    (only(registry).folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    details = card_details(registry, only(registry))
    assert details.bytes == 0
    assert dict(detail_lines(details))["weights"] == f"2 files, not here, {only(registry).folder}"
