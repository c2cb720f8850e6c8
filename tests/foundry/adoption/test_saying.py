"""Claims become a strict brief with a reason for each decision; what is open is asked, and nothing is lost."""

from __future__ import annotations

import pytest

from foundry.adoption.claims import EVERYWHERE, Doubt, Listed, Reading, Understanding, UnderstoodCampaign
from foundry.adoption.meaning import Meaning
from foundry.adoption.saying.say import as_yaml, say
from foundry.adoption.saying.setting import Setting
from foundry.brief.intake import read_briefs
from tests.foundry.adoption.handmade import NOWHERE, asked, claim, leaf, plain, said, told_leaves

M = Meaning


def test_a_complete_brief_is_parsed_and_reads_back_the_same(tmp_path) -> None:
    one = said(*plain())
    assert one.brief is not None
    assert asked(one) == []
    assert one.problems == ()
    assert (one.brief.tenant, one.brief.campaign.id, one.brief.campaign.name) == ("acme", "glow", "Glow")
    assert one.brief.messages["en-US"].headline == "Shine on every day"
    path = tmp_path / "strict.yaml"
    path.write_text(as_yaml(one.brief), encoding="utf-8")
    assert read_briefs(path) == [one.brief]


def test_each_leaf_is_mapped_asked_about_or_listed_and_each_decision_said_once() -> None:
    claims = plain(
        claim(M.NOTE, "reach", "kpi"), claim(M.PRIORITY, "somewhen"), claim(M.BUDGET, "12.000 €"),
        claim(M.PLACEMENT, "hologram"), claim(M.FILM_SECONDS, "90"), claim(M.CURRENCY, "USD"), claim(M.MUSIC, "jazz"),
        claim(M.BRAND_COLOUR, "mauve-ish"), claim(M.PRICE, "cheap", product=0), claim(M.APPROVAL, "yes"),
        claim(M.LOCALE, "Klingon"), claim(M.EMBARGO, "soon"), claim(M.ALTERNATIVES, "some"),
    )  # fmt: skip
    listed, doubted = leaf("left", "odd"), leaf("maybe", "strange key")
    doubt = Doubt(
        doubted, (Reading(M.HEADLINE, EVERYWHERE, 0.5, "a"), Reading(M.OFFER, EVERYWHERE, 0.5, "b")), "strange"
    )
    one = said(*claims, listed=(Listed(listed, "no word is known"),), doubts=(doubt,))
    assert told_leaves(one) == {each.leaf for each in claims} | {listed, doubted}
    assert "meaning strange" in asked(one)
    said_once = [(each.field, each.value, each.reason) for each in one.decisions]
    assert len(said_once) == len(set(said_once))


def test_a_brief_without_headline_asks_for_it_with_what_may_be_it_and_never_takes_the_campaigns_name() -> None:
    idea = Listed(leaf("Come back to the counter", "copy_idea_b"), "no word is known")
    one = said(*plain(without=(M.HEADLINE,)), listed=(idea,))
    assert asked(one) == ["headline"]
    assert [choice.value for choice in one.questions[0].choices] == ["Come back to the counter"]
    assert one.brief is None
    answered = said(*plain(without=(M.HEADLINE,)), listed=(idea,), answers={"headline": "Come back to the counter"})
    assert answered.brief is not None
    assert answered.brief.messages["en-US"].headline == "Come back to the counter"
    assert answered.listed == ()


@pytest.mark.parametrize(("meaning", "question"), [(M.BRAND, "brand"), (M.PRODUCT_NAME, "product")])
def test_what_no_brief_can_do_without_is_asked_for(meaning: Meaning, question: str) -> None:
    assert asked(said(*plain(without=(meaning,)))) == [question]
    one = said(*plain(without=(meaning,)), answers={question: "Salt & Sea"})
    assert one.brief is not None
    assert "salt-sea" in (one.brief.tenant, one.brief.products[0].id)


def test_a_brief_without_a_campaigns_name_is_called_after_its_file() -> None:
    one = said(*plain(without=(M.CAMPAIGN_NAME,)))
    assert one.brief is not None
    assert (one.brief.campaign.id, one.brief.campaign.name) == ("glow-brief", "Glow Brief")


