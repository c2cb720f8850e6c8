"""Tenants: brand kit, allowed models, budget and quotas of each client."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from foundry.documents.sentences import Wording, read_model
from foundry.errors import BadInput
from foundry.inputs.file_identity import FileIdentity, file_identity
from foundry.names import Slug, digest, sha256_file
from foundry.strict_model import StrictModel

LOGO_FORMS = ("horizontal", "stacked", "mark")
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$", to_upper=True)]


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

    dark: str = Field(description="For light grounds.")
    light: str = Field(description="For dark grounds.")
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


class BrandFonts(StrictModel):
    """Font families of `templates/fonts`, by role."""

    display: str = "Inter"
    body: str = "Inter"


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


class Quota(StrictModel):
    """The most that one campaign of the tenant may order."""

    shots: int = Field(default=2_000, ge=1)
    variants: int = Field(default=2_000_000, ge=1)
    bytes: int = Field(default=2 * 10**12, ge=1)
    budget: Decimal = Field(default=Decimal(1000), gt=0, description="Money, in US dollars.")


class AdapterChoice(StrictModel):
    """An adapter card that every shot of the tenant is drawn with, and its weight."""

    card: str
    weight: Decimal = Field(default=Decimal(1), ge=-2, le=2, decimal_places=3)
    picture: str | None = Field(
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
    protected: tuple[str, ...] = Field(
        default=(), description="Pictures that no drawing may resemble, relative to the tenant's file."
    )
    folder: Path = Field(default=Path(), exclude=True, description="Where the file was read from.")

    def logo_path(self, ink: str, form: str = "horizontal") -> Path | None:
        """Return the logo's file in dark or light ink; None for a brand without this form of the logo."""
        files = self.brand.logo.form(form) if self.brand.logo else None
        return self.folder / getattr(files, ink) if files else None

    @cached_property
    def brand_digest(self) -> str:
        """A hash of everything in the brand kit that a rendition shows, the logo's bytes included."""
        files = [self.logo_path(ink, form) for form in LOGO_FORMS for ink in ("dark", "light")]
        logos = [sha256_file(path) for path in files if path]
        shown = self.brand.model_dump(mode="json", exclude={"tone", "banned_words", "layouts"})
        return digest("brand", kit=shown, logos=logos)

    def protected_paths(self) -> tuple[Path, ...]:
        """Return the files of the protected pictures."""
        return tuple(self.folder / name for name in self.protected)

    @cached_property
    def protected_digest(self) -> str:
        """A hash of the protected pictures; empty if there are none."""
        files = [sha256_file(path) for path in self.protected_paths()]
        return digest("protected", files=sorted(files)) if files else ""


def load_tenant(folder: Path, tenant_id: str) -> Tenant:
    """Return the tenant in `folder/<id>/tenant.yaml`; BadInput says what is missing or wrong.

    It names neither other tenants nor folders of the server, because a client reads it on a topic.
    """
    path = folder / tenant_id / "tenant.yaml"
    shown = f"{folder.name}/{tenant_id}/tenant.yaml"
    if not path.is_file():
        raise BadInput("tenant", f"{tenant_id!r} has no file {shown}; add it, or correct the name.")
    tenant = _read(file_identity(path), shown).model_copy()
    if tenant.id != tenant_id:
        raise BadInput(f"{shown}: id", f"says {tenant.id!r} in the folder of {tenant_id!r}; make them equal.")
    return tenant


@lru_cache(maxsize=1024)
def _read(file: FileIdentity, shown: str) -> Tenant:
    """Return the tenant of a file, which sentences call `shown`.

    Callers must hand out copies: a tenant caches digests of other files, which may change while this one stays.
    """
    path = file[0]
    return read_model(path, Tenant, Wording(whole="tenant file"), where=shown, folder=path.parent)
