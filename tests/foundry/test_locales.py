"""Directions of scripts."""

from __future__ import annotations

import pytest

from foundry.locales import is_rtl


@pytest.mark.parametrize("locale", ["ar-EG", "he-IL", "fa-IR", "ur-PK", "ar", "az-Arab-IR"])
def test_scripts_from_right_to_left_are_known(locale: str) -> None:
    assert is_rtl(locale) is True


@pytest.mark.parametrize("locale", ["en-US", "de-DE", "ja-JP", "th-TH", "hi-IN", "az-Latn-AZ"])
def test_other_scripts_run_from_left_to_right(locale: str) -> None:
    assert is_rtl(locale) is False
