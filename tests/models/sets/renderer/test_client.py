"""The process of the renderer: same request, same bytes; what runs away is ended, and the next picture is made."""

from __future__ import annotations

import os

import numpy as np
import pytest

from models.sets.renderer.client import Renderer, foreign_files
from models.sets.renderer.limits import RenderLimits
from models.sets.renderer.refusals import RenderRefused
from tests.support.sets import an_ask, renderer


def test_the_same_request_has_the_same_bytes_after_another_one_and_on_one_thread() -> None:
    first = renderer().render(an_ask(), {})
    other = renderer().render(an_ask(seed=5), {})
    again = renderer().render(an_ask(), {})
    one = Renderer(RenderLimits(threads=1))
    alone = one.render(an_ask(), {})
    one.close()
    assert first.pixels.shape == (80, 64, 3)
    assert first.pixels.tobytes() == again.pixels.tobytes() == alone.pixels.tobytes()
    assert not np.array_equal(first.pixels, other.pixels)
    assert first.cpu_s > 0


def test_a_picture_that_takes_too_long_ends_its_process_and_the_next_is_made_by_another() -> None:
    hasty = Renderer(RenderLimits(seconds=0.5))
    with pytest.raises(RenderRefused, match=r"took longer than 0\.5 s") as refused:
        hasty.render(an_ask(width_px=1_024, height_px=1_024, samples=1_024), {})
    assert refused.value.code == "render_too_slow"
    hasty.limits = RenderLimits()
    assert hasty.render(an_ask(), {}).pixels.shape == (80, 64, 3)
    hasty.close()


def test_more_pixels_and_more_files_than_allowed_are_refused_before_anything_starts() -> None:
    small = Renderer(RenderLimits(pixels=1_000, files_bytes=10))
    with pytest.raises(RenderRefused, match="5120 pixels; the limit is 1000"):
        small.render(an_ask(), {})
    with pytest.raises(RenderRefused, match="limit is 0 MB"):
        Renderer(RenderLimits(files_bytes=10)).render(an_ask(), {"a.glb": bytes(11)})


def test_too_many_triangles_are_refused() -> None:
    small = Renderer(RenderLimits(triangles=10))
    with pytest.raises(RenderRefused, match="triangles; the limit is 10"):
        small.render(an_ask(), {})
    small.close()


def test_the_process_ends_when_its_renderer_is_closed() -> None:
    own = Renderer()
    own.render(an_ask(), {})
    assert own._running
    pid, folder = own._running.process.pid, own._running.folder
    own.close()
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_process_that_has_read_a_strangers_file_serves_no_request_without_it() -> None:
    own = Renderer()
    own.render(an_ask(), {"a.glb": b"one tenant's"})
    first = own._running
    own.render(an_ask(), {"a.glb": b"one tenant's", "b.glb": b"and more of it"})
    assert own._running is first
    own.render(an_ask(), {"a.glb": b"another tenant's"})
    assert own._running is not first
    own.close()


def test_a_cutout_is_not_a_strangers_file_but_a_model_is() -> None:
    stand = an_ask().stand
    cutout = {"kind": "cutout", "file": "a.png", "area": stand}
    files = {"a.png": b"1", "b.glb": b"2"}
    assert len(foreign_files(an_ask(products=[cutout]), files)) == 1
    assert len(foreign_files(an_ask(products=[cutout, {**cutout, "kind": "geometry", "file": "b.glb"}]), files)) == 1
