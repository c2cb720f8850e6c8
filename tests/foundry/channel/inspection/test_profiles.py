"""ICC profiles: told by the colours that they mean, not by their names."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import ImageCms

from foundry.channel.inspection.profiles import is_srgb, name_of
from templates import TEMPLATES
from tests.support.channel_files import SRGB


def made(space: str) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(space)).tobytes()  # type: ignore[arg-type]


def test_profiles_of_different_makers_mean_srgb() -> None:
    assert is_srgb(SRGB) is True
    assert is_srgb(made("sRGB")) is True


@pytest.mark.parametrize("file", sorted((TEMPLATES / "icc").glob("*.icc")), ids=lambda file: file.stem)
def test_of_the_shipped_profiles_only_srgb_means_srgb(file: Path) -> None:
    assert is_srgb(file.read_bytes()) is (file.stem == "sRGB")


def test_other_spaces_and_broken_profiles_are_not_srgb() -> None:
    assert [is_srgb(data) for data in (made("LAB"), b"not a profile", b"")] == [False, False, False]


def test_a_profile_has_the_name_that_it_describes_itself_by() -> None:
    assert "sRGB" in name_of(made("sRGB"))
    assert name_of(b"not a profile") == "damaged"
