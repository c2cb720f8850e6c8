"""A campaign whose files exist, at 1,000, 10,000 and 100,000 of them, on a bucket server 20 ms away.

python -m benchmarks.scale [VARIANTS ...]

Each size runs in a process of its own, which first runs another, small campaign, so that nothing is loaded or imported
while it measures: it then plans, asks what is missing, runs the flow, writes the manifest and the report. The server's
process and the relay that delays requests have the same two cores. Only the records of the files are in the bucket:
of a file that exists, a run reads nothing else.
"""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import urllib3
from PIL import Image

from foundry.manifest import Attempt, CheckRecord, MasterRecord, RenditionRecord, as_json
from foundry.plan.plan import Plan
from foundry.plan.variant import Variant
from foundry.store.addresses import open_store
from foundry.store.object_store import crc32c
from foundry.tenant import Quota
from infra.stack.fetching import cache_folder
from infra.stack.gcs import Gcs
from infra.stack.home import StackHome
from pipelines.campaign.running import run_all
from pipelines.planning.admission import Admitted
from tests.support.briefs import BRIEF, a_tenant, admitted
from tests.support.far_away import far_away

SIZES = (1_000, 10_000, 100_000)
LATENCY_S = 0.020
WARM_UP = 50
LOCALES = ("en-US", "en-GB", "de-DE", "fr-FR", "es-ES")
PLACEMENTS = (
    "meta/feed-square", "meta/feed-portrait", "meta/story", "google/leaderboard", "google/half-page",
    "google/medium-rectangle", "google/billboard", "google/wide-skyscraper", "pinterest/pin", "linkedin/square",
)  # fmt: skip
CHECKS = tuple(
    CheckRecord(name=name, passed=True, measured="81234 bytes", limit="at most 153600 bytes")
    for name in ("file size", "size", "contrast", "safe area")
)
THUMBNAIL = "renditions/00/thumbnail.webp"
"""The one thumbnail of all files."""
WORDS = ("headline", "subheadline", "call_to_action", "offer", "price", "legal")
LOCAL = "http://127.0.0.1"


