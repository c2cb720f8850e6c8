"""A fault of a product model, as the checks of its parts raise it."""

from __future__ import annotations


class WrongModel(Exception):
    """A fault and its remedy. The caller adds the name of the file."""

    def __init__(self, wrong: str, remedy: str) -> None:
        super().__init__(wrong, remedy)
        self.wrong, self.remedy = wrong, remedy
