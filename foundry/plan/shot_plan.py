"""The shots that a brief expands into, and the names of those shots.

A shot's name is the hash of: tenant, the product's picture (or its words, if the model draws it), prompt, negative
prompt, scene palette, aspect bucket, mirroring, number of the alternative, content of the three model cards,
composition; where they are used, also the set, adapters and protected pictures. Positions in the brief, scene ids, the
campaign and free metadata do not enter it; see docs/reference/names.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from foundry.brief.brief import Brief, Product, Scene
from foundry.card.selection import Cards
from foundry.channel.placement import Placement
from foundry.fonts import fonts_digest
from foundry.layout.files import layout_for
from foundry.layout.layout import LAYOUT_RENDERER_VERSION, Layout
from foundry.locales import is_rtl
from foundry.names import digest, digest_of_many, sorted_json
from foundry.plan.composition import (
    VARY,
    composition_buckets,
    composition_chosen,
    composition_named,
    compositions_met,
    has_sides,
)
from foundry.plan.shot import ShotOrder
from foundry.plan.timeline import Timeline, ordered_timeline
from foundry.sets.placed import PlacedSet
from foundry.tenant import Tenant


@dataclass(frozen=True)
class Subject:
    """One product picture, or one description. Products that share it share their shots."""

    picture: str | None
    words: str
    products: tuple[int, ...]

    @property
    def identity(self) -> str:
        """The part of a shot's name that this subject decides."""
        return self.picture or self.words


@dataclass(frozen=True)
class Cell:
    """One placement with its layout and timeline. `look` is its share of a variant's name."""

    placement: Placement
    layout: Layout
    look: str
    timeline: Timeline | None = None


