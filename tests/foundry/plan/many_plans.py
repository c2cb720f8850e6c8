"""Plans of every small shape, made without admission."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from foundry.brief.intake import parse
from foundry.card.selection import Cards
from foundry.channel.placement import resolve_placements
from foundry.plan.plan import Plan
from foundry.tenant import Tenant
from models.registry import cards_of
from tests.support.briefs import a_brief, a_tenant

STILLS = ("google/leaderboard", "google/square", "google/landscape", "meta/story")
FILMS = ("instagram/reels-film", "meta/feed-film")
LOCALES = ("en-US", "de-DE", "ar-EG", "he-IL")


@cache
def owner() -> tuple[Tenant, Cards]:
    """The example tenant and its cards."""
    return a_tenant(), cards_of(a_tenant())


def a_plan(
    *, pictures: tuple[str | None, ...] = ("a",), scenes: int = 1, locales: int = 1, alternatives: int = 1,
    placements: tuple[str, ...] = STILLS[:1],
) -> Plan:  # fmt: skip
    """A plan made without admission: its pictures are keys without files."""
    tenant, cards = owner()
    brief = parse(
        a_brief(
            products=[{"id": f"p{number}", "name": f"Product {number}"} for number in range(len(pictures))],
            scenes=[{"id": f"s{number}", "prompt": f"Wall {9 - number}"} for number in range(scenes)],
            messages={locale: {"headline": "Hello"} for locale in LOCALES[:locales]},
            alternatives=alternatives,
            placements=list(placements),
        )
    )
    return Plan(brief=brief, tenant=tenant, cards=cards, pictures=pictures, placements=resolve_placements(placements))


plans = st.builds(
    a_plan,
    pictures=st.lists(st.sampled_from(["a", "b", None]), min_size=1, max_size=3).map(tuple),
    scenes=st.integers(1, 3),
    locales=st.integers(1, 4),
    alternatives=st.integers(1, 3),
    placements=st.lists(st.sampled_from(STILLS + FILMS), min_size=1, max_size=3, unique=True).map(tuple),
)
