"""A brief's words reach each model in the language that it was trained on."""

from __future__ import annotations

import pytest

from foundry.plan.composition import compositions
from models.prompt import Prompt, compile_for
from models.registry import card
from tests.support.drawing import an_order

PLAIN = card("backdrop", "text-to-image").model_copy(update={"prompt_language": "plain"})


def test_plain_words_pass_with_the_palette_after_them() -> None:
    order = an_order("silk on a shelf", negative_prompt="glare", palette=("#EFDFC2", "#C4633F"))
    assert compile_for(PLAIN, order) == Prompt("silk on a shelf, colour palette #EFDFC2 #C4633F", "glare")
    assert compile_for(PLAIN, an_order("silk")) == Prompt("silk", "")


def test_the_embedded_models_captions_have_no_words_for_what_to_avoid() -> None:
    order = an_order("Plaster wall, light from the left", negative_prompt="glare, people ,  text")
    prompt = compile_for(card("backdrop", "text-to-image"), order)
    assert prompt.negative == ""
    assert prompt.ignored[-3:] == ("glare", "people", "text")
    assert "left" in prompt.text
    mirrored = compile_for(card("backdrop", "text-to-image"), an_order(order.prompt, mirrored=True))
    assert "right" in mirrored.text


@pytest.mark.parametrize("bucket", sorted(compositions()))
def test_copy_is_on_the_other_side_of_the_product(bucket: str) -> None:
    composition, side = compositions()[bucket], compositions()[bucket].room(mirrored=False)
    if not composition.has_sides:
        assert side == "top"
        return
    left, _, width, _ = composition.product_area
    middle_of_product = left + width / 2
    assert (side == "left") == (middle_of_product > 500)
