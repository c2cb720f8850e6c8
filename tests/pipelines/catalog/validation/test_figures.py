import pyarrow as pa
import pytest

from pipelines.catalog.validation.figures import currencies, numbers, said, with_figures


def texts(*values):
    return pa.chunked_array([pa.array(values, pa.string())])


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("12.99 EUR", ".", 12.99),
        ("EUR 1,299.00", ".", 1299.0),
        ("1.299,50 €", ",", 1299.5),
        ("1’299.00", ".", 1299.0),
        ("9,99", ".", None),
        ("1.2.3", ".", None),
        ("on request", ".", None),
        ("9" * 400, ".", None),
        (None, ".", None),
    ],
)
def test_the_number_of_a_text_is_read_where_its_marks_are_clear(text, mark, number):
    assert numbers(texts(text), mark).to_pylist() == [number]


def test_the_currency_of_a_price_is_read_from_letters_and_signs():
    assert currencies(texts("12 EUR", "eur 12", "12,00 €", "£5", "12", None)).to_pylist() == [
        "EUR", "EUR", "EUR", "GBP", None, None,
    ]  # fmt: skip


def test_words_for_nothing_say_nothing_and_the_structured_form_stands_in():
    rows = pa.table({
        "title": texts("Mug", "N/A", " ", None),
        "structured_title": texts(None, 'trained_algorithmic_media:"Cup"', None, 'default:"Bowl"'),
    })  # fmt: skip
    assert said(rows, "title").to_pylist() == ["Mug", "Cup", None, "Bowl"]


def test_a_count_of_pieces_stands_for_an_availability():
    rows = pa.table({"availability": texts(None, None, "sold out"), "quantity": texts("3", "some", "0")})
    assert said(rows, "availability").to_pylist() == ["in stock", None, "sold out"]


def test_columns_are_read_only_from_attributes_that_are_there():
    rows = with_figures(pa.table({"price": texts("5 EUR")}), ["price.number", "sale_price.number", "price"])
    assert rows.schema.names == ["price", "price.number"]
