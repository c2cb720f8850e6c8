"""A promotion takes evidence for exactly this card, from the user's folder before the card's own."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from models.registry import CARDS, PromotionRefused, Registry, all_cards, card
from models.registry.evidence import (
    EVALUATION,
    PARITY,
    accept_evidence,
    evidence_folder,
    evidence_path,
    folder_of_version,
    required_evidence,
)
from tests.support.cards import a_registry, evidence, only


def test_parity_is_asked_of_cards_that_draw_with_weights_of_their_own() -> None:
    assert required_evidence(card("backdrop", "text-to-image")) == (EVALUATION, PARITY)
    for name, task in (("crisp", "upscale"), ("lanczos", "upscale"), ("guardian@1", "screen")):
        assert required_evidence(card(name, task)) == (EVALUATION,)


def test_evidence_lies_below_a_folder_of_cards_by_id_and_version(tmp_path: Path) -> None:
    model = only(a_registry(tmp_path, "1"))
    assert evidence_folder(model) == tmp_path / "cards" / "evidence" / "tiny" / "1"
    assert evidence_folder(model, tmp_path) == folder_of_version(tmp_path, "tiny", "1")


def test_the_users_evidence_comes_before_that_of_the_cards_own_folder(tmp_path: Path) -> None:
    shipped = card("backdrop", "text-to-image")
    registry = Registry((CARDS, tmp_path))
    assert evidence_path(registry, shipped, EVALUATION) == evidence_folder(shipped) / EVALUATION
    own = evidence_folder(shipped, tmp_path) / EVALUATION
    own.parent.mkdir(parents=True)
    own.write_text("{}")
    assert evidence_path(registry, shipped, EVALUATION) == own


def test_accepted_evidence_is_known_by_its_hash(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1")
    evidence(registry, "1")
    path = evidence_path(registry, only(registry), PARITY)
    assert accept_evidence(registry, only(registry), PARITY) == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"digest": "0" * 64}, "was made for another state of the card"),
        ({"version": "2"}, "was made for another state of the card"),
        ({"card": "other"}, "was made for another state of the card"),
        ({"passed": False}, "did not pass; improve the model, then run `foundry models evaluate tiny@1`"),
        ({"passed": None}, "cannot be read; run `foundry models evaluate tiny@1`"),
    ],
)
def test_evidence_of_another_state_or_that_failed_is_not_accepted(
    tmp_path: Path, changes: dict[str, object], wrong: str
) -> None:
    registry = a_registry(tmp_path, "1")
    evidence(registry, "1")
    path = evidence_path(registry, only(registry), EVALUATION)
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    with pytest.raises(PromotionRefused) as refused:
        accept_evidence(registry, only(registry), EVALUATION)
    assert wrong in str(refused.value)


def test_the_shipped_cards_in_production_have_evidence_for_their_digest() -> None:
    registry = Registry((CARDS,))
    shipped = [each for each in all_cards(registry) if each.stage == "production"]
    assert {each.name for each in shipped} == {"backdrop@4", "crisp@1", "guardian@1", "lanczos@1", "measured@1"}
    for each in shipped:
        for file in required_evidence(each):
            if evidence_path(registry, each, file).is_file():
                assert accept_evidence(registry, each, file)
