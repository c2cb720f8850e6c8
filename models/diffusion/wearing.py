"""Adapters, put on a loaded pipeline for one run and taken off again without a trace.

Nothing stays: before another set is put on, and whenever anything is raised, the pipeline is brought back to its own
layers, so that a tenant's adapter cannot touch the next tenant's picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundry.card.adapter_use import AdapterUse
from foundry.card.card import Adapter, ModelCard
from foundry.documents import read_json
from foundry.documents.limits import SETTINGS
from foundry.errors import shorten
from models.diffusion.loaded import LoadedPipeline
from models.diffusion.refusals import AdapterRefused
from models.registry import verify

Known = Mapping[str, ModelCard]


@dataclass(frozen=True)
class ChosenAdapter:
    """An adapter that a drawing card takes: its card, that card's section `adapter`, and its use by an order."""

    card: ModelCard
    section: Adapter
    use: AdapterUse


def wear(loaded: LoadedPipeline, card: ModelCard, uses: tuple[AdapterUse, ...], known: Known) -> None:
    """Put exactly these adapters on the pipeline; if one does not fit, AdapterRefused, and none stays on it."""
    if loaded.worn == uses:
        return
    take_off(loaded)
    try:
        _put_on(loaded, card, uses, known)
    except BaseException:
        take_off(loaded)
        raise
    loaded.worn = uses


def take_off(loaded: LoadedPipeline) -> None:
    """Bring the pipeline back to the state in which it was loaded, and drop all that remembers an adapter."""
    pipeline = loaded.pipeline
    loaded.worn, loaded.controlnet = (), None
    loaded.modes.clear()
    if hasattr(pipeline, "unload_lora_weights"):
        pipeline.unload_lora_weights()
    if _carries_ip_adapter(pipeline):
        pipeline.unload_ip_adapter()
    pipeline.register_modules(**loaded.displaced)
    loaded.displaced = {}


def _carries_ip_adapter(pipeline: Any) -> bool:
    hidden = getattr(getattr(pipeline, "unet", None), "encoder_hid_proj", None)
    return type(hidden).__name__ == "MultiIPAdapterImageProjection"


def _put_on(loaded: LoadedPipeline, card: ModelCard, uses: tuple[AdapterUse, ...], known: Known) -> None:
    by_kind: dict[str, list[ChosenAdapter]] = {"lora": [], "controlnet": [], "ip-adapter": []}
    for use in uses:
        chosen = check_adapter(card, use, known)
        verify(chosen.card)
        by_kind[chosen.section.kind].append(chosen)
    for kind in ("controlnet", "ip-adapter"):
        if len(by_kind[kind]) > 1:
            extra = by_kind[kind][1].card.name
            raise AdapterRefused(card.name, extra, f"one {kind} at a time; leave the others out")
    for chosen in by_kind["controlnet"]:
        loaded.controlnet = _load_controlnet(loaded, card, chosen.card)
    for chosen in by_kind["ip-adapter"]:
        _load_ip_adapter(loaded, card, chosen)
    _put_on_loras(loaded, card, by_kind["lora"])


def check_adapter(card: ModelCard, use: AdapterUse, known: Known) -> ChosenAdapter:
    """Return the adapter of a use; AdapterRefused if the drawing card does not take it."""
    adapter = known.get(use.card)
    if adapter is None or adapter.adapter is None:
        raise AdapterRefused(card.name, use.card[:16], "no card of this run has this digest; name its card")
    kind, bases = adapter.adapter.kind, adapter.adapter.bases
    if kind not in card.takes:
        taken = ", ".join(card.takes) or "no adapters"
        raise AdapterRefused(card.name, adapter.name, f"it is a {kind}, and the card takes {taken}")
    if card.id not in bases:
        raise AdapterRefused(card.name, adapter.name, f"it is made for {', '.join(bases)}")
    return ChosenAdapter(adapter, adapter.adapter, use)


def kind_of(use: AdapterUse, known: Known) -> str:
    """Return the kind of an adapter; empty if no card is known for it."""
    adapter = known[use.card].adapter if use.card in known else None
    return adapter.kind if adapter is not None else ""


