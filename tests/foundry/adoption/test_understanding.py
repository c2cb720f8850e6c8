import pytest

from foundry.adoption.meaning import COPY, Meaning
from tests.foundry.adoption.understood import (
    campaign_of,
    claims,
    listed,
    per_locale,
    per_product,
    texts,
    understanding_of,
)


def test_a_camel_case_brief_is_understood():
    campaign = campaign_of(
        "{clientName: Acme, campaignName: Glow, targetRegion: Germany, campaignMessage: Hallo, "
        "products: [{productName: Ruby, productDescription: red}]}"
    )
    assert texts(campaign, Meaning.BRAND) == ["Acme"]
    assert texts(campaign, Meaning.CAMPAIGN_NAME) == ["Glow"]
    assert texts(campaign, Meaning.REGION) == ["Germany"]
    assert texts(campaign, Meaning.MESSAGE) == ["Hallo"]
    assert per_product(campaign, Meaning.PRODUCT_DESCRIPTION) == {0: "red"}
    assert not campaign.doubts
    assert not campaign.listed


def test_a_map_of_languages_is_copy_per_language():
    campaign = campaign_of("{message: {en-US: Hi, es-MX: Hola}, call_to_action: {en-US: Shop, es-MX: Compra}}")
    assert per_locale(campaign, Meaning.MESSAGE) == {"en-US": "Hi", "es-MX": "Hola"}
    assert per_locale(campaign, Meaning.CALL_TO_ACTION) == {"en-US": "Shop", "es-MX": "Compra"}
    assert texts(campaign, Meaning.LOCALE) == ["en-US", "es-MX"]


def test_a_language_without_a_country_stays_one():
    campaign = campaign_of("messages: {sv: Lugn, no: Ro, zh-Hant: 說, 'German (Austria)': Hallo}")
    assert set(per_locale(campaign, Meaning.MESSAGE)) == {"sv", "nb", "zh-Hant", "de-AT"}


@pytest.mark.parametrize(
    ("keys", "locales", "markets"),
    [
        ("{EN: Hi, DE: Hallo}", {"en", "de"}, {""}), ("{US: Hi, DE: Hallo}", {""}, {"US", "DE"}),
        ("{us: Hi, uk: Hello}", {""}, {"us", "uk"}), ("{de: Hallo, fr: Salut}", {"de", "fr"}, {""}),
        ("{Germany: Hallo, EMEA: Hi}", {""}, {"Germany", "EMEA"}), ("{default: Hi, de: Hallo}", {"", "de"}, {""}),
    ],
)  # fmt: skip
def test_codes_that_are_languages_and_countries_are_read_as_what_all_keys_of_their_map_are(keys, locales, markets):
    campaign = campaign_of(f"messages: {keys}")
    found = claims(campaign, Meaning.MESSAGE)
    assert {claim.scope.locale for claim in found} == locales
    assert {claim.scope.market for claim in found} == markets


def test_a_list_of_markets_gives_each_its_copy():
    campaign = campaign_of(
        "markets: [{locale: ja-JP, region: Japan, message: 肌が}, {locale: de-DE, region: DACH, message: Wach}]"
    )
    assert texts(campaign, Meaning.REGION) == ["Japan", "DACH"]
    assert [(claim.scope.locale, claim.scope.market) for claim in claims(campaign, Meaning.MESSAGE)] == [
        ("ja-JP", "Japan"), ("de-DE", "DACH"),
    ]  # fmt: skip


def test_regions_by_their_names_hold_their_own_copy_at_any_depth():
    campaign = campaign_of(
        "regional_adaptations: {EMEA: {Germany: {headline: Ruhe, locale: de-DE}}, "
        "US: {headline: Quiet, disclaimer: See store.}}"
    )
    assert {claim.scope.market: claim.text for claim in claims(campaign, Meaning.HEADLINE)} == {
        "Germany": "Ruhe", "US": "Quiet",
    }  # fmt: skip
    assert per_locale(campaign, Meaning.HEADLINE) == {"de-DE": "Ruhe", "": "Quiet"}
    assert claims(campaign, Meaning.LEGAL)[0].scope.market == "US"


def test_sections_are_opened():
    campaign = campaign_of(
        "campaign: {name: S, message: Freshly poured., cta: Find it, disclaimer: No sugar.}\n"
        "requirements: {aspect_ratios: ['1:1', '9:16']}\n"
        "visual_direction: {mood: [fresh, bright], avoid: [text, logos]}"
    )
    assert texts(campaign, Meaning.CAMPAIGN_NAME) == ["S"]
    assert texts(campaign, Meaning.LEGAL) == ["No sugar."]
    assert texts(campaign, Meaning.PLACEMENT) == ["1:1", "9:16"]
    assert texts(campaign, Meaning.STYLE) == ["fresh", "bright"]
    assert texts(campaign, Meaning.AVOID) == ["text", "logos"]


