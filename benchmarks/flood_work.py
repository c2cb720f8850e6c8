"""What the flood orders and on what it works: tenants, briefs of mixed sizes, small masters; the bare flow beside it.

python -m benchmarks.flood_work FOLDER COUNT FIRST STOP makes some of the briefs by `build_all` alone and prints its
seconds as JSON. It is started in the folder of `small_templates`, as `foundry serve` is, so that both draw alike.
"""

from __future__ import annotations

import json
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from foundry.brief.brief import Brief
from foundry.plan.slice import SHOT_COST
from foundry.store.object_store import LocalStore
from pipelines.bus.messages import BriefRequest
from pipelines.dispatcher.admission import Folders, admit_request
from tests.support.briefs import EXAMPLES, ROOT, a_brief, product_picture
from tests.support.fakes import PaintingHandler

TENANTS, FLOODER, FLOOD = 200, "t000", 0.2
A_ROUND = 32
MASTER_SHARE = 8
"""Masters are so many times smaller a side than the shipped compositions'."""
EN = {"en-US": {"headline": "Wake up radiant", "call_to_action": "Shop now"}}
DE = {"de-DE": {"headline": "Strahlend in den Tag", "call_to_action": "Entdecken"}}


@dataclass(frozen=True)
class Size:
    """A class of briefs: how often, and what one orders."""

    share: int
    scenes: int
    messages: dict[str, Any]
    placements: tuple[str, ...]
    shots: int
    files: int

    @property
    def cost(self) -> int:
        """In files, as the scheduler counts."""
        return self.files + SHOT_COST * self.shots


SIZES = {
    "small": Size(70, 1, EN, ("amazon/mobile-banner",), 1, 1),
    "medium": Size(25, 1, EN | DE, ("amazon/mobile-banner", "amazon/leaderboard"), 1, 4),
    "large": Size(5, 2, EN | DE, ("amazon/mobile-banner", "amazon/leaderboard", "amazon/wide-skyscraper"), 4, 12),
}


@dataclass(frozen=True)
class Order:
    """One brief of the flood; its campaign's id names its number and its size."""

    number: int
    tenant: str
    size: str

    @property
    def campaign(self) -> str:
        """The campaign's id."""
        return f"f{self.number}-{self.size}"

    def document(self) -> dict[str, Any]:
        """Return the brief; no two briefs draw the same."""
        size = SIZES[self.size]
        scenes = [{"id": f"s{at}", "prompt": f"Wall {self.number}, light {at}"} for at in range(size.scenes)]
        return a_brief(
            tenant=self.tenant, campaign={"id": self.campaign, "name": self.campaign}, scenes=scenes,
            messages=size.messages, placements=list(size.placements),
        )  # fmt: skip

    def brief(self) -> Brief:
        """Return the document as it is sent."""
        return Brief.model_validate(self.document())


def orders(count: int) -> list[Order]:
    """Return the flooding tenant's briefs, then those of all others in a mixed order; the same in every run."""
    chance = random.Random(7)
    flood = int(count * FLOOD)
    tenants = [FLOODER] * flood + [tenant(1 + number % (TENANTS - 1)) for number in range(count - flood)]
    rest = tenants[flood:]
    chance.shuffle(rest)
    sizes = chance.choices(list(SIZES), [size.share for size in SIZES.values()], k=count)
    return [Order(*each) for each in zip(range(count), tenants[:flood] + rest, sizes, strict=True)]


def tenant(number: int) -> str:
    """Return a tenant's id."""
    return f"t{number:03d}"


def furnish(folder: Path) -> None:
    """Tenants without logos, their product pictures, and templates with small masters in `folder`/small."""
    shipped = yaml.safe_load((EXAMPLES / "tenants" / "northpeak" / "tenant.yaml").read_text())
    picture = product_picture(folder / "serum.png").read_bytes()
    brand = {key: value for key, value in shipped["brand"].items() if key not in ("logo", "layouts")}
    for number in range(TENANTS):
        name = tenant(number)
        told = {"id": name, "name": name, "brand": brand, "models": {"upscale": "lanczos", "screen": "measured"}}
        for file, content in (
            (folder / "tenants" / name / "tenant.yaml", yaml.safe_dump(told).encode()),
            (folder / "files" / name / "serum.png", picture),
        ):
            file.parent.mkdir(parents=True)
            file.write_bytes(content)
    small_templates(folder / "small")


def small_templates(folder: Path) -> None:
    """Use the shipped templates, except for the masters' sizes. A process that is started in `folder` imports these."""
    own = folder / "templates"
    own.mkdir(parents=True)
    for shipped in (ROOT / "templates").iterdir():
        if shipped.name != "compositions.yaml":
            (own / shipped.name).symlink_to(shipped)
    told = yaml.safe_load((ROOT / "templates" / "compositions.yaml").read_text())
    for bucket in told["buckets"].values():
        for side in ("width_px", "height_px"):
            bucket[side] //= MASTER_SHARE
    (own / "compositions.yaml").write_text(yaml.safe_dump(told))


def bare(folder: Path, each: list[Order]) -> dict[str, float]:
    """Seconds and processor seconds of making these briefs by `build_all` alone, so many at once as a round takes.

    The first round is not counted: it loads what the others find loaded.
    """
    from pipelines.campaign.flow import build_all

    folders = Folders(folder / "tenants", folder / "files")
    store = LocalStore(folder / "bare")
    wall = processor = 0.0
    for first in range(0, len(each), A_ROUND):
        some = each[first : first + A_ROUND]
        found = [
            admit_request(BriefRequest("", order.tenant, order.campaign, order.document()), folders) for order in some
        ]
        began, used = time.monotonic(), time.process_time()
        build_all([(one.plan, one.inputs) for one in found], store, generator=PaintingHandler())
        if first:
            wall, processor = wall + time.monotonic() - began, processor + time.process_time() - used
    return {"briefs": max(0, len(each) - A_ROUND), "wall": wall, "processor": processor}


if __name__ == "__main__":
    place, count, first, stop = Path(sys.argv[1]), *map(int, sys.argv[2:])
    print(json.dumps(bare(place, orders(count)[first:stop])))
