"""The words of a scene choose its set and fill its roles."""

from __future__ import annotations

from typing import Any

import pytest

from foundry.documents import read_yaml
from foundry.documents.limits import SETTINGS
from foundry.sets.files import shipped_sets
from foundry.sets.set_file import SetFile
from models.backdrop.vocabulary import DEFAULT_COLOURS, STRONG
from models.sets.words import choose_set, own_words
from tests.support.briefs import ROOT


def a_set(name: str, **said: Any) -> SetFile:
    return SetFile.model_validate({"id": name, "version": 1, "title": name, **said})


SETS = {
    each.id: each
    for each in (
        a_set("bathroom", words=["bathroom", "tiles", "wash-basin"], colours=["#EEEEEE", "#CCCCCC", "#3F74B8"]),
        a_set("beach-stones", words=["pebbles", "shingle"]),
        a_set("podium", scene="podium"),
        a_set("sunset", scene="sunset"),
        a_set("sweep", scene="sweep"),
    )
}


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("Plaster podium, sage background, soft light", "podium"),
        ("Calm sea at sunset", "sunset"),
        ("Pebbles and shingle on a beach", "beach-stones"),
        ("A beach with pebbles", "sunset"),
        ("Shelf in a bathroom with tiles", "bathroom"),
        ("Beside the wash basin", "bathroom"),
        ("basin wash", "sweep"),
        ("Something nice", "sweep"),
    ],
)
def test_the_words_choose_the_set_with_most_votes(words: str, chosen: str) -> None:
    assert choose_set(words, (), SETS).set.id == chosen


def test_palette_and_named_colours_fill_the_roles_as_for_the_embedded_model() -> None:
    choice = choose_set("Plaster podium, sage background, light from the right", ("#EFDFC2", "#D8B98A"), SETS)
    assert choice.read.colours == ("#8FA088", "#EFDFC2", "#D8B98A")
    assert (choice.read.light, choice.read.light_named) == ("right", True)
    assert not choose_set("Plaster podium", (), SETS).read.light_named


def test_a_sets_own_colours_are_taken_where_nobody_names_any() -> None:
    assert choose_set("bathroom tiles", (), SETS).read.colours == ("#EEEEEE", "#CCCCCC", "#3F74B8")
    assert choose_set("bathroom tiles", ("#112233",), SETS).read.colours[0] == "#112233"


def test_a_sets_own_words_are_understood_and_others_are_told() -> None:
    read = choose_set("Bathroom tiles with a unicorn", (), SETS).read
    assert read.ignored == ("unicorn",)
    assert {"bathroom", "tiles"} <= set(read.understood)
    assert own_words("Wash basin and tiles", SETS["bathroom"]) == {"wash", "basin", "tiles"}


def test_words_that_say_mostly_other_things_are_not_the_scene_unless_the_set_is_named() -> None:
    words = "Two astronauts riding a horse on Mars"
    assert not choose_set(words, (), SETS).is_the_scene
    named = choose_set(words, (), SETS, SETS["podium"])
    assert (named.set.id, named.is_the_scene) == ("podium", True)
    assert named.read.caption.startswith("podium ")


def test_equal_votes_do_not_depend_on_the_order_in_which_sets_are_known() -> None:
    twins = {name: a_set(name, words=["velvet"]) for name in ("b", "a", "c")}
    assert choose_set("velvet", (), twins).set.id == "a"
    assert choose_set("velvet", (), dict(reversed(twins.items()))).set.id == "a"


def test_each_scene_of_the_vocabulary_has_a_shipped_set_which_its_own_words_choose() -> None:
    shipped = shipped_sets()
    assert {each.scene for each in shipped.values()} >= set(DEFAULT_COLOURS)
    for word, kind in STRONG.items():
        own = {name for name, each in shipped.items() if own_words(word, each)}
        assert choose_set(word, (), shipped).set.id in {kind, *own}


def test_the_evaluations_prompts_get_sets_of_their_scenes() -> None:
    prompts = read_yaml(ROOT / "lab" / "evaluation" / "prompts.yaml", SETTINGS)["prompts"]
    others = [each for each in prompts if choose_set(each["prompt"], (), shipped_sets()).set.scene != each["scene"]]
    assert len(others) < len(prompts) / 20
