import pytest

from foundry.adoption.leaf import Leaf, Place, Seen, Sheet
from foundry.adoption.meaning import Meaning
from foundry.adoption.understanding import understand
from foundry.errors import Refusals
from tests.foundry.adoption.understood import (
    campaign_of,
    claims,
    listed,
    per_locale,
    per_product,
    texts,
    understanding_of,
)

ROWS = """brand,campaign,product,market,language,headline,legal
Acme,Glow,Ruby,DE,de,Strahlend,Solange Vorrat reicht
Acme,Glow,Amber,DE,de,Strahlend,Solange Vorrat reicht
Acme,Glow,Ruby,FR,fr,Éclat,Dans la limite des stocks
"""


def sheet(name: str, *rows: list[str]) -> Sheet:
    return Sheet(name, tuple((number, cells(name, number, row)) for number, row in enumerate(rows, 1) if row))


def cells(name: str, number: int, row: list[str]) -> dict[int, Leaf]:
    return {
        column: Leaf(text, "text", (name, number, column), Place(sheet=name, cell=f"{'ABCDEF'[column - 1]}{number}"))
        for column, text in enumerate(row, 1) if text
    }  # fmt: skip


def workbook(*sheets: Sheet):
    return understand(Seen("book.xlsx", sheets=sheets), {})


def test_rows_are_one_campaign_with_its_products_and_languages():
    understanding = understanding_of(ROWS, "rows.csv")
    (campaign,) = understanding.campaigns
    assert per_product(campaign, Meaning.PRODUCT_NAME) == {0: "Ruby", 1: "Amber"}
    assert {(c.scope.product, c.scope.locale, c.scope.market, c.text) for c in claims(campaign, Meaning.HEADLINE)} == {
        (None, "de-DE", "DE", "Strahlend"), (None, "fr-FR", "FR", "Éclat"),
    }  # fmt: skip
    assert understanding.notes == ("3 rows share their brand and campaign: one campaign",)


def test_copy_that_differs_by_product_stays_with_its_product():
    campaign = campaign_of(ROWS.replace("Acme,Glow,Amber,DE,de,Strahlend", "Acme,Glow,Amber,DE,de,Warm"), "rows.csv")
    german = [claim for claim in claims(campaign, Meaning.HEADLINE) if claim.scope.locale == "de-DE"]
    assert [(claim.scope.product, claim.text) for claim in german] == [(0, "Strahlend"), (1, "Warm")]


def test_rows_of_two_campaigns_are_two():
    first, second = understanding_of(
        "Brand,Campaign,Product,Headline\nSolis,Beach,Spray,Sun\nSolis,Snow,Stick,Snow\nSolis,Beach,Stick,Sun\n",
        "rows.csv",
    ).campaigns
    assert (texts(first, Meaning.PRODUCT_NAME), texts(second, Meaning.PRODUCT_NAME)) == (["Spray", "Stick"], ["Stick"])


def test_cells_left_out_below_a_campaign_and_a_product_are_those_above():
    campaign = campaign_of(
        "Campaign,Product,Language,Headline\nGlow,Ruby,de,Hallo\n,,fr,Salut\n,Amber,de,Hallo\n", "rows.csv"
    )
    assert texts(campaign, Meaning.PRODUCT_NAME) == ["Ruby", "Amber"]
    assert per_locale(campaign, Meaning.HEADLINE) == {"de": "Hallo", "fr": "Salut"}


def test_rows_that_are_not_approved_are_left_out_and_said():
    understanding = understanding_of(
        "Brand,Language,Headline,Status\nAcme,en,Hi,approved\nAcme,fr,Salut,pending\n", "rows.csv"
    )
    (campaign,) = understanding.campaigns
    assert per_locale(campaign, Meaning.HEADLINE) == {"en": "Hi"}
    assert listed(campaign)["Salut"] == "its row is not approved: 'pending'"
    assert any("cell A3" in note and "pending" in note for note in understanding.notes)


def test_a_sheet_of_names_and_values_is_a_brief():
    campaign = campaign_of(
        'Field,Value\nBrand,Acme\nHeadline (DE),Hallo\nProducts,"Ruby Tonic, Amber Tonic"\n', "pairs.csv"
    )
    assert texts(campaign, Meaning.PRODUCT_NAME) == ["Ruby Tonic", "Amber Tonic"]
    assert per_locale(campaign, Meaning.HEADLINE) == {"de": "Hallo"}


def test_headings_between_pairs_are_sections():
    campaign = campaign_of("Campaign,\nName,Glow\nClient,\nName,Acme\n", "pairs.csv")
    assert (texts(campaign, Meaning.CAMPAIGN_NAME), texts(campaign, Meaning.BRAND)) == (["Glow"], ["Acme"])


def test_languages_beside_names_are_columns_of_copy():
    campaign = campaign_of("Element,en-US,de-DE\nHeadline,Think,Denk\nCTA,Pick,Nimm\n", "matrix.csv")
    assert per_locale(campaign, Meaning.HEADLINE) == {"en-US": "Think", "de-DE": "Denk"}
    assert per_locale(campaign, Meaning.CALL_TO_ACTION) == {"en-US": "Pick", "de-DE": "Nimm"}


