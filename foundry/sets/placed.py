"""A set in a scene of a plan: its file, and what fills its roles."""

from __future__ import annotations

from pydantic import Field

from foundry.names import digest
from foundry.sets.own_material import OwnMaterial
from foundry.sets.set_file import SetFile, Side
from foundry.strict_model import StrictModel
from foundry.tenant import Colour

MIRRORED: dict[Side, Side] = {"left": "right", "right": "left"}


class PlacedSet(StrictModel):
    """The set of a scene. `set` has the brief's values in it already; `scene` is the scene's id.

    word: the scene of the vocabulary that it stands for, with which captions begin. light_named: the brief says where
    the light comes from; where it does not, the light is mirrored with the composition. ignored: words of the scene
    that are not understood. materials and files are what the set needs of its tenant's own: materials by id, and the
    SHA-256 of each file by its path below the tenant's folder.
    """

    scene: str
    set: SetFile
    wall: Colour
    floor: Colour
    accent: Colour
    light: Side = "left"
    light_named: bool = False
    word: str = "sweep"
    ignored: tuple[str, ...] = ()
    materials: dict[str, OwnMaterial] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        """A hash of all that changes the picture."""
        shown = self.model_dump(mode="json", exclude={"scene", "set", "ignored"}, exclude_defaults=True)
        return digest("placed-set", set=self.set.digest, **shown)

    def light_in(self, mirrored: bool) -> Side:
        """Return the side that the light comes from in a picture."""
        return MIRRORED.get(self.light, self.light) if mirrored and not self.light_named else self.light
