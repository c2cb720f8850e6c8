"""A language model proposes meanings for what the rules left open; whatever it answers, nothing else changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console.cli import app
from foundry.adoption.claims import EVERYWHERE, Claim, Doubt, Listed, Reading, Scope, Understanding, UnderstoodCampaign
from foundry.adoption.leaf import Leaf, Place
from foundry.adoption.meaning import Meaning
from foundry.card.card import ModelCard
from foundry.documents.writing import yaml_text
from models.reading.proposals import LanguageModelReader
from models.reading.question import MOST_VALUES
from models.registry import card, open_registry
from models.registry.ledger import Signature
from models.registry.promotion import promote
from tests.models.remote.asking import SECRET, VARIABLE
from tests.support.fake_clock import FakeClock
from tests.support.misbehaving_server import MisbehavingServer
from tests.support.moods import Mood, cut_in_half, lost, refusing, saying


def a_leaf(text: str, *path: str | int) -> Leaf:
    return Leaf(text, "text", path, Place(line=1))


NAME = Claim(
    a_leaf("Ruby", "items", 0, "title"), Meaning.PRODUCT_NAME, Scope(product=0), 0.9, "it stands there", "Ruby"
)
LINE = a_leaf("Freshly poured.", "hero_words")
SMELL = a_leaf("Cedar", "items", 0, "note")
READINGS = (
    Reading(Meaning.HEADLINE, EVERYWHERE, 0.5, "the key 'words'"),
    Reading(Meaning.SUBHEADLINE, EVERYWHERE, 0.48, "a sentence"),
)
OPEN = Understanding(
    (UnderstoodCampaign((NAME,), (Doubt(LINE, READINGS),), (Listed(SMELL, "no word of its key is known"),)),),
    ("one campaign",),
)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MisbehavingServer]:
    monkeypatch.setenv(VARIABLE, SECRET)
    with MisbehavingServer() as running:
        yield running


def a_reading_card(server: MisbehavingServer, **api: Any) -> ModelCard:
    return ModelCard.model_validate(
        {
            "id": "reader", "version": "1", "title": "A language model", "task": "read",
            "source": {"kind": "api", "url": f"{server.url}/v1"}, "licence": "The vendor's terms",
            "allowed_use": "Tests", "training_data": "Unknown to us", "stage": "candidate",
            "api": {"protocol": "openai-chat", "model": "m", "credential": VARIABLE, "attempts": 2, **api},
            "unit_cost": {"money": "0.002", "accelerator_seconds": "0"},
        }
    )  # fmt: skip


def read(server: MisbehavingServer, open_ones: Understanding = OPEN, **api: Any) -> Understanding:
    return LanguageModelReader(a_reading_card(server, **api), FakeClock())(open_ones)


def answering(*proposals: tuple[int, str]) -> Callable[[str], str]:
    found = [{"value": value, "meaning": meaning} for value, meaning in proposals]
    return lambda question: json.dumps({"proposals": found})


def test_proposals_become_claims_that_say_so(server: MisbehavingServer) -> None:
    server.vendor.read = answering((0, "subheadline"), (1, "product description"))
    helped = read(server)
    (campaign,) = helped.campaigns
    by_rule, line, smell = campaign.claims
    assert (campaign.doubts, campaign.listed, by_rule) == ((), (), NAME)
    assert (line.leaf, line.meaning, line.proposed) == (LINE, Meaning.SUBHEADLINE, True)
    assert (smell.meaning, smell.scope, smell.text) == (Meaning.PRODUCT_DESCRIPTION, Scope(product=0), "Cedar")
    assert smell.reason == "proposed by the language model reader@1"
    assert helped.notes == (
        "one campaign",
        "the language model reader@1 was asked about 2 of the values and proposes meanings for 2, for 0.002 US dollars",
    )


def test_only_what_is_open_is_sent_with_the_credential_in_its_header_alone(server: MisbehavingServer) -> None:
    read(server)
    (asked,) = server.vendor.asked("/v1/chat/completions")
    sent = json.loads(asked.body)
    assert (sent["model"], sent["temperature"]) == ("m", 0)
    question = json.loads(sent["messages"][-1]["content"])
    assert question["values"] == [
        {"value": 0, "keys": ["hero_words"], "text": "Freshly poured.", "meanings": ["headline", "subheadline"]},
        {"value": 1, "keys": ["items", "0", "note"], "text": "Cedar"},
    ]
    assert b"Ruby" not in asked.body
    assert asked.headers["authorization"] == f"Bearer {SECRET}"
    assert SECRET.encode() not in asked.body


def test_nothing_is_asked_where_nothing_is_open(server: MisbehavingServer) -> None:
    clear = Understanding((UnderstoodCampaign((NAME,), (), ()),))
    assert read(server, clear) == clear
    assert not server.vendor.seen


def test_nothing_is_asked_twice_when_the_brief_is_read_again(server: MisbehavingServer) -> None:
    server.vendor.read = answering((0, "headline"))
    reader = LanguageModelReader(a_reading_card(server), FakeClock())
    again = [reader(OPEN) for _ in range(3)]
    assert again == [again[0]] * 3
    assert len(server.vendor.seen) == 1
    more = a_leaf("Oak", "items", 1, "note")
    campaign = UnderstoodCampaign((NAME,), (Doubt(LINE, READINGS),), (Listed(more, "unknown"),))
    reader(Understanding((campaign,)))
    values = json.loads(json.loads(server.vendor.seen[1].body)["messages"][-1]["content"])["values"]
    assert [value["text"] for value in values] == ["Oak"]


def test_an_answer_between_code_fences_is_read(server: MisbehavingServer) -> None:
    server.vendor.read = lambda question: "```json\n" + answering((0, "headline"))(question) + "\n```\n"
    assert read(server).campaigns[0].claims[1].meaning == Meaning.HEADLINE


def test_the_models_own_count_of_tokens_is_the_cost(server: MisbehavingServer) -> None:
    server.vendor.will("chat", lambda answer: told(answer().body))

    def told(body: bytes) -> Any:
        from tests.support.moods import as_json

        return as_json({**json.loads(body), "usage": {"total_tokens": 500}})

    assert read(server, charges={"usage.total_tokens": "0.000001"}).notes[-1].endswith("for 0, for 0.0005 US dollars")


@pytest.mark.parametrize(
    ("answer", "because"),
    [
        ("Certainly! Here you are.", "not JSON"),
        ("[]", "a reply of a language model is a map of keys"),
        ('{"proposals": [{"value": 0, "meaning": "headline", "sure": true}]}', "sure"),
        ('{"proposals": [{"value": 0, "meaning": "poem"}]}', "'poem'"),
        ('{"proposals": [{"value": 7, "meaning": "headline"}]}', "names value 7, but 2 were given"),
        ('{"proposals": [{"value": 1, "meaning": "style"}, {"value": 1, "meaning": "scene"}]}', "two meanings"),
        ('{"proposals": [{"value": 0, "meaning": "legal"}]}', "a meaning that was not to be chosen"),
        ('{"proposals": ' + "[" * 400 + "]" * 400 + "}", "nested deeper"),
    ],
)
def test_an_answer_that_was_not_asked_for_changes_nothing_and_is_said(
    server: MisbehavingServer, answer: str, because: str
) -> None:
    server.vendor.read = lambda question: answer
    unhelped = read(server)
    assert unhelped.campaigns == OPEN.campaigns
    assert "reader@1 was asked about 2 of the values and did not help" in unhelped.notes[-1]
    assert because in unhelped.notes[-1]


@pytest.mark.parametrize(
    "moods",
    [
        [refusing(500)] * 2, [refusing(401, "invalid_api_key", SECRET)], [refusing(400, "content_policy", "no")],
        [refusing(402)], [refusing(404)], [lost] * 2, [cut_in_half] * 2, [saying(b"<html>", "text/html")] * 2,
        [saying(b'{"choices": []}', "application/json")] * 2,
    ],
)  # fmt: skip
def test_a_model_that_is_away_or_refuses_changes_nothing_and_is_said(
    server: MisbehavingServer, moods: list[Mood]
) -> None:
    server.vendor.will("chat", *moods)
    unhelped = read(server)
    assert unhelped.campaigns == OPEN.campaigns
    assert "did not help" in unhelped.notes[-1]
    assert SECRET not in unhelped.notes[-1]


def test_a_model_that_is_slow_is_not_waited_for(server: MisbehavingServer) -> None:
    server.vendor.latency_s = 1.5
    unhelped = LanguageModelReader(a_reading_card(server, timeout_s=1, attempts=1))(OPEN)
    assert unhelped.campaigns == OPEN.campaigns
    assert "no whole answer within 1 s" in unhelped.notes[-1]


def test_a_passing_fault_is_repeated(server: MisbehavingServer) -> None:
    server.vendor.will("chat", refusing(503))
    server.vendor.read = answering((0, "headline"))
    assert read(server).campaigns[0].claims[1].proposed


def test_a_missing_credential_changes_nothing_and_is_said(
    server: MisbehavingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    unhelped = read(server)
    assert unhelped.campaigns == OPEN.campaigns
    assert f"the environment variable {VARIABLE} is not set" in unhelped.notes[-1]
    assert not server.vendor.seen


def test_a_long_brief_is_asked_about_in_part(server: MisbehavingServer) -> None:
    many = tuple(Listed(a_leaf("x" * 900, f"key {number}"), "unknown") for number in range(MOST_VALUES + 50))
    read(server, Understanding((UnderstoodCampaign((), (), many),)))
    (asked,) = server.vendor.seen
    values = json.loads(json.loads(asked.body)["messages"][-1]["content"])["values"]
    assert (len(values), max(len(value["text"]) for value in values)) == (MOST_VALUES, 200)


def test_a_card_that_reads_speaks_chat_and_no_other_card_does(server: MisbehavingServer) -> None:
    with pytest.raises(ValueError, match="task 'read' and the protocol 'openai-chat' go together"):
        a_reading_card(server, protocol="openai-images")


def test_a_card_that_reads_is_promoted_without_evidence_and_cannot_be_measured(
    server: MisbehavingServer, tmp_path: Path
) -> None:
    content = a_reading_card(server).model_dump(mode="json", exclude_defaults=True)
    (tmp_path / "reader.yaml").write_text(yaml_text(content))
    promote(open_registry(tmp_path), "reader@1", Signature(who="ann", why="reads well", when=datetime.now(UTC)))
    assert card("reader", "read", open_registry(tmp_path)).stage == "production"
    done = CliRunner().invoke(app, ["models", "evaluate", "reader", "--cards", str(tmp_path)])
    assert str(done.exception) == "reader@1: reads briefs, and has no marks to be measured against"
