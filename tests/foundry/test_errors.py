"""Refusals: sentences that people read, codes that machines read, and both on the other side of a pickle."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest

from foundry.brief.intake import brief_problem
from foundry.card.card import ModelCard
from foundry.channel.inspection import CannotRead
from foundry.channel.placement import UnknownPlacement
from foundry.errors import (
    BadInput,
    FoundryError,
    NotAllowed,
    Outage,
    Problem,
    ProblemList,
    Refusals,
    Unusable,
    clipped,
    shorten,
    visible,
)
from foundry.layout.files import UnknownLayout
from foundry.plan.clip import NoFirstFrame
from foundry.plan.timeline import NoTimeline
from foundry.store.bucket_requests import BucketRefused
from foundry.store.object_store import ForeignName, NoSuchObject

PROBLEM = Problem("products[0].picture", "'a.png'", "has 70 bytes; the limit is 60", "save it smaller")
REFUSALS: list[FoundryError] = [
    BadInput("tenant", "is unknown"),
    Outage("the broker 127.0.0.1:9 is away (refused); start it"),
    NotAllowed("the topic campaign.briefs may not be written (denied); ask for the right to write it"),
    PROBLEM,
    brief_problem("scenes", "'x'", "the key stands twice", "remove one of them"),
    Unusable("a.png", "is empty", "export it again"),
    Refusals("brief a/b", (PROBLEM, BadInput("tenant", "is unknown"))),
    CannotRead("a.png", "is empty", "Export it again."),
    UnknownPlacement("meta/stry", ("meta/story",)),
    UnknownLayout("story-panl", ("story-panel",)),
    NoFirstFrame("wan@1", "image-to-video", ""),
    NoTimeline("no film template is called 'x'", ("story-15s",)),
    BucketRefused("a", "bucket", "403"),
    ForeignName("../a", "aurelle/"),
    NoSuchObject("a"),
]


@pytest.mark.parametrize("error", REFUSALS, ids=lambda error: type(error).__name__)
def test_a_refusal_keeps_its_sentence_and_code_through_a_pickle(error: FoundryError) -> None:
    copied = pickle.loads(pickle.dumps(error))
    assert (type(copied), str(copied), copied.code) == (type(error), str(error), error.code)


@pytest.mark.parametrize("error", REFUSALS, ids=lambda error: type(error).__name__)
def test_a_code_is_one_lower_case_word_that_is_not_the_base_class_own(error: FoundryError) -> None:
    assert error.code == error.code.lower()
    assert error.code.replace("_", "").isalpha()
    assert error.code != FoundryError.code


def test_a_problem_is_one_sentence_from_path_to_remedy() -> None:
    assert str(PROBLEM) == "products[0].picture: 'a.png' has 70 bytes; the limit is 60; save it smaller"
    assert PROBLEM.code == "refused_plan"


def test_a_problem_without_a_value_shows_none() -> None:
    problem = Problem("tenant x: models.clip", "", "is missing", "name one there")
    assert str(problem) == "tenant x: models.clip: is missing; name one there"


def test_a_problem_of_a_briefs_text_says_that_the_value_is_refused() -> None:
    problem = brief_problem("scenes[0].id", "'A b'", "String should match a pattern", "change it")
    assert str(problem) == "scenes[0].id: 'A b' is refused: String should match a pattern; change it"
    assert problem.code == "bad_brief"
    assert str(brief_problem("x.yaml", "", "it holds no brief", "write one")) == "x.yaml: it holds no brief; write one"


def test_an_unusable_file_becomes_a_problem_of_its_field() -> None:
    error = Unusable("serum.png", "is empty", "export it again")
    assert str(error.at("products[0].picture")) == "products[0].picture: 'serum.png' is empty; export it again"
    assert error.at("products[0].picture", "products/serum.png").value == "'products/serum.png'"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a", "'a'"),
        (5, "5"),
        (None, "None"),
        ("x" * 60, "'" + "x" * 60 + "'"),
        ("x" * 61, "'" + "x" * 57 + "...'"),
        (["a"] * 30, str(["a"] * 30)[:57] + "..."),
        ("it's", '"it\'s"'),
        ("a\nb", r"'a\nb'"),
    ],
)
def test_a_value_is_shown_on_one_line_of_limited_length(value: object, shown: str) -> None:
    assert shorten(value) == shown
    assert "\n" not in shorten(value)


def test_all_problems_of_an_input_are_listed() -> None:
    text = str(Refusals("brief a/b", (PROBLEM, BadInput("tenant", "is unknown"))))
    assert text.splitlines() == ["brief a/b is refused for 2 reason(s):", f"  {PROBLEM}", "  tenant: is unknown"]


def test_a_card_says_why_a_tenant_must_not_use_it(a_card: ModelCard) -> None:
    assert a_card.objection("aurelle") is None
    private = a_card.model_copy(update={"tenants": ("other",)})
    assert "is not for this tenant" in str(private.objection("aurelle"))
    assert private.objection("other") is None
    retired = a_card.model_copy(update={"stage": "retired"})
    assert str(retired.objection("aurelle")).startswith(f"{a_card.name} is retired; choose a production card")
    unstamped = a_card.model_copy(update={"weights": {}})
    assert "has no hashes of its weights" in str(unstamped.objection("aurelle"))


@pytest.fixture
def a_card() -> ModelCard:
    """A production card with weights."""
    from models.registry import card

    return card("backdrop", "text-to-image")


def many(count: int) -> list[FoundryError]:
    return [Problem(f"products[{n}].id", "'x'", "is refused: " + "y" * 50, "change it") for n in range(count)]


def test_a_refusal_shows_some_problems_keeps_more_and_counts_the_rest() -> None:
    refused = Refusals("brief a/b", many(36_000))
    assert (len(refused.problems), refused.count) == (100, 36_000)
    lines = str(refused).splitlines()
    assert lines[0] == "brief a/b is refused for 36000 reason(s):"
    assert len(lines) == 22
    assert lines[-1] == "  and 35980 more"
    assert str(pickle.loads(pickle.dumps(refused))) == str(refused)


def test_a_refusal_is_short_whatever_its_problems_hold() -> None:
    huge = [BadInput("x" * 100_000, "\x1b\ud800\n" * 100_000) for _ in range(50)]
    text = str(Refusals("s" * 100_000, huge))
    assert len(text) <= 4_000
    assert not any(letter in text for letter in "\x1b\ud800")
    text.encode()


def test_a_list_of_problems_stops_asking_when_it_is_full() -> None:
    def endless() -> Iterator[FoundryError]:
        while True:
            yield PROBLEM

    problems = ProblemList()
    problems.add(Refusals("a", many(30)))
    problems.extend(endless())
    with pytest.raises(Refusals, match=r"at least 100 reason\(s\)") as refused:
        problems.refuse("brief a/b")
    assert str(refused.value).endswith("and at least 80 more")
    ProblemList().refuse("nothing")


def test_a_clipped_text_is_of_its_length_and_visible() -> None:
    assert clipped("ab\ncd") == "ab\ncd"
    assert clipped("\x1b[31m\u202ea\ud800\r") == "\\x1b[31m\\u202ea\\ud800\\r"
    assert clipped("x" * 50, 10) == "xxxxxxx..."
    assert len(clipped("\x1b" * 1_000_000, 100)) == 100
    assert visible("Größe 朝 \u200f") == "Größe 朝 \u200f"
    assert visible("a\nb") == "a\\nb"


def test_a_value_of_any_size_is_shortened_at_no_cost() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    for value in (
        ["x" * 1_000_000] * 1_000_000,
        {"k" * 1_000: 1},
        10**100_000,
        deep,
        ("a", None, True, 1.5),
        "\ud800" * 99,
    ):
        assert len(shorten(value)) < 400
        shorten(value).encode()
