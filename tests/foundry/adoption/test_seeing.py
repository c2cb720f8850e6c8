"""Files are seen as they stand: every value as the text in the file, with its place, whatever the format."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.adoption.leaf import Leaf, ListNode, MapNode, Node, Seen, leaves_of
from foundry.adoption.seeing import see, see_bytes
from foundry.errors import Refusals


def leaves(seen: Seen) -> list[Leaf]:
    trees = [leaf for document in seen.documents for leaf in leaves_of(document)]
    return trees + [leaf for sheet in seen.sheets for _, row in sheet.rows for leaf in row.values()]


def texts(content: str, name: str = "b.yaml") -> dict[str, str]:
    """Return the texts of a file by their paths."""
    seen = see_bytes(content.encode(), name)
    return {".".join(map(str, leaf.path)): leaf.text for leaf in leaves(seen)}


def rows(content: bytes | str, name: str = "b.csv") -> list[list[str]]:
    data = content if isinstance(content, bytes) else content.encode()
    (sheet,) = see_bytes(data, name).sheets
    return [texts_of(row) for _, row in sheet.rows]


def texts_of(row: dict[int, Leaf]) -> list[str]:
    return [row[column].text if column in row else "" for column in range(1, max(row) + 1)]


@pytest.mark.parametrize(
    "text",
    ["no", "NO", "off", "on", "yes", "y", "007", "1.50", "12:30",
     "16:9", "2027-05-31",
     "1_000", "0x1F", "1e3", "+49", "true", "False", ".5", "1,299"]
)  # fmt: skip
def test_what_yaml_takes_for_something_else_stays_the_text_that_stands_in_the_file(text: str) -> None:
    assert texts(f"key: {text}\nlist: [{text.replace(',', ' ')}]\n{text}: key\n") == {
        "key": text, "list.0": text.replace(",", " "), text: "key",
    }  # fmt: skip


def test_a_yaml_value_has_its_line_and_its_kind() -> None:
    (document,) = see_bytes(b'a: 1.50\nb:\n  - "2"\n  - true\n  - no\n', "b.yaml").documents
    found = [(leaf.text, leaf.kind, str(leaf.place)) for leaf in leaves_of(document)]
    assert found == [
        ("1.50", "number", "line 1"), ("2", "text", "line 3"), ("true", "boolean", "line 4"), ("no", "text", "line 5"),
    ]  # fmt: skip


def test_the_countries_and_languages_of_norway_are_seen() -> None:
    found = texts("countries: [SE, NO, DK]\nmessages:\n  no: Oppdag roen\n  da: Oplev roen\n")
    assert found == {
        "countries.0": "SE", "countries.1": "NO", "countries.2": "DK", "messages.no": "Oppdag roen",
        "messages.da": "Oplev roen",
    }  # fmt: skip


def test_empty_values_are_left_out_and_positions_stay() -> None:
    (document,) = see_bytes(b"a: ''\nb: ~\nc: []\nd: {e: }\nf: [x, '', y]\n", "b.yaml").documents
    assert isinstance(document, MapNode)
    assert [key for key, _ in document.entries] == ["f"]
    assert [leaf.path for leaf in leaves_of(document)] == [("f", 0), ("f", 2)]


def test_a_colour_or_hashtag_that_yaml_takes_for_a_comment_is_the_value() -> None:
    content = (
        "primary: #FF5733\nhashtag: #glow\nlist:\n  - #00FF00 # green\n"
        "empty: # nothing here\nother: #TODO\nheadline: #1 in taste\n"
    )
    assert texts(content) == {"primary": "#FF5733", "hashtag": "#glow", "list.0": "#00FF00", "headline": "#1 in taste"}


def test_a_value_that_yaml_cuts_at_a_comment_is_noted() -> None:
    (note,) = see_bytes(b"headline: The new #1 today\ncta: Buy # a comment\n", "b.yaml").notes
    assert note.startswith("line 1: '#1 today' is a comment in YAML")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("Headline: Wake up: the sun is here", "Wake up: the sun is here"), ("Headline: @acme", "@acme"),
        ("Headline: *Neu*", "*Neu*"), ("Headline: Now: ", "Now:"), ("Headline: !Jetzt", "!Jetzt"),
        ('Headline: 5 "stars": yes', '5 "stars": yes'),
    ],
)  # fmt: skip
def test_a_value_that_yaml_wants_in_quotes_is_read_as_it_stands(line: str, text: str) -> None:
    seen = see_bytes(f"brand: Acme\n{line}\nlist:\n\t- a\n".encode(), "b.yaml")
    assert {".".join(map(str, leaf.path)): leaf.text for leaf in leaves(seen)} == {
        "brand": "Acme", "Headline": text, "list.0": "a",
    }  # fmt: skip
    assert seen.notes == ("lines 2, 4 are read as the text that stands there, though YAML wants quotes around it",)


def test_colours_in_a_list_on_one_line_are_read() -> None:
    assert texts("palette: [#FF5733, #00ff00]\nb: x\n") == {"palette.0": "#FF5733", "palette.1": "#00ff00", "b": "x"}


def test_json_with_comments_and_commas_too_many_is_read() -> None:
    content = '{\n "a": "x // y", // a comment\n /* two\n lines */ "b": ["1,]", 2,],\n}\n'
    seen = see_bytes(content.encode(), "b.json")
    assert [(leaf.text, leaf.place.line) for leaf in leaves(seen)] == [("x // y", 2), ("1,]", 4), ("2", 4)]
    assert "comments and commas" in seen.notes[0]
    assert texts('```json\n{"a": "b"}\n```\n', "b.json") == {"a": "b"}


def test_a_map_with_single_quotes_is_read() -> None:
    assert texts("{'a': 'b', \"c\": \"it's\", 'd': [True]}", "b.json") == {"a": "b", "c": "it's", "d.0": "True"}
    assert texts('{a: "b"}', "b.json") == {"a": "b"}
    with pytest.raises(Refusals, match="no JSON value begins here"):
        see_bytes(b"{'a': None}", "b.json")


def test_lines_of_json_and_one_json_are_told_apart_whatever_the_name() -> None:
    assert len(see_bytes(b'{"a": 1}\n{"a": 2}\n', "b.json").documents) == 2
    assert len(see_bytes(b'{\n"a": 1\n}\n', "b.jsonl").documents) == 1


def test_a_short_line_above_bullets_is_their_key() -> None:
    assert tree("Client: Acme\n\nProducts\n- Ruby\n- Amber\n\nCTA: Go\n") == {
        "Client": "Acme", "Products": ["Ruby", "Amber"], "CTA": "Go",
    }  # fmt: skip


def test_a_number_in_json_stays_as_it_is_written() -> None:
    seen = see_bytes(b'{"price": 1.50, "big": 1e3,\n "sku": "007", "ok": true, "none": null}', "b.json")
    assert [(leaf.text, leaf.kind, leaf.place.line) for leaf in leaves(seen)] == [
        ("1.50", "number", 1), ("1e3", "number", 1), ("007", "text", 2), ("true", "boolean", 2),
    ]  # fmt: skip


def test_a_list_at_the_top_of_json_is_one_document_and_each_line_of_json_lines_another() -> None:
    (whole,) = see_bytes(b'[{"a": 1}, {"a": 2}]', "b.json").documents
    assert isinstance(whole, ListNode)
    lines = see_bytes(b'{"a": 1}\n\n{"a": 2}\n', "b.jsonl").documents
    assert [leaf.place.line for document in lines for leaf in leaves_of(document)] == [1, 3]


def test_the_documents_of_yaml_are_seen_without_the_empty_ones() -> None:
    assert len(see_bytes(b"a: 1\n---\n---\nb: 2\n", "b.yml").documents) == 2


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_of_a_table_is_found(separator: str) -> None:
    content = f"Product{separator}Price\nRuby{separator}49.90\nAmber{separator}\n"
    assert rows(content) == [["Product", "Price"], ["Ruby", "49.90"], ["Amber"]]


def test_a_line_that_states_the_separator_is_no_row() -> None:
    assert rows("sep=;\r\nProduct;Price\r\nRuby;49,90 €\r\n") == [["Product", "Price"], ["Ruby", "49,90 €"]]


def test_commas_inside_semicolon_cells_do_not_part_them() -> None:
    assert rows("brand;text\nAcme;One, two, three\nAcme;Four, five, six\n")[1] == ["Acme", "One, two, three"]


def test_line_breaks_in_quotes_belong_to_their_cell() -> None:
    assert rows('a,b\n"one\ntwo",three\n') == [["a", "b"], ["one\ntwo", "three"]]


def test_a_quote_that_is_never_closed_swallows_no_rows() -> None:
    seen = see_bytes(b'Product,Headline\nRuby,"Go\nAmber,Stay\n', "b.csv")
    assert [leaf.text for leaf in leaves(seen)] == ["Product", "Headline", "Ruby", '"Go', "Amber", "Stay"]
    assert seen.notes == ("a quote in line 2 is never closed, so quotes are read as letters",)


def test_quotes_inside_a_cell_are_letters_and_texts_of_spreadsheets_stay_texts() -> None:
    assert rows('a,b,c\n5" screen,"say ""hi""",="007"\n')[1] == ['5" screen', 'say "hi"', "007"]
    assert rows("\u200bBrand\u00a0,\ufeffb\nAcme,x\n")[0] == ["Brand", "b"]


