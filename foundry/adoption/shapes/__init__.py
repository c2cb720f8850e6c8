"""The shapes of values: pure functions that say what a text alone may be, whatever its key says.

Each reader returns readings in the order of the text, each with the part of the text that it reads and a score from 0
to 1; a text that has no such shape gives none. Readers never raise, and their cost is linear in the text.
"""

from foundry.adoption.shapes.amounts import MoneyReading, money_in, name_and_price_in, price_list_in
from foundry.adoption.shapes.days import DayOrder, DayReading, day_order_of, day_range_in, days_in
from foundry.adoption.shapes.markers import (
    AddressReading,
    Approval,
    ColourReading,
    FileReading,
    address_in,
    approval_in,
    colour_in,
    file_name_in,
)
from foundry.adoption.shapes.parts import is_sentence, parts_of
from foundry.adoption.shapes.regions import MarketReading, countries_in
from foundry.adoption.shapes.shape import Shape, shapes_of
from foundry.adoption.shapes.slots import PlacementReading, placements_in
from foundry.adoption.shapes.tongues import LocaleReading, locale_of_country, locales_in, locales_of_country

__all__ = [
    "AddressReading",
    "Approval",
    "ColourReading",
    "DayOrder",
    "DayReading",
    "FileReading",
    "LocaleReading",
    "MarketReading",
    "MoneyReading",
    "PlacementReading",
    "Shape",
    "address_in",
    "approval_in",
    "colour_in",
    "countries_in",
    "day_order_of",
    "day_range_in",
    "days_in",
    "file_name_in",
    "is_sentence",
    "locale_of_country",
    "locales_in",
    "locales_of_country",
    "money_in",
    "name_and_price_in",
    "parts_of",
    "placements_in",
    "price_list_in",
    "shapes_of",
]
