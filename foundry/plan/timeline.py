"""Timelines: the frames of a film, from templates in `templates/film`.

A template counts in beats. Fitted to a slot's frame rate, length and a tempo it becomes a `Timeline` of whole frames,
which is all that rendering reads: so a film is exact, and its name can hold the timeline.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Literal

from pydantic import Field, model_validator

from foundry.brief.brief import FilmWishes
from foundry.channel.placement import Motion, Placement
from foundry.copy import CopyField
from foundry.documents import read_yaml
from foundry.documents.limits import SETTINGS
from foundry.easing import Ease
from foundry.errors import FoundryError
from foundry.names import digest
from foundry.strict_model import StrictModel
from templates import TEMPLATES

FILM_VERSION = "2"
"""Changes with anything besides its inputs that changes a film's pixels."""

Role = Literal["primary", "accent", "ink", "paper"]
Camera = Literal["hold", "push-in", "pull-out", "pan-left", "pan-right", "tilt-up", "tilt-down"]
ANIMATED = ("gif", "webp")


class NoTimeline(FoundryError):
    """No template serves a slot, or the template that was asked for does not exist."""

    code = "no_timeline"

    def __init__(self, what: str, known: tuple[str, ...]) -> None:
        super().__init__(what, known)
        self.what, self.known = what, known

    def __str__(self) -> str:
        return f"{self.what}; templates/film has: {', '.join(self.known)}. Name one of them or add one."


class Move(StrictModel):
    """The movement of the camera over a picture."""

    kind: Camera = "hold"
    amount: int = Field(default=80, ge=0, le=400, description="Thousandths of the picture it closes in or travels by.")
    ease: Ease = "ease-in-out"
    until: Literal["cue", "cut"] = Field(
        default="cut", description="When it comes to rest. At `cue`, type enters a standing picture, which is cheap."
    )


class Transition(StrictModel):
    """The entry of a scene over the one before it."""

    kind: Literal["cut", "dissolve", "wipe"] = "cut"
    milliseconds: int = Field(default=400, ge=0, le=2_000)
    ease: Ease = "ease-in-out"


class Cue(StrictModel):
    """Copy that enters and stays until the scene ends."""

    fields: tuple[CopyField, ...] = Field(min_length=1)
    beat: int = Field(default=1, ge=0, description="Beats after the scene's start.")
    motion: Literal["fade", "rise", "slide"] = "rise"
    milliseconds: int = Field(default=400, ge=0, le=2_000)
    stagger: int = Field(default=80, ge=0, le=1_000, description="Milliseconds from one slot to the next.")
    travel: int = Field(default=30, ge=0, le=300, description="Thousandths of the frame's short edge.")
    ease: Ease = "cubic-bezier(0.16, 1, 0.3, 1)"


class TemplateScene(StrictModel):
    """One picture of the brief, or a card in a brand colour, for some beats."""

    beats: int = Field(ge=1)
    picture: int = Field(default=0, ge=0, description="Which scene of the brief, in its order; wraps around.")
    card: Role | None = Field(default=None, description="A card in this colour, with the logo, in place of a picture.")
    move: Move = Move()
    enter: Transition = Transition()
    cues: tuple[Cue, ...] = ()


