"""Product models (CAD) from outside: measured and refused in the plan, without opening them in Blender."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from foundry.box import MIB, BoxLimits, boxed
from foundry.errors import Unusable
from foundry.inputs.door import FileKind, ReceivedFile, Signature
from foundry.inputs.file_facts import FileFacts
from foundry.inputs.picture import VIEW
from foundry.inputs.product_view import View, view_name

MAX_BYTES = 200_000_000
KINDS = (".glb", ".usd", ".usda", ".usdc", ".usdz")
MODEL = FileKind(
    "product model",
    MAX_BYTES,
    (Signature(b"glTF"), Signature(b"PXR-USDC"), Signature(b"#usda"), Signature(b"PK\x03\x04")),
    "is neither glTF nor USD inside",
    "export it again, as GLB if you can",
)
MODEL_LIMITS = BoxLimits(memory_bytes=2_048 * MIB, cpu_s=30, wall_s=300, answer_bytes=1 * MIB)
CHECKING = "foundry.inputs.model_check:check_model"


@dataclass(frozen=True)
class ModelFacts(FileFacts):
    """A usable product model and the view that is wanted of it."""

    view: View

    @property
    def key(self) -> str:
        """The key by which a plan and its shots refer to this view."""
        return f"{VIEW}{view_name(self.sha256, self.view)}"


def inspect_model(file: ReceivedFile, view: View) -> ModelFacts:
    """Return the facts of a model; Unusable says what is wrong.

    The box reads its structure within limits, and no geometry.
    """
    suffix = Path(file.name).suffix.lower()
    if suffix not in KINDS:
        remedy = f"name a file that ends in {', '.join(KINDS)}"
        raise Unusable(file.short_name, "is not a product model", remedy)
    boxed(CHECKING, file, limits=MODEL_LIMITS, name=file.short_name, suffix=suffix)
    return ModelFacts(file, view)


def kind_of(head: bytes) -> str | None:
    """Return the suffix that belongs to a file with these first bytes; None for an unknown kind of file."""
    magic = {b"glTF": ".glb", b"PXR-USDC": ".usdc", b"#usda": ".usda", b"PK\x03\x04": ".usdz"}
    return next((suffix for start, suffix in magic.items() if head.startswith(start)), None)