def adapter_name(adapter: ModelCard) -> str:
    """Return the adapter's name inside the pipeline: its digest, so that no two are mistaken for one another."""
    return f"a{adapter.digest[:24]}"


def _put_on_loras(loaded: LoadedPipeline, card: ModelCard, loras: list[ChosenAdapter]) -> None:
    if not loras:
        return
    pipeline = loaded.pipeline
    if not hasattr(pipeline, "load_lora_weights"):
        raise AdapterRefused(card.name, loras[0].card.name, f"a {type(pipeline).__name__} takes no LoRA")
    for chosen in loras:
        _load_lora(pipeline, card, chosen)
    names = [adapter_name(chosen.card) for chosen in loras]
    pipeline.set_adapters(names, [chosen.use.weight / 1000 for chosen in loras])


def _load_lora(pipeline: Any, card: ModelCard, chosen: ChosenAdapter) -> None:
    from safetensors import safe_open

    adapter = chosen.card
    file, name = adapter.folder / chosen.section.file, adapter_name(adapter)
    with safe_open(file, framework="pt") as weights:
        stored = [key for key in weights.keys() if not key.endswith("alpha")]  # noqa: SIM118 - not a dict
    try:
        pipeline.load_lora_weights(
            adapter.folder, weight_name=file.name, adapter_name=name, local_files_only=True, use_safetensors=True
        )
    except (ValueError, RuntimeError, KeyError, TypeError, IndexError, NotImplementedError) as error:
        reason = " ".join(str(error).split())[:160]
        raise AdapterRefused(card.name, adapter.name, f"its weights do not fit ({reason})") from error
    fitting = sum(
        _count_tensors(part, name) for part in pipeline.components.values() if hasattr(part, "named_parameters")
    )
    if fitting < len(stored):
        why = f"{fitting} of its {len(stored)} tensors fit; it was trained on another base"
        raise AdapterRefused(card.name, adapter.name, why)


def _count_tensors(part: Any, name: str) -> int:
    return sum(1 for key, _ in part.named_parameters() if f".{name}." in key)


def _load_controlnet(loaded: LoadedPipeline, card: ModelCard, adapter: ModelCard) -> Any:
    import diffusers

    config = read_json(adapter.folder / "config.json", SETTINGS)
    kind = config.get("_class_name") if isinstance(config, dict) else None
    if not isinstance(kind, str) or "ControlNet" not in kind or not hasattr(diffusers, kind):
        raise AdapterRefused(card.name, adapter.name, f"its config.json names no ControlNet but {shorten(kind)}")
    network = getattr(diffusers, kind).from_pretrained(
        adapter.folder, dtype=loaded.denoiser.dtype, use_safetensors=True, local_files_only=True
    )
    return network.to(loaded.device).eval()


def _load_ip_adapter(loaded: LoadedPipeline, card: ModelCard, chosen: ChosenAdapter) -> None:
    pipeline, adapter = loaded.pipeline, chosen.card
    if not hasattr(pipeline, "load_ip_adapter") or getattr(pipeline, "unet", None) is None:
        raise AdapterRefused(card.name, adapter.name, f"a {type(pipeline).__name__} takes no IP-Adapter here")
    loaded.displaced = {name: getattr(pipeline, name) for name in ("image_encoder", "feature_extractor")}
    try:
        pipeline.load_ip_adapter(
            str(adapter.folder), subfolder="", weight_name=chosen.section.file, local_files_only=True
        )
    except (ValueError, RuntimeError, KeyError, OSError) as error:
        reason = " ".join(str(error).split())[:160]
        raise AdapterRefused(card.name, adapter.name, f"its weights do not fit ({reason})") from error
    pipeline.image_encoder.to(loaded.device)
    pipeline.set_ip_adapter_scale(chosen.use.weight / 1000)


def triggers(uses: tuple[AdapterUse, ...], known: Known) -> str:
    """Return the trigger words of the adapters, which stand before the prompt."""
    worn = [known[use.card].adapter for use in uses if use.card in known]
    return ", ".join(adapter.trigger for adapter in worn if adapter is not None and adapter.trigger)
