"""B4: finished files per second of processor time, ours and others', of one mixed order at the same likeness.

python -m benchmarks.rendering [STORE [ROUNDS [LOCALES]]]

The order: JPEG, PNG, WebP and AVIF for seven placements of both demo brands, three locales each, from masters of STORE
(`foundry run examples/northpeak-first-light.yaml --store STORE`, then aurelle's), else from photographs at a master's
full size. Ours is the decoding of `load_master` once per master, of its copy of half the size where that will do;
`prepare` once per placement, `finish` and `encode` per locale, the search for a quality included. A peer is told every
decision of the layout and, free of charge, the lowest quality at which its file is as like the picture as ours.
"Shared" peers decode and reduce as seldom as we do, the others are written as one writes a script, file by file; one
row has OpenCV read our copies of half the size too. One core, one thread; rounds are interleaved. Seconds are processor
time of this process and, for Chromium, of its processes. Peers need `.[peers]`.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.peers import plain_pillow
from benchmarks.peers.chromium import Chromium, descendants_seconds
from benchmarks.peers.matching import matched
from benchmarks.peers.pixels import HalvedOpenCv, OpenCv, Skia, SlowOpenCv, Vips
from benchmarks.peers.sheet import XMP, Order, Sheet, sheet
from foundry.channel.placement import Placement, placements
from foundry.copy import Copy
from foundry.layout.files import layout_for
from foundry.manifest import master_from_json
from foundry.plan.composition import compositions
from foundry.plan.shot import MasterFacts
from imaging.pixels.master_file import encode_master, half_in, head_bytes, master_levels
from imaging.pixels.reduction import Pyramid
from imaging.still.compose import StaticLayer, finish, prepare
from imaging.still.encode import encode
from lab.evaluation.photographs import photograph
from tests.support.briefs import a_tenant
from transforms.stored_masters import facts_of

ROUNDS = 3
SLOTS = (
    ("meta/feed-square", "jpeg", "aurelle"), ("meta/story", "jpeg", "northpeak"), ("web/hero", "webp", "northpeak"),
    ("web/card", "avif", "aurelle"), ("web/hero-mobile", "avif", "northpeak"), ("google/leaderboard", "png", "aurelle"),
    ("meta/feed-square", "png", "northpeak"),
)  # fmt: skip
COPY = {
    "de-DE": Copy(
        headline="Strahlend in den Tag",
        subheadline="Ein stilles Ritual für leuchtende Haut",
        call_to_action="Jetzt entdecken",
        offer="20 % Rabatt",
    ),
    "ar-EG": Copy(
        headline="استيقظي بإشراقة",
        subheadline="طقس هادئ لبشرة مضيئة",
        call_to_action="تسوّقي الآن",
        offer="خصم ٢٠٪ هذا الأسبوع",
    ),
    "ja-JP": Copy(
        headline="目覚めるたび、輝く素肌へ",
        subheadline="朝の肌に静かなうるおいを",
        call_to_action="今すぐ見る",
        offer="今週だけ20%オフ",
    ),
}
PHOTOGRAPHS = {"aurelle": "coffee.png", "northpeak": "rocket.jpg"}
LARGEST = 30_000_000


def orders(store: Path | None, folder: Path, locales: int) -> Iterator[Order]:
    """Return the files of the mixed order, sorted as the CPU stage gets them: by master, then by placement."""
    made = [order for slot, form, brand in SLOTS for order in _of_slot(slot, form, brand, store or folder)]
    asked = list(COPY)[:locales]
    made = [order for order in made if order.locale in asked]
    yield from sorted(made, key=lambda order: (str(order.master), order.shared))


def _of_slot(slot: str, form: str, brand: str, folder: Path) -> Iterator[Order]:
    placement = placements()[slot].model_copy(update={"formats": (form,), "max_bytes": LARGEST})
    tenant = a_tenant(brand)
    layout = layout_for(placement, tenant)
    master, facts = _master(placement, brand, folder)
    for locale, copy in COPY.items():
        yield Order(master, facts, layout, placement, tenant, locale, copy.only(layout.fields))


def _master(placement: Placement, brand: str, folder: Path) -> tuple[Path, MasterFacts]:
    for file in sorted((folder / brand).glob("masters/*/*.json")):
        record = master_from_json(file.read_bytes())
        if record.bucket == placement.bucket and not record.mirrored:
            return file.with_suffix(".png"), facts_of(record)
    return _stand_in(placement.bucket, brand, folder)


def _stand_in(bucket: str, brand: str, folder: Path) -> tuple[Path, MasterFacts]:
    composition = compositions()[bucket]
    size = (composition.width_px, composition.height_px)
    file = folder / f"{brand}-{bucket}.png"
    if not file.exists():
        photo = Image.fromarray(np.rint(photograph(PHOTOGRAPHS[brand]) * 255).astype(np.uint8))
        share = max(size[0] / photo.width, size[1] / photo.height)
        whole = photo.resize(size, Image.Resampling.LANCZOS, box=(0, 0, size[0] / share, size[1] / share))
        file.write_bytes(encode_master(np.asarray(whole, np.float32) / 255, 16, file.stem))
    return file, MasterFacts(
        name=file.stem, bucket=bucket, width_px=size[0], height_px=size[1], product_box=composition.box(False)
    )


@dataclass
class Ours:
    """The real functions, and seconds by what they were spent on."""

    spent: Counter[str] = field(default_factory=Counter)
    kept: dict[str, Any] = field(default_factory=dict)

    def forget(self) -> None:
        """Begin a round with nothing decoded."""
        self.kept.clear()

    def render(self, each: Sheet) -> bytes:
        """One file."""
        order = each.order
        if self.kept.get("of") != order.master:
            self.kept = {"of": order.master, "master": opened(order.master, self.spent)}
        with _Clock(self.spent, "compose"):
            static: StaticLayer | None = self.kept.get(order.shared)
            if static is None:
                arguments = (order.facts, order.layout, order.placement, order.tenant)
                static = self.kept[order.shared] = prepare(self.kept["master"], *arguments)
            composed = finish(static, order.copy, order.locale)
        with _Clock(self.spent, "encode"):
            return encode(composed.image, order.placement, XMP).data


def opened(file: Path, spent: Counter[str] | None = None) -> Pyramid:
    """Return a master as the CPU stage has it, the whole of which is decoded only if something needs it."""
    data, spent = file.read_bytes(), Counter() if spent is None else spent

    def timed(read: Callable[[], Any]) -> Any:
        with _Clock(spent, "decode"):
            return read()

    size = (int.from_bytes(data[16:20]), int.from_bytes(data[20:24]))
    has_half = head_bytes(data) > 0
    half = (lambda: timed(lambda: half_in(data[: head_bytes(data)], file.name))) if has_half else None
    return Pyramid(size, lambda: timed(lambda: master_levels(data)), half)


@dataclass
class _Clock:
    """Adds a block's processor seconds to a name, without those of blocks inside it."""

    spent: Counter[str]
    name: str

    def __enter__(self) -> None:
        self.began, self.before = time.process_time(), sum(self.spent.values())

    def __exit__(self, *_: object) -> None:
        within = sum(self.spent.values()) - self.before
        self.spent[self.name] += time.process_time() - self.began - within  # type: ignore[assignment]


