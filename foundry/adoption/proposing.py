"""What the rules left open, and the meanings that a helper, such as a language model, proposes for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from foundry.adoption.claims import EVERYWHERE, Claim, Scope, Understanding, UnderstoodCampaign
from foundry.adoption.leaf import Key, Leaf
from foundry.adoption.meaning import Meaning

PROPOSED_SCORE = 0.5
"""The score of a proposal: below anything that a rule is sure of."""


@dataclass(frozen=True)
class OpenLeaf:
    """A leaf that the rules left open. meanings: those between which they could not decide; empty if they know none."""

    leaf: Leaf
    meanings: tuple[Meaning, ...]


def open_leaves(understanding: Understanding) -> tuple[OpenLeaf, ...]:
    """Return the leaves that have several meanings or none, each once, in the order of the campaigns."""
    found: dict[Leaf, OpenLeaf] = {}
    for campaign in understanding.campaigns:
        for doubt in campaign.doubts:
            meanings = tuple(dict.fromkeys(reading.meaning for reading in doubt.readings))
            found.setdefault(doubt.leaf, OpenLeaf(doubt.leaf, meanings))
        for listed in campaign.listed:
            found.setdefault(listed.leaf, OpenLeaf(listed.leaf, ()))
    return tuple(found.values())


def with_proposals(understanding: Understanding, proposals: Mapping[Leaf, Meaning], who: str) -> Understanding:
    """Return the understanding in which open leaves have the meanings that `who` proposes; rules are never overruled.

    A doubtful leaf takes a proposal only if it is one of its readings.
    """
    campaigns = tuple(_propose(campaign, proposals, who) for campaign in understanding.campaigns)
    return replace(understanding, campaigns=campaigns)


def _propose(campaign: UnderstoodCampaign, proposals: Mapping[Leaf, Meaning], who: str) -> UnderstoodCampaign:
    reason = f"proposed by {who}"
    scopes = _scopes_beside(campaign.claims)
    claims, doubts, listed = list(campaign.claims), [], []
    for doubt in campaign.doubts:
        chosen = next((each for each in doubt.readings if each.meaning == proposals.get(doubt.leaf)), None)
        if chosen is None:
            doubts.append(doubt)
        else:
            claims.append(_claim(doubt.leaf, chosen.meaning, chosen.scope, reason))
    for each in campaign.listed:
        if each.leaf in proposals:
            scope = scopes.get(each.leaf.path[:-1], EVERYWHERE)
            claims.append(_claim(each.leaf, proposals[each.leaf], scope, reason))
        else:
            listed.append(each)
    return UnderstoodCampaign(tuple(claims), tuple(doubts), tuple(listed))


def _claim(leaf: Leaf, meaning: Meaning, scope: Scope, reason: str) -> Claim:
    return Claim(leaf, meaning, scope, PROPOSED_SCORE, reason, leaf.text, proposed=True)


def _scopes_beside(claims: Iterable[Claim]) -> dict[tuple[Key, ...], Scope]:
    """Return, for each map or row that holds claims, the scope that most of them have."""
    counted: dict[tuple[Key, ...], Counter[Scope]] = {}
    for claim in claims:
        counted.setdefault(claim.leaf.path[:-1], Counter())[claim.scope] += 1
    return {path: scopes.most_common(1)[0][0] for path, scopes in counted.items()}
