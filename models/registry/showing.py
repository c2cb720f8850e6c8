"""Everything that is known of one card, for people and for scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foundry.card.card import ModelCard, card_as_json
from foundry.names import sha256_file
from models.registry.folders import Registry, Standing, history, standing
from models.registry.ledger import Change
from models.registry.promotion import demanded, evidence_path
from models.registry.weights import headers_of


@dataclass(frozen=True)
class Shown:
    """A card, where it stands and why, its changes, its evidence (file → path), and what its headers count."""

    card: ModelCard
    standing: Standing
    changes: tuple[Change, ...]
    evidence: dict[str, Path]
    bytes: int
    parameters: dict[str, int]


def shown(registry: Registry, card: ModelCard) -> Shown:
    """What is known of a card; reads the headers of its weights, not the weights."""
    headers = list(headers_of(card)) if card.has_weights else []
    parameters = Counter[str]()
    for header in headers:
        parameters.update(header.parameters)
    about = tuple(c for c in history(registry) if c.id == card.id and card.version in (c.version, c.previous))
    evidence = {file: evidence_path(registry, card, file) for file in demanded(card)}
    size = sum(header.size for header in headers)
    return Shown(card, standing(registry, card), about, evidence, size, dict(parameters))


def as_json(found: Shown) -> dict[str, Any]:
    """For scripts."""
    return {
        **card_as_json(found.card),
        "note": found.standing.note,
        "path": str(found.card.path),
        "folder": str(found.card.folder) if found.card.has_weights else None,
        "safetensors_bytes": found.bytes,
        "parameters": found.parameters,
        "evidence": {file: sha256_file(path) if path.is_file() else None for file, path in found.evidence.items()},
        "changes": [change.model_dump(mode="json", by_alias=True) for change in found.changes],
    }


def lines(found: Shown) -> Iterator[tuple[str, str]]:
    """Label and text, one a line, for people."""
    card = found.card
    yield "card", f"{card.name}  {card.title}"
    yield "stage", card.stage + (f" ({found.standing.note})" if found.standing.note else "")
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
        yield "change", _told(change)


def _weights(found: Shown) -> str:
    card = found.card
    if not card.has_weights:
        return "none"
    parameters = ", ".join(f"{count / 1e6:,.1f} M {kind}" for kind, count in sorted(found.parameters.items()))
    here = f"{found.bytes / 1e6:,.1f} MB, {parameters} parameters" if card.present else "not here"
    return f"{len(card.weights)} files, {here}, {card.folder}"


def _told(change: Change) -> str:
    previous = f", instead of {change.previous}" if change.previous else ""
    return (
        f"{change.when:%Y-%m-%d %H:%M} UTC {change.action} {change.id}@{change.version}: {change.before} to "
        f"{change.after}{previous}, by {change.who}: {change.why}"
    )
