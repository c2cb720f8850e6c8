"""Model cards: those that there are, the version in production, and what is true of their weights."""

from models.registry.folders import CARDS, Registry, Standing, all_cards, history, open_registry, standing
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
from models.registry.resolving import card, cards, cards_of, find
from models.registry.weights import folder_of, verify, weights_of

__all__ = [
    "CARDS",
    "CardNotAdded",
    "CardRefused",
    "NoVersionChosen",
    "PromotionRefused",
    "PullRefused",
    "Registry",
    "Standing",
    "UnknownModel",
    "WeightsRefused",
    "WrongTask",
    "all_cards",
    "card",
    "cards",
    "cards_of",
    "find",
    "folder_of",
    "history",
    "open_registry",
    "standing",
    "verify",
    "weights_of",
]
