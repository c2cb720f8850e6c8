"""A handler around another one: a batch that fails on one item is made item by item, and only that item fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from apache_beam.ml.inference.base import ModelHandler

from transforms.counting import Stage, timed
from transforms.item_faults import describe, is_shared

Item = TypeVar("Item")
Result = TypeVar("Result")
Refused = Callable[[Item, str, str], Result]
"""Returns the result of an item that failed, with the code and the sentence of its dead letter."""


class ItemwiseHandler(ModelHandler[Item, Result, Any]):  # type: ignore[misc]  # Beam's base is untyped
    """Makes what `handler` makes; an item on which it fails gets the result of `refused`.

    Errors that concern the whole run rise. Items of a batch that failed are made again, one by one, since nobody knows
    which of them the batch failed on.
    """

    def __init__(
        self,
        handler: ModelHandler[Item, Result, Any],
        refused: Refused[Item, Result],
        key_of: Callable[[Item], str],
        stage: Stage,
    ) -> None:
        super().__init__()
        self.handler, self.refused, self.key_of, self.stage = handler, refused, key_of, stage

    def load_model(self) -> Any:
        """Load the model of the handler."""
        return self.handler.load_model()

    def run_inference(
        self, batch: Sequence[Item], model: Any, inference_args: dict[str, Any] | None = None
    ) -> list[Result]:
        """Return one result per item, in order; the time of each call counts as the stage's."""
        try:
            with timed(self.stage):
                return list(self.handler.run_inference(batch, model, inference_args))
        except Exception as error:
            if is_shared(error, drawing=True):
                raise
            if len(batch) > 1:
                return [result for item in batch for result in self.run_inference([item], model, inference_args)]
            return [self.refused(batch[0], *describe(error, self.key_of(batch[0])))]

    def get_num_bytes(self, batch: Sequence[Item]) -> int:
        """Return the handler's figure."""
        return int(self.handler.get_num_bytes(batch))

    def share_model_across_processes(self) -> bool:
        """Return the handler's choice."""
        return bool(self.handler.share_model_across_processes())
