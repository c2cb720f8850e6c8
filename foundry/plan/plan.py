"""The finished files that a brief expands into. A million variants are walked, never held.

A variant's name is the hash of: shot, product id, locale, the copy that the layout shows, layout content, placement
content, brand kit, fonts, renderer version. A film's holds besides: every shot and clip that it shows, its timeline,
its subtitles, and its sound by hash. See docs/reference/names.md.

A film shows several scenes, in the brief's order. It is a variant of its first scene's shot, and of no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from foundry.brief.brief import FilmWishes
from foundry.brief.copywriting import Days, write_copy
from foundry.copy import Copy
from foundry.names import digest
from foundry.plan.clips import clips_shown
from foundry.plan.shot import RenderOrder, ShotOrder
from foundry.plan.shot_plan import Cell, ShotPlan
from foundry.plan.timeline import Timeline
from foundry.plan.variant import Variant

ShownCopy = tuple[Copy, str]
"""Copy, and its digest."""


@dataclass(frozen=True, kw_only=True)
class Plan(ShotPlan):
    """An admitted brief with its shots and variants. `pipelines.planning.admission.admit` makes it."""

    @cached_property
    def variant_count(self) -> int:
        """The number of finished files."""
        per_product = 0
        for bucket, _, locales in self.sides:
            films = sum(cell.timeline is not None for cell in self.cells[bucket])
            stills = len(self.cells[bucket]) - films
            per_product += (stills * len(self.scenes) + films) * len(locales)
        return len(self.products) * self.brief.alternatives * per_product

    def variants(self, shot: ShotOrder) -> Iterator[Variant]:
        """Yield every variant of a shot: product × placement × locale; stills first, then films that begin with it."""
        return self._variants_between(shot, 0, self.stills_per_shot(shot) + sum(self.film_groups(shot)))

    def some_variants(self, order: RenderOrder) -> Iterator[Variant]:
        """Yield the variants of a render order, without making the ones before them."""
        return self._variants_between(order.shot, order.start, order.stop)

    def _variants_between(self, shot: ShotOrder, start: int, stop: int) -> Iterator[Variant]:
        locales, series = self.locales_of(shot), self._series(shot)
        for position in range(start, min(stop, len(series) * len(locales))):
            at, locale = divmod(position, len(locales))
            product, cell = series[at]
            yield self._variant(shot, product, cell, locales[locale])

    def _series(self, shot: ShotOrder) -> tuple[tuple[int, Cell], ...]:
        """Pairs (product, cell) in the order of a shot's variants; each has a variant in every locale of the shot."""
        products, cells = self.subjects[shot.subject].products, self.cells[shot.bucket]
        stills = [cell for cell in cells if cell.timeline is None]
        films = [cell for cell in cells if cell.timeline is not None and self.scenes_of(cell)[0] == shot.scene]
        return tuple((product, cell) for kind in (stills, films) for product in products for cell in kind)

    def showing(self, shot: ShotOrder) -> Iterator[Variant]:
        """Yield every variant that shows a shot: its own, and the films that begin with another one."""
        yield from self.variants(shot)
        for product in self.subjects[shot.subject].products:
            for cell in self.cells[shot.bucket]:
                scenes = self.scenes_of(cell)
                if shot.scene in scenes[1:]:
                    first = self.shot(shot.subject, scenes[0], shot.bucket, shot.mirrored, shot.alternative)
                    for locale in self.locales_of(shot):
                        yield self._variant(first, product, cell, locale)

    def _variant(self, shot: ShotOrder, product: int, cell: Cell, locale: str) -> Variant:
        copy, copy_digest = self.copy(product, locale, cell.layout.fields)
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
        if self.sounds:
            inputs["sound"] = [self.sound_of(wishes.music), self.sound_of(wishes.voice_over.get(locale))]
        return inputs

    def sound_of(self, path: str | None) -> str | None:
        """Return the SHA-256 of an audio file by its path in the brief; None for no path."""
        return dict(self.sounds)[path] if path else None

    def copy(self, product: int, locale: str, shown: frozenset[str]) -> ShownCopy:
        """Return the copy of one product and locale in the fields `shown`, and its digest."""
        return self._copies(product, locale, shown)

    @cached_property
    def _copies(self) -> Callable[[int, str, frozenset[str]], ShownCopy]:
        """Writes copy and keeps the last few thousand texts: variants of one locale repeat them."""
        days = Days(self.brief.embargo, self.brief.expiry)

        @lru_cache(maxsize=8_192)
        def write(product: int, locale: str, shown: frozenset[str]) -> ShownCopy:
            words = write_copy(self.brief.messages[locale], self.products[product], locale, days).only(shown)
            return words, digest("copy", **words.texts())

        return write

    def stills_per_shot(self, shot: ShotOrder) -> int:
        """Return the number of a shot's variants that are stills; they come first."""
        stills = sum(cell.timeline is None for _, cell in self._series(shot))
        return stills * len(self.locales_of(shot))

    def film_groups(self, shot: ShotOrder) -> tuple[int, ...]:
        """Return the sizes of the groups of films that follow the stills: all locales of one product and placement."""
        films = sum(cell.timeline is not None for _, cell in self._series(shot))
        return (len(self.locales_of(shot)),) * films

    def files_showing(self, shot: ShotOrder) -> int:
        """Return the number of files that show this shot, as a still or anywhere in a film: they share its cost."""
        films = sum(shot.scene in self.scenes_of(cell) for cell in self.cells[shot.bucket])
        stills = sum(cell.timeline is None for cell in self.cells[shot.bucket])
        return len(self.subjects[shot.subject].products) * (stills + films) * len(self.locales_of(shot))
