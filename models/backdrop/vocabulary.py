"""The English that the embedded backdrop model understands, word by word."""

from __future__ import annotations


def _by_word(**kinds: str) -> dict[str, str]:
    return {word: kind for kind, words in kinds.items() for word in words.split()}


def _all(words: str) -> frozenset[str]:
    return frozenset(words.split())


STRONG: dict[str, str] = _by_word(
    sweep="seamless sweep cyclorama cove infinity gradient",
    room="plaster stucco interior gallery skirting",
    podium="podium podiums plinth plinths pedestal pedestals cylinder dais pillar riser",
    arch="arch arches arched archway niche alcove doorway portal vault",
    spotlight="spotlight spotlit spotlights spot theatre theatrical dramatic moody",
    window="window windows sunlit sunlight sunbeam blinds panes pane shutters gobo",
    leaves="leaf leaves leafy palm palms foliage botanical tropical frond fronds fern jungle monstera plant plants",
    papercut="paper papercut papercraft origami cutout cutouts cardboard layered layers diorama",
    marble="marble marbled quartz onyx travertine granite veined",
    wood="wood wooden oak walnut timber plank planks birch teak cedar boards rustic bamboo",
    terrazzo="terrazzo confetti speckled chips mosaic",
    fabric="fabric silk silky satin cloth linen velvet textile drape draped drapes drapery folds cotton cashmere",
    water="water ripple ripples rippling pool pond aquatic waterline puddle splash wet",
    sunset="sunset sunrise sundown dusk dawn sea ocean beach seaside coast seascape lake horizon golden",
    dunes="dune dunes desert sahara sandy sand",
    hills="hill hills mountain mountains mountainous misty mist fog foggy valley alpine peak peaks ridge ridges",
    snow="snow snowy winter wintry frost frosty frozen ski snowfall snowdrift christmas icy",
    bokeh="bokeh city urban skyline downtown neon nightlife festive party fairy blurred defocused",
)  # fmt: skip
WEAK: dict[str, str] = _by_word(
    sweep="studio minimal minimalist clean plain simple infinite background backdrop",
    room="room rooms wall walls corner indoor indoors home bedroom house",
    podium="display stand showcase platform block",
    spotlight="stage dark night darkness glow beam",
    window="morning sunny shadows afternoon",
    leaves="garden nature natural summer",
    marble="stone bathroom luxury luxurious counter countertop spa polished",
    wood="table tabletop kitchen desk cafe cabin workshop farmhouse bench",
    water="aqua liquid fresh hydration",
    sunset="sun evening waves shore",
    dunes="arid",
    hills="forest hiking trail wilderness outdoors outdoor landscape",
    snow="cold holiday ice",
    bokeh="lights street celebration",
)  # fmt: skip
LIGHT_WORDS: dict[str, str] = _by_word(
    left="left", right="right", top="above top overhead front frontal even noon zenith diffuse diffused",
)  # fmt: skip
ROLE_WORDS: dict[str, str] = _by_word(
    wall="wall walls background backdrop sky skies sweep room cloth silk satin fabric velvet linen drapery",
    floor="floor ground table tabletop water sea ocean lake sand sands ledge marble wood oak stone slab terrazzo "
    "desert dunes surface base snow plank planks foreground counter",
    accent="accent accents podium plinth pedestal arch niche glow disc hills mountains peaks lights veins chips layers "
    "trees firs details sun",
)  # fmt: skip
COPY_WORDS = _all("copy copyspace space headline text room type lettering words")
LAMPS = _all("light lit lamp lamps sun sunlight")
PALER = _all("light pale soft pastel dusty powder")
DEEPER = _all("dark deep rich midnight")
SMALL_WORDS = _all(
    "a an and at by for from in into of on onto over the to under with before behind its soft softly light lit shadow "
    "shadows warm calm gentle gently bright very quiet empty scene early late cast casts falling coming side colour "
    "color colours colors tone tones palette is are near next beside against across through this that it lights long "
    "low high free leave leaving wide"
)
WEIGHTS = {"podium": 4, "arch": 4, "leaves": 4, "room": 2}
"""Votes of a strong word for a scene, where they are not 3. A weak word has one."""
DEFAULT_COLOURS: dict[str, tuple[str, str, str]] = {
    "sweep": ("#F4ECDD", "#EFDFC2", "#C4633F"), "room": ("#EFDFC2", "#D8B98A", "#C4633F"),
    "podium": ("#F0CFC6", "#F4ECDD", "#E59AA8"), "arch": ("#EFDFC2", "#F4ECDD", "#C4633F"),
    "spotlight": ("#4A545E", "#36393D", "#D2A24C"), "window": ("#EFDFC2", "#F4ECDD", "#D8B98A"),
    "leaves": ("#F4ECDD", "#DCC7A6", "#8FA088"), "papercut": ("#F6C3A2", "#F4ECDD", "#C4633F"),
    "marble": ("#DCC7A6", "#F6F5F2", "#A3A5A8"), "wood": ("#F4ECDD", "#B5783F", "#8FA088"),
    "terrazzo": ("#F4ECDD", "#F6F5F2", "#C4633F"), "fabric": ("#F0CFC6", "#EFDFC2", "#E59AA8"),
    "water": ("#A9CFE8", "#9ADAD6", "#3F74B8"), "sunset": ("#4A6A96", "#6B5A50", "#F2A978"),
    "dunes": ("#A9CFE8", "#D8B98A", "#F6C3A2"), "hills": ("#DCE9EE", "#7C776C", "#4A6A6A"),
    "snow": ("#A9CFE8", "#F6F5F2", "#4F6A6A"), "bokeh": ("#1E2F52", "#36393D", "#F2A978"),
}  # fmt: skip
"""Wall, floor and accent where neither words nor palette name any."""
MANNER_WORDS = _all(
    "photo photos photograph photography photographic photorealistic realistic picture image shot shoot render "
    "rendering illustration background scene setting composition style look feel mood atmosphere vibe product "
    "products hero commercial advertising advertisement campaign editorial brand professional premium quality "
    "high end top best modern contemporary elegant sleek stylish beautiful stunning lovely nice pretty attractive "
    "inviting detailed detail sharp crisp focus shallow depth lens aperture camera angle view close closeup "
    "up macro wide mm f k uhd hd resolution cinematic lighting lit ambient natural neutral another other more "
    "some any few with without no not featuring showing shown set one placed standing sitting lying perfect "
    "tasteful subtle delicate airy cosy cozy level s t x"
)
"""Words about how a picture is made or feels. The model does not read them, but no thing is missing without them."""
