"""The learned profile of a tenant: what adoption knows of the way in which its briefs are written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from foundry.documents.sentences import Wording, read_model
from foundry.documents.writing import write_whole, yaml_text
from foundry.strict_model import Items, StrictModel

PROFILE_FILE = "adoption.yaml"
PROFILE = Wording(whole="adoption profile", denial="no")
MEANING = "meaning "
"""Questions for the meaning of a key have ids that begin so."""
LASTING = (MEANING, "date order", "locale ", "products without pictures")
"""Beginnings of the ids of questions whose answers hold for all briefs; the others are of one brief, as copy is."""
Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
HEAD = "# Learned by `foundry brief adopt` from answers. People may change it; answers beside a brief win.\n"


class AdoptionProfile(StrictModel):
    """`tenants/<id>/adoption.yaml`: answers that hold for all briefs of a tenant."""

    meanings: Annotated[dict[Phrase, Phrase], Items(5_000)] = Field(
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
        return {**self.defaults, **{MEANING + key: meaning for key, meaning in self.meanings.items()}}


def read_profile(folder: Path) -> AdoptionProfile:
    """Return the profile in a tenant's folder, an empty one if there is none; BadInput for one that is wrong."""
    path = folder / PROFILE_FILE
    if not path.exists():
        return AdoptionProfile()
    return read_model(path, AdoptionProfile, PROFILE, where=f"{folder.name}/{PROFILE_FILE}")


def learn(folder: Path, answers: Mapping[str, str]) -> AdoptionProfile | None:
    """Add what the answers say of all briefs of a tenant to its profile; return the new one, None if it is equal."""
    before = read_profile(folder)
    lasting = {name: answer for name, answer in answers.items() if name.startswith(LASTING)}
    meanings = {name.removeprefix(MEANING): said for name, said in lasting.items() if name.startswith(MEANING)}
    defaults = {name: said for name, said in lasting.items() if not name.startswith(MEANING)}
    after = AdoptionProfile(meanings={**before.meanings, **meanings}, defaults={**before.defaults, **defaults})
    if after == before:
        return None
    write_whole(folder / PROFILE_FILE, HEAD + yaml_text(after.model_dump(mode="json", exclude_defaults=True)))
    return after
