"""The notebook of one campaign: what was decided and why, what is asked, and what is left as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from foundry.adoption.claims import Claim, Listed
from foundry.adoption.leaf import Leaf
from foundry.adoption.meaning import Meaning
from foundry.adoption.said import Choice, Decision, Question

DEFAULTED = 0.5
"""The score of a decision that rests on no leaf."""


@dataclass
class _Decided:
    """The score of a decision and the leaves that it rests on, while it is made."""

    score: float
    leaves: dict[Leaf, None] = field(default_factory=dict)


@dataclass
class _Asked:
    """A question and the leaves that wait for it, while it is put together."""

    text: str
    choices: tuple[Choice, ...]
    default: str
    needed: bool
    leaves: dict[Leaf, None] = field(default_factory=dict)


class Notebook:
    """The decisions, questions and listed leaves of one campaign, each once, in the order in which they come up.

    answers: what people answered, by the questions' ids. campaign: the id that tells this campaign's questions from
    those of the file's other campaigns; empty where it is the only one.
    """

    def __init__(self, answers: Mapping[str, str], campaign: str = "") -> None:
        self.answers, self.campaign = answers, campaign
        self._decisions: dict[tuple[str, str, str], _Decided] = {}
        self._questions: dict[str, _Asked] = {}
        self._listed: dict[Leaf, Listed] = {}
        self._parts: set[Leaf] = set()
        self._mapped: set[Leaf] = set()
        self._taken: set[tuple[Leaf, Meaning, str]] = set()

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """All decisions."""
        return tuple(Decision(*key, decided.score, tuple(decided.leaves)) for key, decided in self._decisions.items())

    @property
    def questions(self) -> tuple[Question, ...]:
        """All open questions."""
        return tuple(
            Question(number, asked.text, asked.choices, asked.default, asked.needed, tuple(asked.leaves))
            for number, asked in self._questions.items()
        )

    @property
    def listed(self) -> tuple[Listed, ...]:
        """All leaves that stay as they are: those that no decision rests on, and those of which a part is left."""
        mapped = self._mapped - self._parts
        return tuple(each for leaf, each in self._listed.items() if leaf not in mapped)

    def decide(
        self,
        field: str,
        value: str,
        reason: str,
        claims: Sequence[Claim] = (),
        *,
        score: float | None = None,
        leaves: Iterable[Leaf] = (),
    ) -> None:
        """Note a decision on claims, or on leaves that an answer chose.

        Its score is the least of the claims' scores and of `score`.
        """
        self._taken.update(map(_what, claims))
        self._mapped.update(claim.leaf for claim in claims if not claim.from_key)
        scores = [claim.score for claim in claims] + ([] if score is None else [score])
        chosen = tuple(leaves)
        self._mapped.update(chosen)
        decided = self._decisions.setdefault((field, value, reason), _Decided(min(scores, default=DEFAULTED)))
        decided.score = min([decided.score, *scores])
        decided.leaves.update(dict.fromkeys((*(claim.leaf for claim in claims), *chosen)))

    def take(self, field: str, claims: Sequence[Claim], value: str | None = None) -> None:
        """Note that a field follows from claims, by their own reason."""
        reason = "; ".join(dict.fromkeys(claim.reason for claim in claims))
        self.decide(field, claims[0].text if value is None else value, reason, claims)

    def leave(self, leaves: Iterable[Leaf], reason: str, *, part: bool = False) -> None:
        """Note that leaves, or with `part` a part of each, stay as they are. The first reason counts."""
        for leaf in leaves:
            if part:
                self._parts.add(leaf)
            self._listed.setdefault(leaf, Listed(leaf, reason))

    def own_id(self, name: str) -> str:
        """Return the id of a question of this campaign alone."""
        return f"{name} of {self.campaign}" if self.campaign else name

    def answer(self, name: str) -> str:
        """Return the answer to a question of this campaign, or to the one of that name of all; "" if there is none."""
        return (self.answers.get(self.own_id(name)) or self.answers.get(name) or "").strip()

    def ask(
        self,
        name: str,
        text: str,
        choices: Iterable[Choice] = (),
        leaves: Iterable[Leaf] = (),
        *,
        default: str = "",
        needed: bool = True,
        shared: bool = False,
    ) -> None:
        """Ask a question of this campaign, or with `shared` one whose answer holds for the whole file."""
        number = name if shared else self.own_id(name)
        asked = self._questions.setdefault(number, _Asked(text, tuple(dict.fromkeys(choices)), default, needed))
        asked.needed = asked.needed or needed
        asked.leaves.update(dict.fromkeys(leaves))

    @property
    def asked(self) -> frozenset[Leaf]:
        """The leaves that wait for an answer."""
        return frozenset(leaf for question in self._questions.values() for leaf in question.leaves)

    def has_taken(self, claim: Claim) -> bool:
        """Return True if a decision rests on a claim."""
        return _what(claim) in self._taken


def _what(claim: Claim) -> tuple[Leaf, Meaning, str]:
    return claim.leaf, claim.meaning, claim.text