def test_a_brand_block_keeps_its_facts_and_prints_none_of_them():
    campaign = campaign_of(
        "brand: {name: Acme, logo: a.png, palette: {primary: '#FF5733', background: '#FFF8EF'}, tone: bold, "
        "fonts: {heading: Archivo, body: Inter}, prohibitedWords: [cure]}\nmessage: Hi"
    )
    assert texts(campaign, Meaning.BRAND_COLOUR) == ["#FF5733", "#FFF8EF"]
    assert texts(campaign, Meaning.BRAND_FONT) == ["Archivo", "Inter"]
    assert texts(campaign, Meaning.BRAND_LOGO) == ["a.png"]
    assert texts(campaign, Meaning.BANNED_WORD) == ["cure"]
    assert [claim.text for claim in campaign.claims if claim.meaning in COPY] == ["Hi"]


def test_a_line_of_the_brand_is_copy_only_if_it_is_said_to_be():
    brand = "{brand: {name: Acme, tagline: Ever onwards}, products: [R]"
    assert [doubt.key for doubt in campaign_of(f"{brand}}}").doubts] == ["tagline"]
    own = campaign_of(f"{brand}, headline: Today only}}")
    assert (texts(own, Meaning.HEADLINE), list(listed(own))) == (["Today only"], ["Ever onwards"])


def test_an_internal_name_is_no_copy():
    campaign = campaign_of("{brand: Acme, campaign_name: Inactive users Q1, products: [R], kpi: 4 %}")
    assert not [claim for claim in campaign.claims if claim.meaning in COPY]
    assert "a note" in listed(campaign)["4 %"]


def test_products_by_their_names_and_maps_by_products_belong_together():
    campaign = campaign_of(
        "images: {Ruby Tonic: r.png}\nproducts: {Ruby Tonic: {price: 3 €}, Amber: {price: 4 €, image: a.png}}"
    )
    assert per_product(campaign, Meaning.PRODUCT_NAME) == {0: "Ruby Tonic", 1: "Amber"}
    assert per_product(campaign, Meaning.PRICE) == {0: "3 €", 1: "4 €"}
    assert per_product(campaign, Meaning.PRODUCT_PICTURE) == {0: "r.png", 1: "a.png"}


def test_pictures_go_to_the_product_in_their_name_and_else_to_none():
    campaign = campaign_of(
        "{products: [Ruby Tonic, Amber], assets: [img/amber.jpg, img/ruby-tonic.jpg, img/group.jpg]}"
    )
    assert {claim.text: claim.scope.product for claim in claims(campaign, Meaning.PRODUCT_PICTURE)} == {
        "img/amber.jpg": 1, "img/ruby-tonic.jpg": 0, "img/group.jpg": None,
    }  # fmt: skip


def test_a_products_own_picture_comes_before_that_of_the_campaign():
    campaign = campaign_of("{hero_asset: hero.png, products: [{name: Ruby, image_paths: {black: b.png}}]}")
    assert per_product(campaign, Meaning.PRODUCT_PICTURE) == {None: "hero.png", 0: "b.png"}
    alone = campaign_of("{hero_asset: hero.png, products: [Ruby]}")
    assert per_product(alone, Meaning.PRODUCT_PICTURE) == {0: "hero.png"}


def test_each_product_has_its_scene():
    campaign = campaign_of(
        "products: [{name: A, generation_prompt: a jetty at dawn, style: film grain}, {name: B, scene: an oak desk}]"
    )
    assert [(c.text, c.scope.product, c.scope.scene) for c in claims(campaign, Meaning.SCENE)] == [
        ("a jetty at dawn", 0, 0), ("an oak desk", 1, 1),
    ]  # fmt: skip
    assert claims(campaign, Meaning.STYLE)[0].scope.scene == 0


def test_numbered_keys_are_facts_of_numbered_products():
    campaign = campaign_of(
        "{product_1_name: A, product_1_price_eur: '3.499', product_2: {name: B, price: 5 €}, image 2: b.png}"
    )
    assert per_product(campaign, Meaning.PRODUCT_NAME) == {0: "A", 1: "B"}
    assert per_product(campaign, Meaning.PRICE) == {0: "3.499", 1: "5 €"}
    assert per_product(campaign, Meaning.PRODUCT_PICTURE) == {1: "b.png"}
    (currency,) = claims(campaign, Meaning.CURRENCY)
    assert (currency.text, currency.from_key, currency.scope.product) == ("eur".upper(), True, 0)


