"""The variants of the renderer that are tried on a machine, in their order."""

from __future__ import annotations

import numpy as np
import pytest

from models.sets.renderer.client import Renderer
from models.sets.renderer.variants import LIBRARY, LLVM, SCALAR, Variant, candidates
from tests.support.sets import an_ask


def test_a_library_that_is_named_is_tried_before_the_slow_variant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIBRARY, "/opt/llvm/libLLVM.so.19")
    tried = candidates("auto")
    assert tried[-1] == Variant(SCALAR)
    assert tried[-2] == Variant(LLVM, "/opt/llvm/libLLVM.so.19")
    assert tried[-2].environment() == {LIBRARY: "/opt/llvm/libLLVM.so.19"}


def test_a_variant_that_is_named_is_the_only_one() -> None:
    assert candidates(SCALAR) == (Variant(SCALAR),)
    assert Variant(SCALAR).environment() == {}


@pytest.mark.llvm
def test_the_compiled_variant_and_the_slow_one_draw_the_same_picture() -> None:
    drawn = []
    for name in (LLVM, SCALAR):
        renderer = Renderer(variant=name)
        drawn.append(renderer.render(an_ask(samples=16), {}))
        renderer.close()
    compiled, slow = drawn
    assert (compiled.variant, slow.variant) == (LLVM, SCALAR)
    assert np.abs(compiled.pixels - slow.pixels).mean() < 0.01
