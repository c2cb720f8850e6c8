"""The details of one card, for people and for scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundry.card.card import ModelCard, card_as_json
from foundry.names import sha256_file
from models.registry.evidence import evidence_path, required_evidence
from models.registry.folders import PromotionState, Registry, history, promotion_state
from models.registry.ledger import Change
from models.registry.weights import headers_of


@dataclass(frozen=True, kw_only=True)
class CardDetails:
    """A card with all that the registry knows about it.

    state: its effective stage and the reason for it.
    changes: the ledger's lines about it, oldest first.
    evidence: evidence file → path.
    bytes, parameters: of its safetensors files, the latter by type.
    """

    card: ModelCard
    state: PromotionState
    changes: tuple[Change, ...]
    evidence: dict[str, Path]
    bytes: int
    parameters: dict[str, int]


def card_details(registry: Registry, card: ModelCard) -> CardDetails:
    """Return the details of a card; reads the headers of its weights, not the weights."""
    headers = list(headers_of(card)) if card.has_weights else []
    parameters = Counter[str]()
    for header in headers:
        parameters.update(header.parameters)
    about = tuple(c for c in history(registry) if c.id == card.id and card.version in (c.version, c.previous))
    evidence = {file: evidence_path(registry, card, file) for file in required_evidence(card)}
    size = sum(header.size for header in headers)
    state = promotion_state(registry, card)
    return CardDetails(
        card=card, state=state, changes=about, evidence=evidence, bytes=size, parameters=dict(parameters)
    )


def details_as_json(found: CardDetails) -> dict[str, Any]:
    """Return a card's details as JSON values."""
    return {
        **card_as_json(found.card),
        "note": found.state.note,
        "path": str(found.card.path),
        "folder": str(found.card.folder) if found.card.has_weights else None,
        "safetensors_bytes": found.bytes,
        "parameters": found.parameters,
        "evidence": {file: sha256_file(path) if path.is_file() else None for file, path in found.evidence.items()},
        "changes": [change.model_dump(mode="json", by_alias=True) for change in found.changes],
    }


def detail_lines(found: CardDetails) -> Iterator[tuple[str, str]]:
    """Yield label and text of each line for people."""
    card = found.card
    yield "card", f"{card.name}  {card.title}"
    yield "stage", card.stage + (f" ({found.state.note})" if found.state.note else "")
    yield "task", card.task + (f", {card.adapter.kind} for {', '.join(card.adapter.bases)}" if card.adapter else "")
    yield "licence", card.licence
    yield "allowed use", card.allowed_use
    yield "training data", card.training_data
    yield "tenants", ", ".join(card.tenants) or "all"
    yield "price", f"${card.unit_cost.money} and {card.unit_cost.accelerator_seconds} s of accelerator per picture"
    yield "draws", ", ".join(f"{bucket} {w}x{h}" for bucket, (w, h) in card.sizes.items()) or "-"
    yield "sampling", f"{card.steps} steps, guidance {card.guidance}, {card.scheduler.name or 'own scheduler'}"
    yield "precision", card.precision + (", optimised" if card.optimisations.any else "")
    yield "takes", ", ".join(card.takes) or "no adapters"
    yield "source", f"{card.source.kind} {card.source.url or card.source.repository} {card.source.revision}".rstrip()
    yield "weights", _weights(found)
    yield "digest", card.digest
    yield "file", str(card.path)
    for file, path in found.evidence.items():
        yield file.removesuffix(".json"), str(path) if path.is_file() else "none"
    for change in found.changes:
        yield "change", _describe(change)


def _weights(found: CardDetails) -> str:
    card = found.card
    if not card.has_weights:
        return "none"
    parameters = ", ".join(f"{count / 1e6:,.1f} M {kind}" for kind, count in sorted(found.parameters.items()))
    here = f"{found.bytes / 1e6:,.1f} MB, {parameters} parameters" if card.present else "not here"
    return f"{len(card.weights)} files, {here}, {card.folder}"


def _describe(change: Change) -> str:
    previous = f", instead of {change.previous}" if change.previous else ""
    return (
        f"{change.when:%Y-%m-%d %H:%M} UTC {change.action} {change.id}@{change.version}: {change.before} to "
        f"{change.after}{previous}, by {change.who}: {change.why}"
    )
