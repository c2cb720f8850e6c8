"""ONNX networks that ship in installed packages, verified against the card's hashes and loaded once a process.

The card's `weights` name a file as `package/path within it`. Only the file is used: none of the package's own code
runs, so what that code would import need not work.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from foundry.card.card import ModelCard
from foundry.errors import BadInput, FoundryError
from foundry.names import sha256_file
from models.registry import WeightsRefused


class PackageMissing(FoundryError):
    """A package that carries a network, or runs it, is not installed."""

    code = "package_missing"

    def __init__(self, card: str, package: str) -> None:
        super().__init__(card, package)
        self.card, self.package = card, package

    def __str__(self) -> str:
        return (
            f"screen card {self.card!r} needs the package {self.package}, which is not installed; "
            "run: pip install 'campaign-foundry[screen]', or name the screen card 'measured', which needs no network."
        )


@dataclass(frozen=True)
class Networks:
    """The networks of one screen card."""

    card: ModelCard

    def load(self, name: str, inner: str = "") -> Any:
        """Return the network's session; `inner` names a layer whose result becomes one more output.

        Raises BadInput if the card gives no hash for the file, PackageMissing or WeightsRefused if it cannot be used.
        """
        if name not in self.card.weights:
            raise BadInput(f"card {self.card.id}: weights", f"gives no SHA-256 for {name}; add it.")
        return _session(self.card.id, name, self.card.weights[name], self.card.cpu_threads, inner)

    def run(self, name: str, pixels: NDArray[Any], inner: str = "") -> list[NDArray[Any]]:
        """Return all outputs for one input array, in the network's own layout."""
        session = self.load(name, inner)
        return list(session.run(None, {session.get_inputs()[0].name: pixels}))

    def metadata(self, name: str, key: str) -> str:
        """Return an entry of the metadata that the file holds beside its weights."""
        return str(self.load(name).get_modelmeta().custom_metadata_map[key])


def verify_packages(card: ModelCard) -> None:
    """Raise PackageMissing or WeightsRefused unless every network on the card is installed and unchanged.

    Loads nothing.
    """
    for name, sha256 in card.weights.items():
        weight_file(card.id, name, sha256)


@lru_cache(maxsize=16)
def _session(card: str, name: str, sha256: str, threads: int, inner: str) -> Any:
    """Return one session for all threads of the process; its thread count is fixed, as it decides the last bits."""
    if find_spec("onnxruntime") is None:
        raise PackageMissing(card, "onnxruntime")
    onnxruntime = import_module("onnxruntime")
    model = weight_file(card, name, sha256).read_bytes()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    wanted = ("CUDAExecutionProvider", "CPUExecutionProvider")
    available = [provider for provider in wanted if provider in onnxruntime.get_available_providers()]
    return onnxruntime.InferenceSession(with_output(model, inner), options, providers=available)


def weight_file(card: str, name: str, sha256: str) -> Path:
    """Return the file of a network; raise PackageMissing or WeightsRefused if it is absent or changed."""
    package, _, inside = name.partition("/")
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise PackageMissing(card, package.replace("_", "-"))
    path = Path(spec.submodule_search_locations[0]) / inside
    if not path.is_file():
        raise WeightsRefused(card, name, "are missing from the installed package; install the version on the card")
    if (found := sha256_file(path)) != sha256:
        wrong = f"have SHA-256 {found[:16]}..., the card says {sha256[:16]}...; restore the package"
        raise WeightsRefused(card, name, wrong)
    return path


def with_output(model: bytes, inner: str) -> bytes:
    """Return an ONNX model with one more output, the result `inner` of one of its layers; unchanged if that is empty.

    Protocol buffers merge what is appended: ModelProto.graph is field 7, GraphProto.output field 12,
    ValueInfoProto.name field 1; the runtime infers the type.
    """
    if not inner:
        return model
    return model + _field(7, _field(12, _field(1, inner.encode())))


def _field(number: int, content: bytes) -> bytes:
    """Return a length-delimited field; names here are shorter than 120 bytes, so one length byte suffices."""
    return bytes([number << 3 | 2, len(content)]) + content
