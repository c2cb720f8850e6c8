"""The brief that a marketing team orders by: the strict contract of brief files and of the briefs topic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal

from babel import Locale as BabelLocale
from babel import UnknownLocaleError
from babel.numbers import get_currency_precision
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
    model_validator,
)

from foundry.brief.markup import clean_copy, markup_refusal
from foundry.brief.metadata import Metadata
from foundry.brief.scene_set import SceneSet
from foundry.errors import shorten
from foundry.inputs.file_name import FileName
from foundry.inputs.product_view import View
from foundry.names import CardName, Slug
from foundry.sets.move import SetMove, SetMoveKind, moves_from
from foundry.strict_model import Items, StrictModel

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


def _plain(text: str) -> str:
    """Return a text without markup as it is; ValueError for one with markup."""
    if wrong := markup_refusal(text):
        raise ValueError(wrong)
    return text


CopyText = Annotated[Text, AfterValidator(_plain)]
CopyLine = Annotated[Line, AfterValidator(_plain)]
"""Text that is set on files as it stands."""
MAX_LOCALES = 1_000
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Money = Annotated[
    Decimal,
    BeforeValidator(lambda value: str(value) if isinstance(value, float) else value),
    Field(ge=0, max_digits=12, decimal_places=3),
]


def _known_locale(tag: str) -> str:
    try:
        locale = BabelLocale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError(f"{tag!r} is not a locale; write a BCP 47 tag such as en-US or ar-EG") from error
    parts = [locale.language, locale.script, locale.territory]
    return "-".join(part for part in parts if part)


LocaleTag = Annotated[str, StringConstraints(min_length=2, max_length=20), AfterValidator(_known_locale)]


class Campaign(StrictModel):
    """The campaign that the brief belongs to."""

    id: Slug = Field(description="Stable id within the tenant.", examples=["spring-glow"])
    name: Line = Field(description="What people call it.", examples=["Spring Glow 2027"])


class Market(StrictModel):
    """The regions and the audience of the campaign."""

    regions: Annotated[tuple[Line, ...], Items(500, least=1)] = Field(
        description="Countries or regions.", examples=[["US", "DE", "JP"]]
    )
    audience: Text = Field(default="", description="Who is addressed.", examples=["Urban professionals, 25-40"])


class Price(StrictModel):
    """An amount in one currency; it is shown to the locales of that currency."""

    amount: Money = Field(description="Decimal amount.", examples=["48.00"])
    currency: CurrencyCode = Field(description="ISO 4217 code.", examples=["EUR"])

    @model_validator(mode="after")
    def _can_be_paid(self) -> Price:
        digits = get_currency_precision(self.currency)
        if self.amount != round(self.amount, digits):
            raise ValueError(f"{self.amount} {self.currency} has more than the currency's {digits} decimal places")
        return self


class Product(StrictModel):
    """One article that is shown."""

    id: Slug = Field(description="Unique in the brief.", examples=["serum"])
    name: CopyLine = Field(description="As customers read it.", examples=["Radiance Serum"])
    description: CopyText = Field(
        default="",
        description="What it is and looks like; the model draws from it if there is no picture.",
        examples=["Vitamin C serum in an amber dropper bottle"],
    )
    category: CopyText = Field(default="", description="Product category.", examples=["skincare"])
    picture: FileName | None = Field(
        default=None,
        description="PNG, JPEG or WebP file, relative to the brief, ideally with transparency; "
        "without one, `products_without_pictures` decides.",
        examples=["products/serum.png"],
    )
    model: FileName | None = Field(
        default=None,
        description="GLB or USD file, relative to the brief, in place of a picture: the product is rendered from it, "
        "never redrawn by a generator.",
        examples=[None],
    )
    view: View | None = Field(
        default=None, description="How the model is photographed; without one, its front.", examples=[None]
    )
    prices: Annotated[tuple[Price, ...], Items(400)] = Field(
        default=(), description="At most one price per currency.", examples=[[]]
    )
    height_mm: Decimal | None = Field(
        default=None, gt=0, le=100_000, decimal_places=2, description="Its true height, for line-ups.", examples=["118"]
    )
    shows: Annotated[tuple[Slug, ...], Items(8)] = Field(
        default=(),
        description="Ids of products that this one consists of, such as a bundle; it is shown as all of them side by "
        "side, at their true relative sizes.",
        examples=[[]],
    )

    @model_serializer(mode="wrap")
    def _silent_about_what_it_lacks(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave the fields that came later out of a product without them, as scenes do."""
        said: dict[str, Any] = plain(self)
        if self.height_mm is None:
            said.pop("height_mm", None)
        if not self.shows:
            said.pop("shows", None)
        return said

    @model_validator(mode="after")
    def _is_shown_one_way(self) -> Product:
        if self.shows and (self.picture or self.model):
            raise ValueError(f"product {self.id} has a file of its own and shows others; drop one of the two")
        if self.shows and len(set(self.shows)) < max(2, len(self.shows)):
            count = len(set(self.shows))
            raise ValueError(f"product {self.id} shows {count} different products; name two or more, once each")
        if self.picture and self.model:
            raise ValueError(f"product {self.id} has a picture and a model; give one of them")
        if self.view and not self.model:
            raise ValueError(f"product {self.id} has a view but no model to look at; add the model or drop the view")
        return self


