"""The catalog file: a feed, bound to a campaign template, with the rules by which it is refreshed."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from foundry.brief.brief import Brief, Budget, CurrencyCode, Line, Text
from foundry.catalog.attributes import ATTRIBUTES, OWN
from foundry.catalog.expected_columns import attributes_expected
from foundry.documents.sentences import Wording, parse_value
from foundry.names import Slug, digest, sorted_json, variable_prefix
from foundry.strict_model import Items, StrictModel

CATALOG = Wording(whole="catalog", code="bad_catalog", missing="add it; see `foundry schema catalog`")
FeedKind = Literal["google-tsv", "google-xml", "google-json", "shopify-csv", "meta-csv", "csv", "xlsx", "parquet"]
_USED = re.compile(r"\{([a-z][a-z0-9_.]*)\}")


def is_attribute(name: str) -> bool:
    """Return True for a known attribute of feeds, and for `own.NAME`."""
    return name in ATTRIBUTES or bool(re.fullmatch(OWN, name))


def _attribute(name: str) -> str:
    if not is_attribute(name):
        raise ValueError(f"{name!r} is no attribute of a feed; use one of the known ones, or own.NAME for one of yours")
    return name


Attribute = Annotated[str, StringConstraints(max_length=60), AfterValidator(_attribute)]
"""A known attribute of feeds (`foundry.catalog.attributes`), or `own.NAME` for a column of the merchant's own."""


def _pattern(text: str) -> str:
    for name in _USED.findall(text):
        _attribute(name)
    if rest := set("{}") & set(_USED.sub("", text)):
        raise ValueError(f"has a stray {min(rest)!r}; write an attribute in braces, such as {{title}}")
    return text


Pattern = Annotated[str, StringConstraints(max_length=300), AfterValidator(_pattern)]
"""Text with attributes in braces: "{brand} {title}"."""


def attributes_in(pattern: str) -> frozenset[str]:
    """Return the attributes that a pattern shows."""
    return frozenset(_USED.findall(pattern))


class Credential(StrictModel):
    """A secret by reference: sent as a header, read from the environment at the moment of use."""

    header: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,60}$")] = "Authorization"
    prefix: Literal["", "Bearer ", "Basic ", "Token "] = "Bearer "
    variable: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,100}$")] = Field(
        description="Environment variable that holds the secret: FEED_, the tenant in capitals, and __ with a name.",
        examples=["FEED_AURELLE__TOKEN"],
    )


def secret_prefix(tenant: str) -> str:
    """Return the beginning of the names of environment variables whose values a tenant's feed may be sent.

    Without it, a catalog's file could have any secret of the machine sent to a host that its author chose.
    """
    return variable_prefix("FEED", tenant)


class Feed(StrictModel):
    """Where the rows come from, and how they are written."""

    source: Annotated[str, StringConstraints(min_length=1, max_length=2_000)] = Field(
        description="A file relative to the catalog's file, gs://bucket/object, or an https address.",
        examples=["https://shop.example/feeds/google.xml"],
    )
    kind: FeedKind | None = Field(default=None, description="Without it, the feed's content and columns decide.")
    columns: Annotated[dict[Annotated[str, StringConstraints(max_length=200)], Attribute], Items(200)] = Field(
        default_factory=dict,
        description="For CSV, XLSX and Parquet of no published kind: a column's name, and its attribute.",
        examples=[{"SKU": "id", "Bild": "image_link", "Marge": "own.margin"}],
    )
    currency: CurrencyCode | None = Field(default=None, description="Of prices that are written without one.")
    decimal_mark: Literal[".", ","] | None = Field(
        default=None, description="Without it, the point; prices with a comma, or such as 1.299, are set aside."
    )
    encoding: Annotated[str, StringConstraints(max_length=40)] | None = Field(
        default=None, description="Without it, UTF-8, or what the byte order mark or the XML head says."
    )
    credential: Credential | None = None
    language: Annotated[str, StringConstraints(max_length=20)] = Field(default="en", description="Of its texts.")