@dataclass(frozen=True, kw_only=True)
class ShotPlan:
    """A brief with everything it refers to, and the shots that it orders. Expansion is lazy."""

    brief: Brief
    tenant: Tenant
    cards: Cards
    pictures: tuple[str | None, ...]
    """The key of each product's picture or rendered view, in step with `products`; None where the model draws it."""
    placements: tuple[Placement, ...]
    sounds: tuple[tuple[str, str], ...] = ()
    """Audio files of films: the path in the brief, and the SHA-256."""
    sets: tuple[PlacedSet, ...] = ()
    """The sets of scenes that a set card draws."""
    models: tuple[tuple[str, str], ...] = ()
    """Product models that stand in sets: the key of the view among `pictures`, and the SHA-256 of the model's file."""

    @cached_property
    def products(self) -> tuple[Product, ...]:
        """Products, sorted by id."""
        return tuple(sorted(self.brief.products, key=lambda product: product.id))

    @cached_property
    def scenes(self) -> tuple[Scene, ...]:
        """Scenes, sorted by prompt: neither their order nor their ids decide anything."""
        return tuple(sorted(self.brief.settings(), key=lambda scene: scene.prompt))

    def cards_for(self, scene: int) -> Cards:
        """Return the cards of a scene, by its position in `scenes`: its own drawing card, or the tenant's."""
        return self._cards_by_scene[scene]

    @cached_property
    def _cards_by_scene(self) -> tuple[Cards, ...]:
        by_name = {name: self.cards.of(name) for name in {scene.model for scene in self.scenes}}
        return tuple(by_name[scene.model] for scene in self.scenes)

    @cached_property
    def all_cards(self) -> tuple[Cards, ...]:
        """The different cards of the scenes, in the order of the scenes."""
        by_digest = {cards.generate.digest: cards for cards in self._cards_by_scene}
        return tuple(by_digest.values())

    def set_for(self, scene: int) -> PlacedSet | None:
        """Return the set of a scene, by its position in `scenes`; None where no set card draws it."""
        return self._sets_by_scene.get(self.scenes[scene].id)

    @cached_property
    def _sets_by_scene(self) -> dict[str, PlacedSet]:
        return {placed.scene: placed for placed in self.sets}

    @cached_property
    def locales(self) -> tuple[str, ...]:
        """Locales, sorted by tag."""
        return tuple(sorted(self.brief.messages))

    @cached_property
    def digest(self) -> str:
        """The name of this order: a hash of the brief's content that ignores the order of its lists and keys."""
        content = self.brief.model_dump(
            mode="json", exclude={"products", "scenes", "placements", "metadata", "copy_markup"}
        )
        products = (
            {**product.model_dump(mode="json", exclude={"model", "view"}), "picture": picture}
            for product, picture in zip(self.products, self.pictures, strict=True)
        )
        content["scenes"] = [scene.model_dump(mode="json") for scene in self.scenes]
        content["placements"] = [placement.name for placement in self.placements]
        content["metadata"] = str(sorted_json(self.brief.metadata))
        if self.brief.film is None:
            del content["film"]
        if self.brief.products_without_pictures == "draw":
            del content["products_without_pictures"]
        if self.sounds:
            content["sounds"] = [list(pair) for pair in self.sounds]
        if any(placement.motion for placement in self.placements):
            content["film_order"] = [scene.prompt for scene in self.brief.settings()]
        return digest_of_many("brief", "products", products, **content)

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        """The different pictures and descriptions of the products."""
        shared: dict[tuple[str | None, str], list[int]] = {}
        for index, (product, picture) in enumerate(zip(self.products, self.pictures, strict=True)):
            words = ". ".join(t for t in (product.name, product.description, product.category) if t)
            shared.setdefault((picture, "" if picture else words), []).append(index)
        return tuple(Subject(*key, tuple(at)) for key, at in sorted(shared.items(), key=str))

    @cached_property
    def pictured(self) -> tuple[int, ...]:
        """The positions of the products that have a picture or a rendered view."""
        return tuple(at for at, picture in enumerate(self.pictures) if picture is not None)

    @cached_property
    def cells(self) -> dict[str, tuple[Cell, ...]]:
        """The cells of each aspect bucket."""
        cells: dict[str, list[Cell]] = {}
        for placement in self.placements:
            usual = composition_buckets()[placement.bucket].usual
            cells.setdefault(placement.bucket, []).append(self._cell(placement, usual))
        return {bucket: tuple(cells[bucket]) for bucket in sorted(cells)}

    def cell_in(self, cell: Cell, composition: str) -> Cell:
        """Return a cell with its layout as it is for pictures of a composition; the usual one without a name."""
        key = (cell.placement.name, composition)
        if key not in self._cells_in:
            usual = composition in ("", composition_buckets()[cell.placement.bucket].usual)
            self._cells_in[key] = cell if usual else self._cell(cell.placement, composition)
        return self._cells_in[key]

    @cached_property
    def _cells_in(self) -> dict[tuple[str, str], Cell]:
        return {}

    def _cell(self, placement: Placement, composition: str) -> Cell:
        layout = layout_for(placement, self.tenant, composition)
        look = self._look(layout, placement)
        return Cell(placement, layout, look, ordered_timeline(self.brief.film, placement))

    @cached_property
    def every_cell(self) -> tuple[Cell, ...]:
        """The cells of all buckets, each once for every layout that its pictures' compositions come to."""
        found: dict[tuple[str, str], Cell] = {}
        wishes = sorted({scene.composition for scene in self.scenes}, key=str)
        for bucket, cells in self.cells.items():
            names = dict.fromkeys(name for wanted in wishes for name in compositions_met(bucket, wanted))
            for made in (self.cell_in(cell, name) for cell in cells for name in names):
                found.setdefault((made.placement.name, made.look), made)
        return tuple(found.values())

    def _look(self, layout: Layout, placement: Placement) -> str:
        return digest(
            "look",
            layout=layout.digest,
            placement=placement.digest,
            brand=self.tenant.brand_digest,
            fonts=fonts_digest(tuple(self.tenant.families)),
            renderer=LAYOUT_RENDERER_VERSION,
        )

    @cached_property
    def sides(self) -> tuple[tuple[str, bool, tuple[str, ...]], ...]:
        """Triples (aspect bucket, mirrored, locales). Pictures for copy from right to left are mirrored.

        A bucket in which no scene's product stands to one side has no mirrored pictures.
        """
        found = []
        for bucket in self.cells:
            sided = any(has_sides(bucket, scene.composition) for scene in self.scenes)
            for mirrored in (False, True):
                locales = tuple(x for x in self.locales if (sided and is_rtl(x)) == mirrored)
                if locales:
                    found.append((bucket, mirrored, locales))
        return tuple(found)

    @cached_property
    def shot_count(self) -> int:
        """The number of shots, drawn or reused."""
        return len(self.subjects) * len(self.scenes) * len(self.sides) * self.brief.alternatives

    @cached_property
    def film_scenes(self) -> tuple[int, ...]:
        """Positions in `scenes`, in the brief's order, which is the order in which films show them."""
        at = {scene.prompt: position for position, scene in enumerate(self.scenes)}
        return tuple(at[scene.prompt] for scene in self.brief.settings())

    def scenes_of(self, cell: Cell) -> tuple[int, ...]:
        """Return the scenes that a film of this cell shows, in order of appearance; none for a still."""
        if cell.timeline is None:
            return ()
        return tuple(self.film_scenes[at] for at in cell.timeline.pictures(len(self.film_scenes)))

    def locales_of(self, shot: ShotOrder) -> tuple[str, ...]:
        """Return the locales that a shot is drawn for."""
        return self.locales_on(shot.bucket, shot.mirrored)

    def locales_on(self, bucket: str, mirrored: bool) -> tuple[str, ...]:
        """Return the locales of one side of an aspect bucket."""
        return self.sides[self._side_of[bucket, mirrored]][2]

    def shots(self) -> Iterator[ShotOrder]:
        """Yield every shot, in an order that depends on content alone."""
        return self.shots_between(0, self.shot_count)

    def shots_between(self, first: int, stop: int) -> Iterator[ShotOrder]:
        """Yield the shots at positions `first` to before `stop`."""
        for position in range(first, min(stop, self.shot_count)):
            yield self.shot_at(position)

    def shot_at(self, position: int) -> ShotOrder:
        """Return the shot at a position of `shots()`, without making the ones before it."""
        rest, alternative = divmod(position, self.brief.alternatives)
        rest, side = divmod(rest, len(self.sides))
        subject, scene = divmod(rest, len(self.scenes))
        bucket, mirrored, _ = self.sides[side]
        return self.shot(subject, scene, bucket, mirrored, alternative)

    def position_of(self, shot: ShotOrder) -> int:
        """Return the position of a shot in `shots()`."""
        row = (shot.subject * len(self.scenes) + shot.scene) * len(self.sides) + self._side_of[
            shot.bucket, shot.mirrored
        ]
        return row * self.brief.alternatives + shot.alternative

    @cached_property
    def _side_of(self) -> dict[tuple[str, bool], int]:
        return {(bucket, mirrored): at for at, (bucket, mirrored, _) in enumerate(self.sides)}

    def shot(self, subject: int, scene: int, bucket: str, mirrored: bool, alternative: int) -> ShotOrder:
        """Return one shot, with its name."""
        shown, setting, cards = self.subjects[subject], self.scenes[scene], self.cards_for(scene)
        card = cards.generate
        width, height = card.sizes[bucket]
        prompt = setting.prompt if shown.picture else f"{setting.prompt}. {shown.words}"
        composition = composition_chosen(bucket, setting.composition, self._variation(shown, setting) + alternative)
        name = digest(
            "shot",
            tenant=self.tenant.id,
            subject=shown.identity,
            prompt=prompt,
            negative_prompt=self.brief.avoid(setting),
            palette=self.tenant.brand.palette.scene,
            bucket=bucket,
            mirrored=mirrored,
            alternative=alternative,
            cards=[card.digest, cards.upscale.digest, cards.screen.digest],
            composition=composition_named(bucket, composition).digest,
            **self._used(scene),
        )
        return ShotOrder(
            name=name,
            plan=self.digest,
            tenant=self.tenant.id,
            subject=subject,
            scene=scene,
            bucket=bucket,
            mirrored=mirrored,
            alternative=alternative,
            prompt=prompt,
            negative_prompt=self.brief.avoid(setting),
            palette=self.tenant.brand.palette.scene,
            picture=shown.picture,
            width_px=width,
            height_px=height,
            steps=card.steps,
            model=card.digest,
            adapters=cards.uses,
            composition=composition,
        )

    def _variation(self, shown: Subject, setting: Scene) -> int:
        """Return the number from which the alternatives of a subject in a scene that varies count compositions."""
        if setting.composition != VARY:
            return 0
        return int(digest("variation", tenant=self.tenant.id, subject=shown.identity, prompt=setting.prompt)[:8], 16)

    def _used(self, scene: int) -> dict[str, object]:
        """Return inputs of a shot's name that enter it only where they are used: adapters, sets, protected pictures."""
        used: dict[str, object] = {}
        if uses := self.cards_for(scene).uses:
            used["adapters"] = [[use.card, use.weight, use.picture] for use in uses]
        if placed := self.set_for(scene):
            used["set"] = placed.digest
            if self.tenant.brand.relight:
                used["relight"] = True
        if self.tenant.protected_digest:
            used["protected"] = self.tenant.protected_digest
        return used

    def __getstate__(self) -> dict[str, object]:
        """Return the inputs, and the hash and counts where they are known; worker processes work out the rest."""
        inputs = ("brief", "tenant", "cards", "pictures", "placements", "sounds", "sets", "models")
        known = (name for name in ("digest", "shot_count", "variant_count") if name in self.__dict__)
        return {name: self.__dict__[name] for name in (*inputs, *known)}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
