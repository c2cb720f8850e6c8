"""The limits of one job in the box."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class BoxLimits:
    """The most that a job may take before it is ended.

    memory_bytes: address space beyond that of the warm process, which holds the program and its libraries.
    cpu_s: computing time in whole seconds.
    wall_s: seconds from start to end, computing or not; ten times `cpu_s`, so that a busy machine refuses nothing.
    answer_bytes: the answer as a whole: JSON and arrays.
    json_bytes: the JSON of the answer.
    """

    memory_bytes: int = 2_048 * MIB
    cpu_s: int = 20
    wall_s: float = 200.0
    answer_bytes: int = 1_024 * MIB
    json_bytes: int = 8 * MIB