def test_a_region_that_is_a_language_is_a_language():
    campaign = campaign_of("{region: ja-JP, market: Belgium (FR)}")
    assert texts(campaign, Meaning.LOCALE) == ["ja-JP", "Belgium (FR)"]
    assert not claims(campaign, Meaning.REGION)


def test_headlines_beside_as_many_languages_are_asked_about():
    text = "{headlines: [Cool it, Au frais], languages: [en-US, fr-CA]}"
    doubts = campaign_of(text).doubts
    assert [(doubt.key, doubt.readings[0].scope.locale) for doubt in doubts] == [
        ("headlines", "en-US"),
        ("headlines", "fr-CA"),
    ]
    assert [reading.answer for reading in doubts[0].readings] == ["headline per language", "headline"]
    answered = campaign_of(text, answers={"meaning headlines": "headline per language"})
    assert per_locale(answered, Meaning.HEADLINE) == {"en-US": "Cool it", "fr-CA": "Au frais"}
    alternatives = campaign_of(text, answers={"meaning headlines": "headline"})
    assert [claim.scope.locale for claim in claims(alternatives, Meaning.HEADLINE)] == ["", ""]


def test_prices_beside_as_many_products_go_with_them_in_order():
    campaign = campaign_of("{products: [A, B], prices: [3 €, 4 €]}")
    assert per_product(campaign, Meaning.PRICE) == {0: "3 €", 1: "4 €"}
    assert all(claim.score < 0.8 for claim in claims(campaign, Meaning.PRICE))


def test_an_answer_decides_what_a_key_means():
    text = "{brand: Acme, kampagnenziel: Mehr Licht, products: [R]}"
    (one,) = campaign_of(text).listed
    assert (one.key, one.leaf.text) == ("kampagnenziel", "Mehr Licht")
    answered = campaign_of(text, answers={"meaning kampagnenziel": "headline"})
    assert claims(answered, Meaning.HEADLINE)[0].score == 1
    left_out = campaign_of(text, answers={"meaning brand": "note"})
    assert not claims(left_out, Meaning.BRAND)
    assert "Acme" in listed(left_out)


def test_a_key_that_says_nothing_is_asked_about_with_the_one_above_it():
    text = "{crew: {name: Mia}, brand: Acme}"
    assert [one.key for one in campaign_of(text).listed] == ["crew name"]
    assert texts(campaign_of(text, answers={"meaning crew name": "audience"}), Meaning.AUDIENCE) == ["Mia"]


def test_a_value_that_does_not_fit_its_key_is_listed_with_the_reason():
    campaign = campaign_of("{status: gold customers, image: a woman on a hill, launch: a big party}")
    assert not campaign.claims
    assert all("does not fit" in reason for reason in listed(campaign).values())


def test_placements_are_named_by_channel_and_slot_together():
    campaign = campaign_of(
        "platforms: {instagram: [story, reels]}\nsizes: [{width: 300, height: 250}]\n"
        "placements: [{platform: Facebook, format: '1:1'}]\ndeliverables: {leaderboard: true, email: false}"
    )
    assert [claim.scope.placement for claim in claims(campaign, Meaning.PLACEMENT)] == [
        "instagram story", "instagram reels", "300x250", "300x250", "Facebook 1:1", "Facebook 1:1", "leaderboard",
    ]  # fmt: skip
    assert listed(campaign)["false"] == "it says that 'email' is not ordered"


def test_entries_that_are_not_approved_are_left_out():
    understanding = understanding_of(
        "{messages: [{locale: en, headline: Hi, approved: yes}, {locale: fr, headline: Salut, status: draft}]}"
    )
    (campaign,) = understanding.campaigns
    assert per_locale(campaign, Meaning.HEADLINE) == {"en": "Hi"}
    assert "draft" in listed(campaign)["Salut"]
    assert any("is left out" in note for note in understanding.notes)


def test_entries_that_name_their_fact_in_a_field_are_read_by_it():
    campaign = campaign_of("copy: [{field: headline, locale: de, text: Hallo}, {type: cta, locale: de, value: Kaufen}]")
    assert per_locale(campaign, Meaning.HEADLINE) == {"de": "Hallo"}
    assert per_locale(campaign, Meaning.CALL_TO_ACTION) == {"de": "Kaufen"}


def test_a_text_alone_in_the_copy_of_a_language_is_its_message():
    campaign = campaign_of("messages: [{locale: de, text: Hallo}, {locale: fr, headline: Salut, text: Le monde}]")
    assert per_locale(campaign, Meaning.MESSAGE) == {"de": "Hallo"}
    assert per_locale(campaign, Meaning.SUBHEADLINE) == {"fr": "Le monde"}


