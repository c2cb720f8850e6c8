"""Diversity: the distance between the pictures that one prompt gives with several seeds.

The distance of two pictures is 1 - MS-SSIM of their luma at a short edge of 128 px (Wang et al. 2003, four scales,
8 × 8 windows that move by two pixels, the weights of the paper's first four scales renormalised); equal pictures
have the distance 0. Only structure counts: the prompt fixes the colours, so a difference in colour is not diversity.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from imaging.pixels.ssim import multi_scale_ssim
from lab.evaluation.scaling import Picture, luma, with_short_edge

EDGE_PX = 128


def diversity(pictures: Sequence[Picture]) -> float:
    """Return the mean distance over all pairs, from 0 to 1; 0 for fewer than two pictures."""
    small = [luma(with_short_edge(picture, EDGE_PX)) for picture in pictures]
    pairs = [1 - multi_scale_ssim(one, other) for one, other in combinations(small, 2)]
    return float(np.mean(pairs)) if pairs else 0.0
