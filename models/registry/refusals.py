"""Refusals of the registry."""

from __future__ import annotations

from foundry.errors import FoundryError


class UnknownModel(FoundryError):
    """No card has this id, or this version; `known` are the ids, or the versions, that there are."""

    code = "unknown_model"

    def __init__(self, card: str, known: tuple[str, ...]) -> None:
        super().__init__(card, known)
        self.card, self.known = card, known

    def __str__(self) -> str:
        return f"no model card {self.card!r}; there are: {', '.join(self.known) or 'none'}. Add one."


class NoVersionChosen(FoundryError):
    """An id alone does not say which version: none, or more than one, is in production."""

    code = "no_version_chosen"

    def __init__(self, card: str, wrong: str, remedy: str) -> None:
        super().__init__(card, wrong, remedy)
        self.card, self.wrong, self.remedy = card, wrong, remedy

    def __str__(self) -> str:
        return f"model {self.card}: {self.wrong}; {self.remedy}."


class WrongTask(FoundryError):
    """A card that is named for a task it does not do."""

    code = "wrong_task"

    def __init__(self, card: str, task: str, wanted: str) -> None:
        super().__init__(card, task, wanted)
        self.card, self.task, self.wanted = card, task, wanted

    def __str__(self) -> str:
        return f"model card {self.card!r} does {self.task}, not {self.wanted}; name another card."


class CardRefused(FoundryError):
    """A card that is named in a tenant's file and that the tenant must not use now."""

    code = "card_refused"

    def __init__(self, tenant: str, card: str, wrong: str, remedy: str) -> None:
        super().__init__(tenant, card, wrong, remedy)
        self.tenant, self.card, self.wrong, self.remedy = tenant, card, wrong, remedy

    def __str__(self) -> str:
        return f"tenant {self.tenant}: model {self.card} {self.wrong}; {self.remedy}."


class WeightsRefused(FoundryError):
    """Weights that are missing, changed, not listed, or of a kind that can run code when read."""

    code = "weights_refused"

    def __init__(self, card: str, file: str, wrong: str) -> None:
        super().__init__(card, file, wrong)
        self.card, self.file, self.wrong = card, file, wrong

    def __str__(self) -> str:
        return f"model {self.card}: weights {self.file} {self.wrong}. Nothing was loaded."


class PullRefused(FoundryError):
    """Weights that cannot, or must not, be fetched."""

    code = "pull_refused"

    def __init__(self, card: str, what: str, wrong: str) -> None:
        super().__init__(card, what, wrong)
        self.card, self.what, self.wrong = card, what, wrong

    def __str__(self) -> str:
        return f"model {self.card}: {self.what} {self.wrong}."


class CardNotAdded(FoundryError):
    """A card file that cannot join the registry."""

    code = "card_not_added"

    def __init__(self, card: str, wrong: str) -> None:
        super().__init__(card, wrong)
        self.card, self.wrong = card, wrong

    def __str__(self) -> str:
        return f"model {self.card} was not added: {self.wrong}."


class PromotionRefused(FoundryError):
    """A change of stage that lacks its conditions; `remedy` is the command to run."""

    code = "promotion_refused"

    def __init__(self, card: str, wrong: str, remedy: str) -> None:
        super().__init__(card, wrong, remedy)
        self.card, self.wrong, self.remedy = card, wrong, remedy

    def __str__(self) -> str:
        return f"model {self.card} stays as it is: {self.wrong}; {self.remedy}."
