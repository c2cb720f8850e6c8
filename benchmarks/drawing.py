"""What the handler adds to a raw diffusers call, on the embedded card: one picture, same words, same noise.

python -m benchmarks.drawing

Handler and raw call alternate, and change places every round; the raw call gets the compiled prompt and a generator.
Twice: with a prompt that the handler has seen (embeddings kept), and with a new one each time (nothing kept).
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from foundry.plan.shot import ShotOrder
from models.diffusion.diffusers_handler import DiffusersHandler
from models.drawing import Drawn, DrawRequest
from models.prompt import compile_for
from models.registry import card

CARD = card("backdrop", "text-to-image")
WORDS = ("silk", "dunes", "bokeh", "sunset", "marble", "hills", "spotlight", "window")


def order(words: str) -> ShotOrder:
    """Return a square shot at the card's size and steps."""
    width, height = CARD.sizes["square"]
    return ShotOrder(
        name="n",
        plan="p",
        tenant="t",
        subject=0,
        scene=0,
        bucket="square",
        mirrored=False,
        alternative=0,
        prompt=words,
        negative_prompt="",
        palette=(),
        picture=None,
        width_px=width,
        height_px=height,
        steps=CARD.steps,
    )


def raw(pipeline: Any, words: str, seed: int) -> Any:
    """Draw by the plain diffusers call."""
    import torch

    asked = order(words)
    return pipeline(
        prompt=[compile_for(CARD, asked).text],
        generator=[torch.Generator("cpu").manual_seed(seed)],
        width=asked.width_px,
        height=asked.height_px,
        num_inference_steps=asked.steps,
        guidance_scale=float(CARD.guidance),
        output_type="np",
    ).images[0]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of one call, and what it made: other work on the machine does not count."""
    began = time.process_time()
    made = work()
    return time.process_time() - began, made


def ratios(rounds: int, fresh: bool) -> list[float]:
    """Return the handler's time over that of the raw call, per round; the pictures must be the same bits."""
    handler = DiffusersHandler(CARD, device="cpu")
    loaded = handler.load_model()
    found = []
    for number in range(rounds + 1):
        words = f"{WORDS[number % len(WORDS)]} wall" if fresh else WORDS[0]
        if fresh:
            loaded.embeddings.forget()
        request = DrawRequest(order(words), number)
        calls: list[Callable[[], Any]] = [
            lambda request=request: handler.run_inference([request], loaded)[0],
            lambda words=words, number=number: raw(loaded.pipeline, words, number),
        ]
        turned = number % 2 == 1
        first, second = (timed(call) for call in (reversed(calls) if turned else calls))
        (ours, drawn), (theirs, picture) = (second, first) if turned else (first, second)
        assert isinstance(drawn, Drawn)
        assert np.array_equal(drawn.pixels, picture)
        found.append(ours / theirs)
    return found[1:]  # the first round warms up


def main() -> None:
    """Print a row per case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    chosen = parser.parse_args()
    print(f"{CARD.name}, {CARD.sizes['square']}, {CARD.steps} steps, {chosen.rounds} rounds; handler / raw call")
    print(f"{'prompt':8} {'median':>7} {'min':>7} {'max':>7}")
    for fresh in (False, True):
        found = ratios(chosen.rounds, fresh)
        row = (statistics.median(found), min(found), max(found))
        print("{:8} {:7.3f} {:7.3f} {:7.3f}".format("new" if fresh else "known", *row))


if __name__ == "__main__":
    main()