def _check_bundles(products: tuple[Product, ...]) -> None:
    """Refuse a product that shows one which is not there, shows others itself, or has no true height."""
    known = {product.id: product for product in products}
    for index, product in enumerate(products):
        for shown in product.shows:
            one = known.get(shown)
            if one is None or one.shows:
                wrong = "shows others itself" if one else "is no product of this brief"
                raise ValueError(f"products[{index}].shows: {shown} {wrong}; name products with a picture or a model")
            if one.height_mm is None:
                raise ValueError(
                    f"products[{index}].shows: {shown} has no height_mm; a line-up needs its products' true heights"
                )


class SceneClip(StrictModel):
    """The movement of a scene in films: a video model films it, or its set moves. Its stills stay as they are."""

    prompt: Line | None = Field(
        default=None,
        description="What happens; without it, the scene's own prompt.",
        examples=["Morning light wanders over the plaster, the camera drifts closer"],
    )
    negative_prompt: Text = Field(
        default="", description="What it must avoid, besides what the scene avoids.", examples=["cuts, text"]
    )
    seconds: Decimal | None = Field(
        default=None,
        gt=0,
        le=60,
        decimal_places=3,
        description="Length, where the video card films shorter clips; without it, the card's own. "
        "The last frame stands until the scene of the film is over.",
        examples=["4"],
    )
    moves: tuple[SetMove | SetMoveKind, ...] = Field(
        default=(),
        max_length=8,
        description="What moves, where the scene is a set; without it, what the words of the prompt name.",
        examples=[["turntable", {"kind": "dolly", "end": "0.2"}]],
    )

    @model_validator(mode="after")
    def _moves_each_thing_once(self) -> SceneClip:
        kinds = [move.kind for move in moves_from(self.moves)]
        if twice := sorted({kind for kind in kinds if kinds.count(kind) > 1}):
            raise ValueError(f"moves: {twice[0]} is there twice; give one move of a kind keys")
        return self

    @model_serializer(mode="wrap")
    def _silent_about_no_moves(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave `moves` out of a clip without them, which reads as it did before there were moves."""
        said: dict[str, Any] = plain(self)
        if not self.moves:
            said.pop("moves", None)
        return said


LATER_FIELDS = ("clip", "model", "set", "composition")
"""Fields of a scene that are no part of it where they are not set."""


class Scene(StrictModel):
    """A setting that products are staged in."""

    id: Slug = Field(description="Unique in the brief.", examples=["morning-studio"])
    prompt: Line = Field(
        description="What the model draws.",
        examples=["Sunlit plaster studio, soft window shadows, light from the left"],
    )
    negative_prompt: Text = Field(default="", description="What it must avoid.", examples=["clutter, text"])
    clip: SceneClip | None = Field(
        default=None, description="In films, the scene moves as this says; without it, it is a still.", examples=[None]
    )
    model: CardName | None = Field(
        default=None,
        description="The card that draws this scene, as `id` or `id@version`; without it, the tenant's.",
        examples=["studio"],
    )
    set: SceneSet | None = Field(
        default=None, description="The photographic set, where the card renders sets.", examples=[None]
    )

    composition: Slug | None = Field(
        default=None,
        description="Where the product stands: center, left, right, low, close or wide; `vary` gives each alternative "
        "another one. Without it, the usual one of each aspect.",
        examples=["right"],
    )

    @model_serializer(mode="wrap")
    def _silent_about_what_it_lacks(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave the fields that came later out of a scene without them.

        Such a scene reads as it did before there were such fields, to digests of plans and to older readers.
        """
        said: dict[str, Any] = plain(self)
        for name in LATER_FIELDS:
            if getattr(self, name) is None:
                said.pop(name, None)
        return said


class Message(StrictModel):
    """Copy in one language, with placeholders.

    `{product.name}`, `{product.description}`, `{product.category}` and `{price}` are filled per product, `{from}` and
    `{until}` with the brief's embargo and expiry. `{percent 20}`, `{number 1200}`, `{date 2027-05-31}` and
    `{unit 50 milliliter}` are formatted for the locale.
    """

    headline: CopyLine = Field(description="The main line.", examples=["Wake up radiant"])
    subheadline: CopyText = Field(default="", examples=["{product.name} with vitamin C"])
    call_to_action: CopyText = Field(default="", examples=["Shop now"])
    offer: CopyText = Field(default="", examples=["-20% this week"])
    legal: CopyText = Field(default="", examples=["While stocks last."])


class Spoken(StrictModel):
    """One line of subtitles, in seconds from the film's start."""

    start: Decimal = Field(ge=0, le=60, decimal_places=3, examples=["0.5"])
    end: Decimal = Field(gt=0, le=60, decimal_places=3, examples=["3.2"])
    text: CopyLine = Field(examples=["Skin that wakes up first."])

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Spoken:
        if self.end <= self.start:
            raise ValueError(f"the line {self.text[:40]!r} ends at {self.end} s, before it starts at {self.start} s")
        return self


class FilmWishes(StrictModel):
    """Timeline, sound and subtitles of films. Without it films are silent and have their placements' timelines."""

    template: Slug | None = Field(default=None, description="Timeline of templates/film.", examples=["story-15s"])
    seconds: Decimal | None = Field(
        default=None,
        ge=6,
        le=30,
        decimal_places=3,
        description="Length, where the placement takes it.",
        examples=["15"],
    )
    bpm: int | None = Field(default=None, ge=40, le=220, description="The music's tempo; cuts fall on its beats.")
    music: FileName | None = Field(default=None, description="Audio file, relative to the brief.", examples=[None])
    voice_over: Annotated[dict[LocaleTag, FileName], Items(MAX_LOCALES)] = Field(
        default_factory=dict, description="Audio file per locale, relative to the brief.", examples=[{}]
    )
    subtitles: Annotated[dict[LocaleTag, Annotated[tuple[Spoken, ...], Items(1_000)]], Items(MAX_LOCALES)] = Field(
        default_factory=dict, description="Timed lines per locale; a sidecar file is written for them.", examples=[{}]
    )
    burn_in: bool = Field(default=True, description="Whether subtitles are also in the picture.")

    @model_validator(mode="after")
    def _lines_follow_one_another(self) -> FilmWishes:
        for locale, lines in self.subtitles.items():
            for index, (line, following) in enumerate(pairwise(lines)):
                if following.start < line.end:
                    raise ValueError(
                        f"subtitles.{locale}[{index + 1}] starts at {following.start} s, before the one above it ends "
                        f"at {line.end} s; let them follow one another"
                    )
        return self

    def sounds(self) -> Iterator[tuple[str, str]]:
        """Yield the field's path in the brief, and the file as it is named there, of every audio file."""
        if self.music:
            yield "film.music", self.music
        for locale, name in sorted(self.voice_over.items()):
            yield f"film.voice_over.{locale}", name


class Budget(StrictModel):
    """The most that the campaign may cost to make."""

    amount: Money = Field(description="Decimal amount.", examples=["25.00"])
    currency: Literal["USD"] = Field(default="USD", description="Cards are priced in US dollars.")


class Brief(StrictModel):
    """The order of one campaign; the contract of brief files and of the briefs topic."""

    tenant: Slug = Field(description="Whose brand it is.", examples=["aurelle"])
    campaign: Campaign = Field(description="Which campaign.")
    market: Market = Field(description="Where and to whom.")
    products: Annotated[tuple[Product, ...], Items(200_000, least=1)] = Field(description="What is shown.")
    products_without_pictures: Literal["draw", "words"] = Field(
        default="draw",
        description="How a product without picture and model is shown. draw: the model draws it from its words, if its "
        "card says that it draws products; otherwise the plan is refused. words: its name is set as type in its place.",
    )
    scenes: Annotated[tuple[Scene, ...], Items(1_000)] = Field(default=(), description="Settings; or give `prompt`.")
    prompt: Line | None = Field(
        default=None,
        description="One free prompt in place of scenes.",
        examples=["Calm sea at sunset"],
    )
    negative_prompt: Text = Field(default="", description="Avoided in every scene.")
    alternatives: int = Field(default=1, ge=1, le=1_000, description="Pictures per product, scene and aspect.")
    messages: Annotated[dict[LocaleTag, Message], Items(MAX_LOCALES, least=1)] = Field(
        description="Copy per locale (BCP 47).",
        examples=[{"en-US": {"headline": "Wake up radiant"}}],
    )
    copy_markup: Literal["refuse", "clean"] = Field(
        default="refuse",
        description="What becomes of HTML entities and tags in messages, subtitles and products: the brief is refused, "
        "or they are read as a browser would.",
    )
    placements: Annotated[tuple[Line, ...], Items(1_000, least=1)] = Field(
        description="Placement names, or named sets such as social and display.",
        examples=[["social", "google/leaderboard"]],
    )
    film: FilmWishes | None = Field(
        default=None, description="Timeline, sound and subtitles of films.", examples=[None]
    )
    budget: Budget | None = Field(default=None, description="Refuse the plan above this.")
    embargo: date | None = Field(default=None, description="Not to be shown before this day.")
    expiry: date | None = Field(default=None, description="Not to be shown after this day.")
    priority: int = Field(default=5, ge=0, le=9, description="9 goes first.")
    metadata: Metadata = Field(
        default_factory=dict,
        description="Free keys (KPIs, notes, owner) that change no picture and follow the asset.",
        examples=[{"owner": "brand team"}],
    )

    @model_validator(mode="before")
    @classmethod
    def _without_markup(cls, value: Any) -> Any:
        """Clean the copy where the brief asks for it, so that texts are the same from here on as plain ones."""
        wanted = isinstance(value, dict) and value.get("copy_markup") == "clean"
        return clean_copy(value) if wanted else value

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Brief:
        _refuse_twice("products", "id", [product.id for product in self.products])
        _refuse_twice("scenes", "id", [scene.id for scene in self.scenes])
        _refuse_twice("scenes", "prompt", [scene.prompt for scene in self.scenes])
        for index, product in enumerate(self.products):
            currencies = [price.currency for price in product.prices]
            _refuse_twice(f"products[{index}].prices", "currency", currencies)
        _check_bundles(self.products)
        if bool(self.scenes) == bool(self.prompt):
            raise ValueError(
                "scenes: give either scenes or one free prompt, exactly one of them; "
                f"there are {len(self.scenes)} scenes and {'a' if self.prompt else 'no'} prompt"
            )
        for field in ("voice_over", "subtitles"):
            for locale in getattr(self.film, field, {}):
                if locale not in self.messages:
                    raise ValueError(f"film.{field}: {locale} has no messages; write them, or leave its {field} out")
        if self.embargo and self.expiry and self.expiry < self.embargo:
            raise ValueError(f"expiry: {self.expiry} lies before the embargo {self.embargo}; set a later day")
        return self

    def settings(self) -> tuple[Scene, ...]:
        """Return the scenes, or the free prompt as the only scene."""
        return self.scenes or (Scene(id="free", prompt=self.prompt or ""),)

    def avoid(self, scene: Scene) -> str:
        """Return the scene's negative prompt and the brief's, joined."""
        return ", ".join(part for part in (scene.negative_prompt, self.negative_prompt) if part)


def _refuse_twice(where: str, field: str, values: list[str]) -> None:
    seen: dict[str, int] = {}
    for index, value in enumerate(values):
        first = seen.setdefault(value, index)
        if first != index:
            raise ValueError(
                f"{where}[{index}].{field}: {shorten(value)} is already at {where}[{first}]; "
                f"each {field} must be unique, so rename or remove one"
            )


PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
