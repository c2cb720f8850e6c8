"""The meanings that a leaf of a brief can have, in the words of the strict brief."""

from __future__ import annotations

from enum import StrEnum


class Meaning(StrEnum):
    """A fact of a brief. The comment behind each group says where the strict brief, or the tenant's file, keeps it."""

    # tenant, campaign
    BRAND = "brand"
    CAMPAIGN_NAME = "campaign name"
    CAMPAIGN_ID = "campaign id"
    # market; the ordered languages
    REGION = "region"
    LOCALE = "locale"
    AUDIENCE = "audience"
    # products
    PRODUCT_NAME = "product name"
    PRODUCT_ID = "product id"
    PRODUCT_DESCRIPTION = "product description"
    PRODUCT_CATEGORY = "product category"
    PRODUCT_PICTURE = "product picture"
    PRODUCT_MODEL = "product model"
    PRICE = "price"
    CURRENCY = "currency"
    # scenes
    SCENE = "scene"
    SCENE_NAME = "scene name"
    STYLE = "style"
    AVOID = "avoid"
    # messages; MESSAGE is copy of no stated rank: the headline where there is none, else the line below it
    HEADLINE = "headline"
    SUBHEADLINE = "subheadline"
    CALL_TO_ACTION = "call to action"
    OFFER = "offer"
    LEGAL = "legal"
    MESSAGE = "message"
    # placements, film, limits and days
    PLACEMENT = "placement"
    MUSIC = "music"
    VOICE_OVER = "voice over"
    FILM_SECONDS = "film seconds"
    BUDGET = "budget"
    EMBARGO = "embargo"
    EXPIRY = "expiry"
    PRIORITY = "priority"
    ALTERNATIVES = "alternatives"
    # the tenant's file
    BRAND_LOGO = "brand logo"
    BRAND_COLOUR = "brand colour"
    BRAND_FONT = "brand font"
    BRAND_TONE = "brand tone"
    BANNED_WORD = "banned word"
    # what is not for pictures: whether a row or a file is approved; and everything that metadata keeps
    APPROVAL = "approval"
    NOTE = "note"


COPY = (
    Meaning.HEADLINE, Meaning.SUBHEADLINE, Meaning.CALL_TO_ACTION, Meaning.OFFER, Meaning.LEGAL, Meaning.MESSAGE,
)  # fmt: skip
"""The meanings that are printed on files, per locale."""


class Section(StrEnum):
    """A part of a brief that a map or list can be, by its key; it gives the keys inside their sense."""

    CAMPAIGN = "campaign"
    BRAND = "brand"
    PRODUCTS = "products"
    MARKETS = "markets"
    COPY = "copy"
    SCENES = "scenes"
    PLACEMENTS = "placements"
    FILM = "film"
    SCHEDULE = "schedule"
    NOTES = "notes"
