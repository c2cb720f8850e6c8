"""Pictures of sets without their cutouts."""

from __future__ import annotations

import numpy as np

from models.sets.product.clean_plate import Behind, without_cutouts


def test_nothing_of_a_cutout_is_left_and_nothing_else_changes() -> None:
    ground = np.broadcast_to(np.linspace(0.3, 0.7, 120, dtype=np.float32)[None, :, None], (90, 120, 3)).copy()
    coverage = np.zeros((90, 120), np.float32)
    coverage[30:70, 40:80] = 1
    shown = np.where(coverage[..., None] > 0, np.array([1, 0, 0], np.float32), ground)

    plate = without_cutouts(shown, coverage)

    assert np.abs(plate - ground).max() < 0.06
    far = np.pad(coverage[25:75, 35:85] >= 0, ((25, 15), (35, 35))) == 0
    assert np.array_equal(plate[far], ground[far])


def test_a_picture_that_is_all_product_stays_as_it_is() -> None:
    picture = np.full((16, 16, 3), 0.4, np.float32)

    assert np.array_equal(without_cutouts(picture, np.ones((16, 16), np.float32)), picture)


def test_a_shadow_goes_on_to_the_product() -> None:
    colours, normals = (np.full((90, 120, 3), value, np.float32) for value in (0.5, 0.0))
    coverage = np.zeros((90, 120), np.float32)
    coverage[30:70, 40:80] = 1
    ground = np.full((90, 120, 3), 0.7, np.float32)
    ground[50:60, 60:] = 0.3
    shown = np.where(coverage[..., None] > 0, np.array([1, 0, 0], np.float32), ground)

    plate = without_cutouts(shown, coverage, Behind(colours, normals))

    assert plate[55, 77:90].max() < 0.45
    assert plate[40, 77:90].min() > 0.62


def test_a_horizon_behind_a_product_stays_between_sky_and_ground() -> None:
    ground = np.clip((np.arange(90, dtype=np.float32) - 43) / 4, 0, 1)[:, None, None]  # its share of each pixel
    share = np.broadcast_to(ground, (90, 120, 3))
    colours, normals = np.float32(0.3) * share, share * np.array([0, 0, 1], np.float32)
    light = np.where(np.arange(120) < 60, 1.0, 0.7)[None, :, None]
    scene = np.asarray(0.6 * (1 - share) + 0.25 * share * light, np.float32)
    coverage = np.zeros((90, 120), np.float32)
    coverage[30:70, 40:80] = 1
    shown = np.where(coverage[..., None] > 0, np.array([1, 0, 0], np.float32), scene)

    plate = without_cutouts(shown, coverage, Behind(colours, np.asarray(normals, np.float32)))

    assert plate.max() < 0.63
    assert np.abs(plate - scene)[:, :, 1].mean() < 0.02