class ProductMapping(StrictModel):
    """How rows become the products of a campaign."""

    name: Pattern = "{title}"
    description: Pattern = "{description}"
    category: Pattern = "{product_type}"
    price: Literal["effective", "regular", "none"] = Field(
        default="effective", description="effective: the sale price while the sale lasts, then the price."
    )
    share: Literal["appearance", "none"] = Field(
        default="appearance",
        description="appearance: items of one group (colours, sizes) that would look the same on every file share one "
        "product and its files. none: each item has files of its own.",
    )


class Condition(StrictModel):
    """A test of one attribute; of the given tests, each must hold."""

    attribute: Attribute
    is_one_of: Annotated[tuple[Text, ...], Items(1_000)] = ()
    is_none_of: Annotated[tuple[Text, ...], Items(1_000)] = ()
    starts_with: Text = ""
    contains: Text = ""
    at_least: Decimal | None = None
    at_most: Decimal | None = None


class Order(StrictModel):
    """One step of the order of priority; rows that it leaves equal are ordered by the next."""

    attribute: Attribute
    values: Annotated[tuple[Text, ...], Items(1_000)] = Field(
        default=(), description="These first, in this order; then all others."
    )
    largest_first: bool | None = Field(default=None, description="By number: true or false.")


class Withdrawal(StrictModel):
    """When the files of a product are withdrawn, and how long that can be undone."""

    missing: bool = Field(default=True, description="When its items are no longer in the feed, or no longer included.")
    out_of_stock: bool = Field(default=True, description="When all its items are out of stock.")
    keep_days: int = Field(default=30, ge=0, le=3_650, description="Days for which a withdrawal can be undone.")


class Gate(StrictModel):
    """Limits at which a run stops before it makes, publishes or withdraws anything. Per cent; None switches one off."""

    bad_rows: Decimal | None = Field(default=Decimal(5), ge=0, le=100, description="Rows that are set aside.")
    fewer_rows: Decimal | None = Field(
        default=Decimal(30), ge=0, le=100, description="Usable rows fewer than last time."
    )
    withdrawn: Decimal | None = Field(default=Decimal(30), ge=0, le=100, description="Products to be withdrawn.")
    moved_prices: Decimal | None = Field(
        default=Decimal(10), ge=0, le=100, description="Items whose price moved by half or more."
    )
    changed: Decimal | None = Field(default=None, ge=0, le=100, description="Products that would be made anew.")


class PicturePolicy(StrictModel):
    """How pictures are fetched."""

    per_host: int = Field(default=4, ge=1, le=64, description="Requests at once to one host.")
    pause_ms: int = Field(default=0, ge=0, le=60_000, description="Between two requests of one connection to a host.")
    max_bytes: int = Field(default=16_000_000, ge=1_000, le=64_000_000)
    recheck_days: int = Field(
        default=7, ge=1, le=365, description="Each address is asked again once in so many days, spread over the nights."
    )
    obey_robots: bool = Field(default=True, description="Leave out what the host's robots.txt forbids.")


class FeedBack(StrictModel):
    """The feed that is given back: the merchant's rows with the addresses of the files that were made."""

    format: Literal["google-tsv", "google-xml", "meta-csv"] = "google-tsv"
    base_address: Annotated[str, StringConstraints(max_length=500)] = Field(
        default="", description="What the objects' names are appended to; without it, the store's own addresses."
    )
    links: Annotated[dict[Attribute, Annotated[tuple[Line, ...], Items(50, least=1)]], Items(20)] = Field(
        default_factory=dict,
        description="Attribute of the feed, and the placements whose files it names.",
        examples=[{"additional_image_link": ["meta/feed-square"], "lifestyle_image_link": ["meta/story"]}],
    )
    locale: str | None = Field(default=None, description="Of several locales, the one that is named.")
    deltas: bool = Field(default=True, description="Also write what changed, in batches of the destination's size.")


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no time zone; write one of the IANA database, such as Europe/Berlin")
    return name