def test_several_campaigns_of_a_file_have_ids_and_questions_of_their_own() -> None:
    campaigns = [plain(without=(M.HEADLINE,)), plain(without=(M.HEADLINE,))]
    understanding = Understanding(tuple(UnderstoodCampaign(claims, (), ()) for claims in campaigns))
    adoption = say(understanding, {}, Setting(NOWHERE, "b.yaml"))
    assert [one.draft["campaign"]["id"] for one in adoption.campaigns] == ["glow", "glow-2"]
    needed = [question.id for question in adoption.questions if question.needed]
    assert needed == ["headline of glow", "headline of glow-2"]
    answered = say(understanding, {"headline": "Hi", "headline of glow-2": "Ho"}, Setting(NOWHERE, "b.yaml"))
    assert [one.brief.messages["en-US"].headline for one in answered.campaigns if one.brief] == ["Hi", "Ho"]


def test_what_the_strict_parser_refuses_is_told_in_sentences() -> None:
    one = said(*plain(claim(M.EMBARGO, "2027-05-01"), claim(M.EXPIRY, "2027-04-01")))
    assert one.brief is None
    assert any("lies before the embargo" in problem for problem in one.problems)


def test_listed_leaves_are_kept_in_the_metadata_under_their_own_path() -> None:
    one = said(*plain(claim(M.NOTE, "Trial", "campaign", "objective"), claim(M.NOTE, "Ida", "metadata", "owner")))
    assert one.brief is not None
    assert one.brief.metadata == {"campaign": {"objective": "Trial"}, "owner": "Ida"}


def test_contradicting_days_and_a_date_with_two_readings_are_asked_about() -> None:
    markets = (
        claim(M.REGION, "UK"),
        claim(M.HEADLINE, "Jumper", locale="en-GB"),
        claim(M.HEADLINE, "Sweater", locale="en-US"),
    )
    claims = plain(*markets, claim(M.EMBARGO, "4/9/2027"), without=(M.HEADLINE,))
    assert asked(said(*claims)) == ["date order"]
    one = said(*claims, answers={"date order": "day first"})
    assert str(one.brief and one.brief.embargo) == "2027-09-04"
    two = said(*plain(claim(M.EXPIRY, "2027-04-01"), claim(M.EXPIRY, "2027-05-01")))
    assert asked(two) == ["expiry"]


def test_limits_and_films_are_read_as_people_write_them(tmp_path) -> None:
    (tmp_path / "loop.wav").write_bytes(b"")
    one = said(
        *plain(
            claim(M.BUDGET, "$5,000"), claim(M.PRIORITY, "high"), claim(M.ALTERNATIVES, "3"),
            claim(M.FILM_SECONDS, "15s"), claim(M.MUSIC, "loop.wav"),
            claim(M.EMBARGO, "May 1, 2027"), claim(M.EXPIRY, "31/05/2027"),
        ),
        folder=tmp_path,
    )  # fmt: skip
    assert one.brief is not None
    assert one.brief.film is not None
    assert (str(one.brief.budget and one.brief.budget.amount), one.brief.priority, one.brief.alternatives) == (
        "5000",
        8,
        3,
    )
    assert (str(one.brief.film.seconds), one.brief.film.music) == ("15", "loop.wav")
    assert (str(one.brief.embargo), str(one.brief.expiry)) == ("2027-05-01", "2027-05-31")


def test_placements_are_named_or_asked_for() -> None:
    known = said(*plain(claim(M.PLACEMENT, "1:1"), claim(M.PLACEMENT, "Instagram Story")))
    assert known.draft["placements"] == ["meta/feed-square", "instagram/story"]
    assert said(*plain()).draft["placements"] == ["social"]
    assert asked(said(*plain(claim(M.PLACEMENT, "hologram")))) == ["placements"]


def test_a_channel_above_sizes_of_its_own_is_named_by_them_alone() -> None:
    sizes = [
        claim(M.PLACEMENT, size, "sizes", at, placement=f"google_display {size}")
        for at, size in enumerate(("300x250", "728x90"))
    ]
    one = said(*plain(claim(M.PLACEMENT, "google_display", placement="google_display"), *sizes))
    assert one.draft["placements"] == ["google/medium-rectangle", "google/leaderboard"]
    assert one.listed == ()


def test_a_value_that_is_not_given_yet_is_left_wherever_it_stands() -> None:
    absent = [
        claim(M.AUDIENCE, "n/a"),
        claim(M.SCENE, "[scene here]"),
        claim(M.BRAND_TONE, "TBD"),
        claim(M.AVOID, "none"),
    ]
    one = said(*plain(*absent))
    assert {each.leaf.text for each in one.listed} == {"n/a", "[scene here]", "TBD", "none"}
    assert one.draft["scenes"][0]["id"] == "studio"
    assert said(*plain(claim(M.REGION, "NA"))).draft["market"]["regions"] == ["US", "NA"]
