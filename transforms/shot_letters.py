"""Dead letters of shots and clips, kept in small sorted objects until the manifest is written.

No render order knows them, since a refused shot may be shown by files of other shots. They are dealt out to objects by
stage and first digit of their name, so that none of them grows large, and the objects in the order of their names hold
all letters in order of stage and key.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby
from pathlib import PurePosixPath

from foundry.manifest import DeadLetter, as_json, letter_from_json
from foundry.plan.plan import Plan
from foundry.store.object_store import ObjectStore
from transforms.slice_results import slice_name, work_folder


def letter_order(letter: DeadLetter) -> tuple[str, str]:
    """Return the stage and key of a letter, by which letters are sorted."""
    return letter.stage, letter.key


def group_of(letter: DeadLetter) -> str:
    """Return the name of the object in which a letter is kept."""
    return f"{letter.stage}-{PurePosixPath(letter.key).name[:1]}"


def keep_letters(plan: Plan, own: ObjectStore, group: str, letters: Iterable[DeadLetter]) -> str:
    """Write the letters of one group of a run, replacing those of an earlier attempt; return the object's name."""
    name = f"{work_folder(plan)}/shots/{slice_name(plan)}/{group}.gz"
    lines = (as_json(letter) for letter in sorted(letters, key=letter_order))
    with own.replacing(name) as file:
        file.write_bytes(gzip.compress("\n".join(lines).encode(), 1, mtime=0))
    return name


def each_kept_letter(own: ObjectStore, names: Iterable[str]) -> Iterator[DeadLetter]:
    """Yield the letters of several runs' objects, sorted by stage and key; one group is in memory at a time."""
    for _, alike in groupby(sorted(names, key=_group_name), key=_group_name):
        yield from merge(*(_read(own, name) for name in alike), key=letter_order)


def _group_name(name: str) -> str:
    return PurePosixPath(name).stem


def _read(own: ObjectStore, name: str) -> Iterator[DeadLetter]:
    return map(letter_from_json, gzip.decompress(own.get(name)).splitlines())
