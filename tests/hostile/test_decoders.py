"""Mutants of every kind of file: each is read or refused in a sentence, soon, without a trace in this process.

FOUNDRY_MUTANTS says how many of each kind are tried; the default keeps the test short.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from foundry.box.keeper import keeper
from foundry.errors import FoundryError
from tests.hostile.decoders import DECODERS, kept_files, mutant, whole_files

MUTANTS = int(os.environ.get("FOUNDRY_MUTANTS", "25"))
LONGEST_S = 10
FLAT_MIB = 64


@pytest.mark.parametrize("name", DECODERS)
def test_a_whole_file_is_read(name: str) -> None:
    for data in whole_files()[name]:
        DECODERS[name](data)


@pytest.mark.parametrize("name", DECODERS)
def test_a_mutant_is_read_or_refused_and_leaves_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    chance = np.random.default_rng(len(name))
    files = whole_files()[name]
    kept = kept_files(name)
    _outcome(name, files[0])
    memory, warm = psutil.Process().memory_info().rss, keeper.warm().process.pid
    for data in (*kept, *(mutant(files[at % len(files)], chance) for at in range(MUTANTS))):
        before = time.process_time()
        _outcome(name, data)
        assert time.process_time() - before < LONGEST_S
    assert psutil.Process().memory_info().rss - memory < FLAT_MIB << 20
    assert keeper.warm().process.pid == warm
    assert list(tmp_path.iterdir()) == []


def _outcome(name: str, data: bytes) -> str:
    """Read data. Return the sentence of its refusal, or an empty text."""
    try:
        DECODERS[name](data)
    except FoundryError as error:
        return str(error)
    return ""
