"""Campaigns that a seed decides: other numbers of products, scenes, locales, placements and alternatives each time."""

from __future__ import annotations

import random
from typing import Any

PLACEMENTS = (
    "google/leaderboard", "google/medium-rectangle", "google/half-page", "meta/feed-square", "meta/story",
    "amazon/mobile-banner",
)  # fmt: skip
WORDS = {
    "en-US": ("Wake up radiant", "Shop now"), "de-DE": ("Strahlend in den Tag", "Entdecken"),
    "fr-FR": ("Un matin éclatant", "Découvrir"), "es-ES": ("Despierta radiante", "Comprar"),
    "nl-NL": ("Stralend de dag in", "Bekijken"),
}  # fmt: skip
PLACES = (
    "Plaster wall",
    "Calm sea at sunrise",
    "Seamless studio sweep",
    "Slate ledge before hills",
    "An arch of stone",
)


def a_warm_up() -> dict[str, Any]:
    """Changes of the test brief: one product in two scenes, all placements, three locales."""
    return _order(
        "warm-up", 1, [f"{place}, light from the left" for place in PLACES[:2]], list(WORDS)[:3], PLACEMENTS, 1
    )


def seeded_campaigns(count: int, seed: int = 16) -> list[dict[str, Any]]:
    """Changes of the test brief for so many campaigns; no two of them draw the same shot."""
    chance = random.Random(seed)
    return [_seeded(number, chance) for number in range(count)]


def _seeded(number: int, chance: random.Random) -> dict[str, Any]:
    scenes = [f"{place} {number}, light from the left" for place in chance.sample(PLACES, chance.randint(1, 2))]
    placements = chance.sample(PLACEMENTS, chance.randint(1, 3))
    locales = chance.sample(sorted(WORDS), chance.randint(1, len(WORDS)))
    return _order(f"c{number}", chance.randint(1, 2), scenes, locales, placements, chance.randint(1, 2))


def _order(
    campaign: str, products: int, scenes: list[str], locales: list[str], placements: Any, alternatives: int
) -> dict[str, Any]:
    return {
        "campaign": {"id": campaign, "name": campaign},
        "products": [
            {
                "id": f"p{at}",
                "name": f"Serum {at}",
                "picture": "serum.png",
                "prices": [{"amount": "48", "currency": "EUR"}],
            }
            for at in range(products)
        ],
        "scenes": [{"id": f"s{at}", "prompt": prompt} for at, prompt in enumerate(scenes)],
        "messages": {locale: {"headline": WORDS[locale][0], "call_to_action": WORDS[locale][1]} for locale in locales},
        "placements": list(placements),
        "alternatives": alternatives,
    }
