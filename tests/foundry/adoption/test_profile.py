"""What answers say of all briefs of a tenant is kept in its profile, which people read and edit."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.adoption.profile import PROFILE_FILE, AdoptionProfile, learn, read_profile
from foundry.errors import BadInput

ANSWERS = {
    "meaning kampagnenziel": "note", "date order": "day first", "headline": "Hallo", "copy fr-CA": "leave out",
}  # fmt: skip


def test_a_profile_keeps_what_holds_for_the_next_brief_and_no_copy(tmp_path: Path) -> None:
    learned = learn(tmp_path, ANSWERS)
    assert learned == AdoptionProfile(meanings={"kampagnenziel": "note"}, defaults={"date order": "day first"})
    assert read_profile(tmp_path) == learned
    assert learned.as_answers() == {"date order": "day first", "meaning kampagnenziel": "note"}
    assert (tmp_path / PROFILE_FILE).read_text().splitlines()[1:] == [
        "meanings:", "  kampagnenziel: note", "defaults:", "  date order: day first",
    ]  # fmt: skip


def test_nothing_new_changes_no_file(tmp_path: Path) -> None:
    learn(tmp_path, ANSWERS)
    (tmp_path / PROFILE_FILE).chmod(0o444)
    before = (tmp_path / PROFILE_FILE).stat().st_mtime_ns
    assert learn(tmp_path, ANSWERS) is None
    assert learn(tmp_path, {"headline": "Another"}) is None
    assert (tmp_path / PROFILE_FILE).stat().st_mtime_ns == before


def test_a_later_answer_replaces_an_earlier_one(tmp_path: Path) -> None:
    learn(tmp_path, ANSWERS)
    after = learn(tmp_path, {"date order": "month first"})
    assert after is not None
    assert (after.defaults, after.meanings) == ({"date order": "month first"}, {"kampagnenziel": "note"})


def test_an_answer_that_no_profile_takes_is_not_learned(tmp_path: Path) -> None:
    answers = {"meaning a": "poem", "meaning ": "note", "date order": "x" * 600, "meaning b": "legal"}
    assert learn(tmp_path, answers) == AdoptionProfile(meanings={"b": "legal"})


def test_a_tenant_without_a_profile_has_an_empty_one(tmp_path: Path) -> None:
    assert read_profile(tmp_path).as_answers() == {}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("meanings: [a]", "meanings"), ("meaning: {}", "did you mean 'meanings'"), ("meanings: {a: no}", "in quotes"),
        ("meanings: {a: poem}", "it is no meaning; write one of brand, campaign name"),
        ("meanings: {a", "not YAML"),
    ],
)  # fmt: skip
def test_a_profile_that_somebody_spoiled_is_one_sentence(tmp_path: Path, text: str, wrong: str) -> None:
    (tmp_path / PROFILE_FILE).write_text(text)
    with pytest.raises(BadInput, match=r"adoption\.yaml") as refused:
        read_profile(tmp_path)
    assert wrong in str(refused.value)
