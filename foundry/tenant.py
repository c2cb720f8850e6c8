"""Tenants: brand kit, allowed models, budget and quotas of each client."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cached_property, partial
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr, StringConstraints, model_validator

from foundry.brought_fonts import BroughtFamily, Families, know_font, order_of
from foundry.content_cache import ContentCache
from foundry.delivery.target import Delivery, delivery_secret_prefix, secrets_of
from foundry.documents.limits import SETTINGS
from foundry.documents.reading import only_document
from foundry.documents.sentences import Wording, joined, parse_value
from foundry.documents.yaml_text import load_yaml
from foundry.errors import BadInput, Problem, Refusals, Unusable, shorten
from foundry.inputs.door import Home, read_once
from foundry.inputs.file_name import FileName, ForeignFile
from foundry.inputs.picture import PictureFacts
from foundry.names import Slug, digest, is_slug
from foundry.strict_model import Items, StrictModel
from foundry.tenant_files import DOCUMENT, NamedFile, ReadFile, TenantFiles, receive_tenant_files

TENANT_FILE = "tenant.yaml"
TENANT = Wording(whole="tenant file", code="bad_input", missing="add it; see `foundry schema tenant`")
LOGO_FORMS = ("horizontal", "stacked", "mark")
_COLOUR = r"^#[0-9A-Fa-f]{6}$"


def _hex_colour(text: str) -> str:
    if not re.fullmatch(_COLOUR, text):
        raise ValueError('a colour has six hexadecimal digits; write it in quotes, such as "#9A4526"')
    return text.upper()


Colour = Annotated[str, AfterValidator(_hex_colour), Field(json_schema_extra={"pattern": _COLOUR})]
FamilyName = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\t\r\n#]+$")]
"""A font family. Orders of families hold a tab and a number sign (`foundry.brought_fonts`), so no name does."""


class Palette(StrictModel):
    """Brand colours by role, sRGB hex."""

    primary: Colour = Field(description="The brand's own colour: panels and buttons.")
    accent: Colour = Field(description="Offers, badges and small signals.")
    ink: Colour = Field(description="Dark text.")
    paper: Colour = Field(description="Light text and light panels.")
    scene: tuple[Colour, ...] = Field(
        min_length=1,
        max_length=4,
        description="Colours that scenes are drawn in: wall first, then floor.",
    )


class LogoFiles(StrictModel):
    """Files of one form of a logo. They have transparency and equal shape; paths start at the tenant's file."""

    dark: FileName = Field(description="For light grounds.")
    light: FileName = Field(description="For dark grounds.")
    minimum_width_px: int = Field(default=48, ge=1, description="Below this it is not shown.")


class Logo(LogoFiles):
    """The horizontal form of a logo, and the other forms that the brand has."""

    clear_space: int = Field(default=25, ge=0, le=100, description="Per cent of the logo's height.")
    stacked: LogoFiles | None = Field(default=None, description="Mark above word.")
    mark: LogoFiles | None = Field(default=None, description="The mark alone.")

    def form(self, name: str) -> LogoFiles | None:
        """Return the files of `horizontal`, `stacked` or `mark`; None where the brand has no such form."""
        found: LogoFiles | None = self if name == "horizontal" else getattr(self, name)
        return found


class OwnFamily(StrictModel):
    """A font family that the tenant brings. Its files are TrueType or OpenType; paths start at the tenant's file.

    A variable font serves both weights, with one file.
    """

    name: FamilyName = Field(description="What the roles of the brand call it.")
    regular: FileName
    bold: FileName | None = Field(default=None, description="Without it, the regular file serves for bold text too.")
    licence: str = Field(
        min_length=1,
        max_length=300,
        description="The licence by which the tenant may use it for advertisements, such as OFL-1.1 or a contract.",
    )


class BrandFonts(StrictModel):
    """Font families by role: of `templates/fonts`, or of those that the tenant brings.

    A character is looked for in the family of its role, then in the tenant's own in their order, then in the shipped
    ones: so a family that is brought may serve a whole script, or a single character.
    """

    display: FamilyName = "Inter"
    body: FamilyName = "Inter"
    families: Annotated[tuple[OwnFamily, ...], Items(20)] = Field(
        default=(), description="Families that the tenant brings."
    )

    @model_validator(mode="after")
    def _has_names_once(self) -> BrandFonts:
        names = [family.name for family in self.families]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two families are called {shorten(twice)}; rename or remove one")
        return self


class TypeScale(StrictModel):
    """The ratio between neighbouring steps of type, and the size of all type relative to the layouts' own."""

    ratio: Decimal = Field(default=Decimal("1.25"), ge=1, le=2, decimal_places=3)
    size: int = Field(default=100, ge=50, le=150, description="Per cent.")


