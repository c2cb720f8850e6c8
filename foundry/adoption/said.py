"""The outcome of adoption: the strict brief, the reason of each decision, open questions, and what was left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from foundry.adoption.claims import Listed
from foundry.adoption.leaf import Leaf
from foundry.brief.brief import Brief


@dataclass(frozen=True)
class Decision:
    """A field of the strict brief and its value. leaves: where it comes from; none for a default.

    field: as in the strict brief, "messages.de-DE.headline"; "tenant: brand.palette.primary" for the tenant's file.
    score: 0 to 1, the least of what it rests on.
    """

    field: str
    value: str
    reason: str
    score: float
    leaves: tuple[Leaf, ...] = ()


@dataclass(frozen=True)
class Choice:
    """One answer that a question offers: the value to answer with, and what it means."""

    value: str
    label: str


@dataclass(frozen=True)
class Question:
    """Something that the file leaves open.

    id: stable for the same question on other files of the same team: "headline", "copy fr-CA", "key kampagnenziel",
    "date order". text: one sentence. choices: empty where any text is an answer. default: the answer that a person who
    just presses Enter gives; "" where there is none. needed: no brief can be written without an answer.
    leaves: the leaves that wait for it.
    """

    id: str
    text: str
    choices: tuple[Choice, ...] = ()
    default: str = ""
    needed: bool = True
    leaves: tuple[Leaf, ...] = ()


@dataclass(frozen=True)
class Said:
    """One campaign of a file as a strict brief.

    draft: the strict brief as plain values, as far as it is known. brief: the parsed brief; None while a needed
    question is open or the draft is refused. problems: sentences on why the draft is refused. tenant: a draft of the
    tenant's file, of the facts that the file brings for it; empty where it brings none.
    """

    draft: Mapping[str, Any]
    brief: Brief | None
    decisions: tuple[Decision, ...]
    questions: tuple[Question, ...]
    listed: tuple[Listed, ...]
    problems: tuple[str, ...] = ()
    tenant: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Adoption:
    """All campaigns of a file. notes: sentences on the file as a whole, each said once."""

    campaigns: tuple[Said, ...]
    notes: tuple[str, ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """The open questions of all campaigns, each once, in the order in which they come up."""
        found = {question.id: question for said in self.campaigns for question in said.questions}
        return tuple(found.values())
