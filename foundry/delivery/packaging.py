"""A tenant's settings of platform packages: names of files, links with UTM parameters, and columns of upload sheets."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from foundry.delivery.patterns import Line, PathPattern, checked_pattern
from foundry.names import Slug
from foundry.strict_model import Items, StrictModel


def _checked_media(pattern: str) -> str:
    return checked_pattern(pattern, ("file",))


ValuePattern = Annotated[
    str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9{}._~ -]*$"), AfterValidator(checked_pattern)
]
_Link = Annotated[str, StringConstraints(max_length=500, pattern=r"^(https://[^\s/?#@{}]+(/[^\s]*)?)?$")]
LinkPattern = Annotated[_Link, AfterValidator(checked_pattern)]
"""An address whose host is written out; placeholders stand in its path or query, and are escaped there."""
MediaPattern = Annotated[_Link, AfterValidator(_checked_media)]


class Utm(StrictModel):
    """The UTM parameters of links: each a pattern; an empty one is left out.

    They stand in addresses that everybody sees, so the audience is in none of them by default.
    """

    source: ValuePattern = "{channel}"
    medium: ValuePattern = "paid"
    campaign: ValuePattern = "{campaign}"
    content: ValuePattern = "{product}-{scene}-{placement}-{locale}-a{alternative}"
    term: ValuePattern = ""


class Packages(StrictModel):
    """How platform packages are made.

    file: the name of each file, without extension; where two files would have one name, a part of the slot's id is
    added. landing_page: where an ad leads. media_url: where the platform can fetch the file `{file}`, for sheets that
    want an address. columns: sheet → column → pattern of the sheet's values, in place of ours or in addition.
    """

    file: PathPattern = "{product}_{scene}_{locale}_{placement}_{audience}_a{alternative}"
    ad_group: PathPattern = "{product}_{locale}"
    landing_page: LinkPattern = Field(default="", examples=["https://northpeak.example/{language}/{product}?ref=ads"])
    media_url: MediaPattern = Field(default="", examples=["https://cdn.northpeak.example/ads/{file}"])
    utm: Utm = Utm()
    columns: Annotated[
        dict[Slug, Annotated[dict[Line, Annotated[str, StringConstraints(max_length=500)]], Items(100)]], Items(30)
    ] = Field(default={}, examples=[{"meta": {"Call to Action": "SHOP_NOW"}}])
