"""A card for the server on this machine, requests to draw, and what is expected of results."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from foundry.card.card import ModelCard
from foundry.plan.shot import ShotOrder
from models.drawing import Drawn, DrawRequest, Undrawn
from models.remote.remote_handler import RemoteHandler
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import MisbehavingServer

VARIABLE = "EXAMPLE_IMAGES_KEY"
SECRET = "sesame-4711-open"
ORDER = ShotOrder(
    name="shot0",
    plan="p",
    tenant="aurelle",
    subject=0,
    scene=0,
    bucket="square",
    mirrored=False,
    alternative=0,
    prompt="silk",
    negative_prompt="glare",
    palette=(),
    picture=None,
    width_px=64,
    height_px=64,
    steps=1,
)
SENT = "silk. Avoid: glare"


def a_card(server: MisbehavingServer, protocol: str = "openai-images", **api: Any) -> ModelCard:
    path = "/v1" if protocol == "openai-images" else "/v3/images/generate-async"
    return ModelCard.model_validate(
        {
            "id": "vendor",
            "version": "1",
            "title": "A vendor's model",
            "task": "text-to-image",
            "source": {"kind": "api", "url": server.url + path},
            "licence": "The vendor's terms",
            "allowed_use": "Tests",
            "training_data": "Unknown to us",
            "api": {"protocol": protocol, "model": "m", "credential": VARIABLE, "attempts": 3, "poll_s": "1", **api},
            "unit_cost": {"money": "0.04", "accelerator_seconds": "0"},
            "stage": "draft",
        }
    )


def request(number: int = 0, seed: int = 7, **changes: object) -> DrawRequest:
    return DrawRequest(dataclasses.replace(ORDER, name=f"shot{number}", **changes), seed)  # type: ignore[arg-type]


def draw(card: ModelCard, clock: FakeClock, *requests: DrawRequest, **naming: Any) -> list[Drawn | Undrawn]:
    handler = RemoteHandler(card, clock=clock, **naming)
    connection = handler.load_model()
    try:
        return handler.run_inference(requests or [request()], connection)
    finally:
        connection.client.close()


def pixels(result: Drawn | Undrawn) -> np.ndarray[Any, Any]:
    assert isinstance(result, Drawn), result
    assert result.pixels.dtype == np.float32
    return np.rint(result.pixels * 255).astype(np.uint8)


def undrawn(result: Drawn | Undrawn) -> tuple[str, str]:
    assert isinstance(result, Undrawn), result
    return result.code, result.reason
