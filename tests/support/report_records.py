"""Records of a campaign that nobody made, of any size, as a manifest would yield them; and their thumbnails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import product
from pathlib import Path

from PIL import Image, ImageDraw

from foundry.manifest import CheckRecord, ManifestRecord

PLACEMENTS = (
    ("meta/story", 1080, 1920, "story"), ("meta/square", 1080, 1080, "square"),
    ("meta/landscape", 1200, 628, "landscape"), ("google/leaderboard", 728, 90, "landscape"),
    ("google/rectangle", 300, 250, "square"),
    ("google/skyscraper", 160, 600, "story"), ("google/halfpage", 300, 600, "story"),
    ("tiktok/feed", 1080, 1920, "story"),
    ("pinterest/pin", 1000, 1500, "portrait"), ("linkedin/single", 1200, 627, "landscape"),
    ("email/hero", 1200, 600, "landscape"), ("amazon/tile", 1200, 1200, "square"), ("x/card", 800, 418, "landscape"),
    ("youtube/thumbnail", 1280, 720, "landscape"),
)  # fmt: skip
LOCALES = ("en-US", "de-DE", "fr-FR", "ja-JP", "ar-EG", "pt-BR")
HEADLINES = {
    "en-US": "Wake up with {}", "de-DE": "Aufwachen mit {}", "fr-FR": "Réveillez-vous avec {}",
    "ja-JP": "{}で目覚める", "ar-EG": "استيقظ مع {}", "pt-BR": "Acorde com {}",
}  # fmt: skip
SCENES = ("silk", "marble", "water", "sand")
KINDS = ("Serum", "Balm", "Cleanser", "Essence", "Mask", "Cream", "Oil", "Toner", "Mist", "Polish")
SHADES = ("Amber", "Ivory", "Coral", "Slate", "Olive", "Pearl", "Plum", "Honey", "Azure", "Rose", "Sage", "Crème")
PICTURES = 96
CHECK = CheckRecord("contrast", True, "at least 7.3:1", "4.5:1")
CHECKS = (
    CHECK,
    CheckRecord("safe_area", True, "12 px inside", "0 px"),
    CheckRecord("bytes", True, "84,120", "150,000"),
)
RECORD = ManifestRecord(
    asset="a" * 32, address="renditions/aa/x.jpg", file_name="c_serum_silk_en-US_meta-story_1080x1920_a01.jpg",
    thumbnail="thumbnails/aa/x.webp", tenant="aurelle", campaign="c",
    campaign_name="C", brief="b", regions=("US",), audience="", product="serum", product_name="Serum",
    product_picture=None, scene="silk", prompt="Folds of silk in morning light", negative_prompt="", caption="silk",
    locale="en-US", headline="Wake up", subheadline="", call_to_action="Shop", offer="", price="$1",
    legal="", placement="meta/story", channel="meta", family="story", placement_digest="p", layout="l@1",
    layout_digest="l", brand_digest="b", width_px=108, height_px=192, format="jpeg", quality=90, size_bytes=1000,
    crc32c="AAAA", shot="s", master="masters/m.png", bucket="story", mirrored=False, alternative=0, seed=1,
    attempts=1, model="backdrop", model_version="1", weights_sha256="w" * 32, upscaler="u@1", screen="m@1",
    shot_checks=(CHECK,), checks=(CHECK,), cost_usd="0.0001", embargo=None, expiry=None, priority=5,
)  # fmt: skip
"""The record of one file, which tests change where it matters to them."""


def synthetic_records(
    products: int, *, scenes: int = 2, placements: int = 14, locales: int = 6, campaign: str = "c"
) -> Iterator[ManifestRecord]:
    """Yield a record for each product × scene × placement × locale, in the order of a plan."""
    for number, scene in product(range(products), SCENES[:scenes]):
        kind, shade = KINDS[number % 10], SHADES[number // 10 % 12]
        name, slug = f"{shade} {kind} {number}", f"{kind.lower()}-{number}"
        for (placement, width, height, bucket), locale in product(PLACEMENTS[:placements], LOCALES[:locales]):
            asset = sha256(f"{slug}/{scene}/{placement}/{locale}".encode()).hexdigest()[:32]
            picture = int(asset[:8], 16) % PICTURES
            slot = placement.replace("/", "-")
            yield replace(
                RECORD, asset=asset, address=f"renditions/{picture:02d}.jpg",
                thumbnail=f"thumbnails/{slot}-{picture:02d}.webp",
                file_name=f"{campaign}_{slug}_{scene}_{locale}_{slot}_{width}x{height}_a01.jpg",
                campaign=campaign, product=slug, product_name=name, scene=scene, locale=locale,
                headline=HEADLINES[locale].format(name),
                placement=placement, channel=placement.split("/")[0], family=bucket, bucket=bucket, width_px=width,
                height_px=height, size_bytes=40_000 + int(asset[:4], 16), crc32c=asset[:6] + "==",
                shot=f"{number:08d}{scene:0<24}", seed=number,
                checks=(*CHECKS[:2], replace(CHECKS[2], measured=asset[:5])), shot_checks=CHECKS,
                layout=f"{bucket}@3", cost_usd="0.000312",
            )  # fmt: skip


def write_pictures(folder: Path, pictures: int = PICTURES) -> None:
    """Write the first thumbnails and files of synthetic records: a bottle before a wall, in many colours."""
    (folder / "thumbnails").mkdir(parents=True, exist_ok=True)
    (folder / "renditions").mkdir(exist_ok=True)
    for number in range(pictures):
        for name, width, height, _ in PLACEMENTS:
            share = 320 / max(width, height)
            slot = name.replace("/", "-")
            small = _picture(number, max(round(width * share), 1), max(round(height * share), 1))
            small.save(folder / "thumbnails" / f"{slot}-{number:02d}.webp", quality=70)
        _picture(number, 1080, 1350).save(folder / "renditions" / f"{number:02d}.jpg", quality=70)


def _picture(number: int, width: int, height: int) -> Image.Image:
    wall, floor = (
        (105 + (number * a) % 120, 100 + (number * b) % 110, 95 + (number * c) % 100)
        for a, b, c in ((7, 5, 3), (5, 3, 7))
    )
    image = Image.new("RGB", (width, height), wall)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height * 0.72, width, height), floor)
    side, top = min(width, height) * 0.16, height * 0.35
    draw.rounded_rectangle((width / 2 - side, top, width / 2 + side, height * 0.8), side / 4, (250, 246, 240))
    draw.rectangle((width / 2 - side / 2, top - side / 2, width / 2 + side / 2, top), (40, 36, 33))
    return image
