"""The network of an upscaler's card, whoever trained it, behind one call: a tile in, an enlarged tile out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foundry.card.card import ModelCard
from models.registry import WeightsRefused, verify

if TYPE_CHECKING:
    import torch

    from models.upscaling.network import CompactUpscaler

    Enlarger = Callable[[torch.Tensor, int], torch.Tensor]

COMMUNITY_MARGIN = 32
"""Source pixels that a community network's tile is cut larger by; its file does not say how many it depends on."""


@dataclass(frozen=True)
class LearnedUpscaler:
    """A loaded network. `call(tile, scale)` takes and returns (1, 3, h, w) float32 on `device`, sRGB encoded.

    A pixel may depend on `margin` source pixels around it; tiles are cut larger by as much, and cropped. `plain` is the
    interpolation that the network adds detail to, in the same form; it stands in for the network on smooth tiles.
    """

    card: ModelCard
    device: str
    scales: tuple[int, ...]
    margin: int
    call: Enlarger
    plain: Enlarger | None = None


def load_upscaler(card: ModelCard, device: str | None = None) -> LearnedUpscaler:
    """Verify a card's weights and load them; `device` is "cuda", "cpu" or None for the best there is.

    An embedded card is this repository's network; any other folder must hold one safetensors file of an
    architecture that spandrel knows. Raises WeightsRefused otherwise.
    """
    import torch

    verify(card)
    chosen = device or ("cuda" if torch.cuda.is_available() else "cpu")
    return _load_embedded(card, chosen) if card.source.kind == "embedded" else _load_community(card, chosen)


def _load_embedded(card: ModelCard, device: str) -> LearnedUpscaler:
    from models.upscaling.network import SCALES, enlarge_bicubic, read_network

    network = read_network(card.folder).to(device)
    call = _with_precision(network, card, device)
    return LearnedUpscaler(card, device, SCALES, network.reach, call, enlarge_bicubic)


def _with_precision(network: CompactUpscaler, card: ModelCard, device: str) -> Enlarger:
    """Run the network in the card's precision on an accelerator; on the CPU in float32, which repeats bit for bit."""
    import torch

    lower = device.startswith("cuda") and card.precision != "float32"

    def call(tile: torch.Tensor, scale: int) -> torch.Tensor:
        with torch.autocast(device.partition(":")[0], getattr(torch, card.precision), enabled=lower):
            made: torch.Tensor = network(tile, scale)
        return made.float()

    return call


def _load_community(card: ModelCard, device: str) -> LearnedUpscaler:
    descriptor = _load_file(card, _only_file(card))
    objection = _objection(descriptor)
    if objection:
        raise WeightsRefused(card.id, card.source.folder, objection)
    descriptor.to(device).eval()
    wanted = card.precision if device.startswith("cuda") else "float32"
    supported = {"float16": descriptor.supports_half, "bfloat16": descriptor.supports_bfloat16}.get(wanted, True)
    if not supported:
        raise WeightsRefused(card.id, card.source.folder, f"cannot run in {wanted}; set the card's precision: float32")

    def call(tile: torch.Tensor, _scale: int) -> torch.Tensor:
        import torch

        with torch.autocast(device.partition(":")[0], getattr(torch, wanted), enabled=wanted != "float32"):
            made: torch.Tensor = descriptor(tile)
        return made.float()

    return LearnedUpscaler(card, device, (descriptor.scale,), COMMUNITY_MARGIN, call)


def _only_file(card: ModelCard) -> Path:
    files = sorted(card.folder.glob("*.safetensors"))
    if len(files) != 1:
        wrong = f"are {len(files)} safetensors files; an upscaler's folder holds exactly one"
        raise WeightsRefused(card.id, card.source.folder, wrong)
    return files[0]


def _load_file(card: ModelCard, path: Path) -> Any:
    from safetensors import SafetensorError
    from spandrel import ModelLoader, UnsupportedModelError

    try:
        return ModelLoader().load_from_file(path)
    except SafetensorError as error:
        raise WeightsRefused(card.id, path.name, f"are not readable safetensors ({error}); fetch them again") from error
    except UnsupportedModelError as error:
        wrong = "are of no architecture that spandrel knows; name the right file"
        raise WeightsRefused(card.id, path.name, wrong) from error
    except RuntimeError as error:  # a known architecture whose tensors do not fit together
        raise WeightsRefused(card.id, path.name, "do not fit their architecture; fetch them again") from error


def _objection(descriptor: Any) -> str | None:
    """Return why a network is no upscaler for whole pictures, as the rest of a sentence; None if it is one."""
    from spandrel import ImageModelDescriptor, ModelTiling

    if not isinstance(descriptor, ImageModelDescriptor) or descriptor.scale < 2:
        return f"are {descriptor.architecture.name}, which does not enlarge; name an upscaler"
    if (descriptor.input_channels, descriptor.output_channels) != (3, 3):
        return f"take {descriptor.input_channels} and give {descriptor.output_channels} channels; RGB needs 3 and 3"
    if descriptor.tiling is not ModelTiling.SUPPORTED:
        return f"are {descriptor.architecture.name}, which cannot work in tiles; name another upscaler"
    return None
