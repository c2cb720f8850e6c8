"""Expansion is lazy, exact, and names follow from content."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from foundry.brief.brief import Price
from foundry.brief.copywriting import currency_of, price_of
from foundry.names import canonical_json, digest
from foundry.plan.estimate import count_needs
from foundry.plan.plan import Plan
from foundry.store.object_store import LocalStore
from tests.support.briefs import BRIEF, admitted


def names(plan: Plan) -> list[str]:
    return [variant.name for shot in plan.shots() for variant in plan.variants(shot)]


def test_counts_agree_with_what_is_walked(tmp_path: Path) -> None:
    plan = admitted(tmp_path, placements=["first"], alternatives=2).plan
    assert len(list(plan.shots())) == plan.shot_count == 8
    walked = names(plan)
    assert len(walked) == len(set(walked)) == plan.variant_count == 56


def test_right_to_left_locales_get_their_own_shot_where_the_product_stands_aside(tmp_path: Path) -> None:
    messages = {**BRIEF["messages"], "ar-EG": {"headline": "مرحبا"}}
    plan = admitted(tmp_path, messages=messages, placements=["google/landscape", "google/square"]).plan
    assert sorted((shot.bucket, shot.mirrored) for shot in plan.shots()) == [
        ("landscape", False),
        ("landscape", True),
        ("square", False),
    ]


def test_products_with_one_picture_share_their_shots(tmp_path: Path) -> None:
    second = {**BRIEF["products"][0], "id": "again", "name": "Again"}
    plan = admitted(tmp_path, products=[BRIEF["products"][0], second]).plan
    assert plan.shot_count == 2
    assert len(set(names(plan))) == plan.variant_count == 12


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({"campaign": {"id": "other", "name": "Other"}}, True),
        ({"metadata": {"kpi": 3.5}}, True),
        ({"priority": 9}, True),
        ({"scenes": [{"id": "renamed", "prompt": BRIEF["scenes"][0]["prompt"]}]}, True),
        ({"scenes": [{"id": "wall", "prompt": "Another"}]}, False),
        ({"negative_prompt": "clutter"}, False),
    ],
)
def test_only_what_changes_a_picture_changes_its_name(tmp_path: Path, changes: dict[str, Any], same: bool) -> None:
    before, after = names(admitted(tmp_path).plan), names(admitted(tmp_path, **changes).plan)
    assert (before == after) is same


def test_a_plan_asks_the_store_and_writes_nothing(tmp_path: Path) -> None:
    plan = admitted(tmp_path).plan
    found = count_needs(plan, LocalStore(tmp_path / "store").for_tenant("aurelle"))
    assert (found.shots_to_draw, found.variants_to_make, found.variants_reused) == (2, 6, 0)
    assert not (tmp_path / "store").exists()


def peak_of_planning(folder: Path, alternatives: int) -> tuple[int, int]:
    plan = admitted(folder, alternatives=alternatives, placements=["google/square", "meta/feed-square"]).plan
    store = LocalStore(folder / "store").for_tenant("aurelle")
    count_needs(plan, store)
    tracemalloc.start()
    count_needs(plan, store)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return plan.variant_count, peak


def test_memory_of_planning_does_not_grow_with_the_variants(tmp_path: Path) -> None:
    few, small = peak_of_planning(tmp_path, 100)  # more shots than a store is asked for at once
    many, large = peak_of_planning(tmp_path, 1_000)
    assert many == 10 * few
    assert large <= small * 1.1 + 20_000


@dataclass(frozen=True)
class SlowStore(LocalStore):
    """A store that is asked from afar, as a bucket is: it notes how many names each request is about."""

    requests: list[int] = field(default_factory=list, compare=False)

    @property
    def rechecks(self) -> bool:
        """False, as in a bucket."""
        return False

    def exists(self, name: str) -> bool:
        """Ask for one name."""
        self.requests.append(1)
        return super().exists(name)

    def present(self, names: Sequence[str]) -> list[bool]:
        """Ask for several names in one go."""
        self.requests.append(len(names))
        return [False] * len(names)


def test_a_store_from_afar_is_asked_for_dozens_of_shots_and_files_at_once(tmp_path: Path) -> None:
    plan = admitted(tmp_path, alternatives=200, placements=["google/square"]).plan
    store = SlowStore(tmp_path / "store", "aurelle/")
    assert count_needs(plan, store).variants_to_make == plan.variant_count == 400
    assert sum(store.requests) == plan.shot_count + plan.variant_count
    assert len(store.requests) < plan.shot_count / 8


@pytest.mark.parametrize(
    ("locale", "code"), [("en-US", "USD"), ("de-DE", "EUR"), ("ar-EG", "EGP"), ("ja-JP", "JPY"), ("de", "EUR")]
)
def test_a_locale_has_its_countrys_currency(locale: str, code: str) -> None:
    assert currency_of(locale) == code


def test_a_price_is_written_as_the_locale_does(tmp_path: Path) -> None:
    product = admitted(tmp_path).plan.products[0]
    assert price_of(product, "en-US") == "$48"
    assert price_of(product, "de-DE") == "45\u00a0€"
    assert price_of(product, "ja-JP") == ""
    cairo = product.model_copy(update={"prices": (Price(amount=Decimal(2300), currency="EGP"),)})
    assert price_of(cairo, "ar-EG") == "٢٬٣٠٠\u00a0ج.م."


def test_names_come_from_canonical_json() -> None:
    assert canonical_json({"b": 1, "a": ["e\u0301"]}) == '{"a":["é"],"b":1}'
    assert digest("x", a=1, b=2) == digest("x", b=2, a=1) != digest("y", a=1, b=2)
    with pytest.raises(TypeError, match=r"got 0\.5"):
        digest("x", a=0.5)
