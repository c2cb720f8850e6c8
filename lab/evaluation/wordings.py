"""The writer of the prompt set: pairs of scene and colours that training holds back, in seven wordings each.

`python -m lab.evaluation.wordings` writes `prompts.yaml`. Scene, side of light and palette come from
lab/renders/held_out.py; the words are the evaluation's own, independent of the words that
the prompt compiler knows. Spotlight and bokeh have no pair held back; their prompts are marked as seen.
"""

from __future__ import annotations

from foundry.names import seed_of
from lab.evaluation.prompts import PROMPTS, EvaluationPrompt, as_yaml
from lab.renders.held_out import HeldOutPrompt, held_out_prompts
from lab.renders.recipes import held_back
from models.backdrop.colours import COLOURS

VERSION = "1"
SOURCE = "lab/renders/held_out.py, worded by lab/evaluation/wordings.py"
LIGHT = {
    "left": ("light from the left", "lit from the left", "a lamp at the left"),
    "right": ("light from the right", "lit from the right", "a lamp at the right"),
    "top": ("light from above", "soft overhead light", "even frontal light"),
}
WORDS: dict[str, str] = {
    "sweep": """A seamless studio sweep / Minimal studio backdrop with a soft gradient / An infinity cove, clean and
        empty / Plain studio background that curves into the floor / A photographer's cyclorama / Simple gradient
        backdrop for a product / Clean seamless paper roll in a studio""",
    "room": """A plain plaster wall meeting the floor / An empty interior with a bare wall / A quiet gallery / Stucco
        wall and a level floor / The corner of an empty room / A bedroom wall, calm and bare / Smooth plaster interior
        with skirting""",
    "podium": """A round podium before a wall / A low cylinder plinth for a product / Display pedestal in a studio /
        Podium with a disc behind it / A showcase platform for cosmetics / A product stand, a single plinth / Round
        pedestal against a plain wall""",
    "arch": """An arched niche in a wall / A wall with an archway / An alcove with a rounded top / An arch in a plain
        wall / A doorway arch in plaster / A rounded portal behind an empty floor / An arch set into the wall of a quiet
        interior""",
    "window": """Sunlight through a window onto a wall / Window shadows on plaster / Morning sun through blinds / The
        pattern of window panes on a bare wall / A sunlit wall with the shadow of a window frame / Afternoon sun falling
        through shutters / Sunbeams from a tall window""",
    "leaves": """Palm leaf shadows on a wall / Shadow of tropical foliage / Botanical shadows on plaster / Fern fronds
        casting soft shadows on a wall / A wall with the shade of monstera leaves / Leafy garden shadows on a bare wall
        / Soft plant shadow over a plain background""",
    "papercut": """Layered paper-cut hills / A papercraft landscape / Paper layers with a cut-out sun / Origami-like
        paper scenery / A diorama of cut paper waves / Cardboard cutouts, one behind another / Layered paper shapes with
        soft shadows""",
    "marble": """A marble table top before a blurred wall / Polished marble counter / A veined stone slab in a bathroom
        / Quartz countertop in a spa / Marble surface with fine veins / A luxurious onyx ledge / Travertine shelf in a
        quiet bathroom""",
    "wood": """A wooden table top in a kitchen / Oak planks before a blurred room / Rustic timber boards / A walnut desk
        by a wall / Farmhouse table of old wood / Bamboo counter in a cafe / Cedar bench in a workshop""",
    "terrazzo": """A terrazzo floor before a plain wall / Speckled terrazzo counter / Stone chips set in a polished
        surface / A confetti-like terrazzo table / Terrazzo ledge in a bright interior / Mosaic of chips on a level
        floor / A terrazzo slab with scattered fragments""",
    "fabric": """Folds of silk / Draped satin over a table / Soft linen cloth in waves / Velvet drapery / Smooth cotton
        folds, seen close / A curtain of flowing textile / Cashmere laid in gentle folds""",
    "water": """Ripples on calm water / A pool with soft rings of ripples / Still water with a gentle ripple / Splash
        rings on a pond / A wet reflecting surface, liquid and fresh / Aquatic scene with a low waterline / Rippling
        water under an open sky""",
    "sunset": """Sunset over the sea / The sun low over the ocean / Dusk at the beach / Golden hour on a quiet coast /
        Sunrise above a lake / Evening sun at the horizon / Seascape with the sun going down""",
    "dunes": """Desert dunes / Soft sand dunes under an open sky / Sahara sand in long ridges / Rolling sandy hills in
        the desert / An arid desert plain / Wind-shaped dunes / Sand waves in a wide desert""",
    "hills": """Misty mountains / Layers of hills in fog / Alpine peaks behind a meadow / A quiet valley in the mist /
        Mountain ridges one behind another / Highland view with low fog / Hiking trail view of distant mountains""",
    "snow": """A snowy field with firs / Winter landscape after snowfall / Frosty morning with distant trees / Snowdrift
        before a line of firs / A frozen clearing in winter / Christmas snow, quiet and cold / Edge of a ski slope with
        snow on the trees""",
    "spotlight": """A dark stage with a pool of spotlight / Dramatic spotlight on a wall / Theatre spot on an empty
        floor / A moody stage with one beam / Spotlit wall in the dark / A dramatic pool of light on the floor / A dark
        theatre with one spot""",
    "bokeh": """City lights out of focus at night / Blurred fairy lights behind a table / Festive bokeh / Downtown
        skyline as soft discs of light / Defocused street lights / Party lights, far and blurred / Neon city night
        behind a table""",
}  # fmt: skip


def prompts() -> list[EvaluationPrompt]:
    """Return the prompts of the set, scenes in turn, from the wordings and the pairs that training holds back."""
    worded = wordings_by_scene()
    turns = min(len(wordings) for wordings in worded.values())
    pairs = held_out_prompts(turns * len(worded))
    return [_prompt(pair, place // len(worded), worded) for place, pair in enumerate(pairs)]


def wordings_by_scene() -> dict[str, list[str]]:
    """Return scene → its wordings."""
    return {scene: " ".join(text.split()).split(" / ") for scene, text in WORDS.items()}


def _prompt(pair: HeldOutPrompt, turn: int, worded: dict[str, list[str]]) -> EvaluationPrompt:
    scene, side = pair.scene_kind, LIGHT[pair.light]
    wall, floor, accent = (_name(colour) for colour in pair.palette)
    return EvaluationPrompt(
        id=f"{scene}-{turn + 1}",
        prompt=f"{worded[scene][turn]}, {side[seed_of(f'{scene}/{turn}') % len(side)]}",
        scene=scene,
        light=pair.light,
        palette=pair.palette,
        colours=f"{wall} over {floor} with a touch of {accent}",
        unseen=held_back(scene, pair.palette[0]),
    )


def _name(colour: str) -> str:
    return next(name for name, known in COLOURS.items() if known == colour)


def main() -> None:
    """Write `prompts.yaml`."""
    content = {"version": VERSION, "source": SOURCE, "prompts": [one.model_dump(mode="json") for one in prompts()]}
    PROMPTS.write_text(as_yaml(content), encoding="utf-8")


if __name__ == "__main__":
    main()
