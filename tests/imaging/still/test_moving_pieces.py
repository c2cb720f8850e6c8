"""The pieces that films move: what lies over the key visual, and the slots' own layers."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from foundry.channel.placement import placements
from foundry.layout.files import layout_for
from imaging.still.compose import draw_lettering, finish, overlay, prepare
from tests.imaging.still.test_matrix import COPIES, a_master
from tests.support.briefs import a_tenant

NAMES = ("meta/feed-square", "google/landscape", "google/leaderboard", "google/medium-rectangle")


@pytest.mark.parametrize("name", NAMES)
def test_the_key_visual_under_the_rest_is_the_static_layer(name: str) -> None:
    placement = placements()[name]
    master, facts = a_master(placement.bucket)
    static = prepare(master, facts, layout_for(placement), placement, a_tenant())
    frame = Image.new("RGB", placement.size, "#FF00FF")
    visual = static.visual
    frame.paste(master.resize((visual.width, visual.height), box=static.crop), (visual.left, visual.top))
    rest = overlay(static)
    assert rest.size == placement.size
    frame.paste(rest, (0, 0), rest)
    apart = np.abs(np.asarray(frame, np.int16) - np.asarray(static.image, np.int16))
    assert apart.mean() < 0.5
    assert np.percentile(apart, 99.5) <= 4  # the test resizes with another filter; scrims round once more


@pytest.mark.parametrize("locale", ["en-US", "ar-EG", "ja-JP"])
@pytest.mark.parametrize("name", NAMES)
def test_the_lettering_on_the_static_layer_is_the_finished_picture(name: str, locale: str) -> None:
    placement = placements()[name]
    master, facts = a_master(placement.bucket, mirrored=locale == "ar-EG" and placement.bucket == "landscape")
    layout = layout_for(placement)
    static = prepare(master, facts, layout, placement, a_tenant("northpeak"))
    copy = COPIES[locale].only(layout.fields)
    frame = static.image.copy()
    slots = draw_lettering(static, copy, locale)
    for slot in slots:
        frame.paste(slot.layer, (slot.left_px, slot.top_px), slot.layer)
    finished = finish(static, copy, locale)
    assert frame.tobytes() == finished.image.tobytes()
    assert tuple(slot.placed for slot in slots) == finished.slots
    assert len(slots) >= 2


def test_a_slots_layer_holds_all_its_ink() -> None:
    placement = placements()["google/landscape"]
    master, facts = a_master("landscape")
    static = prepare(master, facts, layout_for(placement), placement, a_tenant())
    for slot in draw_lettering(static, COPIES["hi-IN"], "hi-IN"):
        alpha = np.asarray(slot.layer.getchannel("A"))
        edge = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
        assert alpha.max() > 200
        assert edge.max() == 0