def test_a_cell_has_its_place() -> None:
    (sheet,) = see_bytes(b"a,b\n\n,x\n", "b.csv").sheets
    leaf = sheet.rows[1][1][2]
    assert (str(leaf.place), leaf.path, sheet.rows[1][0]) == ("cell B3", ("", 3, 2), 3)


def test_a_table_of_one_column_stays_one(tmp_path: Path) -> None:
    assert rows("Headline\nWake up\nSlow down\n") == [["Headline"], ["Wake up"], ["Slow down"]]


def tree(content: str, name: str = "b.txt") -> object:
    (document,) = see_bytes(content.encode(), name).documents
    return plain(document)


def plain(node: Node) -> object:
    if isinstance(node, Leaf):
        return node.text
    return (
        {key: plain(inner) for key, inner in node.entries}
        if isinstance(node, MapNode)
        else [plain(item) for item in node.items]
    )


def test_lines_of_key_and_value_are_a_map() -> None:
    content = (
        "Brand: Acme\nCampaign:Glow\nHeadline: Wake up: now\nMarkt：Deutschland\n\n"
        "Products:\n- Ruby Tonic\n- Amber Tonic\n"
    )
    assert tree(content) == {
        "Brand": "Acme", "Campaign": "Glow", "Headline": "Wake up: now", "Markt": "Deutschland",
        "Products": ["Ruby Tonic", "Amber Tonic"],
    }  # fmt: skip


