"""The check of a product model as it runs in the box."""

from __future__ import annotations

from typing import BinaryIO

from foundry.errors import Unusable
from foundry.inputs.gltf_check import check_glb
from foundry.inputs.product_model import kind_of
from foundry.inputs.usd_check import check_layer, check_package
from foundry.inputs.wrong_model import WrongModel

BOX_PRELOADS = ("PIL.PngImagePlugin", "PIL.JpegImagePlugin", "PIL.WebPImagePlugin", "PIL.AvifImagePlugin")


def check_model(stream: BinaryIO, name: str, suffix: str) -> None:
    """Raise Unusable for a model that is broken, too large, leads out of itself, or is no such file inside."""
    try:
        _check(stream.read(), suffix)
    except WrongModel as error:
        raise Unusable(name, error.wrong, error.remedy) from error


def _check(data: bytes, suffix: str) -> None:
    kind = kind_of(data[:16])
    if kind != suffix and not (suffix == ".usd" and kind in (".usda", ".usdc")):
        found = f"is {kind} inside" if kind else "is neither glTF nor USD inside"
        raise WrongModel(f"{found}, not {suffix}", "export it again, as GLB if you can")
    if kind == ".glb":
        check_glb(data)
    elif kind == ".usdz":
        check_package(data)
    else:
        check_layer(data)
