"""The network of a card, whoever trained it, behind one call: a tile in, an enlarged tile out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foundry.card.card import ModelCard
from models.registry import WeightsRefused, verify

if TYPE_CHECKING:
    import torch

COMMUNITY_MARGIN = 32
"""Source pixels that a community network's tile is cut larger by; how far it really looks, its file does not say."""


@dataclass(frozen=True)
class Learned:
    """A loaded network. `call(tile, scale)` takes and gives (1, 3, h, w) float32 on `device`, sRGB encoded.

    A pixel may depend on `margin` source pixels around it; tiles are cut with that much more and cropped.
    """

    card: ModelCard
    device: str
    scales: tuple[int, ...]
    margin: int
    call: Callable[[torch.Tensor, int], torch.Tensor]


def load(card: ModelCard, device: str | None = None) -> Learned:
    """Verify a card's weights and load them; `device` is "cuda", "cpu" or None for the best there is.

    An embedded card is this repository's network; any other folder must hold one safetensors file of an
    architecture that spandrel knows. WeightsRefused otherwise.
    """
    import torch

    verify(card)
    chosen = device or ("cuda" if torch.cuda.is_available() else "cpu")
    return _own(card, chosen) if card.source.kind == "embedded" else _community(card, chosen)


def _own(card: ModelCard, device: str) -> Learned:
    from models.upscaling.network import SCALES, read_network

    network = read_network(card.folder).to(device)
    return Learned(card, device, SCALES, network.reach, _precise(network, card, device))


def _precise(network: Any, card: ModelCard, device: str) -> Callable[[torch.Tensor, int], torch.Tensor]:
    """The card's precision on an accelerator; on the CPU always float32, which is what repeats bit for bit."""
    import torch

    lower = device.startswith("cuda") and card.precision != "float32"

    def call(tile: torch.Tensor, scale: int) -> torch.Tensor:
        with torch.autocast(device.split(":")[0], getattr(torch, card.precision), enabled=lower):
            made: torch.Tensor = network(tile, scale)
        return made.float()

    return call


def _community(card: ModelCard, device: str) -> Learned:
    descriptor = _recognised(card, _only_file(card))
    problem = _unusable(descriptor)
    if problem:
        raise WeightsRefused(card.id, card.source.folder, problem)
    descriptor.to(device).eval()
    wanted = card.precision if device.startswith("cuda") else "float32"
    supported = {"float16": descriptor.supports_half, "bfloat16": descriptor.supports_bfloat16}.get(wanted, True)
    if not supported:
        raise WeightsRefused(card.id, card.source.folder, f"cannot run in {wanted}; set the card's precision: float32")

    def call(tile: torch.Tensor, scale: int) -> torch.Tensor:
        import torch

        with torch.autocast(device.split(":")[0], getattr(torch, wanted), enabled=wanted != "float32"):
            made: torch.Tensor = descriptor(tile)
        return made.float()

    return Learned(card, device, (descriptor.scale,), COMMUNITY_MARGIN, call)


def _only_file(card: ModelCard) -> Path:
    files = sorted(card.folder.glob("*.safetensors"))
    if len(files) != 1:
        wrong = f"are {len(files)} safetensors files; an upscaler's folder holds exactly one"
        raise WeightsRefused(card.id, card.source.folder, wrong)
    return files[0]


def _recognised(card: ModelCard, path: Path) -> Any:
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


def _unusable(descriptor: Any) -> str | None:
    """Why a recognised network is no upscaler for whole pictures, or None."""
    from spandrel import ImageModelDescriptor, ModelTiling

    if not isinstance(descriptor, ImageModelDescriptor) or descriptor.scale < 2:
        return f"are {descriptor.architecture.name}, which does not enlarge; name an upscaler"
    if (descriptor.input_channels, descriptor.output_channels) != (3, 3):
        return f"take {descriptor.input_channels} and give {descriptor.output_channels} channels; RGB needs 3 and 3"
    if descriptor.tiling is not ModelTiling.SUPPORTED:
        return f"are {descriptor.architecture.name}, which cannot work in tiles; name another upscaler"
    return None