def test_headings_bullets_and_emphasis_of_markdown_are_structure() -> None:
    content = (
        "# Glow\n\n**Brand:** Acme\n\n## Products\n\n- Ruby: red\n- Amber: golden\n\n"
        "## Scenes\n* Sunny *kitchen*\n* Forest\n\n## Notes\nCall Mia\nbefore noon.\n"
    )
    assert tree(content, "b.md") == {
        "Glow": {
            "Brand": "Acme", "Products": {"Ruby": "red", "Amber": "golden"}, "Scenes": ["Sunny kitchen", "Forest"],
            "Notes": "Call Mia before noon.",
        }
    }  # fmt: skip


def test_a_key_that_comes_again_begins_a_record() -> None:
    content = "Brand: Acme\n\nProduct: Ruby\nPrice: 49 EUR\n\nProduct: Amber\nPrice: 59 EUR\n\nCTA: Shop now\n"
    assert tree(content) == {
        "Brand": "Acme",
        "Product": [{"Product": "Ruby", "Price": "49 EUR"}, {"Product": "Amber", "Price": "59 EUR"}],
        "CTA": "Shop now",
    }  # fmt: skip


def test_bullets_and_text_beside_keys_stand_under_their_heading() -> None:
    content = "## Formats\n- Story\n- 1:1\n\nDo not show: snow\n\n## Scene\nA sunny kitchen\nMood: warm\n"
    assert tree(content, "b.md") == {
        "Formats": {"Do not show": "snow", "Formats": ["Story", "1:1"]},
        "Scene": {"Mood": "warm", "Scene": "A sunny kitchen"},
    }


