"""What a picture of a set takes, beside one of the embedded diffusion card, and a master of each by step.

python -m benchmarks.sets [SET]

Each is drawn twice in the same process, and the second is counted: the first also starts the renderer or loads weights.
The clock runs in an idle machine only; processor seconds count the renderer's process too.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.drawing import CARD, order
from foundry.sets.files import shipped_sets
from imaging.pixels.master_file import encode_master
from models.diffusion.diffusers_handler import DiffusersHandler
from models.drawing import Drawing, DrawRequest
from models.registry import card
from models.sets.ask import Area, SetAsk
from models.sets.renderer.client import Renderer
from models.upscaling.upscale_handlers import upscaler_of

EDGE = 512


def cpu_s() -> float:
    """Return the processor seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return seconds on the clock and of the processor, and what was made."""
    clock, busy = time.perf_counter(), cpu_s()
    made = work()
    return time.perf_counter() - clock, cpu_s() - busy, made


def asked(name: str, samples: int, seed: int) -> SetAsk:
    """Return a picture of a shipped set without a product."""
    stand = Area(left=0.3, top=0.35, right=0.7, bottom=0.85)
    return SetAsk(
        set=shipped_sets()[name], wall="#D8C3B4", floor="#C9BCAA", accent="#B4695F", width_px=EDGE, height_px=EDGE,
        stand=stand, samples=samples, seed=seed,
    )  # fmt: skip


def main(name: str = "podium") -> None:
    """Print the rows."""
    print(f"{'drawing, ' + str(EDGE) + ' px':34} {'clock s':>8} {'CPU s':>8}")
    renderer = Renderer()
    pixels = None
    for samples in (16, 48):
        renderer.render(asked(name, samples, 1), {})
        clock, _, made = timed(partial(renderer.render, asked(name, samples, 2), {}))
        pixels = made.pixels
        print(f"{f'set {name}, {samples} samples, {made.variant}':34} {clock:8.1f} {made.cpu_s:8.1f}")
    renderer.close()
    handler = DiffusersHandler(CARD, device="cpu")
    loaded = handler.load_model()
    handler.run_inference([DrawRequest(order(name), 1)], loaded)
    clock, busy, _ = timed(lambda: handler.run_inference([DrawRequest(order(name), 2)], loaded))
    print(f"{'backdrop':34} {clock:8.1f} {busy:8.1f}")
    _masters(pixels)


def _masters(pixels: Any) -> None:
    drawing = Drawing(
        order=order("podium"), pixels=pixels, seed=1, caption="", ignored_words=(), attempts=(), passed=True
    )
    print(f"\n{'step of a master':34} {'clock s':>8} {'CPU s':>8}")
    for upscaler in ("crisp", "lanczos"):
        handler = upscaler_of(card(upscaler, "upscale"))
        loaded = handler.load_model()
        clock, busy, enlarged = timed(partial(handler.run_inference, [drawing], loaded))
        print(f"{'enlarge, ' + upscaler:34} {clock:8.1f} {busy:8.1f}")
    clock, busy, _ = timed(lambda: encode_master(enlarged[0].pixels, 16, "n"))
    print(f"{'encode, 16 bits':34} {clock:8.1f} {busy:8.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
