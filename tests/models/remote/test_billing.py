"""The money of other vendors: as their answers tell it, or at the card's price, paid by the shot that it bought."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from foundry.metering.payers import Account, paid_by
from foundry.spent import Spent
from models.remote.billing import charged_micro_usd
from models.remote.refusals import VendorOutage
from tests.models.remote.asking import a_card, draw, request
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import MisbehavingServer
from tests.support.moods import Mood, Reply, as_json

TOKENS = {"usage.input_tokens": "0.000005", "usage.output_tokens": "0.00004"}


def telling(**usage: object) -> Mood:
    """A mood that tells the tokens that the answer took."""

    def told(answer: Callable[[], Reply]) -> Reply:
        return as_json({**json.loads(answer().body), "usage": usage})

    return told


def bought(card: object, clock: FakeClock, *numbers: int) -> list[Spent]:
    """What each of some shots has spent, drawn in one batch."""
    accounts = {f"shot{number}": Account() for number in numbers}
    with paid_by(accounts):
        draw(card, clock, *(request(number) for number in numbers))  # type: ignore[arg-type]
    return [account.spent() for account in accounts.values()]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"usage": {"input_tokens": 100, "output_tokens": 1000}}, 40_500),
        ({"usage": {"output_tokens": 1}}, 40),
        ({"usage": {"input_tokens": 0.1}}, 1),
        ({"usage": {"input_tokens": True, "output_tokens": "12"}}, None),
        ({"usage": {"input_tokens": -5}}, None),
        ({"usage": {"input_tokens": float("inf")}}, None),
        ({"usage": 7}, None),
        ([], None),
    ],
)
def test_a_charge_is_the_sum_of_the_units_that_an_answer_counts(content: object, expected: int | None) -> None:
    assert charged_micro_usd(content, {path: Decimal(price) for path, price in TOKENS.items()}) == expected


def test_an_answer_that_counts_its_tokens_costs_what_they_cost(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.will("draw", telling(input_tokens=100, output_tokens=1000))
    (spent,) = bought(a_card(server, charges=TOKENS), clock, 0)
    assert (spent.vendor_calls, spent.vendor_micro_usd, spent.model_calls) == (1, 40_500, 0)


def test_an_answer_that_tells_nothing_costs_the_cards_price(server: MisbehavingServer, clock: FakeClock) -> None:
    (spent,) = bought(a_card(server, charges=TOKENS), clock, 0)
    assert (spent.vendor_calls, spent.vendor_micro_usd) == (1, 40_000)


def test_a_jobs_charge_is_told_by_its_status(server: MisbehavingServer, clock: FakeClock) -> None:
    server.vendor.looks_needed = 0
    server.vendor.will("status", telling(credits=3))
    (spent,) = bought(a_card(server, "submit-and-poll", charges={"usage.credits": "0.02"}), clock, 0)
    assert (spent.vendor_calls, spent.vendor_micro_usd) == (1, 60_000)


def test_each_shot_of_a_batch_pays_for_its_own_picture_and_for_its_failed_tries(
    server: MisbehavingServer, clock: FakeClock
) -> None:
    server.vendor.will("draw", lambda _: as_json({"error": {"message": "busy"}}, 503))
    spent = bought(a_card(server, concurrency=1), clock, 0, 1)
    assert [each.vendor_calls for each in spent] == [2, 1]
    assert [each.vendor_micro_usd for each in spent] == [40_000, 40_000]


def test_a_picture_that_the_vendor_refuses_costs_nothing(server: MisbehavingServer, clock: FakeClock) -> None:
    refused = as_json({"error": {"code": "content_policy_violation", "message": "no"}}, 400)
    server.vendor.will("draw", lambda _: refused)
    (spent,) = bought(a_card(server), clock, 0)
    assert (spent.vendor_calls, spent.vendor_micro_usd) == (1, 0)


def test_charges_of_an_effort_that_ends_in_an_outage_are_paid_all_the_same(
    server: MisbehavingServer, clock: FakeClock
) -> None:
    def no_picture(answer: Callable[[], Reply]) -> Reply:
        return as_json({"usage": {"output_tokens": 1000}, "data": []})

    server.vendor.will("draw", *[no_picture] * 3)
    account = Account()
    with paid_by({"shot0": account}), pytest.raises(VendorOutage):
        draw(a_card(server, charges=TOKENS), clock)
    assert (account.spent().vendor_calls, account.spent().vendor_micro_usd) == (3, 120_000)
