"""The prompt set is what its source writes, and reaches the embedded model as it is meant."""

from __future__ import annotations

import numpy as np

from lab.evaluation import wordings
from lab.evaluation.prompts import prompt_set
from lab.renders.captions import held_back
from models.backdrop.prompt import compile_prompt


def test_the_prompt_set_is_what_its_source_makes_and_training_never_saw_its_pairs() -> None:
    kept = prompt_set()
    assert list(kept.prompts) == wordings.prompts()
    unseen = [prompt for prompt in kept.prompts if prompt.unseen]
    assert len(unseen) >= 100
    assert all(held_back(prompt.scene, prompt.palette[0]) for prompt in unseen)
    assert {prompt.scene for prompt in kept.first(18).prompts} == set(wordings.WORDS)


def test_nearly_all_prompts_reach_the_embedded_model_as_they_are_meant() -> None:
    asked = prompt_set().prompts
    heard = [compile_prompt(prompt.prompt, prompt.palette, "top") for prompt in asked]
    assert all(found.colours == prompt.palette for found, prompt in zip(heard, asked, strict=True))
    scenes = np.mean([found.scene_kind == prompt.scene for found, prompt in zip(heard, asked, strict=True)])
    assert scenes >= 0.98
