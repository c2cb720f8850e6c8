"""Faces are found once each, at their place."""

from __future__ import annotations

import numpy as np

from models.screening.faces import find_faces
from tests.support.drawings import NETWORKS, photograph


def test_a_face_is_found_at_its_place_and_a_cup_is_none() -> None:
    (face,) = find_faces(photograph(), NETWORKS, 0.5)
    left, top, right, bottom = face.box
    assert left < 112 < right
    assert top < 58 < bottom
    assert face.score > 0.5
    assert find_faces(photograph("coffee"), NETWORKS, 0.5) == []


def test_two_faces_are_two_the_surest_first_and_boxes_stay_inside_an_odd_size() -> None:
    both = np.concatenate([photograph(), photograph()[:, ::-1]], axis=1)[:250, :510]
    found = find_faces(both, NETWORKS, 0.5)
    assert len(found) == 2
    assert found[0].score >= found[1].score
    for face in found:
        left, top, right, bottom = face.box
        assert 0 <= left < right <= 510
        assert 0 <= top < bottom <= 250
