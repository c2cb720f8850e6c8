"""A small shop for tests of catalogs: feed, pictures, tenant and cards in one folder, and the clock of its nights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from foundry.catalog.catalog import CATALOG, Catalog
from foundry.documents.sentences import parse_value
from foundry.store.object_store import LocalStore
from pipelines.campaign.shared_run import RunOptions
from pipelines.catalog.setting import CatalogSetting
from tests.support.briefs import EXAMPLES, SMALL_MASTERS, product_picture
from tests.support.fakes import PaintingHandler

TENANT = "aurelle"
FEED = "feed.tsv"
CAMPAIGN: dict[str, Any] = {
    "campaign": {"id": "shop", "name": "Shop"},
    "market": {"regions": ["US"]},
    "scenes": [{"id": "wall", "prompt": "Plaster wall, light from the left"}],
    "messages": {"en-US": {"headline": "Wake up radiant", "offer": "{price}", "call_to_action": "Shop now"}},
    "placements": ["google/medium-rectangle"],
}
Row = Mapping[str, str]


def a_row(number: int, **changes: str) -> dict[str, str]:
    """Return a usable row of Google's feed; an empty value leaves the attribute out."""
    row = {
        "id": f"SKU-{number}",
        "title": f"Serum {number}",
        "description": f"A serum with the number {number}",
        "link": f"https://shop.example/serum-{number}",
        "image_link": f"serum-{number % 7}.png",
        "availability": "in_stock",
        "price": f"{10 + number}.00 USD",
        "brand": "Aurelle",
        "condition": "new",
    }
    return {**row, **changes}


@dataclass(kw_only=True)
class Shop:
    """A shop below a folder: `write` its feed, then `refresh`. Drawings are painted; nothing is loaded."""

    root: Path
    store_name: str = "store"
    night: datetime = datetime(2026, 11, 30, 1, 30, tzinfo=UTC)
    more: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def open(cls, root: Path, **more: Any) -> Shop:
        """Lay the shop's files into a folder; `more` are further parts of the catalog's file."""
        _lay_tenant(root)
        for number, colour in enumerate(("#B0651D", "#1D65B0", "#65B01D", "#B01D65", "#651DB0", "#1DB065", "#333333")):
            if not (root / f"serum-{number}.png").exists():
                product_picture(root / f"serum-{number}.png", colour)
        return cls(root=root, more=more)

    @property
    def catalog(self) -> Catalog:
        """The catalog as its file says it."""
        written = {"id": "shop", "name": "Shop", "tenant": TENANT, "feed": {"source": FEED}, "campaign": CAMPAIGN}
        return parse_value(Catalog, {**written, **self.more}, CATALOG)

    @property
    def setting(self) -> CatalogSetting:
        """The surroundings of a run; `settings` replaces some of them."""
        usual = CatalogSetting(
            store=str(self.root / self.store_name),
            tenants=self.root / "tenants",
            files=self.root,
            cards=self.root / "cards",
            options=RunOptions(generator=PaintingHandler()),
            now=lambda: self.night,
            expectations=False,
        )
        return replace(usual, **self.settings)

    @property
    def own(self) -> LocalStore:
        """The tenant's store."""
        return LocalStore(self.root / self.store_name).for_tenant(TENANT)

    def write(self, rows: Sequence[Row]) -> None:
        """Write the feed."""
        names = list(dict.fromkeys(name for row in rows for name in row)) or list(a_row(0))
        lines = ["\t".join(names), *("\t".join(row.get(name, "") for name in names) for row in rows)]
        (self.root / FEED).write_text("\n".join(lines) + "\n")

    def next_night(self) -> None:
        """Let a day pass."""
        self.night += timedelta(days=1)


def _lay_tenant(root: Path) -> None:
    """Copy an example tenant, which enlarges to small masters and judges without networks."""
    folder = root / "tenants" / TENANT
    if folder.exists():
        return
    folder.mkdir(parents=True)
    for file in (EXAMPLES / "tenants" / TENANT).iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    (folder / "layouts").mkdir()
    for file in (EXAMPLES / "tenants" / TENANT / "layouts").iterdir():
        (folder / "layouts" / file.name).write_bytes(file.read_bytes())
    tenant = yaml.safe_load((folder / "tenant.yaml").read_text())
    tenant["models"] = {"generate": "backdrop", "upscale": "small-masters@1", "screen": "measured"}
    tenant.pop("quota", None)
    (folder / "tenant.yaml").write_text(yaml.safe_dump(tenant))
    card = yaml.safe_load((EXAMPLES.parent / "models" / "cards" / "lanczos.yaml").read_text())
    sizes = {bucket: list(size) for bucket, size in SMALL_MASTERS.items()}
    (root / "cards").mkdir()
    (root / "cards" / "small-masters.yaml").write_text(yaml.safe_dump({**card, "id": "small-masters", "sizes": sizes}))
