"""Free words become the embedded model's grammar: scene, light, colours, room for copy; the rest is reported."""

from __future__ import annotations

import subprocess
import sys

import pytest

from foundry.colour import lab_of_hex
from foundry.plan.composition import compositions
from foundry.plan.shot import ShotOrder
from lab.renders.held_out import held_out_prompts
from lab.renders.palettes import family
from lab.renders.recipes import held_back
from lab.renders.scenes import SCENES
from models.backdrop.colours import COLOURS, colour_words
from models.backdrop.prompt_compiler import compile_prompt
from models.prompt import compile_for
from models.registry import card

PALETTE = ("#EFDFC2", "#D8B98A", "#C4633F")


def order(prompt: str, bucket: str = "square", mirrored: bool = False) -> ShotOrder:
    return ShotOrder(
        name="n",
        plan="p",
        tenant="aurelle",
        subject=0,
        scene=0,
        bucket=bucket,
        mirrored=mirrored,
        alternative=0,
        prompt=prompt,
        negative_prompt="people, text",
        palette=PALETTE,
        picture=None,
        width_px=512,
        height_px=512,
        steps=4,
    )


@pytest.mark.parametrize(
    ("words", "kind", "light"),
    [
        ("Sunlit plaster wall with window shadows and a giraffe, light from the right", "window", "right"),
        ("leaf shadows on a terracotta wall", "leaves", "left"),
        ("Calm sea at sunrise, a warm horizon, light from the left", "sunset", "left"),
        ("a marble podium, lit from above", "podium", "top"),
        ("white marble table top with grey veins in front of a wall", "marble", "left"),
        ("cut paper layers, papercut hills", "papercut", "left"),
        ("", "sweep", "left"),
    ],
)
def test_scene_and_light_are_understood(words: str, kind: str, light: str) -> None:
    found = compile_prompt(words)
    assert (found.scene_kind, found.light) == (kind, light)
    assert found == compile_prompt(words)


def test_what_is_not_understood_is_reported_and_small_words_are_not() -> None:
    found = compile_prompt("A giraffe on the marble, softly lit from the left")
    assert found.ignored == ("giraffe",)
    assert {"marble", "left"} <= set(found.understood)


def test_colours_in_the_text_go_to_what_they_stand_beside_and_the_palette_fills_the_rest() -> None:
    found = compile_prompt("Sunset over a calm lake, navy sky, orange glow", PALETTE)
    assert found.colours == (COLOURS["navy"], PALETTE[0], COLOURS["orange"])
    found = compile_prompt("podium in coral before a sky blue wall, #102030 floor")
    assert found.colours == (COLOURS["sky"], "#102030", COLOURS["coral"])
    assert compile_prompt("silk", PALETTE).colours == PALETTE


def test_pale_and_deep_change_a_colour_and_hues_stay() -> None:
    plain, pale, deep = (compile_prompt(f"{shade} green wall").colours[0] for shade in ("", "pale", "deep"))
    assert plain == COLOURS["green"]
    levels = [ord(colour_words(colour)[1]) for colour in (deep, plain, pale)]
    assert levels == sorted(set(levels))
    assert {family(colour) for colour in (plain, pale, deep)} == {"green"}


def test_the_layout_decides_where_copy_goes_and_other_wishes_are_reported() -> None:
    wish = "podium, copy on the right, light from the left"
    assert (compile_prompt(wish).room, compile_prompt(wish).light) == ("right", "left")
    bound = compile_prompt(wish, room="left")
    assert bound.room == "left"
    assert bound.ignored == ("right",)
    rooms = [compositions()[bucket].room(mirrored=False) for bucket in ("square", "portrait", "story", "landscape")]
    assert rooms == ["top"] * 3 + ["left"]


def test_a_shot_that_will_be_mirrored_is_drawn_with_its_light_exchanged() -> None:
    model = card("backdrop", "text-to-image")
    plain = compile_for(model, order("silk, light from the right", "landscape"))
    turned = compile_for(model, order("silk, light from the right", "landscape", mirrored=True))
    assert "light right room left" in plain.text
    assert "light left room left" in turned.text
    assert plain.ignored == ("people", "text")


def test_the_held_out_prompts_are_fixed_new_and_mean_what_they_say() -> None:
    fixed = held_out_prompts()
    assert fixed == held_out_prompts()
    assert len(fixed) >= 100
    assert {one.scene_kind for one in fixed} == set(SCENES)
    for one in fixed:
        found = compile_prompt(one.text, one.palette)
        assert (found.scene_kind, found.light, found.colours) == (one.scene_kind, one.light, one.palette)
    unseen = [one for one in fixed if one.scene_kind not in ("spotlight", "bokeh")]
    assert all(held_back(one.scene_kind, one.palette[0]) for one in unseen)


def test_compiling_needs_no_torch() -> None:
    code = "import sys; from models.backdrop.prompt_compiler import compile_prompt; compile_prompt('silk'); "
    code += "assert not {'torch', 'diffusers', 'transformers'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    ("words", "light"),
    [
        ("silk, sunlight from the right", "right"),
        ("silk lit from above, from the left", "left"),
        ("silk, diffuse light", "top"),
        ("silk, noon", "top"),
        ("silk", "left"),
    ],
)
def test_a_named_side_beats_a_word_for_above_and_the_left_is_usual(words: str, light: str) -> None:
    assert compile_prompt(words).light == light


@pytest.mark.parametrize(
    ("words", "wall", "floor", "accent"),
    [
        ("rose petals on marble", "#111111", "#222222", "#333333"),
        ("rose pink wall", "#D98A94", "#111111", "#222222"),
        ("#abcdef wall and #123456 floor", "#ABCDEF", "#123456", "#111111"),
        ("a sage sky over beige sand", "#8FA088", "#DCC7A6", "#111111"),
        ("walls in teal", "#2B7F84", "#111111", "#222222"),
    ],
)
def test_a_word_is_a_colour_only_where_it_means_one(words: str, wall: str, floor: str, accent: str) -> None:
    assert compile_prompt(words, ("#111111", "#222222", "#333333")).colours == (wall, floor, accent)


def test_a_palette_of_one_colour_serves_wall_and_floor_and_a_deeper_one_is_the_accent() -> None:
    wall, floor, accent = compile_prompt("silk", ("#C0A080",)).colours
    assert wall == floor == "#C0A080"
    assert lab_of_hex(accent)[0] < 0.7 * lab_of_hex(wall)[0]


def test_a_palettes_colour_that_the_text_names_is_not_used_twice() -> None:
    assert compile_prompt("navy wall", ("#1E2F52", "#EFDFC2")).colours[:2] == ("#1E2F52", "#EFDFC2")


def test_mirroring_exchanges_the_light_alone() -> None:
    plain, turned = (compile_prompt("silk, light from the right", room="left", mirrored=way) for way in (False, True))
    assert (plain.light, turned.light) == ("right", "left")
    assert plain.room == turned.room == "left"
    assert plain.colours == turned.colours
