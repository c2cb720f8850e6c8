"""Fingerprints of near-duplicates are close, those of other pictures are not."""

from __future__ import annotations

import numpy as np

from foundry.colour import BT709
from models.screening.fingerprint import BITS, differing_bits, fingerprint
from tests.support.drawings import photograph


def luma(name: str = "astronaut") -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.asarray(photograph(name).astype(np.float32) / 255 @ BT709, np.float32)


def test_a_slight_change_moves_few_bits_and_another_picture_many() -> None:
    mark = fingerprint(luma())
    assert len(mark) == BITS // 4
    assert differing_bits(mark, mark) == 0
    assert differing_bits(mark, fingerprint(luma() * np.float32(0.97))) < 10
    assert differing_bits(mark, fingerprint(luma("coffee"))) > 64


def test_half_of_the_bits_are_set_and_a_picture_of_another_size_has_the_same() -> None:
    mark = fingerprint(luma())
    assert int(mark, 16).bit_count() == BITS // 2
    doubled = np.kron(luma(), np.ones((2, 2), np.float32))
    assert differing_bits(mark, fingerprint(doubled)) == 0


def test_the_distance_counts_bits() -> None:
    assert differing_bits("0" * 64, "f" * 64) == BITS
    assert differing_bits("0" * 64, "0" * 63 + "3") == 2
