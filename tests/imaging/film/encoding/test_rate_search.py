"""The search for a rate within a limit: lower at each attempt, and no more than five attempts."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.film.encoding.container import FilmTooLarge
from imaging.film.encoding.film_format import FilmFormat
from imaging.film.encoding.floor import BelowFloor
from imaging.film.encoding.rate_search import STEP, TRIES, encode_within
from tests.support.moving_pictures import a_spec

LIMIT = 100_000
SPEC = a_spec(max_bytes=LIMIT, seconds=Fraction(4))


class Encoder:
    """Makes a film of `share` of the bytes that it is told to, and keeps the rates that it was told."""

    def __init__(self, share: float) -> None:
        self.share = share
        self.specs: list[FilmFormat] = []

    def __call__(self, spec: FilmFormat) -> int:
        self.specs.append(spec)
        told = spec.capped_bits_per_second or spec.ceiling or 0
        size = int(told * self.share * 4 / 8)
        if size > LIMIT:
            raise FilmTooLarge(size, LIMIT)
        return size


def test_a_film_within_its_limit_is_made_once() -> None:
    encode = Encoder(0.9)
    assert encode_within(SPEC, encode) == 90_000
    assert encode.specs == [SPEC]


@given(share=st.floats(1.01, 3))
def test_an_encoder_that_overshoots_in_proportion_is_told_the_right_rate_at_the_second_attempt(share: float) -> None:
    encode = Encoder(share)
    size = encode_within(SPEC, encode)
    assert LIMIT * STEP * 0.98 <= size <= LIMIT
    first, second = encode.specs
    assert first == SPEC
    assert (second.capped_bits_per_second or 0) < (SPEC.ceiling or 0)
    assert second.max_bytes == LIMIT


def test_it_gives_up_after_five_attempts_each_lower_than_the_last() -> None:
    rates: list[int] = []

    def stubborn(spec: FilmFormat) -> None:
        rates.append(spec.capped_bits_per_second or spec.ceiling or 0)
        raise FilmTooLarge(LIMIT * 2, LIMIT)

    with pytest.raises(FilmTooLarge, match="the limit is 100000"):
        encode_within(SPEC, stubborn)
    assert len(rates) == TRIES
    assert rates == sorted(set(rates), reverse=True)


def test_a_film_under_the_floor_is_not_tried_again() -> None:
    tries: list[FilmFormat] = []

    def ugly(spec: FilmFormat) -> None:
        tries.append(spec)
        raise BelowFloor(3, 0.5, 0.9)

    with pytest.raises(BelowFloor):
        encode_within(SPEC, ugly)
    assert len(tries) == 1


def test_a_target_rate_never_stays_above_the_rate_that_is_told() -> None:
    encode = Encoder(2.5)
    encode_within(a_spec(max_bytes=LIMIT, seconds=Fraction(4), target_bits_per_second=150_000), encode)
    told = [spec.target_bits_per_second for spec in encode.specs]
    assert told[0] == 150_000
    assert told[-1] == encode.specs[-1].capped_bits_per_second