def test_notes_and_contacts_are_never_printed():
    campaign = campaign_of(
        "{approvers: {brand: Nia, legal: Tom}, kpis: {headline: 3 %}, notes: {cta: test}, brand: Acme}"
    )
    assert texts(campaign, Meaning.BRAND) == ["Acme"]
    assert set(listed(campaign)) == {"Nia", "Tom", "3 %", "test"}


def test_several_campaigns_share_what_stands_beside_them():
    first, second = understanding_of(
        "{brand: Acme, campaigns: [{name: A, headline: One}, {name: B, headline: Two}]}"
    ).campaigns
    assert texts(first, Meaning.BRAND) == texts(second, Meaning.BRAND) == ["Acme"]
    assert (texts(first, Meaning.HEADLINE), texts(second, Meaning.HEADLINE)) == (["One"], ["Two"])


def test_a_brief_is_unwrapped_and_an_export_is_a_table():
    wrapped = campaign_of("{data: {brief: {brand: Acme, campaign_name: Glow, headline: Hi}}}")
    assert texts(wrapped, Meaning.BRAND) == ["Acme"]
    exported = campaign_of(
        "{records: [{id: r1, fields: {Brand: Acme, Product: A, Locale: de, Headline: Hallo}}, "
        "{id: r2, fields: {Brand: Acme, Product: B, Locale: de, Headline: Hallo}}]}"
    )
    assert per_product(exported, Meaning.PRODUCT_NAME) == {0: "A", 1: "B"}
    assert {claim.scope for claim in claims(exported, Meaning.HEADLINE)} == {
        claims(exported, Meaning.HEADLINE)[0].scope
    }


def test_a_period_is_both_its_days():
    campaign = campaign_of("{flight_dates: 01.05.2027 - 31.05.2027, schedule: {start: 2027-05-01, end: 2027-05-31}}")
    assert texts(campaign, Meaning.EMBARGO) == ["01.05.2027 - 31.05.2027", "2027-05-01"]
    assert texts(campaign, Meaning.EXPIRY) == ["2027-05-31"]


def test_the_heading_of_a_text_names_the_campaign():
    campaign = campaign_of("# Late Bloomers\n\nBrand: Marrow\nHeadline: Plant it late\n", "brief.md")
    (name,) = claims(campaign, Meaning.CAMPAIGN_NAME)
    assert (name.text, name.from_key) == ("Late Bloomers", True)


def test_a_font_of_one_language_is_not_the_brands():
    campaign = campaign_of("{font: Inter, messages: {fr: {headline: Bonjour, font: [Marcellus]}}}")
    assert texts(campaign, Meaning.BRAND_FONT) == ["Inter"]
    assert "Marcellus" in listed(campaign)


def test_switches_are_no_approvals_outside_of_entries():
    campaign = campaign_of(
        "{localization: {enabled: false}, headline: Hi, messages: [{locale: fr, headline: Salut, enabled: false}]}"
    )
    assert not claims(campaign, Meaning.APPROVAL)
    assert per_locale(campaign, Meaning.HEADLINE) == {"": "Hi"}


def test_regions_of_which_one_can_only_be_a_language_are_languages():
    for regions in ("[en, fr]", "'en, fr'"):
        campaign = campaign_of(f"{{regions: {regions}}}")
        assert (texts(campaign, Meaning.LOCALE), texts(campaign, Meaning.REGION)) == (["en", "fr"], [])
    assert texts(campaign_of("{regions: [DE, FR]}"), Meaning.REGION) == ["DE", "FR"]


def test_a_price_behind_a_name_is_the_products_price():
    campaign = campaign_of("{product: Stove Kettle (£45)}")
    assert per_product(campaign, Meaning.PRODUCT_NAME) == {0: "Stove Kettle"}
    assert per_product(campaign, Meaning.PRICE) == {0: "£45"}


def test_a_channel_goes_with_each_of_its_slots():
    campaign = campaign_of("{placements: [{id: '9:16', width: 1080, height: 1920, channel: Stories / Reels}]}")
    assert [claim.scope.placement for claim in claims(campaign, Meaning.PLACEMENT)] == [
        "9:16 Stories", "9:16 Stories", "9:16 Stories", "9:16 Stories", "9:16 Reels",
    ]  # fmt: skip


