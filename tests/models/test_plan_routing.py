"""Orders of several plans in one batch are judged by their own screens, and enlarged by their own upscalers."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from decimal import Decimal

import numpy as np

from models.drawing import Drawing
from models.model_bank import ModelBank
from models.plan_routing import LoadedByCard, ScreenRouter, UpscaleRouter
from models.registry import card
from models.screening.context import ScreenContext
from tests.support.drawing import an_order
from tests.support.toys import ToyDrawer, instant, toy_card

MEASURED = card("measured", "screen")


def test_each_order_is_judged_by_its_plans_screen_and_results_keep_the_order() -> None:
    ToyDrawer.forget()
    strict = MEASURED.model_copy(update={"thresholds": {"contrast": Decimal(1000)}, "attempts": 1})
    easy = MEASURED.model_copy(update={"thresholds": {"contrast": Decimal(0)}, "attempts": 1})
    bank = ModelBank([toy_card(0)], handler_for=instant, limit_mb=2000)
    router = ScreenRouter(bank, {"strict": strict, "easy": easy}, ScreenContext())
    orders = [an_order(name=f"{plan}{n}", plan=plan) for n in range(2) for plan in ("strict", "easy")]
    drawings = router.run_inference(orders, router.load_model())
    assert [drawing.order.name for drawing in drawings] == ["strict0", "easy0", "strict1", "easy1"]
    assert [drawing.passed for drawing in drawings] == [False, True, False, True]


def a_drawing(plan: str, level: float) -> Drawing:
    return Drawing(
        order=an_order(plan=plan, bucket="square"),
        pixels=np.full((96, 96, 3), level, np.float32),
        seed=1,
        caption="",
        ignored_words=(),
        attempts=(),
        passed=True,
    )


def test_each_drawing_is_enlarged_by_its_plans_upscaler_in_order() -> None:
    lanczos, other = card("lanczos", "upscale"), card("lanczos", "upscale").model_copy(update={"id": "other"})
    router = UpscaleRouter({"a": lanczos, "b": other})
    drawings = [a_drawing(plan, level) for plan, level in (("a", 0.1), ("b", 0.2), ("a", 0.3))]
    enlarged = router.run_inference(drawings, router.load_model())
    assert [each.drawing is drawing for each, drawing in zip(enlarged, drawings, strict=True)] == [True] * 3
    assert [round(float(each.pixels.mean()) * (1 if each.pixels.dtype == np.float32 else 1 / 255), 1)
            for each in enlarged] == [0.1, 0.2, 0.3]  # fmt: skip
    assert router.get_num_bytes(drawings) == 3 * 96 * 96 * 3 * 4


def test_a_drawing_is_enlarged_by_the_upscaler_that_suits_the_card_which_drew_it() -> None:
    usual = card("lanczos", "upscale").model_copy(update={"sizes": {"square": (128, 128)}})
    fitting = usual.model_copy(update={"id": "fitting", "sizes": {"square": (192, 192)}})
    router = UpscaleRouter({"a": usual, "b": usual}, {("a", "studio"): fitting})
    drawn = [(plan, model) for plan in ("a", "b") for model in ("studio", "painter")]
    drawings = [replace(a_drawing(plan, 0.5), order=an_order(plan=plan, bucket="square", model=model))
                for plan, model in drawn]  # fmt: skip
    enlarged = router.run_inference(drawings, router.load_model())
    assert [each.pixels.shape[0] for each in enlarged] == [192, 128, 128, 128]


def test_a_model_is_loaded_once_however_many_threads_ask_for_it() -> None:
    loads, loaded = list[int](), LoadedByCard("first")

    def load() -> object:
        loads.append(1)
        time.sleep(0.05)
        return object()

    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(loaded.get(MEASURED, load))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1
    assert len({id(each) for each in found}) == 1
    assert loaded.first == "first"