class BrandKit(StrictModel):
    """The palette, logo, fonts, corners and banned words that make a rendition look like one brand."""

    palette: Palette
    logo: Logo | None = None
    fonts: BrandFonts = BrandFonts()
    corner_radius: int = Field(default=12, ge=0, le=50, description="Per cent of a button's height.")
    type: TypeScale = TypeScale()
    layouts: dict[str, str] = Field(default={}, description="Family → id of the layout that this brand uses for it.")
    tone: str = ""
    banned_words: tuple[str, ...] = ()
    relight: bool = Field(
        default=False,
        description="Products in rendered sets may take on the set's light, within bounds; else their pictures' "
        "colours stay exact.",
    )


class Quota(StrictModel):
    """The most that a tenant may make in a month (UTC), over all its campaigns and processes.

    Files that exist cost nothing, and a campaign counts in the month in which its run began; see docs/quotas.md.
    """

    shots: int = Field(default=2_000, ge=1, description="Shots that are drawn.")
    variants: int = Field(default=2_000_000, ge=1, description="Finished files that are made.")
    bytes: int = Field(default=2 * 10**12, ge=1, description="Bytes that are written, by their usual sizes.")
    budget: Decimal = Field(default=Decimal(1000), gt=0, description="Money, in US dollars, at the cards' prices.")


class AdapterChoice(StrictModel):
    """An adapter card that every shot of the tenant is drawn with, and its weight."""

    card: str
    weight: Decimal = Field(default=Decimal(1), ge=-2, le=2, decimal_places=3)
    picture: FileName | None = Field(
        default=None,
        description="What an IP-Adapter takes its style from, or a ControlNet's map; relative to the tenant's file.",
    )


class Models(StrictModel):
    """The model cards that a tenant draws, enlarges, judges and films with.

    `id` names the version in production, `id@version` an exact one.
    """

    generate: str = "backdrop"
    adapters: tuple[AdapterChoice, ...] = Field(default=(), max_length=8)
    upscale: str = "lanczos"
    screen: str = "measured"
    clip: str | None = Field(default=None, description="The video card that films scenes which move.")
    read: str | None = Field(
        default=None,
        description="The card of a language model that `foundry brief adopt` may ask about values of a brief which its "
        "rules leave open; without one, no part of a brief is sent anywhere.",
    )
    unread_words: Literal["refuse", "warn"] = Field(
        default="refuse",
        description="A scene of whose words the card reads too few to draw it is refused in the plan, or only noted.",
    )


class Storage(StrictModel):
    """A bucket that holds this tenant's objects and no others; used where the store is a bucket."""

    bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$")
    prefix: str = ""
    kms_key: str | None = Field(
        default=None,
        pattern=r"^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$",
        description="Cloud KMS key that encrypts the tenant's objects.",
    )


