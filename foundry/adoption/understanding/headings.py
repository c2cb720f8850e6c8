"""The heading of a plain text, which names the campaign if nothing else does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from foundry.adoption.claims import EVERYWHERE, Claim, UnderstoodCampaign
from foundry.adoption.leaf import Leaf, MapNode, Seen, leaves_of
from foundry.adoption.meaning import Meaning
from foundry.adoption.understanding.senses import is_known, sections_of

_PROSE = frozenset({".md", ".markdown", ".txt", ".text"})
_SCORE, _LONGEST = 0.65, 80


def named_by_heading(campaign: UnderstoodCampaign, seen: Seen) -> UnderstoodCampaign:
    """Return a campaign with the heading of its text as its name, if it has no other."""
    if any(claim.meaning is Meaning.CAMPAIGN_NAME for claim in campaign.claims):
        return campaign
    heading = _heading(seen)
    if heading is None:
        return campaign
    text, leaf = heading
    name = Claim(leaf, Meaning.CAMPAIGN_NAME, EVERYWHERE, _SCORE, "it heads the text", text, from_key=True)
    return replace(campaign, claims=(name, *campaign.claims))


def _heading(seen: Seen) -> tuple[str, Leaf] | None:
    """Return the only heading around a whole text, with the first leaf below it."""
    node = seen.documents[0] if len(seen.documents) == 1 else None
    if PurePath(seen.name).suffix.lower() not in _PROSE or not isinstance(node, MapNode) or len(node.entries) != 1:
        return None
    key, inner = node.entries[0]
    first = next(leaves_of(inner), None)
    if first is None or isinstance(inner, Leaf) or is_known(key) or sections_of(key) or len(key) > _LONGEST:
        return None
    return key, first