@dataclass
class Peer:
    """A library: file by file, or decoding and reducing as seldom as we do. Its quality is per placement."""

    tool: Any
    shared: bool
    kept: dict[str, Any] = field(default_factory=dict)
    qualities: dict[str, tuple[int, bool]] = field(default_factory=dict)

    def match(self, sheets: list[Sheet]) -> None:
        """Find the qualities: on the words of the first locale, for all."""
        for each in sheets:
            if each.order.shared not in self.qualities:
                image = self.tool.words(self.tool.ground(self.tool.decode(each), each), each)
                self.qualities[each.order.shared] = matched(
                    each, lambda form, quality, fine, image=image: self.tool.encode(image, form, quality, fine)
                )

    def forget(self) -> None:
        """Begin a round with nothing decoded."""
        self.kept.clear()

    def render(self, each: Sheet) -> bytes:
        """One file."""
        master, key = str(each.order.master), str(each.art)
        if not self.shared or self.kept.get("of") != master:
            self.kept = {"of": master, "master": self.tool.decode(each)}
        if key not in self.kept:
            self.kept[key] = self.tool.ground(self.kept["master"], each)
        image = self.tool.words(self.kept[key], each)
        return bytes(self.tool.encode(image, each.order.placement.formats[0], *self.qualities[each.order.shared]))


