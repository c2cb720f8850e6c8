"""Evaluation of a card that films: what its clips show and how they move, how safe they are, and what they cost."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from foundry.card.card import ModelCard
from foundry.store.object_store import LocalStore
from lab.evaluation.calibration import calibration
from lab.evaluation.clip_figures import CLIPS, clip_figures, clip_marks
from lab.evaluation.clip_studio import ClipStudio, FilmedPrompt
from lab.evaluation.evaluation_file import Evaluation, conclude
from lab.evaluation.gallery import Say
from lab.evaluation.picture_measures import instruments
from lab.evaluation.plain_page import Illustration, Table, write_plain_page
from lab.evaluation.prompts import prompt_set
from lab.evaluation.scene_judge import load_judge
from models.registry.evidence import evidence_folder

QUICK_CLIPS = 2


def evaluate_clips(
    card: ModelCard,
    screen: ModelCard,
    made_on: str,
    registry: Path | None = None,
    *,
    quick: bool = False,
    say: Say = lambda _: None,
) -> Evaluation:
    """Film the prompts, measure the clips, and write evaluation.json, report.html and small animations.

    `quick` films two prompts, which is too few to pass.
    """
    folder, judge = evidence_folder(card, registry), load_judge()
    prompts = prompt_set().first(QUICK_CLIPS if quick else CLIPS)
    shutil.rmtree(folder / "pictures", ignore_errors=True)
    (folder / "pictures").mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        studio = ClipStudio(card, screen, judge, LocalStore(Path(scratch)), folder / "pictures")
        clips = list(studio.film(prompts.prompts, say))
    figures = clip_figures(clips, calibration())
    made_with = instruments(prompt_set(), judge, screen.name)
    evaluation = conclude(card, made_on, figures, clip_marks(card, figures), made_with)
    pictures = [_illustration(clip) for clip in clips if not clip.refused]
    write_plain_page(folder, card, evaluation, clip_tables(clips), pictures, "Clips, small, at their own pace")
    evaluation.write(folder)
    return evaluation


def clip_tables(clips: Sequence[FilmedPrompt]) -> tuple[Table, ...]:
    """Return the tables of the page: one, with a row for each clip."""
    heads = ("Prompt", "Scene asked", "First, middle, last", "Step", "Left", "Jump", "Begins", "Refused by", "s")
    return (Table("Clips", heads, tuple(_row(clip) for clip in clips)),)


def _row(clip: FilmedPrompt) -> tuple[str, ...]:
    motion = clip.motion
    moves = (
        tuple(f"{value:.2f}" for value in (motion.step, motion.residual, motion.worst_residual))
        if motion
        else ("", "", "")
    )
    begins = "" if clip.begins is None else f"{clip.begins:.3f}"
    scenes = ", ".join(frame.scene for frame in clip.frames)
    refused = clip.refused or ", ".join(clip.failed_checks)
    return (clip.prompt.id, clip.prompt.scene, scenes, *moves, begins, refused, f"{clip.seconds:.1f}")


def _illustration(clip: FilmedPrompt) -> Illustration:
    return Illustration(f"pictures/{clip.prompt.id}.webp", clip.prompt.in_words)
