import pytest

from foundry.adoption.meaning import Meaning, Section
from foundry.adoption.understanding.key_scope import parts_of_key
from foundry.adoption.understanding.keys import folded, phrase_of
from foundry.adoption.understanding.misspelt import look_alikes
from foundry.adoption.understanding.senses import sections_of, senses_of
from foundry.adoption.understanding.vocabulary import vocabulary


@pytest.mark.parametrize(
    "key", ["campaignName", "Campaign Name", "campaign-name", "CAMPAIGN_NAME", "campaign.name", "  campaign  name:"]
)
def test_every_spelling_of_a_key_is_the_same_phrase(key):
    assert phrase_of(key) == ("campaign", "name")


@pytest.mark.parametrize(
    ("key", "phrase"),
    [
        ("CTALabel", ("cta", "label")), ("productIDs", ("product", "ids")), ("headline2", ("headline", "2")),
        ("3dModel", ("3", "d", "model")), ("商品ID", ("商品", "id")), ("見出し（英語）", ("見出し", "英語")),
        ("Größe", ("grösse",)), ("appel à l'action", ("appel", "à", "l", "action")),
    ],
)  # fmt: skip
def test_keys_are_split_at_case_signs_digits_and_scripts(key, phrase):
    assert phrase_of(key) == phrase


def test_accents_fold_but_the_marks_of_kana_stay():
    assert folded(("préçó", "ガ")) == ("preco", "ガ")


@pytest.mark.parametrize(
    ("key", "meaning"),
    [
        ("clientName", Meaning.BRAND), ("Kampagnenbudget", Meaning.BUDGET), ("Hauptüberschrift", Meaning.HEADLINE),
        ("Ueberschrift", Meaning.HEADLINE), ("legende legale", None), ("mentions legales", Meaning.LEGAL),
        ("name of the campaign", Meaning.CAMPAIGN_NAME), ("campaign headline text", Meaning.HEADLINE),
        ("Kernbotschaft", Meaning.MESSAGE), ("título principal", Meaning.HEADLINE),
        ("キャンペーン予算", Meaning.BUDGET), ("目标市场", Meaning.REGION),
        ("call-to-action copy", Meaning.CALL_TO_ACTION), ("Who do we talk to? (Audience)", Meaning.AUDIENCE),
        ("warehouse", None),
    ],
)  # fmt: skip
def test_a_key_names_its_meaning_in_seven_languages(key, meaning):
    senses = senses_of(key, None)
    assert (senses[0].meaning if senses and senses[0].score > 0.6 else None) is meaning


def test_a_section_gives_the_keys_inside_it_their_sense():
    assert senses_of("name", Section.PRODUCTS)[0].meaning is Meaning.PRODUCT_NAME
    assert senses_of("name", Section.BRAND)[0].meaning is Meaning.BRAND
    assert not senses_of("name", None)
    assert sections_of("visualDirection")[0] is Section.SCENES


def test_a_longer_phrase_counts_for_more_than_its_parts():
    assert senses_of("product description", None)[0].meaning is Meaning.PRODUCT_DESCRIPTION
    assert senses_of("media budget", None)[0].meaning is Meaning.NOTE


@pytest.mark.parametrize(
    ("key", "name", "tag"),
    [
        ("headline_de", "headline", "de-DE"), ("copy.fr-CA", "copy", "fr-CA"), ("messageEnUS", "message", "en-US"),
        ("Headline (German)", "Headline", "de-DE"), ("Headline DE", "Headline", "de-DE"), ("cta_pt_BR", "cta", "pt-BR"),
        ("見出し（英語）", "見出し", "en-US"), ("en-GB headline", "headline", "en-GB"),
    ],
)  # fmt: skip
def test_a_language_at_the_end_of_a_key_is_its_scope(key, name, tag):
    parts = parts_of_key(key, Section.CAMPAIGN)
    assert parts.locale is not None
    assert (parts.key.strip(), parts.locale.tag) == (name, tag)


def test_a_currency_or_a_country_at_the_end_of_a_key_is_its_scope():
    assert parts_of_key("Price (EUR)", None).currency == "EUR"
    assert parts_of_key("price £", None).currency == "£"
    assert parts_of_key("Price DE", None).market == "DE"
    assert parts_of_key("cta_us", None).market == "us"
    assert parts_of_key("product 2 price", None).number == 2


@pytest.mark.parametrize("key", ["job no", "campaign id", "sign in", "go no go", "product id"])
def test_a_word_of_the_vocabulary_is_no_language_at_the_end_of_a_key(key):
    parts = parts_of_key(key, Section.CAMPAIGN)
    assert (parts.locale, parts.market) == (None, "")


def test_the_vocabulary_names_each_meaning_and_has_no_empty_word():
    words = vocabulary()
    named = {meaning for found in words.meanings.values() for meaning, _ in found}
    assert named == set(Meaning)
    assert all(phrase for phrase in words.meanings)


@pytest.mark.parametrize("word", ["hedline", "headlinee", "heaadline", "haedline", "headlime", "eadline"])
def test_a_word_with_one_wrong_letter_is_found(word):
    assert "headline" in look_alikes(word)


@pytest.mark.parametrize("word", ["headline", "hedlinee", "xyzzyx", "haedlnie", "tite"])
def test_a_word_that_is_right_short_or_further_away_is_not(word):
    assert "headline" not in look_alikes(word)