@dataclass
class Browser:
    """Chromium; it takes Pillow's qualities for what Pillow encodes, and for its own JPEG too."""

    chromium: Chromium
    qualities: dict[str, tuple[int, bool]]

    def forget(self) -> None:
        """Leave a warm browser as it is."""

    def render(self, each: Sheet) -> bytes:
        """One file."""
        return self.chromium.render(each, *self.qualities[each.order.shared])


def seconds() -> float:
    """Processor seconds of this process and of those it started."""
    return time.process_time() + descendants_seconds()


def rows(ours: Ours, sheets: list[Sheet], chromium: Chromium | None) -> dict[str, Any]:
    """Return what renders, by name."""
    made: dict[str, Any] = {"foundry": ours}
    for tool in (plain_pillow, OpenCv, SlowOpenCv, Vips, Skia):
        script = tool is plain_pillow
        name = tool.NAME if script else tool.name  # type: ignore[attr-defined]
        peer = tool if script else tool()  # type: ignore[operator]
        try:
            alone = Peer(peer, shared=False)
            alone.match(sheets)
        except ImportError as error:
            print(f"{name}: not run, {error.name} is not installed")
            continue
        made[f"{name}, a script"] = alone
        made[f"{name}, shared"] = Peer(peer, True, qualities=alone.qualities)
        if name == OpenCv.name:
            made[HalvedOpenCv.name] = Peer(HalvedOpenCv(), True, qualities=alone.qualities)
        if chromium and tool is plain_pillow:
            made["Chromium, warm"] = Browser(chromium, alone.qualities)
    return made


def measure(renderers: dict[str, Any], sheets: list[Sheet], rounds: int) -> None:
    """Interleave the rounds and print files per second against ours, and bytes."""
    spent: dict[str, list[float]] = {name: [] for name in renderers}
    held: dict[str, int] = {}
    for _ in range(rounds):
        for name, renderer in renderers.items():
            renderer.forget()
            before = seconds()
            held[name] = sum(len(renderer.render(each)) for each in sheets)
            spent[name].append(seconds() - before)
            print(f"  {name}: {spent[name][-1]:.2f} s", file=sys.stderr, flush=True)
    base, size = statistics.median(spent["foundry"]), held["foundry"]
    print(f"\n{'':25} {'files/s':>8} {'ours is':>8} {'min':>6} {'max':>6} {'bytes':>6}")
    for name, times in spent.items():
        ratios = [one / own for one, own in zip(times, spent["foundry"], strict=True)]
        middle = statistics.median(times)
        figures = f"{len(sheets) / middle:8.2f} {middle / base:7.2f}x {min(ratios):6.2f} {max(ratios):6.2f}"
        print(f"{name:25} {figures} {held[name] / size:6.2f}")


def main(store: str | None = None, rounds: int = ROUNDS, locales: int = len(COPY)) -> None:
    """Lay out, match qualities, measure."""
    import cv2
    import torch

    os.environ["VIPS_CONCURRENCY"] = "1"
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as name:
        folder, ours = Path(name), Ours()
        masters: dict[Path, Pyramid] = {}
        sheets = []
        for order in orders(Path(store) if store else None, folder, locales):
            master = masters.get(order.master) or opened(order.master)
            masters = {order.master: master}
            sheets.append(sheet(order, master, folder))
        masters.clear()
        print(f"{len(sheets)} files, load {os.getloadavg()[0]:.1f}")
        if reason := Chromium.missing():
            print(f"Chromium: not run, {reason}")
            measure(rows(ours, sheets, None), sheets, rounds)
        else:
            with Chromium(folder) as chromium:
                measure(rows(ours, sheets, chromium), sheets, rounds)
        total = sum(ours.spent.values())
        print("ours: " + ", ".join(f"{part} {share / total:.0%}" for part, share in ours.spent.items()))
        print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:2], *(int(count) for count in sys.argv[2:4]))
