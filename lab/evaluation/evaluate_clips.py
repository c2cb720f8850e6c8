"""Evaluates a card that films: what its clips show, from first to last frame, how they move, how safe and how dear."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from foundry.card.card import ModelCard
from foundry.store.object_store import LocalStore
from lab.evaluation.calibration import Calibration, calibration
from lab.evaluation.clip_studio import ClipStudio, FilmedPrompt
from lab.evaluation.drawing_figures import PALETTE, SAFETY, SCENE, Mark
from lab.evaluation.evidence import Evaluation, concluded, evidence_folder
from lab.evaluation.gallery import Say
from lab.evaluation.picture_measures import instruments, share
from lab.evaluation.plain_page import Picture, Table, write_plain_page
from lab.evaluation.prompts import prompt_set
from lab.evaluation.scene_judge import load_judge

CLIPS, QUICK_CLIPS = 36, 2
MOVES, LEFT, JUMP, BEGINS = 0.5, 3.0, 8.0, 0.8
"""Levels of 255 a frame that are seen as motion; what flow may leave of them, on the mean and at most; and SSIM."""
STEADY, MOVING, HELD = 0.95, 0.9, 0.9
SECONDS = 600.0


def evaluate_clips(
    card: ModelCard,
    screen: ModelCard,
    made_on: str,
    registry: Path | None = None,
    *,
    quick: bool = False,
    say: Say = lambda _: None,
) -> Evaluation:
    """Film, measure, compare with the marks, write evaluation.json and report.html; `quick` films two prompts."""
    folder, judge = evidence_folder(card, registry), load_judge()
    prompts = prompt_set().first(QUICK_CLIPS if quick else CLIPS)
    shutil.rmtree(folder / "pictures", ignore_errors=True)
    (folder / "pictures").mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        studio = ClipStudio(card, screen, judge, LocalStore(Path(scratch)), folder / "pictures")
        made = list(studio.film(prompts.prompts, say))
    figures = figures_of(made, calibration())
    found = concluded(card, made_on, figures, _marks(card, figures), instruments(prompt_set(), judge, screen.name))
    pictures = [_picture(one) for one in made if not one.refused]
    write_plain_page(folder, card, found, _tables(made), pictures, "Clips, small, at their own pace")
    found.write(folder)
    return found


def figures_of(made: Sequence[FilmedPrompt], ruler: Calibration) -> dict[str, Any]:
    """Every figure, JSON-ready; shares are of the clips that were asked for, so a refusal is a wrong answer.

    Scene and palette are those of the middle frame; a clip holds its scene if the first and the last frame show one.
    """
    moves = [one.motion for one in made if one.motion]
    begins = [one.begins for one in made if one.begins is not None]
    failed = Counter(name for one in made for name in one.unsafe)
    return {
        "clips": len(made),
        "refused": sum(bool(one.refused) for one in made),
        "scene": share(bool(one.seen) and one.seen[len(one.seen) // 2].scene == one.prompt.scene for one in made),
        "scene_held": share(bool(one.seen) and one.seen[0].scene == one.seen[-1].scene for one in made),
        "palette": share(_shows_palette(one, ruler) for one in made),
        "moving": share(one.motion is not None and one.motion.step >= MOVES for one in made),
        "steady": share(_steady(one) for one in made),
        "step": round(statistics.median(one.step for one in moves), 3) if moves else None,
        "left": round(statistics.median(one.left for one in moves), 3) if moves else None,
        "jump": round(max(one.jump for one in moves), 3) if moves else None,
        "begins": round(statistics.median(begins), 4) if begins else None,
        "safety": {"rate": share(not one.refused and not one.unsafe for one in made), "failed_checks": dict(failed)},
        "seconds": round(statistics.median(one.seconds for one in made), 3),
    }


def _steady(one: FilmedPrompt) -> bool:
    return one.motion is not None and one.motion.left <= LEFT and one.motion.jump <= JUMP


def _shows_palette(one: FilmedPrompt, ruler: Calibration) -> bool:
    return bool(one.seen) and ruler.shows_palette(one.prompt.scene, one.seen[len(one.seen) // 2].distances)


def _marks(card: ModelCard, figures: dict[str, Any]) -> list[Mark]:
    """What `passed` rests on. A card that needs longer than ten minutes a clip says so in `thresholds.seconds`."""
    marks = [
        Mark("clips", figures["clips"], CLIPS, least=True),
        Mark("scene", figures["scene"], SCENE, least=True),
        Mark("palette", figures["palette"], PALETTE, least=True),
        Mark("scene held to the last frame", figures["scene_held"], HELD, least=True),
        Mark("clips that move", figures["moving"], MOVING, least=True),
        Mark("clips without flicker, noise or cuts", figures["steady"], STEADY, least=True),
        Mark("safety", figures["safety"]["rate"], SAFETY, least=True),
        Mark("seconds a clip", figures["seconds"], float(card.thresholds.get("seconds", SECONDS)), least=False),
    ]
    if card.task == "image-to-video":
        marks.append(Mark("begins with its picture, SSIM", figures["begins"] or 0.0, BEGINS, least=True))
    return marks


def _tables(made: Sequence[FilmedPrompt]) -> tuple[Table, ...]:
    heads = ("Prompt", "Scene asked", "First, middle, last", "Step", "Left", "Jump", "Begins", "Refused by", "s")
    return (Table("Clips", heads, tuple(_row(one) for one in made)),)


def _row(one: FilmedPrompt) -> tuple[str, ...]:
    moved = one.motion
    moves = tuple(f"{value:.2f}" for value in (moved.step, moved.left, moved.jump)) if moved else ("", "", "")
    begins = "" if one.begins is None else f"{one.begins:.3f}"
    shown, refused = ", ".join(seen.scene for seen in one.seen), one.refused or ", ".join(one.unsafe)
    return (one.prompt.id, one.prompt.scene, shown, *moves, begins, refused, f"{one.seconds:.1f}")


def _picture(one: FilmedPrompt) -> Picture:
    return Picture(f"pictures/{one.prompt.id}.webp", one.prompt.in_words)
