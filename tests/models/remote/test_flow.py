"""Through Beam and the screen; and the example cards of the documentation."""

from __future__ import annotations

import dataclasses
from typing import Any

import apache_beam as beam
import numpy as np
import yaml
from apache_beam.metrics import MetricsFilter
from apache_beam.ml.inference.base import RunInference
from apache_beam.testing.util import assert_that, equal_to

from foundry.card.card import ModelCard
from models.drawing import Drawing
from models.registry import card as card_of
from models.remote.remote_handler import RemoteHandler
from models.screening.screened_handler import ScreenedHandler
from tests.models.remote.asking import ORDER, a_card
from tests.support.briefs import ROOT
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import MisbehavingServer
from tests.support.moods import painted, refusing


def test_a_two_shot_batch_passes_the_screen_through_beam_and_is_counted(
    server: MisbehavingServer, clock: FakeClock
) -> None:
    server.vendor.will("draw", refusing(503))
    orders = [dataclasses.replace(ORDER, name=f"flow{number}", prompt=f"flow {number}") for number in range(2)]
    handler = RemoteHandler(a_card(server))
    screened: Any = ScreenedHandler(handler, card_of("measured", "screen"))  # type: ignore[arg-type]

    def told(drawing: Drawing) -> tuple[str, bool, str, bytes]:
        made = np.rint(drawing.pixels * 255).astype(np.uint8)
        return drawing.order.name, drawing.passed, drawing.caption, made.tobytes()

    pipeline = beam.Pipeline()
    drawn = pipeline | beam.Create([orders]) | RunInference(screened.with_no_batching())
    words = [f"flow {number}. Avoid: glare" for number in range(2)]
    expected = [(f"flow{n}", True, words[n], painted(words[n], 64, 64).tobytes()) for n in range(2)]
    assert_that(drawn | beam.Map(told), equal_to(expected))
    result = pipeline.run()
    result.wait_until_finish()
    found = result.metrics().query(MetricsFilter().with_namespace("remote"))["counters"]
    counted = {counter.key.metric.name: counter.committed for counter in found}
    assert counted == {"paid_pictures/vendor@1/aurelle": 2, "paid_micro_usd/vendor@1/aurelle": 80_000}
    assert list(server.vendor.billed.values()) == [1, 1]


def test_the_example_cards_of_the_documentation_are_valid() -> None:
    page = (ROOT / "docs" / "models" / "remote.md").read_text(encoding="utf-8")
    blocks = [part.partition("```")[0] for part in page.split("```yaml\n")[1:]]
    cards = [ModelCard.model_validate(yaml.safe_load(block)) for block in blocks]
    assert {card.api.protocol for card in cards if card.api} == {"openai-images", "submit-and-poll"}
    for card in cards:
        assert card.stage == "draft"
        RemoteHandler(card).load_model().client.close()
