"""The embedded upscaler, loaded once for a module of tests."""

from __future__ import annotations

import pytest
import torch

from models.upscaling.learned_upscaler import LearnedUpscaler, load_upscaler
from tests.models.upscaling.pictures import CARD


@pytest.fixture(scope="module")
def crisp() -> LearnedUpscaler:
    torch.set_num_threads(1)
    return load_upscaler(CARD, "cpu")
