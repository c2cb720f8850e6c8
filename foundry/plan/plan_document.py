"""The stored form of a plan: one JSON document with everything that its shots and files are named and made from.

Files are in it by their hash, layouts by their text, model cards by their content. Where a file, a card or a folder was
on the machine that admitted the brief is not in it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Base64Bytes

from foundry.brief.brief import Brief
from foundry.card.card import ModelCard, Sha256
from foundry.card.selection import Cards, ResolvedAdapter, SceneCards
from foundry.channel.placement import Placement
from foundry.inputs.door import Home, ReceivedFile
from foundry.inputs.font import FONT, FontFacts
from foundry.inputs.picture import PICTURE, PictureFacts
from foundry.plan.shot_plan import ShotPlan
from foundry.sets.placed import PlacedSet
from foundry.store.object_store import crc32c
from foundry.strict_model import StrictModel
from foundry.tenant import Tenant
from foundry.tenant_files import ReadFile, TenantFiles

FORM: Literal["campaign-foundry/plan/1"] = "campaign-foundry/plan/1"
OUT_OF_REACH = Home(Path(os.devnull))
"""The home of files whose folder is on another machine; nothing can be opened below it."""


class StoredPicture(StrictModel):
    """A picture that a tenant's file names: its name there, its hash and its facts."""

    name: str
    sha256: Sha256
    size_bytes: int
    width_px: int
    height_px: int
    has_alpha: bool

    @classmethod
    def of(cls, facts: PictureFacts) -> StoredPicture:
        """Return the stored form of a picture's facts."""
        return cls(
            name=facts.file.name,
            sha256=facts.sha256,
            size_bytes=facts.file.size_bytes,
            width_px=facts.width_px,
            height_px=facts.height_px,
            has_alpha=facts.has_alpha,
        )

    def facts(self) -> PictureFacts:
        """Return the facts; the picture is read by its hash, never from a folder."""
        file = ReceivedFile(
            name=self.name, home=OUT_OF_REACH, sha256=self.sha256, size_bytes=self.size_bytes, kind=PICTURE
        )
        return PictureFacts(file, self.width_px, self.height_px, self.has_alpha)


class StoredFont(StrictModel):
    """A font that a tenant brings: its name in the tenant's file, its hash and its facts."""

    name: str
    sha256: Sha256
    size_bytes: int
    characters: int

    @classmethod
    def of(cls, facts: FontFacts) -> StoredFont:
        """Return the stored form of a font's facts."""
        file = facts.file
        return cls(name=file.name, sha256=facts.sha256, size_bytes=file.size_bytes, characters=facts.characters)

    def facts(self) -> FontFacts:
        """Return the facts; the font is read by its hash, never from a folder."""
        file = ReceivedFile(
            name=self.name, home=OUT_OF_REACH, sha256=self.sha256, size_bytes=self.size_bytes, kind=FONT
        )
        return FontFacts(file, self.characters)


class StoredLayout(StrictModel):
    """A layout of the tenant's own: its id and the bytes of its file."""

    id: str
    text: Base64Bytes


class StoredAdapter(StrictModel):
    """An adapter that the tenant chose."""

    card: ModelCard
    weight: int
    picture: StoredPicture | None


class StoredSceneCards(StrictModel):
    """The cards of scenes that name their own."""

    name: str
    generate: ModelCard
    upscale: ModelCard


class StoredModel(StrictModel):
    """A product model that stands in sets: the key of its view, and the hash of its file."""

    view: str
    sha256: Sha256


