"""The learned profile of a tenant: what adoption knows of the way in which its briefs are written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from foundry.adoption.meaning import Meaning
from foundry.adoption.understanding.answers import LEFT_OUT, MEANING_ID, meaning_of
from foundry.documents.sentences import Wording, read_model
from foundry.documents.writing import write_whole, yaml_text
from foundry.strict_model import Items, StrictModel

PROFILE_FILE = "adoption.yaml"
PROFILE = Wording(whole="adoption profile", denial="no")
LASTING = (MEANING_ID, "date order", "locale ", "products without pictures")
"""Beginnings of the ids of questions whose answers hold for all briefs; the others are of one brief, as copy is."""
Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


def _checked_meaning(text: str) -> str:
    answer = text.casefold()
    if meaning_of(answer) is None and answer not in LEFT_OUT:
        raise ValueError(f"it is no meaning; write one of {', '.join(Meaning)}")
    return text


MeaningText = Annotated[Phrase, AfterValidator(_checked_meaning)]
HEAD = "# Learned by `foundry brief adopt` from answers. People may change it; answers beside a brief win.\n"


class AdoptionProfile(StrictModel):
    """`tenants/<id>/adoption.yaml`: answers that hold for all briefs of a tenant."""

    meanings: Annotated[dict[Phrase, MeaningText], Items(5_000)] = Field(
        default_factory=dict,
        description="Key, as words in small letters → its meaning.",
        examples=[{"kampagnenziel": "note"}],
    )
    defaults: Annotated[dict[Phrase, Phrase], Items(5_000)] = Field(
        default_factory=dict,
        description="Id of another question → its answer.",
        examples=[{"date order": "day first"}],
    )

    def as_answers(self) -> dict[str, str]:
        """Return the profile as answers by the ids of their questions."""
        return {**self.defaults, **{MEANING_ID + key: meaning for key, meaning in self.meanings.items()}}


def read_profile(folder: Path) -> AdoptionProfile:
    """Return the profile in a tenant's folder, an empty one if there is none; BadInput for one that is wrong."""
    path = folder / PROFILE_FILE
    if not path.exists():
        return AdoptionProfile()
    return read_model(path, AdoptionProfile, PROFILE, where=f"{folder.name}/{PROFILE_FILE}")


def learn(folder: Path, answers: Mapping[str, str]) -> AdoptionProfile | None:
    """Add what the answers say of all briefs of a tenant to its profile; return the new one, None if it is equal.

    An answer that no profile takes, such as a meaning that there is not, is not learned.
    """
    before = after = read_profile(folder)
    for name, answer in answers.items():
        if name.startswith(LASTING):
            after = _with_answer(after, name, answer)
    if after == before:
        return None
    write_whole(folder / PROFILE_FILE, HEAD + yaml_text(after.model_dump(mode="json", exclude_defaults=True)))
    return after


def _with_answer(profile: AdoptionProfile, name: str, answer: str) -> AdoptionProfile:
    of_a_key = name.startswith(MEANING_ID)
    field, key = ("meanings", name.removeprefix(MEANING_ID)) if of_a_key else ("defaults", name)
    content = profile.model_dump()
    content[field][key] = answer
    try:
        return AdoptionProfile.model_validate(content)
    except ValidationError:
        return profile
