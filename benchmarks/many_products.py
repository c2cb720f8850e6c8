"""Generated briefs of many products, written as JSON files beside their pictures.

python -m benchmarks.many_products FOLDER PRODUCTS
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

PICTURES = 50
ADJECTIVES = (
    "Radiant", "Velvet", "Nordic", "Wild", "Calm", "Silken", "Everyday", "Ultra", "Matte", "Golden", "Pure", "Fresh",
)  # fmt: skip
NOUNS = (
    "Serum",
    "Cream",
    "Mist",
    "Balm",
    "Cleanser",
    "Toner",
    "Mask",
    "Oil",
    "Lotion",
    "Scrub",
    "Essence",
    "Sunscreen",
)
ENDINGS = ("", "", "SPF 30", "for Sensitive Skin", "50 ml", "with Vitamin C", "Refill", "Travel Size", "No. {n}")
CURRENCIES = ("USD", "EUR", "GBP", "JPY", "AED", "INR")
PLACEMENTS = (
    "meta/feed-square", "meta/feed-portrait", "meta/story", "meta/link", "pinterest/pin", "linkedin/landscape",
    "google/landscape", "google/square", "google/leaderboard", "google/billboard", "google/medium-rectangle",
    "google/half-page", "web/hero", "youtube/thumbnail",
)  # fmt: skip
MESSAGES: dict[str, dict[str, str]] = {
    "en-US": {"headline": "{product.name}", "subheadline": "New this spring", "call_to_action": "Shop now"},
    "en-GB": {"headline": "Meet {product.name}", "call_to_action": "Shop now", "legal": "While stocks last."},
    "de-DE": {"headline": "{product.name}", "subheadline": "Jetzt neu", "call_to_action": "Entdecken"},
    "fr-FR": {"headline": "{product.name}", "call_to_action": "Découvrir", "legal": "Dans la limite des stocks."},
    "ja-JP": {"headline": "春の新作", "subheadline": "{product.name}", "call_to_action": "詳しく見る"},
    "ar-AE": {"headline": "{product.name}", "subheadline": "جديدنا لهذا الربيع", "call_to_action": "تسوق الآن"},
}


def name_of(number: int, chance: random.Random) -> str:
    """Return a name of one to six words; about one in nine is the only one that says so."""
    ending = chance.choice(ENDINGS).format(n=number)
    return f"{chance.choice(ADJECTIVES)} {chance.choice(NOUNS)} {ending}".strip()


def a_product(number: int, chance: random.Random) -> dict[str, Any]:
    """Return one product: four in five show one of fifty pictures, the others have none."""
    amount = chance.randrange(300, 30_000)
    prices = [
        {"amount": str(amount // 10 * 10) if code == "JPY" else f"{amount / 100:.2f}", "currency": code}
        for code in CURRENCIES
    ]
    shown = {"picture": f"pictures/{number % PICTURES}.png"} if chance.random() < 0.8 else {}
    words = {"description": "A care product in a plain bottle", "category": chance.choice(("skin", "hair", "sun"))}
    return {"id": f"p-{number:06d}", "name": name_of(number, chance), "prices": prices, **words, **shown}


def write_brief(folder: Path, count: int, *, locales: int = 6, placements: int = 14) -> Path:
    """Write a brief of `count` products with their pictures, and return its file."""
    chance = random.Random(count)
    for number in range(PICTURES):
        _picture(folder / "pictures" / f"{number}.png", number)
    brief = {
        "tenant": "aurelle",
        "campaign": {"id": "many", "name": "Many products"},
        "market": {"regions": ["US"]},
        "products": [a_product(number, chance) for number in range(count)],
        "scenes": [{"id": "wall", "prompt": "Plaster wall, light from the left"}],
        "messages": dict(list(MESSAGES.items())[:locales]),
        "placements": list(PLACEMENTS[:placements]),
    }
    path = folder / "brief.json"
    path.write_text(json.dumps(brief, ensure_ascii=False), encoding="utf-8")
    return path


def _picture(path: Path, number: int) -> None:
    picture = Image.new("RGBA", (240, 480))
    ImageDraw.Draw(picture).rounded_rectangle((20, 140, 220, 479), 30, fill=(number * 5, 101, 29))
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)


if __name__ == "__main__":
    print(json.dumps(str(write_brief(Path(sys.argv[1]), int(sys.argv[2])))))