def an_order(variants: int, folder: Path, name: str = "scale") -> Admitted:
    """Return an admitted campaign of so many files: products that share a picture, in all placements and locales."""
    count = max(1, variants // (len(LOCALES) * len(PLACEMENTS)))
    prices = [{"amount": "48", "currency": code} for code in ("USD", "EUR", "GBP")]
    product = {**BRIEF["products"][0], "prices": prices}
    products = [{**product, "id": f"p{at:06d}", "name": f"Serum {at}"} for at in range(count)]
    changes = {
        "campaign": {"id": name, "name": "Scale"},
        "products": products,
        "messages": dict.fromkeys(LOCALES, BRIEF["messages"]["en-US"]),
        "placements": list(PLACEMENTS),
    }
    quota = Quota(shots=10**7, variants=10**8, bytes=10**15, budget=10**7)
    return admitted(folder, owner=a_tenant().model_copy(update={"quota": quota}), **changes)


def record_of(variant: Variant) -> RenditionRecord:
    """Return the record of a finished file, as long as that of a real one."""
    place = variant.placement
    return RenditionRecord(
        name=variant.name,
        address=f"{variant.record.removesuffix('.json')}.jpg",
        thumbnail=THUMBNAIL,
        format="jpeg",
        quality=82,
        width_px=place.width_px,
        height_px=place.height_px,
        size_bytes=81_234,
        crc32c="AAAAAA==",
        checks=CHECKS,
        **{field: getattr(variant.copy, field) for field in WORDS},
    )


def master_of(plan: Plan, shot: Any) -> MasterRecord:
    """Return the record of a finished master."""
    cards = plan.cards
    return MasterRecord(
        name=shot.name, address=shot.master, tenant=shot.tenant, prompt=shot.prompt,
        negative_prompt=shot.negative_prompt, caption="a bottle in front of a plaster wall", ignored_words=(), seed=7,
        attempts=(Attempt(7, True, CHECKS),), bucket=shot.bucket, mirrored=shot.mirrored, width_px=2880,
        height_px=2880, product_box=(300, 200, 700, 900), product_picture=shot.picture, model=cards.generate.id,
        model_version=cards.generate.version, weights_sha256="0" * 64, upscaler=cards.upscale.name,
        screen=cards.screen.name, cost_usd="0.0001", size_bytes=1, crc32c="AAAAAA==",
    )  # fmt: skip


def finished_objects(plan: Plan) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every record of a plan, and of the thumbnail."""
    picture = io.BytesIO()
    Image.new("RGB", (240, 240), "#B0651D").save(picture, "WEBP")
    yield THUMBNAIL, picture.getvalue()
    for shot in plan.shots():
        yield shot.record, as_json(master_of(plan, shot)).encode()
        for variant in plan.variants(shot):
            yield variant.record, as_json(record_of(variant)).encode()


def fill(port: int, bucket: str, tenant: str, objects: Iterable[tuple[str, bytes]]) -> None:
    """Upload objects to the server itself, a few thousand at once."""
    pool = urllib3.PoolManager(maxsize=4)
    pool.request("POST", f"{LOCAL}:{port}/storage/v1/b?project=scale", json={"name": bucket})

    def put(each: tuple[str, bytes]) -> None:
        name, data = each
        place = f"{LOCAL}:{port}/upload/storage/v1/b/{bucket}/o?uploadType=media&name={quote(f'{tenant}/{name}', '')}"
        answer = pool.request("POST", place, body=data, headers={"Content-Type": "application/json"})
        if answer.status != 200 or json.loads(answer.data)["crc32c"] != crc32c(data):
            raise RuntimeError(f"{name}: {answer.status} {answer.data[:200]!r}")

    left = iter(objects)
    with ThreadPoolExecutor(4) as threads:
        while some := list(islice(left, 2_000)):
            list(threads.map(put, some))


class PeakMemory:
    """The most memory that this process had resident while this was open, in MiB; sampled."""

    def __init__(self) -> None:
        self.mib = 0.0
        self._done = threading.Event()

    def __enter__(self) -> Self:
        self._watching = threading.Thread(target=self._watch, daemon=True)
        self._watching.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watching.join()

    def _watch(self) -> None:
        while True:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
            self.mib = max(self.mib, pages * os.sysconf("SC_PAGE_SIZE") / 2**20)
            if self._done.wait(0.05):
                return


def one(variants: int, folder: Path, bucket: str) -> None:
    """Run a warm-up and a campaign of so many finished files; print the figures as JSON."""
    run_all([an_order(WARM_UP, folder, "warm-up")], f"gs://{bucket}")
    order = an_order(variants, folder)
    used = resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    with PeakMemory() as peak:
        [summary] = run_all([order], f"gs://{bucket}")
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF)
    if (summary.reused, summary.made, summary.failed) != (order.plan.variant_count, 0, 0):
        raise RuntimeError(f"not all was found: {summary}")
    rows = manifest_rows_of(order, bucket)
    processor = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    print(json.dumps({
        "variants": order.plan.variant_count, "rows": rows, "seconds": seconds, "processor_seconds": processor,
        "peak_mib": peak.mib,
    }))  # fmt: skip


def manifest_rows_of(order: Admitted, bucket: str) -> int:
    """Return the number of rows of the campaign's manifest."""
    from foundry.manifest_index import read_index

    own = open_store(f"gs://{bucket}", [order.plan.tenant]).for_tenant(order.plan.tenant.id)
    index = read_index(own, order.plan.brief.campaign.id)
    return index.rows if index else 0


@contextmanager
def far_bucket_server(folder: Path) -> Iterator[tuple[int, int]]:
    """Yield the port of a bucket server and the port under which it is `LATENCY_S` away."""
    server = Gcs(StackHome(folder / "stack", cache_folder()), kept=True)
    server.up()
    try:
        with far_away(server.port("http"), LATENCY_S) as port:
            yield server.port("http"), port
    finally:
        server.down()


def measure(variants: int) -> dict[str, float]:
    """Fill a server of its own, run one size in a process of its own, and return its figures."""
    with tempfile.TemporaryDirectory() as where, far_bucket_server(Path(where)) as (near, far):
        folder, bucket = Path(where), "scale"
        for each in (an_order(WARM_UP, folder, "warm-up"), an_order(variants, folder)):
            fill(near, bucket, each.plan.tenant.id, finished_objects(each.plan))
        command = [sys.executable, "-m", "benchmarks.scale", "--one", str(variants), where, bucket]
        environment = {**os.environ, "STORAGE_EMULATOR_HOST": f"{LOCAL}:{far}", "GOOGLE_CLOUD_PROJECT": "scale"}
        told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment).stdout
        found: dict[str, float] = json.loads(told.splitlines()[-1])
        return found


def main(sizes: Iterable[int] = SIZES) -> None:
    """Print a row per size, and what the largest one says for a million."""
    columns = (
        ("files", 9),
        ("s per 1,000", 12),
        ("to smallest", 12),
        ("CPU s", 8),
        ("peak MiB", 9),
        ("to smallest", 12),
    )
    print(" ".join(f"{name:>{width}}" for name, width in columns))
    first: dict[str, float] = {}
    for size in sizes:
        found = measure(size)
        each = found["seconds"] / found["variants"] * 1_000
        first = first or {"each": each, "peak": found["peak_mib"]}
        processor = found["processor_seconds"] / found["variants"] * 1_000
        print(
            f"{found['variants']:9,.0f} {each:12.2f} {each / first['each']:12.3f} {processor:8.2f} "
            f"{found['peak_mib']:9.0f} {found['peak_mib'] / first['peak']:12.3f}",
            flush=True,
        )
    print(f"a million files, at the last row's pace: {each * 1_000 / 60:.0f} minutes")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
    else:
        main(tuple(map(int, sys.argv[1:])) or SIZES)
