"""What a brief expands into. Expansion is lazy: a million variants are walked, never held.

What goes into a name (see docs/reference/names.md):

- shot: tenant, the product's picture (or its words, if the model draws it), prompt, negative prompt, scene
  palette, aspect bucket, mirroring, number of the alternative, the three model cards' content, the composition.
- variant: shot, product id, locale, the copy that the layout shows, layout content, placement content, brand kit,
  fonts, renderer version.
- a film's variant: besides, every shot and clip that it shows, its timeline, its subtitles, and its sound by hash.

A film shows several scenes, in the brief's order. It is a variant of its first scene's shot, and of no other.

Positions in the brief, scene ids, the campaign and free metadata are in neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

from foundry.brief.brief import Brief, FilmWishes, Product, Scene
from foundry.brief.copywriting import Days, write
from foundry.card.selection import Cards
from foundry.channel.placement import Placement
from foundry.copy import Copy
from foundry.fonts import fonts_digest
from foundry.layout.layout import RENDERER_VERSION, Layout, layout_for, shown_fields
from foundry.locales import is_rtl
from foundry.names import digest, sorted_json
from foundry.plan.clips import clips_shown
from foundry.plan.composition import compositions
from foundry.plan.shot import RenderOrder, ShotOrder
from foundry.plan.timeline import Timeline, ordered_timeline
from foundry.plan.variant import Variant
from foundry.tenant import Tenant


@dataclass(frozen=True)
class Subject:
    """What a shot shows: one picture, or one description. Products that share it share their shots."""

    picture: str | None
    words: str
    products: tuple[int, ...]

    @property
    def identity(self) -> str:
        """What enters the shot's name."""
        return self.picture or self.words


@dataclass(frozen=True)
class Cell:
    """One placement's contribution to names, worked out once per plan."""

    placement: Placement
    layout: Layout
    shown: frozenset[str]
    look: str
    timeline: Timeline | None = None


