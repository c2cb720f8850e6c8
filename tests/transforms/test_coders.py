"""Pixels stay inside a fused stage: the coder knows their size and refuses to send them."""

from __future__ import annotations

import apache_beam as beam
import numpy as np
import pytest

from imaging.pixels.arrays import Pixels
from models.drawing import Drawing, Enlarged
from pipelines.engines.engine import embedded_runner
from tests.support.drawing import an_order
from transforms.coders import PixelCoder, PixelsMustNotTravel, register


def a_drawing(pixels: Pixels) -> Drawing:
    return Drawing(order=an_order(), pixels=pixels, seed=0, caption="", ignored_words=(), attempts=(), passed=True)


def test_pixels_refuse_to_be_encoded_for_a_shuffle() -> None:
    pixels = np.zeros((4, 4, 3), np.float32)
    drawing = a_drawing(pixels)
    coder = PixelCoder()
    assert coder.estimate_size(Enlarged(drawing, pixels)) == 192
    with pytest.raises(PixelsMustNotTravel, match="send an object name"):
        coder.encode(drawing)


def test_a_pipeline_that_would_shuffle_pixels_fails_in_its_first_bundle() -> None:
    register()
    runner, options = embedded_runner()
    pipeline = beam.Pipeline(runner=runner, options=options)
    pixels = np.zeros((4, 4, 3), np.float32)
    _ = (
        pipeline
        | beam.Create([1])
        | beam.Map(lambda _: a_drawing(pixels)).with_output_types(Drawing)
        | beam.Reshuffle()
    )
    with pytest.raises(RuntimeError, match="would cross a shuffle"):
        pipeline.run().wait_until_finish()


def test_nothing_can_be_decoded_and_pixels_are_no_keys() -> None:
    with pytest.raises(PixelsMustNotTravel, match="cannot have been encoded"):
        PixelCoder().decode(b"")
    assert not PixelCoder().is_deterministic()
