"""The prompt set is what its source writes, and reaches the embedded model as it is meant."""

from __future__ import annotations

import numpy as np

from lab.evaluation import wordings
from lab.evaluation.prompts import PROMPTS, as_yaml, prompt_set
from lab.renders.recipes import held_back
from models.backdrop.prompt_compiler import compile_prompt


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


def test_every_scene_has_seven_wordings_of_its_own() -> None:
    worded = wordings.wordings_by_scene()
    assert {len(each) for each in worded.values()} == {7}
    every = [wording for each in worded.values() for wording in each]
    assert len(set(every)) == len(every)
    assert not [wording for wording in every if "\n" in wording or wording != wording.strip()]


def test_prompts_name_three_colours_and_a_light_of_their_side() -> None:
    for prompt in wordings.prompts():
        wall, rest = prompt.colours.split(" over ")
        floor, accent = rest.split(" with a touch of ")
        assert all((wall, floor, accent))
        assert any(prompt.prompt.endswith(f", {light}") for light in wordings.LIGHT[prompt.light])


def test_the_file_is_what_the_writer_writes() -> None:
    content = {
        "version": wordings.VERSION,
        "source": wordings.SOURCE,
        "prompts": [prompt.model_dump(mode="json") for prompt in wordings.prompts()],
    }
    assert PROMPTS.read_text(encoding="utf-8") == as_yaml(content)
