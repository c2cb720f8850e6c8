"""A film of a scene in a set: drawn as a still, filmed from the same arrangement, and shown in the finished film."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from foundry.manifest import master_from_json
from foundry.plan.clip import clip_from_json
from foundry.plan.clips import plan_clips
from foundry.store.object_store import LocalStore
from imaging.film.picture_sources import decode_frames
from pipelines.campaign.flow import build
from tests.support.fakes import PaintingHandler
from tests.support.manifests import manifest_records
from tests.support.set_briefs import ordered_in_set

pytestmark = pytest.mark.campaign


def test_a_scene_in_a_set_is_filmed_as_its_master_was_arranged_and_shown(tmp_path: Path, monkeypatch: Any) -> None:
    each = ordered_in_set(tmp_path, monkeypatch, {"moves": ["dolly"], "seconds": "0.12"})
    store = LocalStore(tmp_path / "store")
    outcome = build(each.plan, each.inputs, store, generator=PaintingHandler())
    assert outcome.letters == ()
    ((shot, order),) = plan_clips(each.plan)
    own = store.for_tenant(each.plan.tenant.id)
    record, master = clip_from_json(own.get(order.record)), master_from_json(own.get(shot.record))
    assert (record.seed, record.frames, record.width_px, record.height_px) == (master.seed, 3, 72, 128)
    assert (record.model, record.moves) == ("small-studio", ("dolly 0.0 to 0.18",))
    assert record.spent.processor_us > 0
    assert all(attempt.passed for attempt in record.attempts)
    frames = [np.asarray(levels, np.float32) / 65_535 for _, levels in decode_frames(own.path(order.clip))]
    assert 0.001 < np.abs(frames[-1] - frames[0]).mean() < 0.3
    films = manifest_records(store)
    assert len(films) == 2
    assert all(film.clips == (order.clip,) for film in films)
