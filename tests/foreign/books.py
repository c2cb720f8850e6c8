"""The workbooks of the foreign briefs: written when a test reads them, so that their cells can be reviewed as text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Rows = list[list[object]]


def write_book(name: str, path: Path) -> None:
    """Write the workbook `name` to `path`."""
    book = Workbook()
    book.remove(book.worksheets[0])
    BOOKS[name](book)
    book.save(path)


def _sheet(book: Workbook, title: str, rows: Rows) -> Worksheet:
    sheet: Worksheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    return sheet


def _campaign_products_copy(book: Workbook) -> None:
    _sheet(book, "Campaign", [
        ["Client", "Millstone"], ["Campaign name", "Real Breakfast"], ["Job number", "MS-27-3"],
        ["Markets", "US, UK"], ["Target audience", "People who skip breakfast"],
        ["Formats", "1:1, 9:16"], ["Launch date", date(2027, 3, 15)],
    ])  # fmt: skip
    _sheet(book, "Products", [
        ["SKU", "Product name", "Packshot", "Price", "Currency"],
        ["M-1", "Oat Crunch", "packs/oat.png", 4.99, "USD"],
        ["M-2", "Rye Flakes", "packs/rye.png", 5.49, "USD"],
    ])  # fmt: skip
    _sheet(book, "Copy", [
        ["Locale", "Headline", "CTA", "Disclaimer"],
        ["en-US", "Breakfast counts", "Find it near you", "Serving suggestion."],
        ["en-GB", "Breakfast matters", "Find it nearby", "Serving suggestion."],
    ])  # fmt: skip


def _merged_cells(book: Workbook) -> None:
    sheet = _sheet(book, "Plan", [
        ["Brand", "Campaign", "Market", "Product", "Price", "Headline", "CTA", "Start", "End"],
        ["Pontoon Paddles", "River Days", "France", "Pagaie Deux", 129, "Suivez l'eau", "Voir la pagaie",
         date(2027, 6, 1), date(2027, 8, 31)],
        [None, None, None, "Pagaie Solo", 89, None, None, None, None],
    ])  # fmt: skip
    for column in "ABCFGHI":
        sheet.merge_cells(f"{column}2:{column}3")
    for cell in ("E2", "E3"):
        sheet[cell].number_format = '#,##0.00\\ "€"'
    for cell in ("H2", "I2"):
        sheet[cell].number_format = "dd/mm/yyyy"


def _hidden_sheet(book: Workbook) -> None:
    _sheet(book, "Brief", [
        ["Brand", "Campaign", "Market", "Product", "Headline"],
        ["Cinder & Salt", "Oven Month", "United Kingdom", "Casserole 24", "Low and slow"],
        ["Cinder & Salt", "Oven Month", "United Kingdom", "Casserole 28", "Low and slow"],
    ])  # fmt: skip
    old = _sheet(book, "Old plan", [["Brand", "Campaign"], ["Cinder & Salt", "Oven Month (draft)"]])
    old.sheet_state = "hidden"


def _german_book(book: Workbook) -> None:
    _sheet(book, "Kampagne", [
        ["Feld", "Inhalt"], ["Marke", "Tannenhof"], ["Kampagnenname", "Hüttenzauber"],
        ["Märkte", "Deutschland, Schweiz"], ["Gültig bis", date(2027, 12, 20)],
    ])  # fmt: skip
    _sheet(book, "Produkte", [["Produktname"], ["Hüttenwoche"], ["Wochenende Süd"]])
    _sheet(book, "Texte", [
        ["Sprache", "Überschrift", "Button"],
        ["de-DE", "Der Schnee wartet", "Jetzt buchen"], ["de-CH", "De Schnee wartet", "Jetzt buchen"],
    ])  # fmt: skip


def _transposed_book(book: Workbook) -> None:
    _sheet(book, "Translations", [
        ["Brand", "Ribbonfish", "Ribbonfish"], ["Campaign", "Deep Blue", "Deep Blue"],
        ["Product", "Sardine Tin", "Sardine Tin"], ["Market", "Portugal", "Greece"], ["Locale", "pt-PT", "el-GR"],
        ["Headline", "O mar em casa", "Η θάλασσα στο σπίτι"], ["CTA", "Encomendar", "Παραγγείλτε"],
        ["Legal", "Pesca sustentável.", "Βιώσιμη αλιεία."],
    ])  # fmt: skip


def _sheet_per_locale(book: Workbook) -> None:
    _sheet(book, "Overview", [
        ["Brand", "Nordvik Kayaks"], ["Campaign", "Silent Mode"], ["Markets", "Germany, France"],
        ["Product", "Kayak 380"],
    ])  # fmt: skip
    _sheet(book, "de-DE", [["Headline", "Leise voraus"], ["CTA", "Probe fahren"]])
    _sheet(book, "fr-FR", [["Headline", "En silence"], ["CTA", "Essayer"]])


def _japanese_book(book: Workbook) -> None:
    sheet = _sheet(book, "広告案", [
        ["ブランド名", "キャンペーン名", "国", "商品名", "価格", "見出し", "ボタン", "終了日"],
        ["音羽工房", "夏の縁側", "日本", "風鈴 波", 3300, "涼しさを、飾る。", "詳しくはこちら", date(2027, 8, 31)],
        ["音羽工房", "夏の縁側", "日本", "風鈴 空", 3520, "涼しさを、飾る。", "詳しくはこちら", date(2027, 8, 31)],
    ])  # fmt: skip
    for row in (2, 3):
        sheet.cell(row, 5).number_format = '"¥"#,##0'
        sheet.cell(row, 8).number_format = 'yyyy"年"m"月"d"日"'


def _key_value_book(book: Workbook) -> None:
    sheet = _sheet(book, "Brief", [
        ["CREATIVE BRIEF"], [], ["Client:", "Harrow Knives"], ["Campaign name:", "Sharp Start"],
        ["Market:", "United States"], ["Who are we talking to? (Audience)", "New cooks"], [],
        ["Headline:", "One good knife"], ["Subheadline:", "Forged in one piece"], ["CTA:", "See it cut"],
        ["Product:", "Chef 20"], ["Setting:", "slate board beside a window"],
        ["Formats:", "Instagram Story, Google Display 300x250"], ["Budget:", 2500], ["Owner:", "Dana"],
    ])  # fmt: skip
    sheet.merge_cells("A1:B1")
    sheet["B14"].number_format = '"$"#,##0'


def _percent_offer_book(book: Workbook) -> None:
    sheet = _sheet(book, "Offers", [
        ["Brand", "Campaign", "Country", "Product", "Price", "Headline", "Discount"],
        ["Plumb Line", "Shelf Sale", "UK", "Level 60", 24.5, "Straight talk", 0.2],
    ])  # fmt: skip
    sheet["E2"].number_format = '"£"#,##0.00'
    sheet["G2"].number_format = "0%"


def _joined_campaigns_book(book: Workbook) -> None:
    _sheet(book, "Campaigns", [
        ["Campaign ID", "Brand", "Campaign name", "Market"],
        ["SW-1", "Stillwater", "Spring Rooms", "Denmark"], ["SW-2", "Stillwater", "Autumn Rooms", "Sweden"],
    ])  # fmt: skip
    _sheet(book, "Products", [
        ["Campaign ID", "Product"], ["SW-1", "Garden Room"], ["SW-1", "Lake Room"], ["SW-2", "Forest Room"],
    ])  # fmt: skip
    _sheet(book, "Copy", [
        ["Campaign ID", "Locale", "Headline"],
        ["SW-1", "da-DK", "Luft ud"], ["SW-2", "sv-SE", "Tänd en brasa"],
    ])  # fmt: skip


def _merged_languages_book(book: Workbook) -> None:
    sheet = _sheet(book, "Plan", [
        [None, None, None, None, "English", None, "French", None],
        ["Brand", "Campaign", "Product", "Markets", "Headline", "CTA", "Headline", "CTA"],
        ["Lowtide", "Dry Week", "Tide Coat", "UK, France", "Rain looks good on you", "See coats",
         "La pluie vous va bien", "Voir les manteaux"],
    ])  # fmt: skip
    sheet.merge_cells("E1:F1")
    sheet.merge_cells("G1:H1")


BOOKS: dict[str, Callable[[Workbook], None]] = {
    "german-book": _german_book,
    "hidden-sheet": _hidden_sheet,
    "japanese-book": _japanese_book,
    "joined-campaigns-book": _joined_campaigns_book,
    "key-value-book": _key_value_book,
    "merged-cells": _merged_cells,
    "merged-languages-book": _merged_languages_book,
    "percent-offer-book": _percent_offer_book,
    "sheet-per-locale": _sheet_per_locale,
    "sheets-campaign-products-copy": _campaign_products_copy,
    "transposed-book": _transposed_book,
}
