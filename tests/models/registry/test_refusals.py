"""Every refusal of the registry is one sentence with a way out, and survives pickling."""

from __future__ import annotations

import pickle

import pytest

from foundry.errors import FoundryError
from models.registry.refusals import (
    CardNotAdded,
    CardRefused,
    NoVersionChosen,
    PromotionRefused,
    PullRefused,
    UnknownModel,
    WeightsRefused,
    WrongTask,
)

REFUSALS: list[tuple[FoundryError, str, str]] = [
    (UnknownModel("x", ()), "unknown_model", "no model card 'x'; there are: none. Add one."),
    (UnknownModel("x@3", ("x@1", "x@2")), "unknown_model", "no model card 'x@3'; there are: x@1, x@2. Add one."),
    (NoVersionChosen("x", "none is", "promote one"), "no_version_chosen", "model x: none is; promote one."),
    (
        WrongTask("x", "upscale", "screen"),
        "wrong_task",
        "model card 'x' does upscale, not screen; name another card.",
    ),
    (CardRefused("t", "x@1", "is draft", "choose"), "card_refused", "tenant t: model x@1 is draft; choose."),
    (
        WeightsRefused("x@1", "a.bin", "are a pickle"),
        "weights_refused",
        "model x@1: weights a.bin are a pickle. Nothing was loaded.",
    ),
    (PullRefused("x@1", "a", "is not there"), "pull_refused", "model x@1: a is not there."),
    (CardNotAdded("x@1", "raise it"), "card_not_added", "model x@1 was not added: raise it."),
    (
        PromotionRefused("x@1", "no evidence", "run it"),
        "promotion_refused",
        "model x@1 stays as it is: no evidence; run it.",
    ),
]


@pytest.mark.parametrize(("refusal", "code", "sentence"), REFUSALS, ids=lambda value: str(value)[:20])
def test_a_refusal_says_what_is_wrong_and_what_to_do(refusal: FoundryError, code: str, sentence: str) -> None:
    assert (refusal.code, str(refusal)) == (code, sentence)
    again = pickle.loads(pickle.dumps(refusal))
    assert (type(again), str(again), vars(again)) == (type(refusal), sentence, vars(refusal))
