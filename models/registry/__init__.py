"""The registry of model cards: which cards there are, which version is in production, and checks of their weights."""

from models.registry.folders import (
    CARDS,
    BrokenCard,
    PromotionState,
    Registry,
    all_cards,
    broken_cards,
    history,
    open_registry,
    promotion_state,
    sound_cards,
)
from models.registry.refusals import (
    CardNotAdded,
    CardRefused,
    NoVersionChosen,
    PromotionRefused,
    PullRefused,
    UnknownModel,
    WeightsRefused,
    WrongTask,
)
from models.registry.resolving import card, cards, cards_of, find, scene_cards
from models.registry.weights import demand_present, folder_of, verify, weights_of

__all__ = [
    "CARDS",
    "BrokenCard",
    "CardNotAdded",
    "CardRefused",
    "NoVersionChosen",
    "PromotionRefused",
    "PromotionState",
    "PullRefused",
    "Registry",
    "UnknownModel",
    "WeightsRefused",
    "WrongTask",
    "all_cards",
    "broken_cards",
    "card",
    "cards",
    "cards_of",
    "demand_present",
    "find",
    "folder_of",
    "history",
    "open_registry",
    "promotion_state",
    "scene_cards",
    "sound_cards",
    "verify",
    "weights_of",
]
