"""Writes the prompt set: scenes in colours that the embedded model was never trained on, in plain words.

`python -m models.evaluation.held_out` writes `prompts.yaml`. The palettes come from the same harmonies as the training
pictures', but their pairs of scene and wall colour family are those that training holds back
(models/training/backdrop/captions.py). Spotlight and bokeh have no pair held back; their prompts are marked as seen.
"""

from __future__ import annotations

import numpy as np

from foundry.colour import lab_of_hex
from foundry.names import seed_of
from models.evaluation.prompts import PROMPTS, EvaluationPrompt, as_yaml
from models.training.backdrop.captions import held_back
from models.training.backdrop.palettes import COLOURS, FAMILIES, family, harmony

VERSION = "1"
SOURCE = "models/evaluation/held_out.py"
TRIES = 4_000
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
        floor / A moody stage with one beam""",
    "bokeh": """City lights out of focus at night / Blurred fairy lights behind a table / Festive bokeh / Downtown
        skyline as soft discs of light""",
}  # fmt: skip


def prompts() -> list[EvaluationPrompt]:
    """The set, scenes in turn; a function of this file and of what training holds back."""
    made = [_prompt(scene, at, words) for scene, each in phrases().items() for at, words in enumerate(each)]
    return sorted(made, key=lambda prompt: (int(prompt.id.rsplit("-", 1)[1]), seed_of(prompt.scene)))


def phrases() -> dict[str, list[str]]:
    """Scene → its wordings."""
    return {scene: " ".join(text.split()).split(" / ") for scene, text in WORDS.items()}


def _prompt(scene: str, at: int, words: str) -> EvaluationPrompt:
    chance = np.random.default_rng(seed_of(f"held-out/{scene}/{at}"))
    light = ("left", "right", "top")[(at + seed_of(scene)) % 3]
    unseen = _withheld(scene)
    palette = _palette(scene, unseen[at % len(unseen)] if unseen else None, chance)
    wall, floor, accent = (_name(colour) for colour in palette)
    return EvaluationPrompt(
        id=f"{scene}-{at + 1}",
        prompt=f"{words}, {LIGHT[light][int(chance.integers(3))]}",
        scene=scene,
        light=light,
        palette=palette,
        colours=f"{wall} over {floor} with a touch of {accent}",
        unseen=bool(unseen),
    )


def _withheld(scene: str) -> list[str]:
    """The colour families that training never shows on this scene's wall; none of them may be empty of colours."""
    by_family = {family(colour): colour for colour in COLOURS.values()}
    return [name for name in FAMILIES if name in by_family and held_back(scene, by_family[name])]


def _palette(scene: str, wanted: str | None, chance: np.random.Generator) -> tuple[str, str, str]:
    for _ in range(TRIES):
        colours = harmony(chance)
        if wanted is None or family(colours[0]) == wanted:
            return colours
    raise RuntimeError(f"no palette of family {wanted} for {scene} in {TRIES} tries")


def _name(colour: str) -> str:
    wanted = lab_of_hex(colour)
    return min(COLOURS, key=lambda name: float(np.linalg.norm(lab_of_hex(COLOURS[name]) - wanted)))


def main() -> None:
    """Write the file."""
    content = {"version": VERSION, "source": SOURCE, "prompts": [one.model_dump(mode="json") for one in prompts()]}
    PROMPTS.write_text(as_yaml(content), encoding="utf-8")


if __name__ == "__main__":
    main()
