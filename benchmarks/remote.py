"""What the remote handler adds to the requests themselves, against a plain pool of threads with the same client.

python -m benchmarks.remote [--requests 80] [--rounds 3] [--latency-ms 50]

The server runs in a process of its own on this machine and waits the latency before it draws. Both sides post the same
prompts, decode base64 and PNG, and give float32 pixels; the pool neither retries, checks sizes nor limits itself
otherwise. Rounds are interleaved.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection as Pipe

import httpx2
import numpy as np
from PIL import Image

from foundry.card.card import ModelCard
from foundry.plan.shot import ShotOrder
from models.drawing import DrawRequest
from models.remote.remote_handler import RemoteHandler
from tests.support.misbehaving_server import MisbehavingServer
from tests.support.moods import painted, png

EDGE = 256
VARIABLE = "BENCHMARK_IMAGES_KEY"


def serve(latency_s: float, pipe: Pipe) -> None:
    """Answer until told to stop; every picture is the same file, so that drawing costs nothing."""
    data = png(painted("benchmark", EDGE, EDGE))
    with MisbehavingServer() as server:
        server.vendor.latency_s, server.vendor.paint = latency_s, lambda *_: data
        pipe.send(server.url)
        pipe.recv()


def card(url: str, concurrency: int) -> ModelCard:
    """Return a card for the server on this machine."""
    api = {"protocol": "openai-images", "model": "m", "credential": VARIABLE, "concurrency": concurrency}
    return ModelCard.model_validate(
        {
            "id": "benchmark", "version": str(concurrency), "title": "Benchmark", "task": "text-to-image",
            "source": {"kind": "api", "url": url + "/v1"}, "licence": "none", "allowed_use": "none",
            "training_data": "none", "api": api, "unit_cost": {"money": "0", "accelerator_seconds": "0"},
            "stage": "draft",
        }
    )  # fmt: skip


def requests(count: int, mark: str) -> list[DrawRequest]:
    """Orders whose names no earlier round has used."""
    order = ShotOrder(
        name="",
        plan="p",
        tenant="t",
        subject=0,
        scene=0,
        bucket="square",
        mirrored=False,
        alternative=0,
        prompt="silk",
        negative_prompt="",
        palette=(),
        picture=None,
        width_px=EDGE,
        height_px=EDGE,
        steps=1,
    )
    return [
        DrawRequest(order.__class__(**{**vars(order), "name": f"{mark}/{number}"}), number) for number in range(count)
    ]


def pool(url: str, concurrency: int, asked: list[DrawRequest]) -> float:
    """Seconds of the plain loop."""
    headers = {"Authorization": f"Bearer {os.environ[VARIABLE]}"}
    with httpx2.Client(headers=headers, timeout=120) as client, ThreadPoolExecutor(concurrency) as threads:

        def one(request: DrawRequest) -> np.ndarray:
            sent = {"model": "m", "prompt": "silk", "size": f"{EDGE}x{EDGE}", "n": 1, "response_format": "b64_json"}
            key = {"Idempotency-Key": request.order.name}
            answer = client.post(f"{url}/v1/images/generations", json=sent, headers=key).json()
            picture = Image.open(io.BytesIO(base64.b64decode(answer["data"][0]["b64_json"]))).convert("RGB")
            return np.asarray(picture, dtype=np.float32) / 255

        one(asked[0])
        began = time.perf_counter()
        list(threads.map(one, asked[1:]))
        return time.perf_counter() - began


def handler(url: str, concurrency: int, asked: list[DrawRequest]) -> float:
    """Seconds of the handler."""
    ours = RemoteHandler(card(url, concurrency))
    connection = ours.load_model()
    ours.run_inference(asked[:1], connection)
    began = time.perf_counter()
    ours.run_inference(asked[1:], connection)
    return time.perf_counter() - began


def main() -> None:
    """Print a row per concurrency."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=80)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--latency-ms", type=int, default=50)
    chosen = options.parse_args()
    os.environ.setdefault(VARIABLE, "benchmark")
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(chosen.latency_ms / 1000, theirs))
    process.start()
    try:
        _print(str(ours.recv()), chosen.requests, chosen.rounds)
    finally:
        ours.send("stop")
        process.join()


def _print(url: str, count: int, rounds: int) -> None:
    print(json.dumps({"requests": count, "rounds": rounds}))
    print(f"{'concurrency':>11} {'pool/s':>8} {'handler/s':>10} {'ratio of times':>15}")
    sides: tuple[Callable[[str, int, list[DrawRequest]], float], ...] = (pool, handler)
    for concurrency in (1, 8):
        seconds: dict[str, list[float]] = {"pool": [], "handler": []}
        for round_number in range(rounds):
            for side in sides:
                asked = requests(count + 1, f"{side.__name__}/{concurrency}/{round_number}")
                seconds[side.__name__].append(side(url, concurrency, asked))
        plain, made = (statistics.median(seconds[name]) for name in ("pool", "handler"))
        print(f"{concurrency:11} {count / plain:8.1f} {count / made:10.1f} {made / plain:15.3f}")


if __name__ == "__main__":
    main()