class Tenant(StrictModel):
    """One client. Everything that reads or writes takes the tenant."""

    id: Slug
    name: str
    brand: BrandKit
    models: Models = Models()
    quota: Quota = Quota()
    storage: Storage | None = None
    protected: tuple[FileName, ...] = Field(
        default=(), description="Pictures that no drawing may resemble, relative to the tenant's file."
    )
    delivery: Delivery = Field(default=Delivery(), description="Where finished files go.")
    folder: Path = Field(default=Path(), exclude=True, description="Where the file was read from.")
    _files: TenantFiles | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _sends_its_own_secrets(self) -> Tenant:
        own = delivery_secret_prefix(self.id)
        for index, target in enumerate(self.delivery.targets):
            if not all(each.startswith(own) for each in secrets_of(target)):
                wrong = "one of its variables may hold a secret of somebody else"
                raise ValueError(f"delivery.targets[{index}]: {wrong}; name one that begins with {own}")
        return self

    @property
    def files(self) -> TenantFiles:
        """The received files that this one names; Refusals with a problem for each that cannot be used.

        They are received when they are first asked for, at admission. Afterwards their content travels by hash.
        """
        pictures, fonts, known = tuple(self._named_pictures()), tuple(self._named_fonts()), self._files
        if (
            known is None
            or any(name not in known.pictures for _, name in pictures)
            or any(name not in known.fonts for _, name in fonts)
        ):
            self._files = known = receive_tenant_files(self.id, self.folder, pictures, fonts)
        return known

    def receive(self) -> None:
        """Receive the files now; Refusals with a problem for each that cannot be used."""
        _ = self.files

    def read_from(self, read: ReadFile) -> None:
        """From now on, read pictures and fonts by their hash with `read`: where the tenant's folder is out of reach."""
        self._files = replace(self.files, read=read)

    def use_files(self, files: TenantFiles) -> None:
        """From now on, use files that were received by another process."""
        self._files = files

    def _named_pictures(self) -> Iterator[NamedFile]:
        """Yield the field and the file of every picture that the tenant's file names."""
        logo = self.brand.logo
        for form in LOGO_FORMS if logo else ():
            for ink in ("dark", "light"):
                if name := self.logo_file(ink, form):
                    yield f"brand.logo.{ink}" if form == "horizontal" else f"brand.logo.{form}.{ink}", name
        for index, name in enumerate(self.protected):
            yield f"protected[{index}]", name
        for index, use in enumerate(self.models.adapters):
            if use.picture:
                yield f"models.adapters[{index}].picture", use.picture

    def _named_fonts(self) -> Iterator[NamedFile]:
        """Yield the field and the file of every font that the tenant's file names."""
        for index, family in enumerate(self.brand.fonts.families):
            yield f"brand.fonts.families[{index}].regular", family.regular
            if family.bold:
                yield f"brand.fonts.families[{index}].bold", family.bold

    @property
    def families(self) -> Families:
        """The families that the brand's text is set in, by role; the fonts that it brings are known from here on."""
        fonts = self.brand.fonts
        if not fonts.families:
            return Families(fonts.display, fonts.body)
        files, brought = self.files, list[BroughtFamily]()
        for family in fonts.families:
            regular, bold = family.regular, family.bold or family.regular
            for name in (regular, bold):
                know_font(files.fonts[name].sha256, partial(files.content, name))
            brought.append(BroughtFamily(family.name, files.fonts[regular].sha256, files.fonts[bold].sha256))
        return Families(order_of(fonts.display, brought), order_of(fonts.body, brought))

    def logo_file(self, ink: str, form: str = "horizontal") -> str | None:
        """Return the name of the logo's file in dark or light ink; None for a brand without this form of the logo."""
        files = self.brand.logo.form(form) if self.brand.logo else None
        return str(getattr(files, ink)) if files else None

    @cached_property
    def brand_digest(self) -> str:
        """A hash of everything in the brand kit that a rendition shows: the logo's bytes, but not the font files."""
        names = [self.logo_file(ink, form) for form in LOGO_FORMS for ink in ("dark", "light")]
        logos = [self.files.pictures[name].sha256 for name in names if name]
        hidden: dict[str, Any] = dict.fromkeys(("tone", "banned_words", "layouts", "relight"), True)
        hidden["fonts"] = {"families"}
        shown = self.brand.model_dump(mode="json", exclude=hidden)
        return digest("brand", kit=shown, logos=logos)

    def protected_pictures(self) -> tuple[PictureFacts, ...]:
        """Return the facts of the protected pictures."""
        return tuple(self.files.pictures[name] for name in self.protected)

    @cached_property
    def protected_digest(self) -> str:
        """A hash of the protected pictures; empty if there are none."""
        files = [facts.sha256 for facts in self.protected_pictures()]
        return digest("protected", files=sorted(files)) if files else ""


def tenant_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of tenants' files."""
    schema = Tenant.model_json_schema(mode="validation")
    del schema["properties"]["folder"]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:campaign-foundry:tenant"}
    return {**head, **schema}


class NoTenant(BadInput):
    """There is no tenant of this name. The sentence tells nothing of other tenants, nor of the server's folders."""

    def __init__(self, tenant_id: str) -> None:
        super().__init__(
            "tenant",
            f"{shorten(tenant_id)} has no tenant.yaml here; add one (`foundry schema tenant`) or correct the name",
        )
        self.args = (tenant_id,)


_tenants: ContentCache[Tenant] = ContentCache(1_024)


def load_tenant(folder: Path, tenant_id: str) -> Tenant:
    """Return the tenant in `folder/<id>/tenant.yaml`; BadInput says what is missing or wrong."""
    if not is_slug(tenant_id):
        raise NoTenant(tenant_id)
    home, where = Home(folder, tenant_id), f"{tenant_id}/{TENANT_FILE}"
    try:
        data = read_once(home, TENANT_FILE, DOCUMENT)
    except ForeignFile as error:
        raise NoTenant(tenant_id) from error
    except Unusable as error:
        raise BadInput(where, f"{error.limit}; {error.remedy}") from error
    tenant = _tenants.get((where, data), lambda: _parse(data, where)).model_copy(update={"folder": folder / tenant_id})
    if tenant.id != tenant_id:
        raise BadInput(f"{where}: id", f"says {tenant.id!r} in the folder of {tenant_id!r}; make them equal.")
    return tenant


def _parse(data: bytes, where: str) -> Tenant:
    """Return the tenant of a file's content.

    Callers must hand out copies: a tenant keeps what it has received, and files may change while this one stays.
    """
    try:
        return parse_value(Tenant, only_document(load_yaml(data, "", SETTINGS), "file"), TENANT)
    except (Problem, Refusals) as error:
        raise BadInput(where, f"is not a tenant file: {joined(error)}") from error
