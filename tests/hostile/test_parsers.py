"""Mutants of every kind of text: each is read or refused in a sentence, soon, and memory stays flat.

FOUNDRY_MUTANTS says how many of each kind are tried; the default keeps the test short. `python -m tests.hostile.fuzz`
looks for more with the coverage as its guide.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from foundry.errors import FoundryError
from tests.hostile.decoders import kept_files
from tests.hostile.parsers import PARSERS, mutant, whole_texts

MUTANTS = int(os.environ.get("FOUNDRY_MUTANTS", "25"))
LONGEST_S, LONGEST_SENTENCE, FLAT_MIB = 10, 8_000, 64


@pytest.mark.parametrize("name", PARSERS)
def test_a_whole_text_is_read(name: str) -> None:
    for data in whole_texts()[name]:
        PARSERS[name](data)


@pytest.mark.parametrize("name", PARSERS)
def test_a_mutated_text_is_read_or_refused_and_leaves_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    chance = np.random.default_rng(len(name))
    texts = whole_texts()[name]
    _sentence(name, texts[0])
    memory = psutil.Process().memory_info().rss
    for data in (*kept_files(name), *(mutant(texts[at % len(texts)], chance) for at in range(MUTANTS))):
        before = time.process_time()
        said = _sentence(name, data)
        assert time.process_time() - before < LONGEST_S
        assert len(said) < LONGEST_SENTENCE
    assert psutil.Process().memory_info().rss - memory < FLAT_MIB << 20
    assert list(tmp_path.iterdir()) == []


def _sentence(name: str, data: bytes) -> str:
    """Read data. Return the sentence of its refusal, or an empty text."""
    try:
        PARSERS[name](data)
    except FoundryError as error:
        return str(error)
    return ""
