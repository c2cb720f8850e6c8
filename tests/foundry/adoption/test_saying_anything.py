"""Whatever is understood is said: every leaf is told of, and no value is the text of a Python object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.adoption.claims import Claim
from foundry.adoption.meaning import Meaning
from foundry.adoption.said import Said
from tests.foundry.adoption.handmade import claim, said, told_leaves

TEXTS = st.sampled_from(
    [
        "Acme", "Glow", "de", "de-DE", "Germany", "EMEA", "US", "Shop now", "Jetzt kaufen",
        "€49.90", "1.299", "499 kr", "5/6/2027",
        "2027-05-31", "1:1", "Instagram Story", "hologram", "a.png", "../a.png", "#FF5733",
        "Inter", "yes", "15s", "3", "{price}",
        "<b>Hi</b> &amp; ho", "静けさを", "x" * 600, " ", "&nbsp;", "EUR", "high", "a.wav", "0",
        "https://a.example/b.png", "zh-Hant",
    ]
)  # fmt: skip
NUMBERS = st.none() | st.integers(0, 2)
CLAIMS = st.builds(
    lambda meaning, text, key, product, scene, locale, market: claim(
        meaning, text, key, product=product, scene=scene, locale=locale, market=market
    ),
    st.sampled_from(list(Meaning)), TEXTS | st.text(min_size=1, max_size=12), st.sampled_from(["a", "b", "price_eur"]),
    NUMBERS, NUMBERS, st.sampled_from(["", "", "de-DE", "es", "zh-Hant"]),
    st.sampled_from(["", "", "US", "EMEA", "Atlantis"]),
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.lists(CLAIMS, max_size=14))
def test_every_leaf_of_any_claims_is_told_of(claims: list[Claim]) -> None:
    one = said(*claims)
    assert told_leaves(one) >= {each.leaf for each in claims}
    assert one.brief is None or not one.problems
    told = [(each.field, each.value, each.reason) for each in one.decisions]
    assert len(told) == len(set(told))
    assert not any(
        shown in text for text in _texts(one) for shown in ("Claim(", "Leaf(", "Decimal(", "datetime.", "['")
    )


@settings(max_examples=25, deadline=None)
@given(
    st.lists(CLAIMS, min_size=4, max_size=14),
    st.sampled_from(["apart", "leave out", "de", "Glow", "none", "day first"]),
)
def test_answers_of_any_kind_leave_a_brief_or_a_question_or_a_problem(claims: list[Claim], answer: str) -> None:
    asked = [question.id for question in said(*claims).questions]
    one = said(*claims, answers=dict.fromkeys(asked, answer)) if "copy by product" not in asked else said(*claims)
    assert one.brief or one.questions or one.problems
    assert told_leaves(one) >= {each.leaf for each in claims}


def _texts(one: Said) -> Iterator[str]:
    open_values: list[Any] = [one.draft, one.tenant, [decision.value for decision in one.decisions]]
    while open_values:
        value = open_values.pop()
        if isinstance(value, dict):
            open_values += [*value, *value.values()]
        elif isinstance(value, list | tuple):
            open_values += value
        else:
            yield str(value)
