"""The shipped sets, `templates/sets/*.yaml`."""

from __future__ import annotations

from functools import lru_cache

from foundry.documents import read_yaml
from foundry.documents.limits import SETTINGS
from foundry.sets.set_file import SetFile
from templates import TEMPLATES

SHIPPED = TEMPLATES / "sets"


@lru_cache(maxsize=1)
def shipped_sets() -> dict[str, SetFile]:
    """Return the shipped sets by id, sorted."""
    found = (SetFile.model_validate(read_yaml(path, SETTINGS)) for path in sorted(SHIPPED.glob("*.yaml")))
    return {each.id: each for each in found}
