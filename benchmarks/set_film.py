"""A product's film in a set: the mug of the examples turns while the camera comes closer, 6 s of 1920 × 1080.

python -m benchmarks.set_film STORE [--width 1920] [--samples 16] [--seconds 6] [--set wood]

It prints the plan's quote and notes, films, and prints the time by step, the clip's motion and what optical flow leaves
of it, which is its temporal noise. A run that was killed goes on with the missing frames: start it again with the same
store. Frames for looking at are written beside the clip, as STORE/film.jpg. A small film first: --width 320 --samples 8
--seconds 1.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from PIL import Image

from foundry.brief.intake import parse
from foundry.plan.clip import ClipRecord, clip_from_json, frame_ranges
from foundry.plan.clips import plan_clips
from foundry.store.object_store import LocalStore
from imaging.film.picture_sources import decode_frames
from models.blender.process import Blender
from models.registry.folders import CARDS
from models.video.motion import ClipMotion, MotionMeter
from pipelines.campaign.flow import build
from pipelines.planning.admission import Admitted, BriefFolders, admit_brief, folders_of

EXAMPLES = Path(__file__).parents[1] / "examples"
VIEW = {"azimuth_deg": 25, "elevation_deg": 8, "lens_mm": 70, "samples": 16}
MUG = "products/northpeak-mug.glb"
TURN_A_SECOND = 60
"""Degrees: six seconds turn it once."""
SHOWN = 24
"""Frames on the sheet."""


def film_card(folder: Path, width: int, samples: int) -> str:
    """Write the studio's card with frames of another width and quality, and return its name."""
    card = yaml.safe_load((CARDS / "studio.yaml").read_text(encoding="utf-8"))
    size = [width, width * 9 // 16]
    quality = {**card["set"], "film_samples": samples, "film_sizes": {"landscape": size}}
    if width < card["sizes"]["landscape"][0]:
        card["sizes"]["landscape"], quality["samples"] = [*size], samples
    folder.mkdir(parents=True, exist_ok=True)
    made = {**card, "id": "film-studio", "set": quality, "stage": "candidate"}
    (folder / "film-studio.yaml").write_text(yaml.safe_dump(made), encoding="utf-8")
    return f"film-studio@{card['version']}"


def order(model: str, seconds: str, named: str, cards: Path, edge_px: int) -> Admitted:
    """Return the film's plan: one product, one scene, one placement of six seconds."""
    turning: dict[str, Any] = {"kind": "turntable", "end": str(TURN_A_SECOND * Decimal(seconds))}
    closer = {"kind": "dolly", "end": "0.2", "easing": "ease-in-out"}
    content = {
        "tenant": "northpeak",
        "market": {"regions": ["United Kingdom"], "audience": "Weekend hikers"},
        "campaign": {"id": "mug-film", "name": "Mug"},
        "products": [
            {"id": "camp-mug", "name": "Camp Mug", "model": MUG, "view": {**VIEW, "edge_px": edge_px}},
        ],
        "scenes": [
            {
                "id": "table", "prompt": "Oak table, soft window light from the left", "model": model,
                "set": {"name": named}, "clip": {"seconds": seconds, "moves": [turning, closer]},
            }
        ],
        "messages": {"en-GB": {"headline": "Out before the sun", "call_to_action": "Gear up"}},
        "placements": ["youtube/bumper"],
    }  # fmt: skip
    where = folders_of(EXAMPLES / "mug-film.yaml", None, cards, None)
    return admit_brief(parse(content), BriefFolders(where.tenants, where.files, cards))


def measured(frames: Iterator[NDArray[Any]], count: int) -> tuple[ClipMotion, list[NDArray[Any]]]:
    """Return a clip's motion, and frames evenly spread over it."""
    meter, shown = MotionMeter(), []
    wanted = set(np.linspace(0, count - 1, min(SHOWN, count)).round().astype(int).tolist())
    for number, frame in enumerate(frames):
        eight = (frame >> 8).astype(np.uint8)
        meter.take(eight)
        if number in wanted:
            shown.append(eight)
    return meter.motion, shown


def write_sheet(frames: list[NDArray[Any]], file: Path) -> None:
    """Write frames beside one another, six in a row, each at most 320 px wide."""
    small = [Image.fromarray(frame) for frame in frames]
    for one in small:
        one.thumbnail((320, 320), Image.Resampling.LANCZOS)
    wide, high = small[0].size
    sheet = Image.new("RGB", (6 * wide, -(-len(small) // 6) * high))
    for at, one in enumerate(small):
        sheet.paste(one, (at % 6 * wide, at // 6 * high))
    sheet.save(file, quality=90)


def print_record(record: ClipRecord) -> None:
    """Print what was spent on a clip, by step."""
    print(f"{record.frames} frames of {record.width_px} x {record.height_px}, {record.size_bytes / 1e6:.1f} MB")
    print(f"moves: {', '.join(record.moves)}; cost by the card: {record.cost_usd} USD")
    for each in record.spent.steps:
        seconds = Decimal(each.processor_us + each.accelerator_us) / 1_000_000
        print(f"  {each.step:8} {seconds:10.2f} s, {seconds / record.frames:8.3f} s for a frame")


def main() -> None:
    """Order the film, make it, and measure it."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("store", type=Path)
    asked.add_argument("--width", type=int, default=1_920)
    asked.add_argument("--samples", type=int, default=16)
    asked.add_argument("--seconds", default="6")
    asked.add_argument("--set", default="wood")
    asked.add_argument("--blender", default="", help="a Python that has bpy, for the product's still")
    said = asked.parse_args()
    cards = said.store.parent / f"{said.store.name}-cards"
    each = order(film_card(cards, said.width, said.samples), said.seconds, said.set, cards, min(1_024, said.width))
    print(f"estimate: {each.estimate.money:.4f} USD, {each.estimate.accelerator_seconds} s of processors")
    print(*each.assumptions, sep="\n")
    store = LocalStore(said.store)
    own = store.for_tenant("northpeak")
    ((_, clip),) = plan_clips(each.plan)
    there = sum(own.exists(part.record) for part in frame_ranges(clip))
    print(f"{there} of {len(frame_ranges(clip))} parts are there already")
    began = time.monotonic()
    outcome = build(each.plan, each.inputs, store, blender=Blender(said.blender))
    print(f"{time.monotonic() - began:.1f} s on the clock; refused: {[letter.reason for letter in outcome.letters]}")
    record = clip_from_json(own.get(clip.record))
    print_record(record)
    motion, shown = measured((levels for _, levels in decode_frames(own.path(clip.clip))), record.frames)
    print(
        f"step {motion.step:.3f}, left by optical flow {motion.residual:.3f} (worst {motion.worst_residual:.3f}) of 255"
    )
    write_sheet(shown, said.store / "film.jpg")
    print(f"clip: {own.path(clip.clip)}; frames: {said.store / 'film.jpg'}")


if __name__ == "__main__":
    main()
