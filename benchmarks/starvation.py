"""B9: how much of the time a stand-in for the accelerator is busy, with real work for the CPU behind it.

python -m benchmarks.starvation [--shots 48] [--spare 1.2]

The stand-in draws one shot at a time and takes a fixed time for it; enlarging (without a network), staging, masters
and eight files a shot are real. Its time is `spare` times what all cores need for the rest of a shot, measured first
with a stand-in that takes none: with less the cores would be short, and no schedule could keep it busy. Then once with
files rendered while shots are drawn, and once without, each in a process of its own, with the same objects at the end.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.fresh import printed
from foundry.plan.shot import ShotOrder
from foundry.store.object_store import LocalStore
from models.drawing import Drawing
from pipelines.campaign.flow import build_all
from pipelines.engines.engine import choose_engine
from tests.support.briefs import BRIEF, admitted
from tests.support.fakes import Brush, PaintingHandler
from tests.support.stored import objects

PLACEMENTS = [
    "google/medium-rectangle", "google/half-page", "google/leaderboard", "google/billboard",
    "meta/feed-square", "meta/story",
]  # fmt: skip
SHOTS_A_SCENE = 3
MORE = {"fr-FR": {"headline": "Un réveil radieux", "call_to_action": "Découvrir"},
        "es-ES": {"headline": "Despierta radiante", "call_to_action": "Comprar"}}  # fmt: skip
MESSAGES = {**BRIEF["messages"], **MORE}


class Device(PaintingHandler):
    """Draws for one caller at a time, and takes its time for each picture."""

    busy = 0.0
    began = 0.0
    _one = threading.Lock()

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def run_inference(self, batch: Sequence[ShotOrder], model: Brush, inference_args: Any = None) -> list[Drawing]:
        """Paintings, made beside the device's time: they stand for what it has in its memory."""
        with Device._one:
            began = time.monotonic()
            Device.began = Device.began or began
            time.sleep(self.seconds * len(batch))
            Device.busy += time.monotonic() - began
        return super().run_inference(batch, model, inference_args)


def run(folder: Path, shots: int, seconds: float, ahead: bool) -> dict[str, float]:
    """One campaign; the device's busy seconds, and those from its first shot to the last file."""
    each = admitted(
        folder, alternatives=1, placements=PLACEMENTS, messages=MESSAGES, scenes=scenes(shots // SHOTS_A_SCENE)
    )
    where = choose_engine("embedded")
    where = where if ahead else replace(where, ahead=0)
    build_all([(each.plan, each.inputs)], LocalStore(folder / "store"), generator=Device(seconds), engine=where)
    wall = time.monotonic() - Device.began
    return {"shots": each.plan.shot_count, "files": each.plan.variant_count, "busy": Device.busy, "wall": wall}


def scenes(count: int) -> list[dict[str, str]]:
    """No two draw the same."""
    return [{"id": f"s{at}", "prompt": f"{BRIEF['scenes'][0]['prompt']}, number {at}"} for at in range(count)]


def alone(folder: Path, shots: int, seconds: float, ahead: bool) -> dict[str, float]:
    """`run` in a fresh process."""
    folder.mkdir()
    found: dict[str, float] = printed("benchmarks.starvation", "--one", folder, shots, seconds, ahead)
    return found


def main() -> None:
    """Run the benchmark that the command line asks for, and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shots", type=int, default=48)
    parser.add_argument("--spare", type=float, default=1.2)
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    told, _ = parser.parse_known_args()
    if told.one:
        folder, shots, seconds, ahead = told.one
        print(json.dumps(run(Path(folder), int(shots), float(seconds), ahead == "True")))
        return
    with tempfile.TemporaryDirectory() as place:
        room = Path(place)
        rest = alone(room / "rest", max(8, told.shots // 4), 0.0, True)
        seconds = told.spare * rest["wall"] / rest["shots"]
        print(f"all cores need {seconds / told.spare:.2f} s for the rest of a shot; the stand-in takes {seconds:.2f} s")
        for title, ahead in (("rendering ahead", True), ("one stage after the other", False)):
            found = alone(room / str(ahead), told.shots, seconds, ahead)
            print(f"{title:>26}: busy {found['busy'] / found['wall']:.3f} of {found['wall']:.0f} s, "
                  f"{found['shots']} shots, {found['files']} files")  # fmt: skip
        same = objects(room / "True" / "store") == objects(room / "False" / "store")
    print("the same objects" if same else "OBJECTS DIFFER")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
