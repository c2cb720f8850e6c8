"""The depth of a JSON text, told block by block before a parser sees it.

The parser keeps the path of each value, so that the cost of deep values grows with the square of their depth.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(rb"\\.", re.DOTALL)


class DepthMeter:
    """The number of lists and objects within each other, exact as long as the text is sound JSON."""

    def __init__(self) -> None:
        self._depth = 0
        self._in_text = 0
        self._rest = b""

    def deepest(self, block: bytes) -> int:
        """Return the greatest depth within the next block."""
        import numpy as np

        block = self._rest + block
        cut = len(block) - (len(block) - len(block.rstrip(b"\\"))) % 2  # an escape may go on in the next block
        self._rest = block[cut:]
        octets = np.frombuffer(_ESCAPE.sub(b"", block[:cut]), np.uint8)
        if not len(octets):
            return self._depth
        inside = (np.cumsum(octets == 34) + self._in_text) % 2
        steps = ((octets == 91) | (octets == 123)).astype(np.int64) - ((octets == 93) | (octets == 125))
        depths = self._depth + np.cumsum(steps * (1 - inside))
        self._depth, self._in_text = int(depths[-1]), int(inside[-1])
        return int(depths.max())
