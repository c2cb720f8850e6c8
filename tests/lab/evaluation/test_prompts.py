"""The prompt set: its digest is what evidence names, its prompts ask for every scene, and orders follow from them."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from foundry.errors import BadInput
from lab.evaluation.evaluation_file import read_evaluation
from lab.evaluation.prompts import PROMPTS, default_bucket, order_of, prompt_set, seed_for
from models.registry import CARDS
from tests.support.evaluating import a_card


def test_the_digest_is_the_one_that_shipped_evidence_names() -> None:
    evaluation = read_evaluation(CARDS / "evidence" / "backdrop" / "4")
    assert evaluation.made_with["prompt_set"] == f"{prompt_set().version} {prompt_set().digest}"


def test_the_digest_changes_with_every_word_but_not_with_the_file_that_wrote_the_set() -> None:
    whole = prompt_set()
    first, *others = whole.prompts
    changed = whole.model_copy(update={"prompts": (first.model_copy(update={"prompt": "Else"}), *others)})
    assert changed.digest != whole.digest
    assert whole.first(3).digest != whole.digest
    assert whole.model_copy(update={"version": "2"}).digest != whole.digest
    assert whole.model_copy(update={"source": "elsewhere.py"}).digest == whole.digest


def test_the_first_prompts_are_taken_and_none_takes_all() -> None:
    assert prompt_set().first(5).prompts == prompt_set().prompts[:5]
    assert prompt_set().first(None) == prompt_set()


@pytest.mark.parametrize(("text", "problem"), [("version: [", "is not a prompt set"), ("{}", "prompts: it is missing")])
def test_a_file_that_is_no_prompt_set_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "prompts.yaml").write_text(text)
    with pytest.raises(BadInput, match=problem):
        prompt_set(tmp_path / "prompts.yaml")


def test_a_prompt_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    content = yaml.safe_load(PROMPTS.read_text(encoding="utf-8"))
    content["prompts"].append(deepcopy(content["prompts"][0]))  # a shared value would be written as an alias
    (tmp_path / "prompts.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(BadInput, match="give every prompt an id of its own"):
        prompt_set(tmp_path / "prompts.yaml")


def test_a_prompt_in_plain_words_names_its_colours_and_a_backdrop_prompt_leaves_them_to_the_palette() -> None:
    prompt, plain = prompt_set().prompts[0], a_card(Path("x"), prompt_language="plain")
    assert prompt.colours in order_of(plain, prompt, "square").prompt
    backdrop = plain.model_copy(update={"prompt_language": "backdrop"})
    assert order_of(backdrop, prompt, "square").prompt == prompt.prompt


def test_an_order_is_named_by_card_words_palette_and_size() -> None:
    first, second, *_ = prompt_set().prompts
    card = a_card(Path("x"))
    other = a_card(Path("x"), steps=9)
    orders = [
        order_of(card, first, "square"),
        order_of(card, first, "story"),
        order_of(card, second, "square"),
        order_of(other, first, "square"),
    ]
    assert len({order.name for order in orders}) == 4
    assert order_of(card, first, "square") == orders[0]
    assert (orders[1].width_px, orders[1].height_px) == (64, 96)


def test_seeds_differ_between_prompts_and_between_pictures_of_a_prompt() -> None:
    first, second, *_ = prompt_set().prompts
    assert len({seed_for(first, 0), seed_for(first, 1), seed_for(second, 0)}) == 3


def test_a_card_is_judged_at_its_square_size_or_its_first() -> None:
    card = a_card(Path("x"))
    assert default_bucket(card) == "square"
    assert default_bucket(card.model_copy(update={"sizes": {"story": (64, 96), "wide": (96, 64)}})) == "story"
    with pytest.raises(BadInput, match="names no sizes"):
        default_bucket(card.model_copy(update={"sizes": {}}))
