"""The finished files that a brief expands into. A million variants are walked, never held.

A variant's name is the hash of: shot, product id, locale, the copy that the layout shows, layout content, placement
content, brand kit, fonts, renderer version. A film's holds besides: every shot and clip that it shows, its timeline,
its subtitles, and its sound by hash. See docs/reference/names.md.

A film shows several scenes, in the brief's order. It is a variant of its first scene's shot, and of no other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

from foundry.brief.brief import FilmWishes
from foundry.brief.copywriting import Days
from foundry.content_cache import ContentCache
from foundry.names import digest
from foundry.plan.clips import clips_shown
from foundry.plan.copy_writer import CopyWriter, ShownCopy
from foundry.plan.plan_document import PlanContent, content_of, document_of
from foundry.plan.positions import FilePositions
from foundry.plan.shot import RenderOrder, ShotOrder
from foundry.plan.shot_plan import Cell, ShotPlan
from foundry.plan.timeline import Timeline
from foundry.plan.typesetting_inputs import typesetting_inputs
from foundry.plan.variant import Variant

KEPT_SHOTS = 256


@dataclass(frozen=True)
class ShownIn:
    """The cells that show a shot: stills, films that begin with its scene, and films that show it later."""

    stills: tuple[Cell, ...]
    films: tuple[Cell, ...]
    later_films: tuple[Cell, ...]

    @property
    def begun(self) -> int:
        """The number of cells whose files belong to the shot."""
        return len(self.stills) + len(self.films)


@dataclass(frozen=True, kw_only=True)
class Plan(ShotPlan):
    """An admitted brief with its shots and variants. `pipelines.planning.admission.admit` makes it."""

    @cached_property
    def content(self) -> PlanContent:
        """The plan's stored form by its hash, size and checksum; slices have that of the whole plan."""
        return content_of(self.document())

    def document(self) -> bytes:
        """Return the plan's stored form (`foundry.plan.plan_document`)."""
        return document_of(self, self.first_names)

    @property
    def first_names(self) -> tuple[str, ...]:
        """The names of the first shot and, if there is one, the first file: two programs that agree give the same."""
        return (self.shot_at(0).name, *((self.variant_at(0).name,) if self.variant_count else ()))

    @cached_property
    def variant_count(self) -> int:
        """The number of finished files."""
        return self.positions.total

    @cached_property
    def positions(self) -> FilePositions:
        """The positions of the files, in the order of `shots` and, for each shot, of `variants`."""
        rows = [
            self._shown[bucket, scene].begun * len(locales)
            for scene in range(len(self.scenes))
            for bucket, _, locales in self.sides
        ]
        products = tuple(len(subject.products) for subject in self.subjects)
        return FilePositions(products, tuple(rows), self.brief.alternatives)

    @cached_property
    def _shown(self) -> dict[tuple[str, int], ShownIn]:
        """The cells that show a shot, by its aspect bucket and scene."""
        return {
            (bucket, scene): self._cells_showing(bucket, scene)
            for bucket in self.cells
            for scene in range(len(self.scenes))
        }

    def _cells_showing(self, bucket: str, scene: int) -> ShownIn:
        cells = [(cell, self.scenes_of(cell)) for cell in self.cells[bucket]]
        return ShownIn(
            stills=tuple(cell for cell, _ in cells if cell.timeline is None),
            films=tuple(cell for cell, scenes in cells if scenes[:1] == (scene,)),
            later_films=tuple(cell for cell, scenes in cells if scene in scenes[1:]),
        )

    def shown_in(self, shot: ShotOrder) -> ShownIn:
        """Return the cells that show a shot."""
        return self._shown[shot.bucket, shot.scene]

    def variants(self, shot: ShotOrder) -> Iterator[Variant]:
        """Yield every variant of a shot: product × placement × locale; stills first, then films that begin with it."""
        return self._variants_between(shot, 0, self.variants_per_shot(shot))

    def some_variants(self, order: RenderOrder) -> Iterator[Variant]:
        """Yield the variants of a render order, in time that does not depend on how many stand before them."""
        return self._variants_between(order.shot, order.start, order.stop)

    def _variants_between(self, shot: ShotOrder, start: int, stop: int) -> Iterator[Variant]:
        for place in range(start, min(stop, self.variants_per_shot(shot))):
            yield self._variant_of(shot, place)

    def _variant_of(self, shot: ShotOrder, place: int) -> Variant:
        """Return the variant at a place among those of its shot."""
        products, locales, shown = self.subjects[shot.subject].products, self.locales_of(shot), self.shown_in(shot)
        at, locale = divmod(place, len(locales))
        stills = len(products) * len(shown.stills)
        cells = shown.stills if at < stills else shown.films
        product, cell = divmod(at if at < stills else at - stills, len(cells))
        return self._variant(shot, products[product], cells[cell], locales[locale])

    def variants_before(self, shot_position: int) -> int:
        """Return the position, among all variants of the plan, of the first variant of the shot at a position."""
        return self.positions.before(shot_position)

    def variant_at(self, position: int) -> Variant:
        """Return the variant at a position among all of the plan; IndexError if there is none."""
        shot_position, place = self.positions.locate(position)
        return self._variant_of(self.shot_at(shot_position), place)

    def render_order(self, shot: ShotOrder, start: int, stop: int) -> RenderOrder:
        """Return the order for the variants of a shot from `start` to before `stop`."""
        return RenderOrder(shot, start, stop, self.variants_before(self.position_of(shot)) + start)

    def showing(self, shot: ShotOrder) -> Iterator[Variant]:
        """Yield every variant that shows a shot: its own, and the films that begin with another one."""
        yield from self.variants(shot)
        yield from self.later_films(shot)

    def later_films(self, shot: ShotOrder) -> Iterator[Variant]:
        """Yield the films that show a shot and begin with another one."""
        for product in self.subjects[shot.subject].products:
            for cell in self.shown_in(shot).later_films:
                first = self._sibling(shot, self.scenes_of(cell)[0])
                for locale in self.locales_of(shot):
                    yield self._variant(first, product, cell, locale)

    def showing_index(self, shot: ShotOrder, variant: Variant) -> int:
        """Return the place of a variant among those that show a shot, in the order of `showing`.

        ValueError if the variant does not show the shot.
        """
        if shot not in variant.shows:
            raise ValueError(f"{variant.key} does not show {shot.key}; ask for one of the shots that it shows")
        products, shown = self.subjects[shot.subject].products, self.shown_in(shot)
        if variant.shot == shot:
            before = 0 if variant.timeline is None else len(products) * len(shown.stills)
            cells = shown.stills if variant.timeline is None else shown.films
        else:
            before, cells = len(products) * shown.begun, shown.later_films
        cell = next(at for at, one in enumerate(cells) if one.placement.name == variant.placement.name)
        locales = self.locales_of(shot)
        at = before + bisect_left(products, variant.product) * len(cells) + cell
        return at * len(locales) + locales.index(variant.locale)

    def _sibling(self, shot: ShotOrder, scene: int) -> ShotOrder:
        """Return the shot of another scene that is otherwise like this one."""
        key = (shot.subject, scene, shot.bucket, shot.mirrored, shot.alternative)
        return self._siblings.get(key, lambda: self.shot(*key))

    @cached_property
    def _siblings(self) -> ContentCache[ShotOrder]:
        """The shots that films show, by what decides them: all locales and placements show the same ones."""
        return ContentCache(KEPT_SHOTS)

    def _variant(self, shot: ShotOrder, product: int, cell: Cell, locale: str) -> Variant:
        cell = self.cell_in(cell, shot.composition)
        copy, copy_digest = self.copy(product, locale, cell.layout.fields)
        scenes = tuple(self._sibling(shot, scene) for scene in self.scenes_of(cell))
        clips = clips_shown(self, scenes)
        name = digest(
            "variant",
            shot=shot.name,
            product=self.products[product].id,
            locale=locale,
            copy=copy_digest,
            look=cell.look,
            **(self._film_inputs(cell.timeline, scenes, locale) if cell.timeline else {}),
            **self._further_looks(cell, scenes),
            **({"clips": [clip.name if clip else None for clip in clips]} if any(clips) else {}),
        )
        return Variant(
            name=name,
            shot=shot,
            product=product,
            locale=locale,
            copy=copy,
            layout=cell.layout,
            placement=cell.placement,
            scenes=scenes,
            timeline=cell.timeline,
            clips=clips,
        )

    def _film_inputs(self, timeline: Timeline, scenes: tuple[ShotOrder, ...], locale: str) -> dict[str, object]:
        wishes = self.brief.film or FilmWishes()
        lines = wishes.subtitles.get(locale, ())
        inputs: dict[str, object] = {"timeline": timeline.digest, "scenes": [scene.name for scene in scenes]}
        if lines:
            inputs["subtitles"] = [line.model_dump(mode="json") for line in lines]
            inputs["burn_in"] = wishes.burn_in
            if more := typesetting_inputs("\n".join(line.text for line in lines), locale):
                inputs["subtitle_typesetting"] = more
        if self.sounds:
            inputs["sound"] = [self.sound_of(wishes.music), self.sound_of(wishes.voice_over.get(locale))]
        return inputs

    def _further_looks(self, cell: Cell, scenes: tuple[ShotOrder, ...]) -> dict[str, list[str]]:
        """Return the looks of a film's scenes, if their compositions have different layouts."""
        looks = [self.cell_in(cell, scene.composition).look for scene in scenes]
        return {"looks": looks} if len({cell.look, *looks}) > 1 else {}

    def sound_of(self, path: str | None) -> str | None:
        """Return the SHA-256 of an audio file by its path in the brief; None for no path."""
        return dict(self.sounds)[path] if path else None

    def copy(self, product: int, locale: str, shown: frozenset[str]) -> ShownCopy:
        """Return the copy of one product and locale in the fields `shown`, and its digest."""
        return self._copies.write(product, locale, shown)

    @cached_property
    def _copies(self) -> CopyWriter:
        return CopyWriter(self.products, self.brief.messages, Days(self.brief.embargo, self.brief.expiry))

    def variants_per_shot(self, shot: ShotOrder) -> int:
        """Return the number of a shot's own variants: stills, and films that begin with it."""
        return self._files(shot, self.shown_in(shot).begun)

    def stills_per_shot(self, shot: ShotOrder) -> int:
        """Return the number of a shot's variants that are stills; they come first."""
        return self._files(shot, len(self.shown_in(shot).stills))

    def film_groups(self, shot: ShotOrder) -> Iterator[int]:
        """Yield the sizes of the groups of films that follow the stills: all locales of one product and placement."""
        films = len(self.subjects[shot.subject].products) * len(self.shown_in(shot).films)
        return repeat(len(self.locales_of(shot)), films)

    def files_showing(self, shot: ShotOrder) -> int:
        """Return the number of files that show this shot, as a still or anywhere in a film: they share its cost."""
        shown = self.shown_in(shot)
        return self._files(shot, shown.begun + len(shown.later_films))

    def _files(self, shot: ShotOrder, cells: int) -> int:
        return len(self.subjects[shot.subject].products) * cells * len(self.locales_of(shot))
