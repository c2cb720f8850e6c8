"""Views of product models: orders in, each rendered once through Blender."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.ml.inference.base import RunInference

from foundry.manifest import DeadLetter
from models.blender.views import BlenderHandler, Unrendered


def settle(result: str | Unrendered) -> Iterator[Any]:
    """Keys of views that are there; refusals are tagged `refused` as dead letters."""
    if isinstance(result, Unrendered):
        order = result.order
        letter = DeadLetter("render-view", result.code, f"{order.tenant}/{order.key}", result.reason)
        yield beam.pvalue.TaggedOutput("refused", letter)
    else:
        yield result


@dataclass
class RenderViews(beam.PTransform):
    """View orders in; keys of the views that are there, and dead letters, out. Small records."""

    rendering: BlenderHandler

    def expand(self, orders):
        settled = (
            orders
            | "OneByOne" >> beam.Map(lambda order: [order])
            | "Render" >> RunInference(self.rendering.with_no_batching())
            | "View" >> beam.FlatMap(settle).with_outputs("refused", main="there")
        )
        return settled.there, settled.refused
