"""The notebook of one campaign: what was decided and why, what is asked, and what is left as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from foundry.adoption.claims import Claim, Listed
from foundry.adoption.leaf import Leaf
from foundry.adoption.meaning import Meaning
from foundry.adoption.said import Choice, Decision, Question

DEFAULTED = 0.5
"""The score of a decision that rests on no leaf."""


class Notebook:
    """The decisions, questions and listed leaves of one campaign, each once, in the order in which they come up.

    answers: what people answered, by the questions' ids. campaign: the id that tells this campaign's questions from
    those of the file's other campaigns; empty where it is the only one.
    """

    def __init__(self, answers: Mapping[str, str], campaign: str = "") -> None:
        self.answers, self.campaign = answers, campaign
        self._decisions: dict[tuple[str, str, str], Decision] = {}
        self._questions: dict[str, Question] = {}
        self._listed: dict[Leaf, Listed] = {}
        self._parts: set[Leaf] = set()
        self._mapped: set[Leaf] = set()
        self._taken: set[tuple[Leaf, Meaning, str]] = set()

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """All decisions."""
        return tuple(self._decisions.values())

    @property
    def questions(self) -> tuple[Question, ...]:
        """All open questions."""
        return tuple(self._questions.values())

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
        mapped = tuple(dict.fromkeys((*(claim.leaf for claim in claims), *chosen)))
        made = Decision(field, value, reason, min(scores, default=DEFAULTED), mapped)
        earlier = self._decisions.setdefault((field, value, reason), made)
        if earlier is not made and set(mapped) - set(earlier.leaves):
            both = tuple(dict.fromkeys((*earlier.leaves, *mapped)))
            least = min(earlier.score, made.score)
            self._decisions[field, value, reason] = Decision(field, value, reason, least, both)

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
        made = Question(number, text, tuple(dict.fromkeys(choices)), default, needed, tuple(dict.fromkeys(leaves)))
        earlier = self._questions.setdefault(number, made)
        if earlier is not made:
            both = tuple(dict.fromkeys((*earlier.leaves, *made.leaves)))
            self._questions[number] = Question(
                number, earlier.text, earlier.choices, earlier.default, earlier.needed or needed, both
            )

    @property
    def asked(self) -> frozenset[Leaf]:
        """The leaves that wait for an answer."""
        return frozenset(leaf for question in self._questions.values() for leaf in question.leaves)

    def has_taken(self, claim: Claim) -> bool:
        """Return True if a decision rests on a claim."""
        return _what(claim) in self._taken


def _what(claim: Claim) -> tuple[Leaf, Meaning, str]:
    return claim.leaf, claim.meaning, claim.text
