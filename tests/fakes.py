"""Small classes that keep the real contract, and briefs to build tests from."""

from __future__ import annotations

import copy
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from apache_beam.ml.inference.base import ModelHandler
from PIL import Image, ImageDraw

from foundry.admission import Admitted, admit
from foundry.intake import parse
from foundry.manifest import Attempt, CheckRecord
from foundry.names import seed_of
from foundry.shot import ShotOrder
from foundry.tenant import Tenant, load_tenant
from models.drawing import Drawing
from models.registry import cards_of

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"

BRIEF: dict[str, Any] = {
    "tenant": "aurelle",
    "campaign": {"id": "test", "name": "Test"},
    "market": {"regions": ["US"]},
    "products": [
        {
            "id": "serum",
            "name": "Serum",
            "picture": "serum.png",
            "prices": [{"amount": "48", "currency": "USD"}, {"amount": "45", "currency": "EUR"}],
        }
    ],
    "scenes": [{"id": "wall", "prompt": "Plaster wall, light from the left"}],
    "messages": {
        "en-US": {"headline": "Wake up radiant", "call_to_action": "Shop now"},
        "de-DE": {"headline": "Strahlend in den Tag", "call_to_action": "Entdecken"},
    },
    "placements": ["google/leaderboard", "google/medium-rectangle", "google/half-page"],
}


def a_brief(**changes: Any) -> dict[str, Any]:
    """The test brief with some keys replaced; None removes a key."""
    made = {**copy.deepcopy(BRIEF), **changes}
    return {key: value for key, value in made.items() if value is not None}


def product_picture(path: Path, colour: str = "#B0651D") -> Path:
    """A bottle-like shape on transparency."""
    picture = Image.new("RGBA", (240, 480))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((20, 140, 220, 479), 30, fill=colour)
    draw.rectangle((90, 10, 150, 140), fill="#222222")
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)
    return path


def a_tenant(tenant: str = "aurelle") -> Tenant:
    """One of the example tenants."""
    return load_tenant(EXAMPLES / "tenants", tenant)


def admitted(folder: Path, **changes: Any) -> Admitted:
    """The test brief, admitted, with its product picture in `folder`."""
    if not (folder / "serum.png").exists():
        product_picture(folder / "serum.png")
    tenant = a_tenant()
    return admit(parse(a_brief(**changes)), folder, tenant, cards_of(tenant))


def painted(order: ShotOrder, seed: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A soft gradient whose colour follows from the seed."""
    chance = np.random.default_rng(seed)
    first, second = chance.random(3) * 0.3 + 0.6, chance.random(3) * 0.3 + 0.4
    share = np.linspace(0, 1, order.height_px)[:, None, None]
    line = np.linspace(0.95, 1.05, order.width_px)[None, :, None]
    return np.asarray(np.clip((first * (1 - share) + second * share) * line, 0, 1), np.float32)


class Brush:
    """What Beam shares among threads."""


class PaintingHandler(ModelHandler[ShotOrder, Drawing, Brush]):  # type: ignore[misc]
    """Paints a gradient from the seed; counts its calls and pictures per process."""

    calls = 0
    pictures = 0
    _lock = threading.Lock()

    def __init__(self, refuse: str = "") -> None:
        super().__init__()
        self.refuse = refuse

    @classmethod
    def forget(cls) -> None:
        """Begin counting again."""
        cls.calls = cls.pictures = 0

    def load_model(self) -> Brush:
        """Nothing to load."""
        return Brush()

    def run_inference(self, batch: Sequence[ShotOrder], model: Brush, inference_args: Any = None) -> list[Drawing]:
        """One gradient per order; orders of the refused bucket fail their check."""
        with PaintingHandler._lock:
            PaintingHandler.calls += 1
            PaintingHandler.pictures += len(batch)
        made = []
        for order in batch:
            seed, good = seed_of(order.name), order.bucket != self.refuse
            check = CheckRecord("not_blank", good, "0.2", "at least 0.1")
            attempt = Attempt(seed, good, (check,))
            made.append(Drawing(order, painted(order, seed), seed, "painted", (), (attempt,), good))
        return made