class Template(StrictModel):
    """A timeline as a designer writes it; it lasts exactly `seconds` where the slot permits."""

    id: str
    version: int
    families: tuple[str, ...] = Field(description="Families of placements that it serves.")
    seconds: Decimal = Field(gt=0, le=60)
    bpm: int = Field(ge=40, le=220, description="Beats per minute, where the brief's music has none.")
    loop: bool = Field(default=False, description="For animated pictures, which play again and again.")
    scenes: tuple[TemplateScene, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _cues_lie_inside(self) -> Template:
        for index, scene in enumerate(self.scenes):
            for cue in scene.cues:
                if cue.beat >= scene.beats:
                    raise ValueError(f"scenes[{index}]: a cue at beat {cue.beat} of {scene.beats} is never seen")
        return self


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """A cue in frames: `start` counts from the film's first frame, `frames` is the length of each slot's movement."""

    fields: tuple[str, ...]
    start: int
    frames: int
    stagger: int
    motion: str
    travel: int
    ease: str


@dataclass(frozen=True, kw_only=True)
class Take:
    """A scene in frames, from `start` to before `stop`; the camera moves for `moving` frames, then stands."""

    start: int
    stop: int
    picture: int
    card: str | None
    camera: str
    amount: int
    camera_ease: str
    moving: int
    enter: str
    entering: int
    enter_ease: str
    cues: tuple[Entrance, ...]

    @property
    def frames(self) -> int:
        """The length of the take, without the transition into the next one."""
        return self.stop - self.start


@dataclass(frozen=True)
class Timeline:
    """A film in whole frames. `rate` is frames per second as numerator and denominator."""

    template: str
    rate: tuple[int, int]
    frames: int
    loop: bool
    takes: tuple[Take, ...]

    @property
    def frame_rate(self) -> Fraction:
        """Frames per second."""
        return Fraction(*self.rate)

    @property
    def seconds(self) -> Fraction:
        """The length of the film."""
        return self.frames / self.frame_rate

    @cached_property
    def digest(self) -> str:
        """A hash of everything that is seen."""
        return digest("timeline", film=FILM_VERSION, **asdict(self))

    def pictures(self, available: int) -> tuple[int, ...]:
        """Return the positions, among `available` pictures, that it shows, each once, in order of appearance."""
        return tuple(dict.fromkeys(take.picture % available for take in self.takes if take.card is None))

    def type_spans(self) -> tuple[tuple[int, int], ...]:
        """Return the runs of frames, [start, stop), that show copy: without subtitles all that differs between locales.

        Copy leaves with its scene; while the next one comes in over it, it is still seen.
        """
        spans = []
        for index, take in enumerate(self.takes):
            if take.cues:
                after = self.takes[index + 1].entering if index + 1 < len(self.takes) else 0
                spans.append((min(cue.start for cue in take.cues), take.stop + after))
        return join_spans(spans)


def join_spans(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return the runs in order, with those that touch joined."""
    made: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(stop, made[-1][1]))
        else:
            made.append((start, stop))
    return tuple(made)


def exact_rate(said: Decimal) -> Fraction:
    """Return the exact frame rate: 23.976, 29.97 and 59.94 mean n·1000/1001 (SMPTE ST 12-1), others themselves."""
    whole = Fraction(round(said))
    ntsc = whole * 1000 / 1001
    return ntsc if said != round(said) and abs(Fraction(said) - ntsc) < Fraction(1, 100) else Fraction(said)


def fit_template(template: Template, rate: Fraction, seconds: Decimal, bpm: int) -> Timeline:
    """Fit a template to a frame rate, a length and a tempo: cuts on beats, the end on the last frame."""
    frames = max(1, round(Fraction(seconds) * rate))
    fitting = _Fitting(template, rate, frames, Fraction(60, bpm) * rate)
    return Timeline(
        f"{template.id}@{template.version}", (rate.numerator, rate.denominator), frames, template.loop, fitting.takes()
    )


@dataclass(frozen=True)
class _Fitting:
    """The fit of one template. `beat` is the music's, in frames; the template's own beats stretch to fill the film."""

    template: Template
    rate: Fraction
    frames: int
    beat: Fraction

    def takes(self) -> tuple[Take, ...]:
        cuts = self.cuts()
        return tuple(self.take(at, cuts[at], cuts[at + 1]) for at in range(len(self.template.scenes)))

    def cuts(self) -> list[int]:
        """Return the first frames of the scenes, and the film's end. Each scene keeps at least one frame."""
        scenes = self.template.scenes
        total = sum(scene.beats for scene in scenes)
        found, passed = [0], 0
        for left, scene in zip(range(len(scenes) - 1, 0, -1), scenes, strict=False):
            passed += scene.beats
            wanted = self.on_beat(Fraction(passed * self.frames, total))
            found.append(min(max(wanted, found[-1] + 1), self.frames - left))
        return [*found, self.frames]

    def on_beat(self, frame: Fraction) -> int:
        """Return the frame of the nearest beat."""
        return round(round(frame / self.beat) * self.beat)

    def take(self, at: int, start: int, stop: int) -> Take:
        scene = self.template.scenes[at]
        cues = tuple(self.entrance(cue, scene, start, stop) for cue in scene.cues)
        rest = min((cue.start for cue in cues), default=stop) if scene.move.until == "cue" else stop
        kind = scene.enter.kind if at else "cut"
        entering = 0 if kind == "cut" else min(self.of(scene.enter.milliseconds), stop - start)
        return Take(
            start=start,
            stop=stop,
            picture=scene.picture,
            card=scene.card,
            camera=scene.move.kind,
            amount=scene.move.amount,
            camera_ease=scene.move.ease,
            moving=rest - start,
            enter=kind,
            entering=entering,
            enter_ease=scene.enter.ease,
            cues=cues,
        )

    def entrance(self, cue: Cue, scene: TemplateScene, start: int, stop: int) -> Entrance:
        share = Fraction(cue.beat, scene.beats) * (stop - start)
        at = min(max(self.on_beat(start + share), start), stop - 1)
        frames = min(self.of(cue.milliseconds), stop - at)
        return Entrance(
            fields=cue.fields,
            start=at,
            frames=frames,
            stagger=self.of(cue.stagger),
            motion=cue.motion,
            travel=cue.travel,
            ease=cue.ease,
        )

    def of(self, milliseconds: int) -> int:
        return round(Fraction(milliseconds, 1000) * self.rate)


@lru_cache(maxsize=1)
def film_templates() -> Mapping[str, Template]:
    """Return all film templates, by id."""
    found = {}
    for path in sorted((TEMPLATES / "film").glob("*.yaml")):
        template = Template.model_validate(read_yaml(path, SETTINGS))
        found[template.id] = template
    return found


def template_for(placement: Placement, motion: Motion, asked: str | None = None) -> Template:
    """Return the template asked for, if it serves the slot; otherwise the one with the nearest length."""
    known = film_templates()
    if asked and asked not in known:
        raise NoTimeline(f"no film template is called {asked!r}", tuple(known))
    loops = motion.codecs[0] in ANIMATED
    serving = [t for t in known.values() if placement.family in t.families and t.loop == loops]
    if not serving:
        raise NoTimeline(f"no film template serves {placement.family} for {placement.name}", tuple(known))
    if asked and known[asked] in serving:
        return known[asked]
    shortest, longest = motion.seconds
    return min(serving, key=lambda t: (max(shortest - t.seconds, t.seconds - longest, Decimal(0)), -t.seconds, t.id))


def timeline_for(
    placement: Placement, motion: Motion, asked: str | None = None, seconds: Decimal | None = None, bpm: int = 0
) -> Timeline:
    """Return the slot's timeline: its best frame rate, and the length within its limits nearest to the one asked."""
    template = template_for(placement, motion, asked)
    shortest, longest = motion.seconds
    length = min(max(seconds or template.seconds, shortest), longest)
    return fit_template(template, exact_rate(motion.rates[0]), length, bpm or template.bpm)


def ordered_timeline(wishes: FilmWishes | None, placement: Placement) -> Timeline | None:
    """Return the timeline of the film that a brief orders for a placement; None for a placement of stills.

    NoTimeline if no template serves the placement. `wishes` is the brief's section on films.
    """
    if placement.motion is None:
        return None
    asked = wishes or FilmWishes()
    return timeline_for(placement, placement.motion, asked.template, asked.seconds, asked.bpm or 0)
