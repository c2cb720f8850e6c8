"""Sharpness of a picture: the gradient energy of its luma at a fixed scale.

The picture is resized to a short edge of 256 px, so that sizes can be compared and a small drawing that was enlarged
counts as soft. The energy is the root mean square of the central differences, in thousandths of the luma range. The
value alone says little, because noise raises it and a studio sweep has little detail; evaluations report it relative to
the render of the same prompt.
"""

from __future__ import annotations

import numpy as np

from lab.evaluation.scaling import Picture, luma, with_short_edge

EDGE_PX = 256


def sharpness(picture: Picture) -> float:
    """Return the root mean square gradient of luma, in thousandths per pixel at a short edge of 256 px."""
    down, across = np.gradient(luma(with_short_edge(picture, EDGE_PX)))
    return float(1000 * np.sqrt((down**2 + across**2).mean()))
