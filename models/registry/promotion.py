"""Changes of a card's stage: draft → candidate → production, and back. Each is one line of the ledger."""

from __future__ import annotations

from foundry.card.card import ModelCard
from models.registry.evidence import accept_evidence, required_evidence
from models.registry.folders import Registry, broken_cards, history, promotion_state, sound_cards
from models.registry.ledger import Change, Signature, append
from models.registry.refusals import PromotionRefused
from models.registry.resolving import find
from models.registry.weights import verify


def nominate(registry: Registry, name: str, signed: Signature) -> Change:
    """Make a draft, or a retired card, a candidate; its weights must be whole."""

    def decide() -> Change:
        card = find(registry, name)
        if card.stage not in ("draft", "retired"):
            raise PromotionRefused(
                card.name, f"it is {card.stage} already", "only drafts and retired cards are nominated"
            )
        _check_hashes(card)
        verify(card)
        return _change(card, "nominate", "candidate", signed)

    return append(registry.own, decide)


def promote(registry: Registry, name: str, signed: Signature) -> Change:
    """Put a candidate into production and retire the version that was there; PromotionRefused without evidence.

    A shipped card that is in production because its file says so may be promoted too; that gives it its line.
    """

    def decide() -> Change:
        card = find(registry, name)
        own_word = card.stage == "production" and promotion_state(registry, card).change is None
        if card.stage != "candidate" and not own_word:
            remedy = (
                f"run `foundry models nominate {card.name}` first" if card.stage != "production" else "nothing to do"
            )
            raise PromotionRefused(card.name, f"it is {card.stage}, and only candidates are promoted", remedy)
        _check_hashes(card)
        evidence = {file: accept_evidence(registry, card, file) for file in required_evidence(card)}
        verify(card)
        former = _in_production(registry, card.id)
        previous = former if former != card.version else None
        change = _change(card, "promote", "production", signed)
        return change.model_copy(update={"evidence": evidence, "previous": previous})

    return append(registry.own, decide)


def rollback(registry: Registry, identity: str, signed: Signature) -> Change:
    """Put back the version that was in production before; PromotionRefused if there is none or it has changed."""

    def decide() -> Change:
        current, back = _in_production(registry, identity), _before(registry, identity)
        if back is None:
            raise PromotionRefused(identity, "no earlier version was in production", "promote another one")
        card = find(registry, f"{identity}@{back}")
        line = next((c for c in reversed(history(registry)) if (c.id, c.version) == (identity, back)), None)
        if line and line.digest != card.digest:
            raise PromotionRefused(
                card.name, "its card was changed since it was in production", "evaluate and promote it"
            )
        verify(card)
        change = _change(card, "rollback", "production", signed)
        return change.model_copy(update={"evidence": line.evidence if line else {}, "previous": current})

    return append(registry.own, decide)


def _in_production(registry: Registry, identity: str) -> str | None:
    for broken in broken_cards(registry):
        if broken.may_be(identity):
            raise broken.problem
    cards = sound_cards(registry)
    found = [card.version for card in cards if card.id == identity and card.stage == "production"]
    if len(found) > 1:
        wrong = f"versions {', '.join(found)} all say production"
        raise PromotionRefused(identity, wrong, "set `stage: retired` in the files of all but one")
    return found[0] if found else None


def _before(registry: Registry, identity: str) -> str | None:
    """Return the version that was in production before the present one; None if there was none.

    Promotions are laid on a pile, and a rollback takes the topmost off.
    """
    pile: list[str] = []
    for line in (line for line in history(registry) if line.id == identity):
        if line.action == "rollback":
            pile = pile[:-1]
        elif line.action == "promote" and line.previous:
            pile = [*pile[:-1], line.previous, line.version]
        elif line.action == "promote" and pile[-1:] != [line.version]:
            pile = [*pile, line.version]
    return pile[-2] if len(pile) > 1 else None


def _check_hashes(card: ModelCard) -> None:
    if card.has_weights and not card.weights:
        wrong = "its card has no hashes of its weights"
        raise PromotionRefused(card.name, wrong, "add it again with `foundry models add`, which stamps them")


def _change(card: ModelCard, action: str, stage: str, signed: Signature) -> Change:
    return Change.model_validate(
        {
            "id": card.id,
            "version": card.version,
            "action": action,
            "from": card.stage,
            "to": stage,
            "digest": card.digest,
            **signed.model_dump(),
        }
    )