def test_a_long_value_goes_on_in_the_next_line_and_a_short_one_does_not() -> None:
    long = "Insight: people who wake up early do so for the quiet of"
    assert tree(f"{long}\nthe kitchen\nMarket: Germany\nThanks\n") == {
        "Insight": "people who wake up early do so for the quiet of the kitchen", "Market": "Germany",
        "paragraph": "Thanks",
    }  # fmt: skip


def test_lines_below_a_numbered_key_belong_to_it() -> None:
    content = (
        "1. Client: Acme\n2. Products:\n   a) Ruby\n   b) Amber\n3. Headline:\n   SV: Vakna\n   NO: Opp\n4. CTA: Go\n"
    )
    assert tree(content) == {
        "Client": "Acme", "Products": ["Ruby", "Amber"], "Headline": {"SV": "Vakna", "NO": "Opp"}, "CTA": "Go",
    }  # fmt: skip


def test_the_kind_of_text_in_the_first_line_is_the_key_of_its_title() -> None:
    assert tree("BRIEF – Herbstaktion\nMarke: Acme\n") == {"BRIEF": "Herbstaktion", "Marke": "Acme"}
    assert tree("Glow – the new serum\nMarke: Acme\n") == {"Marke": "Acme", "paragraph": "Glow – the new serum"}


def test_questions_are_keys_of_their_answers() -> None:
    assert tree("**Who is the client?** Acme\n\n**Products**\nRuby Tonic\n", "b.md") == {
        "Who is the client?": "Acme", "Products": "Ruby Tonic",
    }  # fmt: skip
    content = "Who is the client?\nAcme\n\nWhich market?\nNorway\n\nWhat do we say?\nWake up.\nIt is day.\n"
    assert tree(content) == {
        "Who is the client?": "Acme", "Which market?": "Norway", "What do we say?": "Wake up. It is day.",
    }  # fmt: skip
    assert tree("Tired?\nWake up.\n") == "Tired? Wake up."


def test_dashes_part_keys_from_values_where_most_lines_have_them() -> None:
    content = "Brand – Acme\n• Campaign - Glow\nHeadline — Wake up – now\n"
    assert tree(content) == {"Brand": "Acme", "Campaign": "Glow", "Headline": "Wake up – now"}
    assert tree("Fresh – and cold\nBrand: Acme\nCTA: Go\n") == {
        "Brand": "Acme",
        "CTA": "Go",
        "paragraph": "Fresh – and cold",
    }


def test_wide_gaps_part_keys_from_values_where_most_lines_have_them() -> None:
    assert tree("BRAND        Acme\nCAMPAIGN     Glow\nHEADLINE     Wake up\n") == {
        "BRAND": "Acme", "CAMPAIGN": "Glow", "HEADLINE": "Wake up",
    }  # fmt: skip