class StoredCards(StrictModel):
    """The cards of a plan, by their content."""

    generate: ModelCard
    upscale: ModelCard
    screen: ModelCard
    clip: ModelCard | None
    adapters: tuple[StoredAdapter, ...]
    scenes: tuple[StoredSceneCards, ...] = ()

    @classmethod
    def of(cls, cards: Cards) -> StoredCards:
        """Return the stored form of a plan's cards."""
        adapters = tuple(
            StoredAdapter(
                card=one.card, weight=one.weight, picture=StoredPicture.of(one.picture) if one.picture else None
            )
            for one in cards.adapters
        )
        return cls(
            generate=cards.generate,
            upscale=cards.upscale,
            screen=cards.screen,
            clip=cards.clip,
            adapters=adapters,
            scenes=tuple(
                StoredSceneCards(name=one.name, generate=one.generate, upscale=one.upscale) for one in cards.scenes
            ),
        )

    def cards(self) -> Cards:
        """Return the cards, as the plan has them."""
        adapters = tuple(
            ResolvedAdapter(one.card, one.weight, one.picture.facts() if one.picture else None) for one in self.adapters
        )
        scenes = tuple(SceneCards(one.name, one.generate, one.upscale) for one in self.scenes)
        return Cards(self.generate, self.upscale, self.screen, adapters, self.clip, scenes)


class StoredSound(StrictModel):
    """An audio file of films: its path in the brief, and its hash."""

    path: str
    sha256: Sha256


class PlanDocument(StrictModel):
    """A stored plan. `names` are those of its first shot and file, by which a reader tells that it understands it."""

    form: Literal["campaign-foundry/plan/1"] = FORM
    digest: str
    names: tuple[str, ...]
    brief: Brief
    tenant: Tenant
    tenant_pictures: tuple[StoredPicture, ...]
    tenant_fonts: tuple[StoredFont, ...] = ()
    tenant_layouts: tuple[StoredLayout, ...]
    cards: StoredCards
    pictures: tuple[str | None, ...]
    placements: tuple[Placement, ...]
    sounds: tuple[StoredSound, ...]
    sets: tuple[PlacedSet, ...] = ()
    models: tuple[StoredModel, ...] = ()

    def owner(self, read: ReadFile) -> Tenant:
        """Return the tenant, whose pictures and fonts are read by their hash with `read`."""
        pictures = {one.name: one.facts() for one in self.tenant_pictures}
        layouts = tuple((one.id, one.text) for one in self.tenant_layouts)
        owner = self.tenant.model_copy()
        fonts = {one.name: one.facts() for one in self.tenant_fonts}
        owner.use_files(TenantFiles(pictures, layouts, read, fonts))
        return owner


@dataclass(frozen=True)
class PlanContent:
    """A plan's document by the SHA-256 that names it, its size, and its CRC-32C as stores write it."""

    sha256: str
    size_bytes: int
    crc32c: str


def content_of(data: bytes) -> PlanContent:
    """Return the hash, size and checksum of a document."""
    return PlanContent(hashlib.sha256(data).hexdigest(), len(data), crc32c(data))


def document_of(plan: ShotPlan, names: tuple[str, ...]) -> bytes:
    """Return a plan's document as JSON in UTF-8. Maps keep their order, so that they are read back as they were."""
    files = plan.tenant.files
    document = PlanDocument(
        digest=plan.digest,
        names=names,
        brief=plan.brief,
        tenant=plan.tenant,
        tenant_pictures=tuple(StoredPicture.of(files.pictures[name]) for name in sorted(files.pictures)),
        tenant_fonts=tuple(StoredFont.of(files.fonts[name]) for name in sorted(files.fonts)),
        tenant_layouts=tuple(StoredLayout(id=key, text=base64.b64encode(text)) for key, text in files.layouts),
        cards=StoredCards.of(plan.cards),
        pictures=plan.pictures,
        placements=plan.placements,
        sounds=tuple(StoredSound(path=path, sha256=key) for path, key in plan.sounds),
        sets=plan.sets,
        models=tuple(StoredModel(view=view, sha256=key) for view, key in plan.models),
    )
    content = document.model_dump(mode="json", exclude_defaults=True, exclude={"brief": {"metadata"}})
    content["form"] = FORM
    content["brief"]["metadata"] = plan.brief.metadata
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str).encode()
