"""Briefs that tests write as text, seen and understood."""

from __future__ import annotations

from collections.abc import Mapping

from foundry.adoption.claims import Claim, Understanding, UnderstoodCampaign
from foundry.adoption.meaning import Meaning
from foundry.adoption.seeing import see_bytes
from foundry.adoption.understanding import understand


def understanding_of(text: str, name: str = "brief.yaml", answers: Mapping[str, str] | None = None) -> Understanding:
    return understand(see_bytes(text.encode(), name), answers or {})


def campaign_of(text: str, name: str = "brief.yaml", answers: Mapping[str, str] | None = None) -> UnderstoodCampaign:
    (campaign,) = understanding_of(text, name, answers).campaigns
    return campaign


def claims(campaign: UnderstoodCampaign, meaning: Meaning) -> list[Claim]:
    return [claim for claim in campaign.claims if claim.meaning is meaning]


def texts(campaign: UnderstoodCampaign, meaning: Meaning) -> list[str]:
    return list(dict.fromkeys(claim.text for claim in claims(campaign, meaning)))


def per_locale(campaign: UnderstoodCampaign, meaning: Meaning) -> dict[str, str]:
    return {claim.scope.locale: claim.text for claim in claims(campaign, meaning)}


def per_product(campaign: UnderstoodCampaign, meaning: Meaning) -> dict[int | None, str]:
    return {claim.scope.product: claim.text for claim in claims(campaign, meaning)}


def listed(campaign: UnderstoodCampaign) -> dict[str, str]:
    return {one.leaf.text: one.reason for one in campaign.listed}