class Schedule(StrictModel):
    """When the catalog is refreshed by itself."""

    cron: Annotated[str, StringConstraints(max_length=100)] = Field(
        description="Five fields: minute, hour, day of month, month, day of week.", examples=["30 2 * * *"]
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(default="UTC", examples=["Europe/Berlin"])
    missed: Literal["once", "skip"] = Field(
        default="once", description="once: after any number of missed runs, one is made up for. skip: none is."
    )
    overlap: Literal["skip", "wait"] = Field(default="skip", description="What a run does beside another.")
    jitter_s: int = Field(default=0, ge=0, le=3_600, description="Each run begins up to so many seconds late.")

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.timezone)


Template = Annotated[
    dict[str, Any], Field(description="A brief without tenant and products; see `foundry schema brief`.")
]


class Catalog(StrictModel):
    """The contract of catalog files."""

    id: Slug = Field(description="Stable id within the tenant.", examples=["autumn-shoes"])
    name: Line = Field(examples=["Autumn shoes"])
    tenant: Slug = Field(examples=["aurelle"])
    feed: Feed
    products: ProductMapping = ProductMapping()
    include: Annotated[tuple[Condition, ...], Items(100)] = Field(default=(), description="Rows pass all of these.")
    priority: Annotated[tuple[Order, ...], Items(20)] = Field(default=(), description="What is made first.")
    campaign: Template
    withdraw: Withdrawal = Withdrawal()
    gate: Gate = Gate()
    pictures: PicturePolicy = PicturePolicy()
    budget: Budget | None = Field(default=None, description="The most that one run may cost; the rest waits.")
    feed_back: FeedBack | None = None
    schedule: Schedule | None = None
    expectations: Annotated[tuple[dict[str, Any], ...], Items(500)] = Field(
        default=(),
        description="The merchant's own expectations of Great Expectations, as its JSON: type, kwargs, meta.",
        examples=[[{"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "brand", "mostly": 0.95}}]],
    )
    stop_on_expectations: bool = Field(default=False, description="A failed own expectation stops the run.")

    @model_validator(mode="after")
    def _sends_its_own_secret(self) -> Catalog:
        secret, own = self.feed.credential, secret_prefix(self.tenant)
        if secret and not secret.variable.startswith(own):
            wrong = f"{secret.variable!r} may hold a secret of somebody else"
            raise ValueError(f"feed.credential.variable: {wrong}; name one that begins with {own}, such as {own}TOKEN")
        return self

    @model_validator(mode="after")
    def _has_a_template(self) -> Catalog:
        for key in ("tenant", "products"):
            if key in self.campaign:
                raise ValueError(f"campaign.{key}: the catalog gives it; take it out of the template")
        self.brief_of([{"id": "example", "name": "Example"}])
        return self

    def brief_of(self, products: list[dict[str, Any]], campaign: str | None = None) -> Brief:
        """Return the brief of some products, as plain values; `campaign` replaces the id of the template's.

        Refusals with a sentence for each problem.
        """
        written = {"tenant": self.tenant, **self.campaign, "products": products}
        if campaign and isinstance(written.get("campaign"), dict):
            written["campaign"] = {**written["campaign"], "id": campaign}
        return parse_value(Brief, written, CATALOG, "campaign: ")

    @property
    def attributes(self) -> frozenset[str]:
        """The attributes that mapping, rules and expectations of this catalog use, besides those always judged."""
        shown = [self.products.name, self.products.description, self.products.category]
        used = frozenset[str]().union(*(attributes_in(pattern) for pattern in shown))
        used |= {each for each in attributes_expected(self.expectations) if is_attribute(each)}
        return used | {each.attribute for each in self.include} | {each.attribute for each in self.priority}

    @property
    def digest(self) -> str:
        """A hash of the whole file."""
        own = ("campaign", "expectations")  # free JSON, which may hold floats
        written = {name: sorted_json(getattr(self, name)) for name in own}
        return digest("catalog", **self.model_dump(mode="json", exclude=set(own)), **written)


def catalog_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of catalogs' files."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:campaign-foundry:catalog"}
    return {**head, **Catalog.model_json_schema(mode="validation")}
