"""The judges of a drawing: each compares one measure with the card's limit and returns its check record.

A judge returns None where it has nothing to measure. Names, figures and limits stand in the manifest as they are here.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from foundry.manifest import CheckRecord
from models.drawing import Drawn
from models.screening import faces, unsafe, writing
from models.screening.judged_drawing import JudgedDrawing
from models.screening.people_words import word_forbidding_people
from models.screening.protected_likeness import cosine_distance
from models.screening.quality import banding, seam, sharpness
from models.screening.text_regions import Region
from models.screening.threshold_checks import at_least, at_most
from models.screening.writing import Writing

Judge = Callable[[JudgedDrawing, Decimal], CheckRecord | None]

WORDS_SHOWN = 8
"""Pieces of writing that a record quotes."""


def judge_banding(drawing: JudgedDrawing, limit: Decimal) -> CheckRecord:
    """Check for false contours in gradients."""
    return at_most("banding", banding(drawing.luma), limit, "share of lines with false contours")


def judge_seam(drawing: JudgedDrawing, limit: Decimal) -> CheckRecord:
    """Check for borders of tiles."""
    return at_most("seam", seam(drawing.luma), limit, "levels of the clearest upright step")


def judge_sharpness(drawing: JudgedDrawing, limit: Decimal) -> CheckRecord:
    """Check for a picture that is blurred all over."""
    return at_least("sharpness", sharpness(drawing.luma), limit, "steepest step over range")


def judge_unsafe(drawing: JudgedDrawing, limit: Decimal) -> CheckRecord:
    """Check that the probability of unsafe content stays within the limit."""
    return at_most("unsafe", drawing.unsafe_reading.score, limit, "probability of unsafe content")


def judge_likeness(drawing: JudgedDrawing, limit: Decimal) -> CheckRecord | None:
    """Check that the nearest protected picture is at least `limit` away; None if none is protected."""
    if not drawing.protected:
        return None
    apart = [cosine_distance(drawing.unsafe_reading.features, picture.features) for picture in drawing.protected]
    nearest = min(range(len(apart)), key=apart.__getitem__)
    description = f"cosine distance to the protected picture {drawing.protected[nearest].name}"
    return at_least("likeness", apart[nearest], limit, description)


def judge_writing(drawing: JudgedDrawing, limit: Decimal) -> CheckRecord:
    """Check that the share of the area under writing stays within the limit; the words are the evidence."""
    found = [
        one for one in writing.find_writing(drawing.bytes8, drawing.networks) if is_drawn(drawing.drawn, one.region)
    ]
    covered = sum(length * height for length, height in (one.region.size for one in found))
    share = covered / (drawing.bytes8.shape[0] * drawing.bytes8.shape[1])
    return at_most("text", share, limit, f"of the area is writing{_quotes(found)}")


def is_drawn(drawn: Drawn, region: Region) -> bool:
    """Tell if the model drew what is there: a product that was kept may carry its own writing."""
    mask = drawn.request.guide.mask if drawn.request.guide else None
    if mask is None:
        return True
    x, y = region.centre
    return bool(mask[min(y, mask.shape[0] - 1), min(x, mask.shape[1] - 1)] > 0.5)


def _quotes(found: list[Writing]) -> str:
    if not found:
        return ""
    quoted = [f"{one.words!r}" if one.words else f"unread at {one.region.centre}" for one in found[:WORDS_SHOWN]]
    more = f" and {len(found) - WORDS_SHOWN} more" if len(found) > WORDS_SHOWN else ""
    return f" ({len(found)}): {', '.join(quoted)}{more}"


def judge_faces(drawing: JudgedDrawing, limit: Decimal) -> CheckRecord | None:
    """Check that no face is surer than the limit; None unless the brief forbids people."""
    word = word_forbidding_people(drawing.drawn.request.order.negative_prompt)
    if not word:
        return None
    found = faces.find_faces(drawing.bytes8, drawing.networks, float(limit) / 2)
    surest = found[0].score if found else 0.0
    where = f" at {found[0].box}" if found else ""
    return at_most("faces", surest, limit, f"surest face{where}; the brief forbids {word!r}")


PIXEL_JUDGES: dict[str, Judge] = {
    "banding": judge_banding,
    "seam": judge_seam,
    "sharpness": judge_sharpness,
}
NETWORK_JUDGES: dict[str, Judge] = {
    "unsafe": judge_unsafe,
    "likeness": judge_likeness,
    "text": judge_writing,
    "faces": judge_faces,
}
"""Judges that run networks, the cheapest first."""
NETWORKS_OF: dict[str, tuple[tuple[str, str], ...]] = {
    "unsafe": ((unsafe.WEIGHTS, unsafe.POOLED),),
    "likeness": ((unsafe.WEIGHTS, unsafe.POOLED),),
    "text": ((writing.DETECTOR, ""), (writing.READER, "")),
    "faces": ((faces.WEIGHTS, ""),),
}
"""The networks of each judge: a file's name on the card, and the inner layer that becomes one more output."""