@dataclass(frozen=True)
class Plan:
    """A brief with everything it refers to, admitted. Build it with `pipelines.planning.admission.admit`."""

    brief: Brief
    tenant: Tenant
    cards: Cards
    pictures: tuple[str | None, ...]
    placements: tuple[Placement, ...]
    sounds: tuple[tuple[str, str], ...] = ()
    """Audio files of films: as the brief names them, and their SHA-256."""

    @cached_property
    def products(self) -> tuple[Product, ...]:
        """Products by id, with pictures in step."""
        return tuple(sorted(self.brief.products, key=lambda product: product.id))

    @cached_property
    def scenes(self) -> tuple[Scene, ...]:
        """Scenes by prompt, so that neither order nor id decides anything."""
        return tuple(sorted(self.brief.settings(), key=lambda scene: scene.prompt))

    @cached_property
    def locales(self) -> tuple[str, ...]:
        """Locales by tag."""
        return tuple(sorted(self.brief.messages))

    @cached_property
    def digest(self) -> str:
        """Names this order: the brief's content whatever the order of its lists and keys."""
        content = self.brief.model_dump(mode="json")
        content["products"] = [
            {**product.model_dump(mode="json", exclude={"model", "view"}), "picture": picture}
            for product, picture in zip(self.products, self.pictures, strict=True)
        ]
        content["scenes"] = [scene.model_dump(mode="json") for scene in self.scenes]
        content["placements"] = [placement.name for placement in self.placements]
        content["metadata"] = str(sorted_json(self.brief.metadata))
        if self.brief.film is None:
            del content["film"]
        if self.sounds:
            content["sounds"] = [list(pair) for pair in self.sounds]
        if any(placement.motion for placement in self.placements):
            content["film_order"] = [scene.prompt for scene in self.brief.settings()]
        return digest("brief", **content)

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        """What is shown, each picture or description once."""
        shared: dict[tuple[str | None, str], list[int]] = {}
        for index, (product, picture) in enumerate(zip(self.products, self.pictures, strict=True)):
            words = ". ".join(t for t in (product.name, product.description, product.category) if t)
            shared.setdefault((picture, "" if picture else words), []).append(index)
        return tuple(Subject(*key, tuple(at)) for key, at in sorted(shared.items(), key=str))

    @cached_property
    def cells(self) -> dict[str, tuple[Cell, ...]]:
        """Aspect bucket → its placements."""
        cells: dict[str, list[Cell]] = {}
        for placement in self.placements:
            layout = layout_for(placement, self.tenant)
            shown, look = shown_fields(layout, placement), self._look(layout, placement)
            cells.setdefault(placement.bucket, []).append(
                Cell(placement, layout, shown, look, ordered_timeline(self.brief.film, placement))
            )
        return {bucket: tuple(cells[bucket]) for bucket in sorted(cells)}

    def _look(self, layout: Layout, placement: Placement) -> str:
        fonts = self.tenant.brand.fonts
        return digest(
            "look",
            layout=layout.digest,
            placement=placement.digest,
            brand=self.tenant.brand_digest,
            fonts=fonts_digest((fonts.display, fonts.body)),
            renderer=RENDERER_VERSION,
        )

    @cached_property
    def sides(self) -> tuple[tuple[str, bool, tuple[str, ...]], ...]:
        """(aspect bucket, mirrored, its locales): scripts from right to left have the product on the left."""
        found = []
        for bucket in self.cells:
            sided = compositions()[bucket].has_sides
            for mirrored in (False, True):
                locales = tuple(x for x in self.locales if (sided and is_rtl(x)) == mirrored)
                if locales:
                    found.append((bucket, mirrored, locales))
        return tuple(found)

    @cached_property
    def shot_count(self) -> int:
        """Pictures that the brief orders, drawn or reused."""
        return len(self.subjects) * len(self.scenes) * len(self.sides) * self.brief.alternatives

    @cached_property
    def variant_count(self) -> int:
        """Finished files that the brief orders."""
        per_product = 0
        for bucket, _, locales in self.sides:
            films = sum(cell.timeline is not None for cell in self.cells[bucket])
            stills = len(self.cells[bucket]) - films
            per_product += (stills * len(self.scenes) + films) * len(locales)
        return len(self.products) * self.brief.alternatives * per_product

    @cached_property
    def film_scenes(self) -> tuple[int, ...]:
        """The scenes in the brief's order, as positions in `scenes`: the order in which films show them."""
        at = {scene.prompt: position for position, scene in enumerate(self.scenes)}
        return tuple(at[scene.prompt] for scene in self.brief.settings())

    def shots(self) -> Iterator[ShotOrder]:
        """Every shot, in an order that depends on content alone."""
        for subject in range(len(self.subjects)):
            for scene in range(len(self.scenes)):
                for bucket, mirrored, _ in self.sides:
                    for alternative in range(self.brief.alternatives):
                        yield self.shot(subject, scene, bucket, mirrored, alternative)

    def shot(self, subject: int, scene: int, bucket: str, mirrored: bool, alternative: int) -> ShotOrder:
        """One shot, with its name."""
        shown, setting, card = self.subjects[subject], self.scenes[scene], self.cards.generate
        width, height = card.sizes[bucket]
        prompt = setting.prompt if shown.picture else f"{setting.prompt}. {shown.words}"
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
            cards=[card.digest, self.cards.upscale.digest, self.cards.screen.digest],
            composition=compositions()[bucket].digest,
            **self._policy,
        )
        return ShotOrder(
            name, self.digest, self.tenant.id, subject, scene, bucket, mirrored, alternative,
            prompt, self.brief.avoid(setting), self.tenant.brand.palette.scene, shown.picture,
            width, height, card.steps, card.digest, self.cards.uses,
        )  # fmt: skip

    @cached_property
    def _policy(self) -> dict[str, object]:
        """What enters a shot's name only where it is used: adapters, and pictures that must not be resembled."""
        used: dict[str, object] = {}
        if self.cards.adapters:
            used["adapters"] = [[use.card, use.weight, use.picture] for use in self.cards.uses]
        if self.tenant.protected_digest:
            used["protected"] = self.tenant.protected_digest
        return used

    def variants(self, shot: ShotOrder) -> Iterator[Variant]:
        """Every variant of a shot: product × placement × locale; stills first, then the films that begin with it."""
        locales = self._locales(shot)
        for films in (False, True):
            for product in self.subjects[shot.subject].products:
                for cell in self.cells[shot.bucket]:
                    if (cell.timeline is not None) == films and not (films and self._elsewhere(shot, cell)):
                        for locale in locales:
                            yield self._variant(shot, product, cell, locale)

    def showing(self, shot: ShotOrder) -> Iterator[Variant]:
        """Every variant that shows a shot: its own, and the films that begin with another one."""
        yield from self.variants(shot)
        for product in self.subjects[shot.subject].products:
            for cell in self.cells[shot.bucket]:
                scenes = self.scenes_of(cell)
                if shot.scene in scenes[1:]:
                    first = self.shot(shot.subject, scenes[0], shot.bucket, shot.mirrored, shot.alternative)
                    for locale in self._locales(shot):
                        yield self._variant(first, product, cell, locale)

    def _locales(self, shot: ShotOrder) -> tuple[str, ...]:
        return next(x for b, m, x in self.sides if (b, m) == (shot.bucket, shot.mirrored))

    def scenes_of(self, cell: Cell) -> tuple[int, ...]:
        """The scenes that a film of this cell shows, in order of appearance; none for a still."""
        if cell.timeline is None:
            return ()
        return tuple(self.film_scenes[at] for at in cell.timeline.pictures(len(self.film_scenes)))

    def _elsewhere(self, shot: ShotOrder, cell: Cell) -> bool:
        return self.scenes_of(cell)[0] != shot.scene

    def _variant(self, shot: ShotOrder, product: int, cell: Cell, locale: str) -> Variant:
        copy, copy_digest = self.copy(product, locale, cell.shown)
        scenes = tuple(
            self.shot(shot.subject, scene, shot.bucket, shot.mirrored, shot.alternative)
            for scene in self.scenes_of(cell)
        )
        clips = clips_shown(self, scenes)
        name = digest(
            "variant",
            shot=shot.name,
            product=self.products[product].id,
            locale=locale,
            copy=copy_digest,
            look=cell.look,
            **(self._film_inputs(cell.timeline, scenes, locale) if cell.timeline else {}),
            **({"clips": [clip.name if clip else None for clip in clips]} if any(clips) else {}),
        )
        return Variant(name, shot, product, locale, copy, cell.layout, cell.placement, scenes, cell.timeline, clips)

    def _film_inputs(self, timeline: Timeline, scenes: tuple[ShotOrder, ...], locale: str) -> dict[str, object]:
        wishes = self.brief.film or FilmWishes()
        lines = wishes.subtitles.get(locale, ())
        inputs: dict[str, object] = {"timeline": timeline.digest, "scenes": [scene.name for scene in scenes]}
        if lines:
            inputs["subtitles"] = [line.model_dump(mode="json") for line in lines]
            inputs["burn_in"] = wishes.burn_in
        if self.sounds:
            inputs["sound"] = [self.sound_of(wishes.music), self.sound_of(wishes.voice_over.get(locale))]
        return inputs

    def sound_of(self, path: str | None) -> str | None:
        """SHA-256 of an audio file that the brief names; None if it names none."""
        return dict(self.sounds)[path] if path else None

    @cached_property
    def _days(self) -> Days:
        return Days(self.brief.embargo, self.brief.expiry)

    def copy(self, product: int, locale: str, shown: frozenset[str]) -> tuple[Copy, str]:
        """The shown copy and its digest, kept for the last few thousand askings."""
        found: tuple[Copy, str] = self._copies(product, locale, shown)
        return found

    @cached_property
    def _copies(self):  # type: ignore[no-untyped-def]
        @lru_cache(maxsize=8_192)
        def made(product: int, locale: str, shown: frozenset[str]) -> tuple[Copy, str]:
            words = write(self.brief.messages[locale], self.products[product], locale, self._days).only(shown)
            return words, digest("copy", **words.texts())

        return made

    def some_variants(self, order: RenderOrder) -> Iterator[Variant]:
        """The variants that a render order means."""
        return islice(self.variants(order.shot), order.start, order.stop)

    def variants_per_shot(self, shot: ShotOrder) -> int:
        """How many files are made with this shot first: its stills, and the films that begin with it."""
        return self.stills_per_shot(shot) + sum(self.film_groups(shot))

    def stills_per_shot(self, shot: ShotOrder) -> int:
        """How many of them are stills; they come first."""
        stills = sum(cell.timeline is None for cell in self.cells[shot.bucket])
        return len(self.subjects[shot.subject].products) * stills * len(self._locales(shot))

    def film_groups(self, shot: ShotOrder) -> tuple[int, ...]:
        """The films that begin with this shot, as they follow the stills: locales of one product and placement."""
        begun = sum(cell.timeline is not None and not self._elsewhere(shot, cell) for cell in self.cells[shot.bucket])
        return (len(self._locales(shot)),) * (len(self.subjects[shot.subject].products) * begun)

    def files_showing(self, shot: ShotOrder) -> int:
        """How many files show this shot, as a still or somewhere in a film: they share its cost."""
        films = sum(shot.scene in self.scenes_of(cell) for cell in self.cells[shot.bucket])
        stills = sum(cell.timeline is None for cell in self.cells[shot.bucket])
        return len(self.subjects[shot.subject].products) * (stills + films) * len(self._locales(shot))

    def __getstate__(self) -> dict[str, object]:
        """Worker processes get the inputs; they work out the rest themselves."""
        names = ("brief", "tenant", "cards", "pictures", "placements", "sounds")
        return {name: self.__dict__[name] for name in names}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
