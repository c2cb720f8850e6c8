"""The errors of the renderer."""

from __future__ import annotations

from foundry.errors import FoundryError


class RendererMissing(FoundryError):
    """The renderer is not installed."""

    code = "renderer_missing"

    def __init__(self, wrong: str) -> None:
        super().__init__(wrong)
        self.wrong = wrong

    def __str__(self) -> str:
        return (
            f"sets are rendered by Mitsuba, which cannot be started ({self.wrong}): install the extra `sets` "
            "(pip install 'campaign-foundry[sets]')"
        )


class RenderRefused(FoundryError):
    """A picture of a set that cannot be rendered; the sentence says why, and what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code, sentence)
        self.code, self.sentence = code, sentence

    def __str__(self) -> str:
        return self.sentence
