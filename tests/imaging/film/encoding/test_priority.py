"""No encoder changes how the process is scheduled."""

from __future__ import annotations

import io
import os

import pytest

from imaging.film.encoding.segments import encode_run
from imaging.film.encoding.writer import FilmWriter
from tests.support.moving_pictures import a_spec, pan

CODECS = [("h264", "mp4"), ("hevc", "mp4"), ("av1", "mp4"), ("vp9", "webm"), ("prores", "mov")]


@pytest.mark.parametrize(("codec", "container"), CODECS)
def test_an_encoder_leaves_the_thread_its_priority(codec: str, container: str) -> None:
    spec = a_spec(codec, container)
    before = os.sched_getscheduler(0)
    encode_run(spec, pan(spec, 4), 4)
    with FilmWriter(io.BytesIO(), spec) as film:
        for picture in pan(spec, 4):
            film.add(picture)
    assert os.sched_getscheduler(0) == before