def test_a_misspelt_key_is_read_where_its_value_vouches_for_it_and_else_asked_about():
    campaign = campaign_of("{locals: [es, pt-BR], hedline: Hello there}")
    assert texts(campaign, Meaning.LOCALE) == ["es", "pt-BR"]
    assert [(doubt.key, doubt.readings[0].meaning) for doubt in campaign.doubts] == [("hedline", Meaning.HEADLINE)]


def test_a_list_of_ids_is_a_list_of_products():
    assert per_product(campaign_of("{product_slugs: [travel-backpack, trail-shoes]}"), Meaning.PRODUCT_ID) == {
        0: "travel-backpack", 1: "trail-shoes",
    }  # fmt: skip


def test_a_language_below_a_market_is_the_markets_own():
    campaign = campaign_of(
        "markets: [{code: US, languages: [{code: es, headline: Hola}]}, {region: DACH, language: de, headline: Hallo}]"
    )
    assert per_locale(campaign, Meaning.HEADLINE) == {"es-US": "Hola", "de": "Hallo"}


def test_wrappers_of_programs_say_nothing():
    campaign = campaign_of(
        "{properties: {Name: {title: [{plain_text: Drop}]}, Brand: {select: {name: Acme}}, Product: {rich_text: "
        "[{plain_text: Mist}]}, Headline IT: {rich_text: [{plain_text: Fiorisci}]}, cta: {value: {content: Ora}}}}"
    )
    assert texts(campaign, Meaning.CAMPAIGN_NAME) == ["Drop"]
    assert texts(campaign, Meaning.BRAND) == ["Acme"]
    assert texts(campaign, Meaning.PRODUCT_NAME) == ["Mist"]
    assert per_locale(campaign, Meaning.HEADLINE) == {"it": "Fiorisci"}
    assert texts(campaign, Meaning.CALL_TO_ACTION) == ["Ora"]


def test_a_map_of_products_to_their_pictures_names_both():
    campaign = campaign_of("{brand: Petal, Products & packshots: {Serum 30 ml: s.png, Cream 50 ml: c.png}}")
    assert per_product(campaign, Meaning.PRODUCT_NAME) == {0: "Serum 30 ml", 1: "Cream 50 ml"}
    assert per_product(campaign, Meaning.PRODUCT_PICTURE) == {0: "s.png", 1: "c.png"}


def test_a_segment_may_have_a_message_but_an_approver_has_no_legal_line():
    campaign = campaign_of("{segments: [{name: Runners, message: Run far}], contacts: {legal: Tom, headline: Mia}}")
    assert texts(campaign, Meaning.AUDIENCE) == ["Runners"]
    assert texts(campaign, Meaning.MESSAGE) == ["Run far"]
    assert set(listed(campaign)) == {"Tom", "Mia"}


def test_copy_below_a_second_choice_scores_less():
    first, second = claims(
        campaign_of("messaging: {primary: {headline: A b}, secondary: {headline: C d}}"), Meaning.HEADLINE
    )
    assert first.score - second.score > 0.15


def test_a_placeholder_is_no_value():
    campaign = campaign_of(
        "{messages: {en: {headline: TBD}, de: {headline: '[Headline hier]'}, fr: {headline: Bonjour}}}"
    )
    assert per_locale(campaign, Meaning.HEADLINE) == {"fr": "Bonjour"}
    assert set(listed(campaign)) == {"TBD", "[Headline hier]"}


def test_approvals_by_department_are_no_copy():
    campaign = campaign_of("{approvals: {legal: pending, brand: approved}, headline: Hi}")
    assert [claim.text for claim in campaign.claims] == ["Hi"]
    assert set(listed(campaign)) == {"pending", "approved"}


def test_small_words_may_be_left_out_of_a_phrase():
    assert texts(campaign_of("{fecha_inicio: 05/06/2027}"), Meaning.EMBARGO) == ["05/06/2027"]


def test_a_currency_beside_an_amount_is_its_own():
    campaign = campaign_of("{budget: [2500, USD], mediaBudget: {amount: 5, currency: EUR}}")
    assert (texts(campaign, Meaning.BUDGET), texts(campaign, Meaning.CURRENCY)) == (["2500"], ["USD"])


def test_a_list_of_places_with_copy_is_a_list_of_markets_whatever_its_key():
    for key in ("targets", "segments", "variants"):
        campaign = campaign_of(
            f"{{brand: Acme, {key}: [{{market: US, locale: en-US, headline: Hi, price: $10}}, "
            "{market: Japan, locale: ja-JP, headline: 朝}]}"
        )
        assert texts(campaign, Meaning.REGION) == ["US", "Japan"]
        assert per_locale(campaign, Meaning.HEADLINE) == {"en-US": "Hi", "ja-JP": "朝"}
        assert not claims(campaign, Meaning.AUDIENCE)