@pytest.mark.parametrize(
    "block",
    [
        '```json\n{"brand": {"name": "Acme"}}\n```',
        "```yaml\nbrand:\n  name: Acme\n```",
        '~~~\n{"brand": {"name": "Acme"}}\n~~~',
    ],
)
def test_a_block_of_data_between_fences_is_part_of_the_tree(block: str) -> None:
    content = f"Here it is:\n\n{block}\n\nCTA: Go\n"
    assert tree(content, "b.md") == {"brand": {"name": "Acme"}, "CTA": "Go"}
    (document,) = see_bytes(content.encode(), "b.md").documents
    assert next(leaves_of(document)).place.line == (5 if "yaml" in block else 4)


def test_a_block_that_is_no_data_is_read_as_lines() -> None:
    assert tree("```\nBrand: Acme\n```\nCTA: Go\n", "b.md") == {"Brand": "Acme", "CTA": "Go"}
    assert tree("```json\nBrand: Acme\n```\n", "b.md") == {"Brand": "Acme"}


def test_a_table_between_bars_is_a_sheet() -> None:
    seen = see_bytes(b"Brand: Acme\n\n## Copy\n| Language | Headline |\n| --- | --- |\n| de | Hallo |\n", "b.md")
    (sheet,) = seen.sheets
    assert sheet.name == "Copy"
    assert [[leaf.text for leaf in row.values()] for _, row in sheet.rows] == [
        ["Language", "Headline"],
        ["de", "Hallo"],
    ]
    assert [number for number, _ in sheet.rows] == [1, 2]


def test_front_matter_is_part_of_the_tree() -> None:
    assert tree("---\nbrand: Acme\nlocale: no\n---\n# Copy\nHeadline: Hi\n", "b.md") == {
        "brand": "Acme", "locale": "no", "Copy": {"Headline": "Hi"},
    }  # fmt: skip


def test_sentences_times_and_addresses_are_no_keys() -> None:
    content = "We have one wish, and it is this: be brave\n\nhttps://acme.example/a\n\nDoors open at 12:30\n"
    assert tree(content) == [
        "We have one wish, and it is this: be brave",
        "https://acme.example/a",
        "Doors open at 12:30",
    ]


def test_a_plain_text_that_is_json_or_a_table_is_read_as_that() -> None:
    assert texts('{"a": "b"}', "b.txt") == {"a": "b"}
    assert rows("a\tb\nc\td\n", "b.txt") == [["a", "b"], ["c", "d"]]


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"a: [", "b.yaml", "correct the YAML there"), (b'{"a": 1, b}', "b.json", "expected a key in double quotes"),
        (b"x", "b.docx", "save it as plain text"),
        (b"x", "b.xls", "save it as XLSX"), (b"x", "brief", "briefs are adopted from .yaml"),
        (b"PK\x03\x04", "b.yaml", "the content is no text"),
        (b"%PDF-1.7", "b.txt", "the content is no text"), (b"PK\x03\x04", "b.xlsx", "not an XLSX workbook"),
        (b"a: b\0c\n", "b.yaml", "it holds a NUL character"),
        (b"a: &x b\nc: *x\n", "b.yaml", "anchors and aliases are not allowed"),
        (b"a" * 200_000 + b"\nb", "b.csv", "is not a table"),
        (b"Campaign,Product\n" + b"a,b\n" * 20_001, "b.csv", "more than 20000 rows; split it"),
        (b"a: 1\na: 2\n", "b.yaml", "stands twice"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_seen_is_refused_in_a_sentence(data: bytes, name: str, said: str) -> None:
    with pytest.raises(Refusals) as refused:
        see_bytes(data, name)
    assert said in str(refused.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusals, match=r"cannot be read \(No such file or directory\)"):
        see(tmp_path / "none.yaml")


def test_an_empty_file_has_nothing_to_see() -> None:
    for name in ("b.yaml", "b.txt", "b.md", "b.jsonl"):
        assert see_bytes(b"", name).documents == ()
    assert see_bytes(b"", "b.csv").sheets[0].rows == ()