def test_a_transposed_table_has_a_product_in_each_column():
    campaign = campaign_of(
        "Brand,Acme,Acme\nCampaign,Glow,Glow\nProduct name,Ruby,Amber\nPrice,3 €,4 €\nAudience,All\n", "transposed.csv"
    )
    assert per_product(campaign, Meaning.PRODUCT_NAME) == {0: "Ruby", 1: "Amber"}
    assert per_product(campaign, Meaning.PRICE) == {0: "3 €", 1: "4 €"}
    assert texts(campaign, Meaning.AUDIENCE) == ["All"]


def test_titles_below_other_rows_are_found_and_sums_are_no_products():
    campaign = campaign_of(
        "Launch plan Q3,,\nBrand,Product,Price\nAcme,Ruby,3 €\nAcme,Amber,4 €\nTotal,,7 €\n", "plan.csv"
    )
    assert texts(campaign, Meaning.PRODUCT_NAME) == ["Ruby", "Amber"]
    assert {"Launch plan Q3", "Total", "7 €"} <= set(listed(campaign))


def test_titles_over_titles_are_the_languages_of_their_columns():
    campaign = workbook(
        sheet(
            "Copy",
            ["", "DE", "DE", "FR", "FR"],
            ["Product", "Headline", "CTA", "Headline", "CTA"],
            ["Ruby", "Hallo", "Kauf", "Salut", "Achète"],
        )
    ).campaigns[0]
    assert {claim.scope.market: claim.text for claim in claims(campaign, Meaning.HEADLINE)} == {
        "DE": "Hallo",
        "FR": "Salut",
    }
    assert {claim.scope.market: claim.text for claim in claims(campaign, Meaning.CALL_TO_ACTION)} == {
        "DE": "Kauf", "FR": "Achète",
    }  # fmt: skip


def test_sheets_are_joined_by_their_products():
    (campaign,) = workbook(
        sheet("Campaign", ["Brand", "Acme"], ["Campaign name", "Glow"]),
        sheet("Products", ["Name", "Price"], ["Ruby", "3 €"], ["Amber", "4 €"]),
        sheet("Texte", ["Produkt", "Sprache", "Überschrift"], ["Amber", "de", "Warm"], ["Ruby", "de", "Rot"]),
    ).campaigns
    assert per_product(campaign, Meaning.PRICE) == {0: "3 €", 1: "4 €"}
    assert {(claim.scope.product, claim.text) for claim in claims(campaign, Meaning.HEADLINE)} == {
        (1, "Warm"),
        (0, "Rot"),
    }


def test_a_sheet_per_language_scopes_its_copy():
    (campaign,) = workbook(
        sheet("Brief", ["Brand", "Acme"], ["Product", "Ruby"]),
        sheet("German", ["Headline", "Hallo"], ["CTA", "Kauf"]),
        sheet("fr-CA", ["Headline", "Salut"], ["CTA", "Achète"]),
    ).campaigns
    assert per_locale(campaign, Meaning.HEADLINE) == {"de": "Hallo", "fr-CA": "Salut"}


def test_a_list_of_names_on_a_sheet_of_products_are_products():
    (campaign,) = workbook(
        sheet("Brief", ["Marke", "Acme"], ["Kampagne", "X"]), sheet("Produkte", ["Produktname"], ["Ruby"], ["Amber"])
    ).campaigns
    assert texts(campaign, Meaning.PRODUCT_NAME) == ["Ruby", "Amber"]


def test_a_sheet_beside_others_that_is_no_table_is_listed_and_named():
    understanding = workbook(
        sheet("Brief", ["Brand", "Acme"], ["Campaign", "Glow"]),
        sheet("Measures", ["Hour", "Degrees"], ["08:00", "19.4"]),
    )
    assert {"Hour", "08:00"} <= set(listed(understanding.campaigns[0]))
    assert any("'Measures' has 2 rows" in note for note in understanding.notes)


def test_a_table_of_something_else_is_refused_with_what_was_seen():
    with pytest.raises(Refusals) as refused:
        understanding_of("Time,Temperature\n08:00,19.4\n09:00,20.1\n", "nonsense.csv")
    assert "beginning with 'Time', 'Temperature', '08:00'" in str(refused.value)


def test_a_range_in_a_document_is_a_table_whose_cells_keep_their_paths():
    campaign = campaign_of(
        '{"values": [["Brand", "Product", "Headline"], ["Acme", "Ruby", "Hi"], ["Acme", "Amber", "Hi"]]}', "range.json"
    )
    assert per_product(campaign, Meaning.PRODUCT_NAME) == {0: "Ruby", 1: "Amber"}
    assert claims(campaign, Meaning.BRAND)[0].leaf.path == ("values", 1, 0)
    assert "title" in listed(campaign)["Headline"]


def test_every_cell_below_the_titles_has_one_outcome():
    understanding = understanding_of(f"{ROWS}\n,,,,stray,,\n", "rows.csv")
    (campaign,) = understanding.campaigns
    said = [
        *(c.leaf for c in campaign.claims if not c.from_key),
        *(d.leaf for d in campaign.doubts),
        *(x.leaf for x in campaign.listed),
    ]
    assert {leaf.text for leaf in said} >= {"Acme", "Glow", "Ruby", "DE", "fr", "Éclat", "stray"}
