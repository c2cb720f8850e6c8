"""The nights on which pictures are asked for again, and how many products one campaign takes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import yaml

from pipelines.catalog.carrying_out import nights_between
from pipelines.catalog.template import MOST_FILES, open_template
from tests.support.shops import CAMPAIGN, Shop

TODAY = date(2026, 11, 30)


def days(*numbers: int) -> frozenset[date]:
    return frozenset(date(2026, 11, number) for number in numbers)


def test_each_night_is_asked_for_once_and_missed_ones_too() -> None:
    assert nights_between("2026-11-29", TODAY, 7) == days(30)
    assert nights_between("2026-11-26", TODAY, 7) == days(27, 28, 29, 30)


def test_the_first_run_and_a_second_one_of_a_day_ask_for_that_day() -> None:
    assert nights_between("", TODAY, 7) == days(30)
    assert nights_between("2026-11-30", TODAY, 7) == days(30)


def test_no_more_nights_are_asked_for_than_each_address_has_one_of() -> None:
    assert nights_between("2025-01-01", TODAY, 3) == days(28, 29, 30)


def test_a_clock_that_was_set_back_asks_for_this_day() -> None:
    assert nights_between("2027-01-01", TODAY, 7) == days(30)


def test_a_campaign_takes_as_many_products_as_quota_and_memory_allow(tmp_path: Path) -> None:
    shop = Shop.open(tmp_path, campaign={**CAMPAIGN, "alternatives": 4})
    template = open_template(shop.catalog, shop.setting)
    assert template.per_product.shots == template.per_product.variants == 4
    assert template.most_products(100) == 100
    assert template.most_products(10**6) <= min(MOST_FILES // 4, template.tenant.quota.shots // 4)
    file = tmp_path / "tenants" / "aurelle" / "tenant.yaml"
    file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), "quota": {"shots": 10}}))
    assert open_template(shop.catalog, shop.setting).most_products(100) == 2
