"""Texts that passed once pass again at no cost, and nothing that is wrong passes because something like it did."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.fonts import hostile_characters, missing_characters
from foundry.look_alikes import within_one_word, words_said
from pipelines.planning.text_checks import TextChecks
from tests.support.briefs import a_tenant

FAMILIES = ("Marcellus", "Inter")
BANNED = ("miracle", "anti-ageing", "risk free", "ßale")
PARTS = (
    "miracle", "m1racle", "mirac", "le", "MIRACLE", "\u00ad", "\u200b", "\u00a0", " ", " ", "-", "anti", "ageing",
    "risk", "free", "m", "rn", "i", "Sale", "ssale", "e\u0301", "\u0301", "\u2003", "ﬀ", "字", "\U00012000",
    "\u0007", "´", "ｍ",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PARTS), max_size=8).map("".join)


def checks() -> TextChecks:
    tenant = a_tenant()
    return TextChecks(tenant.model_copy(update={"brand": tenant.brand.model_copy(update={"banned_words": BANNED})}))


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_a_text_passes_exactly_if_it_would_have_passed_alone(texts: list[str]) -> None:
    once = checks()
    for text in texts:
        assert once.may_be_said(text) == (not list(words_said(text, BANNED)))
        assert once.can_be_set(text) == (not hostile_characters(text) and not missing_characters(text, FAMILIES))


def test_a_banned_word_of_several_words_is_sought_in_the_whole_text() -> None:
    assert [within_one_word(word) for word in BANNED] == [True, True, False, True]
    assert not checks().may_be_said("Now risk free")


def test_the_problems_are_told_in_sentences() -> None:
    once = checks()
    (said,) = once.problems_of_words("messages.en-US.headline", "A miracle")
    assert str(said).startswith("messages.en-US.headline: 'A miracle' says 'miracle'")
    (drawn,) = once.problems_of_setting("products[0].name", "\U00012000")
    assert "has 1 character(s) that no font covers" in str(drawn)
