"""Copy finds its locales, and ordered locales without copy are asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from foundry.adoption.claims import Claim
from foundry.adoption.meaning import Meaning
from foundry.adoption.saying.language import likely_languages
from tests.foundry.adoption.handmade import asked, claim, plain, said

M = Meaning
BARE = (M.HEADLINE, M.REGION)


def messages(*claims: Claim, **more) -> dict[str, dict[str, str]]:
    return said(*plain(*claims, without=BARE), **more).draft["messages"]


def test_copy_without_a_locale_is_in_the_language_of_its_market() -> None:
    made = messages(claim(M.REGION, "Germany"), claim(M.MESSAGE, "Hallo"))
    assert made == {"de-DE": {"headline": "Hallo"}}


@pytest.mark.parametrize(
    ("region", "text", "locale"),
    [
        ("Switzerland", "Découvrez le soir", "fr-CH"),
        ("EMEA", "Feel the morning with us", "en-GB"),
        ("DACH", "Atme auf mit uns", "de-DE"),
        ("Japan", "涼しさを、飾る。", "ja-JP"),
        ("Atlantis", "Schöne Grüße und mehr", "de-DE"),
    ],
)
def test_its_words_choose_among_the_languages_of_a_market(region: str, text: str, locale: str) -> None:
    one = said(*plain(claim(M.REGION, region), claim(M.MESSAGE, text), without=BARE))
    assert one.draft["messages"] == {locale: {"headline": text}}
    assert asked(one) == []


@pytest.mark.parametrize(("region", "locale"), [("Germany", "en-DE"), ("Japan", "en-US"), ("Germany, France", "en-DE")])
def test_copy_keeps_its_language_where_its_market_speaks_another_one(region: str, locale: str) -> None:
    regions = [claim(M.REGION, part) for part in region.split(", ")]
    one = said(*plain(*regions, claim(M.MESSAGE, "Feel the morning with us"), without=BARE))
    assert list(one.draft["messages"]) == [locale]
    assert asked(one) == []


def test_copy_of_no_certain_language_in_a_market_of_several_is_asked_about() -> None:
    claims = plain(claim(M.REGION, "Germany"), claim(M.REGION, "France"), claim(M.MESSAGE, "Glow"), without=BARE)
    assert asked(said(*claims)) == ["locale"]
    assert list(said(*claims, answers={"locale": "fr"}).draft["messages"]) == ["fr-FR"]


def test_a_button_in_a_language_of_its_own_is_asked_about() -> None:
    copy = [
        claim(M.HEADLINE, "Proef het verschil", locale="nl"),
        claim(M.HEADLINE, "Goûtez la différence", locale="fr"),
    ]
    claims = plain(claim(M.REGION, "Belgium"), *copy, claim(M.CALL_TO_ACTION, "Shop now"), without=BARE)
    assert asked(said(*claims)) == ["locale"]
    made = said(*claims, answers={"locale": "all"}).draft["messages"]
    assert [words["call_to_action"] for words in made.values()] == ["Shop now", "Shop now"]


def test_a_single_word_of_another_language_decides_nothing() -> None:
    assert likely_languages("Lys, der bliver hængende", ("da",)) == ("da",)
    assert likely_languages("Dimanche, on retourne tout", ("fr",)) == ("fr",)
    assert likely_languages("Nimm den Bus", ("fr",)) == ()


def test_ordered_locales_without_copy_are_asked_for_one_by_one() -> None:
    ordered = [claim(M.LOCALE, tag) for tag in ("en-US", "es-MX", "fr-CA")]
    claims = plain(*ordered, without=(M.REGION,))
    one = said(*claims)
    assert asked(one) == ["copy es-MX", "copy fr-CA"]
    assert one.draft["market"]["regions"] == ["US", "MX", "CA"]
    answered = said(*claims, answers={"copy es-MX": "leave out", "copy fr-CA": "Brille"})
    assert answered.brief is not None
    assert {tag: message.headline for tag, message in answered.brief.messages.items()} == {
        "en-US": "Shine on every day", "fr-CA": "Brille",
    }  # fmt: skip


def test_one_text_serves_all_ordered_locales_of_its_language_and_a_sister_can_lend_hers() -> None:
    made = messages(claim(M.LOCALE, "en-US"), claim(M.LOCALE, "en-GB"), claim(M.HEADLINE, "Shine with us"))
    assert made == {tag: {"headline": "Shine with us"} for tag in ("en-US", "en-GB")}
    own = [claim(M.LOCALE, "en-US"), claim(M.LOCALE, "en-GB"), claim(M.HEADLINE, "Shine with us", locale="en-US")]
    assert asked(said(*plain(*own, without=BARE))) == ["copy en-GB"]
    assert "en-GB" in messages(*own, answers={"copy en-GB": "as en-US"})


def test_languages_find_their_countries() -> None:
    regions = [claim(M.REGION, code) for code in ("SE", "NO", "DK")]
    copy = [claim(M.HEADLINE, tag, locale=tag) for tag in ("sv", "no", "da")]
    locales = [claim(M.LOCALE, tag) for tag in ("sv", "no", "da")]
    assert list(messages(*regions, *locales, *copy)) == ["sv-SE", "nb-NO", "da-DK"]
    assert list(messages(claim(M.REGION, "Mexico"), claim(M.HEADLINE, "Hola", locale="es"))) == ["es-MX"]


def test_a_locale_that_stands_as_region_is_a_locale() -> None:
    one = said(*plain(claim(M.REGION, "ja-JP"), claim(M.MESSAGE, "涼しさを"), without=BARE))
    assert one.draft["messages"] == {"ja-JP": {"headline": "涼しさを"}}
    assert one.draft["market"]["regions"] == ["JP"]


def test_two_spellings_of_a_message_are_merged() -> None:
    made = messages(
        claim(M.MESSAGE, "Hi"), claim(M.MESSAGE, "Hola", locale="es"), claim(M.MESSAGE, "Salut", locale="fr"),
    )  # fmt: skip
    assert made == {"es-ES": {"headline": "Hola"}, "fr-FR": {"headline": "Salut"}, "en-US": {"headline": "Hi"}}


def test_a_markets_copy_goes_to_its_locale_and_what_it_lacks_comes_from_the_campaigns() -> None:
    made = messages(
        claim(M.HEADLINE, "Fire up the weekend"), claim(M.LOCALE, "en-US"),
        claim(M.CALL_TO_ACTION, "Try it", market="US"), claim(M.LEGAL, "See store for details.", market="US"),
        claim(M.LOCALE, "de-DE", market="Germany"), claim(M.HEADLINE, "Feuer frei", market="Germany", locale="de-DE"),
    )  # fmt: skip
    assert made == {
        "en-US": {"headline": "Fire up the weekend", "call_to_action": "Try it", "legal": "See store for details."},
        "de-DE": {"headline": "Feuer frei"},
    }


def test_a_contradiction_is_named_and_asked_about() -> None:
    claims = plain(claim(M.CALL_TO_ACTION, "Shop", "cta"), claim(M.CALL_TO_ACTION, "Find", "call_to_action"))
    one = said(*claims)
    assert asked(one) == ["contradiction call to action en-US"]
    assert [choice.value for choice in one.questions[0].choices] == ["Shop", "Find"]
    answered = said(*claims, answers={"contradiction call to action en-US": "Find"})
    assert answered.brief is not None
    assert answered.brief.messages["en-US"].call_to_action == "Find"
    assert [each.leaf.text for each in answered.listed] == ["Shop"]


def test_two_spellings_of_the_same_text_are_no_contradiction() -> None:
    one = said(*plain(claim(M.CALL_TO_ACTION, "Shop now", "cta"), claim(M.CALL_TO_ACTION, "shop now.", "button")))
    assert one.draft["messages"]["en-US"]["call_to_action"] == "Shop now"
    assert asked(one) == []


def test_copy_of_no_rank_is_the_headline_or_the_line_below_it() -> None:
    one = said(*plain(claim(M.MESSAGE, "A quiet ritual")))
    assert one.draft["messages"]["en-US"]["subheadline"] == "A quiet ritual"


def test_legal_lines_are_joined() -> None:
    one = said(*plain(claim(M.LEGAL, "While stocks last."), claim(M.LEGAL, "Tax not included.", "tax")))
    assert one.draft["messages"]["en-US"]["legal"] == "While stocks last. Tax not included."


def test_markup_is_read_as_a_browser_shows_it_and_placeholders_are_written_our_way() -> None:
    one = said(
        *plain(
            claim(M.CALL_TO_ACTION, "Shop &amp; save"),
            claim(M.SUBHEADLINE, "Meet {{ product_name }}, [Product Name] today"),
        )
    )
    assert one.draft["messages"]["en-US"]["call_to_action"] == "Shop & save"
    assert one.draft["messages"]["en-US"]["subheadline"] == "Meet {product.name}, {product.name} today"
    assert sum("HTML" in decision.reason for decision in one.decisions) == 1


def test_copy_for_single_products_stands_for_all_apart_or_not_at_all() -> None:
    products = [claim(M.PRODUCT_NAME, name, product=at) for at, name in enumerate(("Ruby", "Amber"))]
    lines = [claim(M.HEADLINE, f"{name} shines with you", product=at) for at, name in enumerate(("Ruby", "Amber"))]
    claims = plain(*products, *lines, without=(M.HEADLINE, M.PRODUCT_NAME))
    assert asked(said(*claims)) == ["copy by product"]
    from tests.foundry.adoption.handmade import adopted

    ruby, amber = adopted(*claims, answers={"copy by product": "apart"}).campaigns
    assert ruby.brief is not None
    assert amber.brief is not None
    assert [brief.campaign.id for brief in (ruby.brief, amber.brief)] == ["glow-ruby", "glow-amber"]
    assert amber.brief.messages["en-US"].headline == "Amber shines with you"
    with_own = said(*plain(*products, *lines, without=(M.PRODUCT_NAME,)))
    assert with_own.draft["messages"]["en-US"] == {"headline": "Shine on every day"}


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("Wash it off", ("en",)), ("Jetzt kaufen", ("de",)), ("Découvrir", ("fr",)), ("说走就走", ("zh",)),
        ("讓我們說", ("zh-Hant",)), ("Glow", ()), ("", ()), ("Niet vanzelf", ("nl",)),
    ],
)  # fmt: skip
def test_the_language_of_copy_is_told_by_its_words_or_not_at_all(text: str, languages: tuple[str, ...]) -> None:
    assert likely_languages(text) == languages


def test_the_regions_of_a_price_list_are_no_markets_of_the_campaign() -> None:
    prices = [claim(M.PRICE, "€399", product=0, market="DE"), claim(M.PRICE, "4 299 kr", product=0, market="SE")]
    one = said(*plain(claim(M.REGION, "DACH"), *prices, without=(M.REGION,)))
    assert one.draft["market"]["regions"] == ["DACH"]
    assert [price["currency"] for price in one.draft["products"][0]["prices"]] == ["EUR", "SEK"]


@pytest.mark.parametrize(
    "text", ["TBD", "n/a", "-", "xxx", "Lorem ipsum dolor sit amet", "[headline here]", "{{headline}}", "未定"]
)
def test_a_placeholder_for_copy_is_asked_for_and_never_printed(text: str) -> None:
    one = said(*plain(claim(M.HEADLINE, text), claim(M.CALL_TO_ACTION, "Shop now"), without=(M.HEADLINE,)))
    assert asked(one) == ["headline"]
    assert [each.leaf.text for each in one.listed] == [text]


def test_copy_of_our_own_placeholders_is_copy_and_a_locale_with_a_placeholder_is_still_ordered() -> None:
    assert (
        said(*plain(claim(M.SUBHEADLINE, "{product.name}"))).draft["messages"]["en-US"]["subheadline"]
        == "{product.name}"
    )
    claims = plain(
        claim(M.HEADLINE, "Shine with us", locale="en-US"), claim(M.HEADLINE, "TBC", locale="fr-CA"), without=BARE
    )
    assert asked(said(*claims)) == ["copy fr-CA"]


def test_a_slogan_is_the_headline_or_the_line_below_another_one() -> None:
    slogan, bare = claim(M.HEADLINE, "Drink more", "creative", "tagline"), (M.HEADLINE,)
    assert said(*plain(slogan, without=bare)).draft["messages"]["en-US"] == {"headline": "Drink more"}
    both = said(*plain(slogan, claim(M.MESSAGE, "Stay in the flow"), without=bare)).draft["messages"]["en-US"]
    assert both == {"headline": "Stay in the flow", "subheadline": "Drink more"}
    assert said(*plain(slogan)).draft["messages"]["en-US"] == {
        "headline": "Shine on every day",
        "subheadline": "Drink more",
    }


def test_a_language_that_its_market_does_not_speak_takes_the_markets_prices() -> None:
    rows = [claim(M.HEADLINE, "A box of calm", row, "headline_en", locale="en", market="BE") for row in (2, 3)]
    one = said(*plain(claim(M.REGION, "BE"), *rows, claim(M.HEADLINE, "Koop", locale="nl", market="BE"), without=BARE))
    assert list(one.draft["messages"]) == ["en-BE", "nl-BE"]
    assert one.listed == ()


def test_languages_of_a_products_description_order_no_copy_and_the_copy_of_none_comes_in_its_place() -> None:
    names = [
        claim(M.PRODUCT_DESCRIPTION, "red glass", locale="en", product=0),
        claim(M.PRODUCT_DESCRIPTION, "赤", locale="ja", product=0),
    ]
    keys = [replace(each, meaning=M.LOCALE, text=each.scope.locale, from_key=True) for each in names]
    copy = [claim(M.HEADLINE, "Wake up with us"), claim(M.HEADLINE, "Réveillez-vous", locale="fr")]
    one = said(*plain(claim(M.REGION, "US"), claim(M.REGION, "USA"), *copy, *keys, *names, without=BARE))
    assert list(one.draft["messages"]) == ["en-US", "fr-FR"]
    assert one.draft["products"][0]["description"] == "red glass"
    assert one.draft["market"]["regions"] == ["US"]


def test_copy_in_a_language_that_nobody_ordered_is_offered_to_each_ordered_locale() -> None:
    claims = plain(claim(M.REGION, "ja-JP"), claim(M.MESSAGE, "Feel the morning with us"), without=BARE)
    one = said(*claims)
    assert asked(one) == ["copy ja-JP"]
    assert [choice.value for choice in one.questions[0].choices] == ["leave out", "Feel the morning with us"]
    answered = said(*claims, answers={"copy ja-JP": "Feel the morning with us"})
    assert answered.draft["messages"] == {"ja-JP": {"headline": "Feel the morning with us"}}
    assert answered.listed == ()


def test_a_text_that_is_replaced_in_a_locale_is_named_and_an_equal_one_is_not_left() -> None:
    both = [claim(M.CALL_TO_ACTION, "Shop"), claim(M.CALL_TO_ACTION, "Try it", locale="en-US")]
    one = said(*plain(*both))
    assert [(each.leaf.text, each.reason) for each in one.listed] == [
        ("Shop", "in en-US, 'Try it' stands in its place, which is said for it alone")
    ]
    assert said(*plain(*both[:1], claim(M.CALL_TO_ACTION, "shop", locale="en-US"))).listed == ()


def test_the_only_products_copy_without_a_locale_is_left_beside_copy_per_locale() -> None:
    copy = [claim(M.HEADLINE, "Brille", locale="fr-FR"), claim(M.MESSAGE, "Zzz", product=0)]
    one = said(*plain(*copy, without=BARE))
    assert one.draft["messages"] == {"fr-FR": {"headline": "Brille"}}
    assert ([each.leaf.text for each in one.listed], asked(one)) == (["Zzz"], [])
