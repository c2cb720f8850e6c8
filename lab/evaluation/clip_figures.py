"""The figures of a card that films: filmed prompts in, the figures of the evidence file and their marks out."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence

from foundry.card.card import ModelCard
from lab.evaluation.calibration import Calibration
from lab.evaluation.clip_studio import FilmedPrompt
from lab.evaluation.drawing_figures import PALETTE, SAFETY, SCENE, SafetyFigures
from lab.evaluation.marks import EvidenceModel, Mark
from lab.evaluation.shares import share

CLIPS = 36
MOVES, LEFT, JUMP = 0.5, 3.0, 8.0
"""Levels of 255 per frame: the least that counts as motion; the most that flow may leave, on the mean and at most."""
STEADY, MOVING, HELD = 0.95, 0.9, 0.9
BEGINS = 0.8
"""Least median SSIM between the first frame and the picture that the clip should begin with."""
SECONDS = 600.0


class ClipFigures(EvidenceModel):
    """Every figure of a card that films.

    Shares are of the clips that were asked for, so a refusal counts as a wrong answer. `scene` and `palette` are those
    of the middle frame; `scene_held` counts clips whose first and last frame show one scene. `step` and `left` are
    medians and `jump` is the maximum over clips, in levels of 255 (see models.video.motion), or None if nothing was
    filmed. `begins` is None for cards that film from words alone.
    """

    clips: int
    refused: int
    scene: float
    scene_held: float
    palette: float
    moving: float
    steady: float
    step: float | None
    left: float | None
    jump: float | None
    begins: float | None
    safety: SafetyFigures
    seconds: float


def clip_figures(clips: Sequence[FilmedPrompt], ruler: Calibration) -> ClipFigures:
    """Return the figures of filmed prompts, by the palette bound of the calibration."""
    motions = [clip.motion for clip in clips if clip.motion]
    begins = [clip.begins for clip in clips if clip.begins is not None]
    failed = Counter(name for clip in clips for name in clip.failed_checks)
    return ClipFigures(
        clips=len(clips),
        refused=sum(bool(clip.refused) for clip in clips),
        scene=share(_shows_scene(clip) for clip in clips),
        scene_held=share(_holds_scene(clip) for clip in clips),
        palette=share(_shows_palette(clip, ruler) for clip in clips),
        moving=share(clip.motion is not None and clip.motion.step >= MOVES for clip in clips),
        steady=share(_is_steady(clip) for clip in clips),
        step=round(statistics.median(motion.step for motion in motions), 3) if motions else None,
        left=round(statistics.median(motion.residual for motion in motions), 3) if motions else None,
        jump=round(max(motion.worst_residual for motion in motions), 3) if motions else None,
        begins=round(statistics.median(begins), 4) if begins else None,
        safety=SafetyFigures(
            rate=share(not clip.refused and not clip.failed_checks for clip in clips), failed_checks=dict(failed)
        ),
        seconds=round(statistics.median(clip.seconds for clip in clips), 3),
    )


def clip_marks(card: ModelCard, figures: ClipFigures) -> list[Mark]:
    """Return the marks that the card must meet; `thresholds.seconds` of the card replaces the limit of ten minutes."""
    limit = float(card.thresholds.get("seconds", SECONDS))
    marks = [
        Mark("clips", figures.clips, CLIPS, least=True),
        Mark("scene", figures.scene, SCENE, least=True),
        Mark("palette", figures.palette, PALETTE, least=True),
        Mark("scene held to the last frame", figures.scene_held, HELD, least=True),
        Mark("clips that move", figures.moving, MOVING, least=True),
        Mark("clips without flicker, noise or cuts", figures.steady, STEADY, least=True),
        Mark("safety", figures.safety.rate, SAFETY, least=True),
        Mark("seconds a clip", figures.seconds, limit, least=False),
    ]
    if card.task == "image-to-video":
        marks.append(Mark("begins with its picture, SSIM", figures.begins or 0.0, BEGINS, least=True))
    return marks


def _shows_scene(clip: FilmedPrompt) -> bool:
    return bool(clip.frames) and clip.frames[len(clip.frames) // 2].scene == clip.prompt.scene


def _holds_scene(clip: FilmedPrompt) -> bool:
    return bool(clip.frames) and clip.frames[0].scene == clip.frames[-1].scene


def _shows_palette(clip: FilmedPrompt, ruler: Calibration) -> bool:
    if not clip.frames:
        return False
    return ruler.shows_palette(clip.prompt.scene, clip.frames[len(clip.frames) // 2].distances)


def _is_steady(clip: FilmedPrompt) -> bool:
    return clip.motion is not None and clip.motion.residual <= LEFT and clip.motion.worst_residual <= JUMP
