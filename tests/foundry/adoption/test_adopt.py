"""From a file as people write it to a strict brief, or to questions."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundry.adoption.adoption import LEAVE_OUT, adopt, is_settled, tenant_in
from foundry.adoption.said import Adoption
from foundry.adoption.saying import as_yaml
from foundry.brief.intake import read_briefs
from foundry.errors import FoundryError
from tests.support.briefs import EXAMPLE_BRIEFS

FOREIGN = Path(__file__).parent / "foreign_briefs"
TWO = {
    "brand": "Aurelle", "campaign": {"name": "Glow"}, "region": "Germany", "products": [{"name": "Ruby"}],
    "headline": {"de-DE": "Hallo.", "en-GB": "Hello."},
}  # fmt: skip


def put(folder: Path, content: object) -> Path:
    path = folder / "brief.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def asked(adoption: Adoption) -> list[str]:
    return [question.id for question in adoption.questions if question.needed]


@pytest.mark.parametrize("path", sorted(FOREIGN.iterdir()), ids=lambda path: path.name)
def test_a_foreign_brief_becomes_strict_and_reads_back_the_same_or_is_asked_about(path: Path, tmp_path: Path) -> None:
    adoption = adopt(path, tenant="aurelle")
    for said in adoption.campaigns:
        assert said.decisions
        if said.brief is None:
            assert said.questions or said.problems
            continue
        (tmp_path / "strict.yaml").write_text(as_yaml(said.brief), encoding="utf-8")
        assert read_briefs(tmp_path / "strict.yaml") == [said.brief]


@pytest.mark.parametrize("path", EXAMPLE_BRIEFS, ids=lambda path: path.name)
def test_a_strict_brief_stays_as_it_is(path: Path) -> None:
    adoption = adopt(path)
    (said,) = adoption.campaigns
    assert [said.brief] == read_briefs(path)
    assert said.decisions[0].leaves
    assert adoption.notes == (f"{path.name} is strict already, and stays as it is",)
    (other,) = adopt(path, tenant="volt", only=("DE_de",)).campaigns
    assert other.brief is not None
    assert other.brief.tenant == "volt"
    assert list(other.brief.messages) == ["de-DE"]


def test_merged_cells_and_empty_rows_of_a_workbook_are_understood() -> None:
    (said,) = adopt(FOREIGN / "k-merged.xlsx").campaigns
    assert said.brief is not None
    assert [product.name for product in said.brief.products] == ["Serum", "Mist"]
    assert said.brief.messages["ja-JP"].headline == "春の光"


def test_ratios_survive_yaml() -> None:
    (said,) = adopt(FOREIGN / "a-object-message.yaml").campaigns
    assert said.brief is not None
    assert said.brief.messages["en-US"].call_to_action == "Buy now"
    assert len(said.brief.placements) == 3
    assert all(":" not in name for name in said.brief.placements)


def test_only_the_locales_that_are_wanted_are_ordered(tmp_path: Path) -> None:
    adoption = adopt(put(tmp_path, TWO), only=("en_gb",))
    (said,) = adoption.campaigns
    assert said.brief is not None
    assert list(said.brief.messages) == ["en-GB"]
    assert any(decision.field == "messages.de-DE" and decision.value == "left out" for decision in said.decisions)


def test_locales_that_nobody_wants_leave_no_question(tmp_path: Path) -> None:
    path = put(tmp_path, {**TWO, "languages": ["de-DE", "fr-CA"], "headline": {"de-DE": "Hallo."}})
    assert asked(adopt(path)) == asked(adopt(path, only=("de-DE", "fr-CA"))) == ["copy fr-CA"]
    assert asked(adopt(path, only=("de-DE",))) == asked(adopt(path, answers={"copy fr-CA": LEAVE_OUT})) == []


def test_only_locales_that_have_no_copy_are_no_brief(tmp_path: Path) -> None:
    adoption = adopt(put(tmp_path, TWO), only=("pt-BR",))
    assert not is_settled(adoption)
    assert "--only pt-BR orders no locale that has copy" in adoption.campaigns[0].problems[-1]


def test_the_tenant_of_a_file_is_the_one_of_all_its_campaigns(tmp_path: Path) -> None:
    assert tenant_in(adopt(put(tmp_path, TWO))) == "aurelle"
    assert tenant_in(adopt(put(tmp_path, TWO), tenant="northpeak")) == "northpeak"
    assert tenant_in(adopt(put(tmp_path, [TWO, {**TWO, "brand": "Volt", "campaign": {"name": "Charge"}}]))) == ""


def test_a_table_whose_products_would_share_one_id_is_adopted(tmp_path: Path) -> None:
    lines = [
        "Brand,Campaign,Headline,Product",
        *(f"A,Spring,Hi,Serum {chr(0x4E00 + number)}" for number in range(150)),
    ]
    (tmp_path / "b.csv").write_text("\n".join(lines))
    (said,) = adopt(tmp_path / "b.csv").campaigns
    assert len({product["id"] for product in said.draft["products"]}) == 150


def test_a_name_of_a_picture_that_no_file_system_takes_is_a_picture_that_is_not_there(tmp_path: Path) -> None:
    for name in ("é" * 300, "/etc/passwd", "../x.png"):
        (said,) = adopt(put(tmp_path, {**TWO, "products": [{"name": "P", "picture": name}]})).campaigns
        assert "picture" not in said.draft["products"][0]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99_999) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(["brand", "name", "products", "message", "region", "price", "ratios", "scene", "budget", "x"])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(keys, json_values, max_size=7))
def test_whatever_is_sent_is_adopted_or_refused_in_a_sentence(tmp_path: Path, content: object) -> None:
    path = put(tmp_path, content)
    for read in (adopt, read_briefs):
        with contextlib.suppress(FoundryError):  # any other exception fails the test
            assert read(path)
