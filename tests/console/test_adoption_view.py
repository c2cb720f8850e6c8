"""What people see of an adoption: decisions by subject, places as they stand in the file, and each thing once."""

from __future__ import annotations

import io

from console.adoption_view import path_of, print_adoption, print_questions
from console.printing import Terminal
from foundry.adoption.claims import Listed
from foundry.adoption.leaf import Leaf, Place
from foundry.adoption.said import Adoption, Choice, Decision, Question, Said

NAME = Leaf("Ruby [red]", "text", ("products", 0, "name"), Place(line=4))
CELL = Leaf("499 kr", "text", ("Products", 2, "Price"), Place(sheet="Products", cell="B2"))
KPI = Leaf("reach", "text", ("kpi",), Place(line=9))
SAID = Said(
    draft={"tenant": "acme", "campaign": {"id": "glow", "name": "Glow"}},
    brief=None,
    decisions=(
        Decision("products[0].name", "Ruby [red]", "the key 'name' within products", 0.98, (NAME,)),
        Decision("placements", "social", "no placement is named", 0.3),
        Decision("products[0].prices[0]", "499 SEK", "kr in a brief for Sweden", 0.7, (CELL,)),
        Decision("tenant: brand.tone", "bold", "the key 'tone' within brand", 0.6, (KPI,)),
    ),
    questions=(),
    listed=(Listed(KPI, "no word of its key is known"),),
    problems=("messages: it is missing; add it",),
)


def printed(*, everything: bool) -> list[str]:
    stream = io.StringIO()
    print_adoption(Adoption((SAID,), ("read as UTF-8",)), Terminal(file=stream, width=200), everything=everything)
    return stream.getvalue().splitlines()


def test_assumptions_are_shown_by_subject_and_the_plain_ones_are_counted() -> None:
    lines = printed(everything=False)
    assert lines[:2] == ["read as UTF-8", "acme/glow"]
    assert [line.split("  ")[1] for line in lines[3:9:2]] == ["placements", "products", "tenant's file"]
    assert [line.split()[0] for line in lines[4:9:2]] == ["placements", "products[0].prices[0]", "brand.tone"]
    assert lines[4].split()[-5:] == ["0.30", "not", "in", "the", "file"]
    assert lines[6].split()[-2:] == ["0.70", "Products!B2"]
    assert lines[9:] == [
        "  and 1 more that the file states plainly; --all shows them",
        "  kept in the metadata: kpi (no word of its key is known)",
        "  not yet a brief: messages: it is missing; add it",
    ]


def test_everything_is_shown_on_demand_with_marks_as_they_are() -> None:
    lines = printed(everything=True)
    assert any("Ruby [red]" in line and "products[0].name (line 4)" in line for line in lines)
    assert not any("--all" in line for line in lines)


def test_a_question_says_how_to_answer_it() -> None:
    stream = io.StringIO()
    asked = Question(
        "headline", "Which is the headline?", (Choice("Freshly poured.", "hero_line"),), leaves=(NAME, CELL)
    )
    print_questions([asked], Terminal(file=stream, width=200))
    assert stream.getvalue().splitlines() == [
        "? Which is the headline?",
        "    answer by: headline",
        "    Freshly poured.: hero_line",
        "    asked because of products[0].name (line 4), Products!B2",
    ]


def test_a_path_is_written_as_people_write_it() -> None:
    assert path_of(NAME) == "products[0].name"
    assert path_of(CELL) == "Products!B2 (Price)"
    assert path_of(Leaf("x", "text", (), Place(line=1))) == "line 1"
