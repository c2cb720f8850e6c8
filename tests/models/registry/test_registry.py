"""Cards are found by name and version, and no weights are read that are not exactly what their card says."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from console.card_reference import card_reference
from console.models import models_app
from foundry.brief.intake import parse
from foundry.card.card import ModelCard, card_schema
from foundry.errors import BadInput, FoundryError, Refusals
from foundry.tenant import AdapterChoice, Models
from models.registry import (
    CARDS,
    CardNotAdded,
    Registry,
    all_cards,
    card,
    cards_of,
    find,
    open_registry,
    verify,
)
from models.registry.adding import add
from pipelines.planning.admission import admit
from tests.support.briefs import ROOT, a_brief, a_tenant, product_picture
from tests.support.cards import CARD, a_registry, card_file, only, pickled, weights

FILE = "unet/diffusion_pytorch_model.safetensors"


# Names


def test_an_id_is_the_version_in_production_and_a_version_is_exactly_that(tmp_path: Path) -> None:
    registry = Registry((CARDS, a_registry(tmp_path, "1", "2").own), tmp_path)
    assert card("backdrop", "text-to-image", registry).id == "backdrop"
    assert card("tiny@2", "text-to-image", registry).name == "tiny@2"
    assert [c.name for c in all_cards(registry)][-2:] == ["tiny@1", "tiny@2"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("giant", "no model card 'giant'; there are: tiny"),
        ("tiny@9", "no model card 'tiny@9'; there are: tiny@1, tiny@2"),
        ("tiny", "no version is in production (tiny@1 is candidate; tiny@2 is candidate)"),
    ],
)
def test_a_name_that_names_no_one_card_is_refused_with_what_there_is(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(FoundryError) as refused:
        card(name, "text-to-image", a_registry(tmp_path, "1", "2"))
    assert said in str(refused.value)


def test_a_card_that_calls_itself_production_is_not_and_the_sentence_says_what_to_run(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1", stage="production")
    assert only(registry).stage == "candidate"
    with pytest.raises(FoundryError, match="run `foundry models promote tiny@1`"):
        card("tiny", "text-to-image", registry)


def test_two_files_with_one_id_and_version_are_refused(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1")
    (registry.own / "again.yaml").write_bytes((registry.own / "tiny@1.yaml").read_bytes())
    with pytest.raises(BadInput, match=r"repeats tiny@1 of .*again\.yaml; give it another version"):
        all_cards(registry)


def test_cards_that_come_change_or_go_are_seen_at_once(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1")
    assert [(each.version, each.title) for each in all_cards(registry)] == [("1", "A model for tests")]
    file = registry.own / "tiny@1.yaml"
    (registry.own / "tiny@2.yaml").write_text(file.read_text().replace("'1'", "'2'"))
    file.write_text(file.read_text().replace("A model for tests", "A changed model"))
    assert [(each.version, each.title) for each in all_cards(registry)] == [
        ("1", "A changed model"),
        ("2", "A model for tests"),
    ]
    file.unlink()
    assert [each.version for each in all_cards(registry)] == ["2"]


def test_versions_are_ordered_as_numbers(tmp_path: Path) -> None:
    assert [c.version for c in all_cards(a_registry(tmp_path, "10", "9", "1.10", "1.9"))] == ["1.9", "1.10", "9", "10"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"version": "../1"}, "version: '../1' is refused: String should match"),
        ({"weights": {"../up.safetensors": "0" * 64}}, "weights"),
        ({"weights": {"/etc/x": "0" * 64}}, "weights"),
        ({"source": {"kind": "hub", "repository": "a/b", "revision": "main"}}, "is not a commit of 40 hex digits"),
        ({"source": {"kind": "hub", "repository": "ab", "revision": "0" * 40}}, "is not owner/name"),
        ({"source": {"kind": "bucket", "url": "s3://x"}}, "write gs://bucket/prefix"),
        ({"colour": "red"}, "colour: 'colour' is refused: allowed are "),
    ],
)
def test_a_card_that_says_what_it_must_not_is_refused(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    card_file(tmp_path, **changes)
    with pytest.raises(BadInput) as refused:
        all_cards(Registry((tmp_path,), tmp_path))
    assert said in str(refused.value)
    assert "tiny@" in str(refused.value)


def test_a_changed_copy_of_a_card_has_a_digest_of_its_own() -> None:
    shipped = card("backdrop", "text-to-image")
    before = shipped.digest
    assert shipped.model_copy(update={"steps": 3}).digest != before
    assert shipped.model_copy(update={"title": "x"}).digest == before


def test_the_default_folder_is_the_shipped_one_and_cards_beside_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert open_registry() == Registry((CARDS,), tmp_path / "cache" / "campaign-foundry" / "models")
    (tmp_path / "cards").mkdir()
    assert open_registry().folders == (CARDS, tmp_path / "cards")
    assert open_registry(CARDS).folders == (CARDS,)


# Tenants


def of_models(**models: Any) -> Any:
    return a_tenant().model_copy(update={"models": Models(**models)})


def test_a_tenant_gets_every_reason_why_its_cards_cannot_be_used(tmp_path: Path) -> None:
    registry = Registry((CARDS, a_registry(tmp_path, "1", tenants=["other"]).own), tmp_path)
    with pytest.raises(Refusals) as refused:
        cards_of(of_models(generate="tiny@1", screen="nobody", upscale="backdrop"), registry)
    for part in (
        "tiny@1 is not for this tenant",
        "no model card 'nobody'",
        "'backdrop' does text-to-image, not upscale",
    ):
        assert part in str(refused.value)


def test_retired_and_draft_cards_are_refused_even_by_their_exact_name(tmp_path: Path) -> None:
    for stage in ("retired", "draft"):
        registry = Registry((CARDS, a_registry(tmp_path, "1", stage=stage).own), tmp_path)
        with pytest.raises(FoundryError, match=f"tiny@1 is {stage}; choose a production card"):
            cards_of(of_models(generate="tiny@1"), registry)


def test_cards_without_hashes_are_refused_for_tenants(tmp_path: Path) -> None:
    registry = Registry((CARDS, a_registry(tmp_path, "1", weights={}).own), tmp_path)
    with pytest.raises(FoundryError, match="has no hashes of its weights; stamp them"):
        cards_of(of_models(generate="tiny@1"), registry)


def test_adapters_must_fit_their_base_and_be_for_the_tenant(tmp_path: Path) -> None:
    lora = {"kind": "lora", "bases": ["other"], "file": "unet/diffusion_pytorch_model.safetensors"}
    folder = a_registry(tmp_path, "1", id="look", task="adapter", adapter=lora).own
    tenant = of_models(adapters=(AdapterChoice(card="look@1", weight=Decimal("0.8")),))
    found = cards_of(tenant, Registry((CARDS, folder), tmp_path))
    assert [(worn.card.name, worn.weight) for worn in found.adapters] == [("look@1", 800)]
    product_picture(tmp_path / "serum.png")
    with pytest.raises(Refusals) as refused:
        admit(parse(a_brief()), tmp_path, tenant, found)
    where = f"tenant {tenant.id}: models.adapters[0].card: 'look@1'"
    assert [str(problem) for problem in refused.value.problems] == [
        f"{where} fits other, not backdrop; choose an adapter that was made for it",
        f"{where} is a lora; backdrop takes no adapters; drop it from the tenant",
    ]


# Adding


def test_an_added_card_is_a_draft_with_the_hashes_of_its_weights(tmp_path: Path) -> None:
    registry = Registry((CARDS, tmp_path / "project" / "cards"), tmp_path / "home")
    registry.own.mkdir(parents=True)
    weights(tmp_path / "project" / "trained")
    path = card_file(tmp_path / "desk", stage="production")
    added = add(registry, path, weights=tmp_path / "project" / "trained")
    assert (added.stage, added.source.folder) == ("draft", "../trained")
    assert set(added.weights) == {FILE, "model_index.json"}
    verify(added)
    assert find(registry, "tiny") == added
    with pytest.raises(CardNotAdded, match="has this id and version; raise the version"):
        add(registry, path, weights=tmp_path / "project" / "trained")


def test_a_card_file_in_the_folder_is_stamped_in_place(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1", weights={})
    assert only(registry).weights == {}
    assert set(add(registry, registry.own / "tiny@1.yaml").weights) == {FILE, "model_index.json"}


@pytest.mark.parametrize(
    ("changes", "spoil", "said"),
    [
        ({"weights": {FILE: "0" * 64}}, None, "have SHA-256"),
        ({}, pickled, "are a pickle"),
        ({"source": {"kind": "embedded", "folder": "weights"}}, None, "is for cards that are shipped"),
        ({"source": {"kind": "hub", "repository": "a/b", "revision": "0" * 40}}, None, "or stamp them with --pull"),
    ],
)
def test_a_card_that_cannot_be_trusted_is_not_added_and_nothing_is_moved(
    tmp_path: Path, changes: dict[str, Any], spoil: Callable[[Path], None] | None, said: str
) -> None:
    registry = Registry((CARDS, tmp_path / "cards"), tmp_path / "home")
    path = tmp_path / "desk" / "card.yaml"
    file = weights(path.parent / "weights") / FILE
    path.write_text(yaml.safe_dump({**CARD, **changes}))
    if spoil:
        spoil(file)
    with pytest.raises(FoundryError) as refused:
        add(registry, path)
    assert said in str(refused.value)
    assert file.exists()
    assert not registry.own.exists()


def test_the_schema_of_cards_describes_every_field() -> None:
    from jsonschema import Draft202012Validator

    schema = card_schema()
    Draft202012Validator.check_schema(schema)
    for model in (schema, *schema["$defs"].values()):
        for name, field in model.get("properties", {}).items():
            assert field.get("description"), name
    for path in CARDS.glob("*.yaml"):
        assert list(Draft202012Validator(schema).iter_errors(yaml.safe_load(path.read_text()))) == []


# The page


PAGE = ROOT / "docs" / "models" / "registry.md"


def test_the_pages_reference_is_what_the_schema_says() -> None:
    assert PAGE.read_text().endswith(f"## Reference\n\n{card_reference()}\n"), "run `python -m console.card_reference`"


def test_the_pages_card_is_one_and_every_command_stands_there() -> None:
    text = PAGE.read_text()
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert ModelCard.model_validate(yaml.safe_load(textwrap.dedent(example))).name == "studio-xl@1"
    for command in models_app.registered_commands:
        assert command.callback is not None
        assert command.callback.__doc__
        assert f"foundry models {(command.name or command.callback.__name__)}" in text
