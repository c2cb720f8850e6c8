"""Rows of a made-up shop, each of which follows from a seed and its number alone.

Items come in groups of one to five (colours and sizes), as in a fashion shop's feed. All values are well-formed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

HEAD = (
    "id", "title", "description", "link", "image_link", "additional_image_link", "availability", "price", "sale_price",
    "sale_price_effective_date", "brand", "gtin", "mpn", "condition", "google_product_category", "product_type",
    "item_group_id", "color", "size", "gender", "age_group", "custom_label_0", "custom_label_1",
)  # fmt: skip
CHANGES = ("price", "sale", "picture", "description", "title", "stock", "removed")
"""What may happen to a group of items between two feeds."""
_GROUPS = (1, 3, 1, 5, 2, 4)
_ITEMS = sum(_GROUPS)
_PLACES = tuple((group, at, size) for group, size in enumerate(_GROUPS) for at in range(size))
_BRANDS = ("Aurelle", "Nordlys", "Maison Vérité", "Kestrel & Co", "Grünwerk", "Söder", "Ilmarë", "Paloma")
_TRAITS = ("Light", "Classic", "Soft", "Recycled", "Waterproof", "Everyday", "Handmade", "Slim", "Organic", "Küsten")
_KINDS = (
    ("Trainers", "187", "Shoes > Trainers"),
    ("T-Shirt", "212", "Women > Tops > T-Shirts"),
    ("Rain Jacket", "5598", "Men > Jackets"),
    ("Mug", "6049", "Home > Kitchen > Mugs"),
    ("Serum", "2526", "Beauty > Skin care"),
    ("Backpack", "100", "Bags > Backpacks"),
    ("Wool Scarf", "177", "Accessories > Scarves"),
    ("Desk Lamp", "4636", "Home > Lighting"),
)
_COLOURS = ("Black", "White", "Navy", "Sand", "Olive", "Terracotta", "Sky blue", "Grey marl")
_SIZES = ("XS", "S", "M", "L", "XL")
_SENTENCES = (
    "Made to be worn every day, and repaired for as long as you like.",
    "The fabric is woven in a family mill that has worked since 1911.",
    "Cut from one piece, so that there is less waste.",
    "Wash at 30 degrees; dry in the shade.",
    "Tested on long walks, in light rain and on the way to work.",
    "Die Nähte sind von Hand gesetzt.",
    "It comes in a box of recycled card, without plastic.",
    "Our designers drew it for small flats and large families.",
)
_MASK = (1 << 64) - 1


def draw(seed: int, number: int, salt: int) -> int:
    """Return a number below 2^31 that depends on the three."""
    value = (number * 0x9E3779B97F4A7C15 + seed * 0xBF58476D1CE4E5B9 + salt * 0x94D049BB133111EB) & _MASK
    value = ((value ^ (value >> 29)) * 0xBF58476D1CE4E5B9) & _MASK
    return value >> 33


def group_of(number: int) -> int:
    """Return the number of an item's group."""
    return number // _ITEMS * len(_GROUPS) + _PLACES[number % _ITEMS][0]


@cache
def _weighed(first: int) -> tuple[int, ...]:
    """Return the weighed sums of the digits of all numbers of five digits; weights alternate 1 and 3 from `first`."""
    weights = (first, 4 - first, first, 4 - first, first)
    return tuple(
        sum(weight * int(digit) for weight, digit in zip(weights, f"{n:05d}", strict=True)) for n in range(100_000)
    )


def gtin_of(number: int) -> str:
    """Return a valid GTIN-13 with the prefix of GS1 Germany."""
    high, low = divmod(number, 100_000)
    return f"40{number:010d}{-(4 + _weighed(1)[high] + _weighed(3)[low]) % 10}"


@dataclass(frozen=True)
class _Group:
    """What the items of one group have in common."""

    title: str
    names_colour: bool
    text: str
    price: str
    sale: str
    dates: str
    brand: str
    code: str
    own: str
    colours: tuple[tuple[str, str], ...]
    """Each with the beginning of its pictures' addresses."""
    has_back: bool
    season: str
    margin: str


@dataclass(frozen=True)
class Shop:
    """A shop whose feed is made: the seed decides its products."""

    seed: int
    currency: str = "EUR"
    host: str = "shop.example"
    pictures: str = "https://cdn.shop.example"

    def item(self, number: int, change: str = "") -> tuple[str, ...]:
        """Return the values of `HEAD` of one item; `change` is one of `CHANGES`, and applies to its whole group."""
        place, at, size = _PLACES[number % _ITEMS]
        group = number // _ITEMS * len(_GROUPS) + place
        common = _group(self, group, change)
        colour, picture = common.colours[at % len(common.colours)]
        is_out = change == "stock" or (number * 7919 + self.seed) % 33 == 0
        return (
            f"SKU-{number:07d}", f"{common.title}, {colour}" if common.names_colour else common.title, common.text,
            f"https://{self.host}/products/{group:06d}?item={number}",
            f"{picture}.jpg", f"{picture}-back.jpg" if common.has_back else "",
            "out_of_stock" if is_out else "in_stock",
            common.price, common.sale, common.dates, common.brand, gtin_of(number), f"M{number:07d}", "new",
            common.code, common.own, f"G{group:06d}" if size > 1 else "", colour, _SIZES[at] if size > 1 else "",
            "unisex", "adult", common.season, common.margin,
        )  # fmt: skip

    @staticmethod
    def named(values: tuple[str, ...]) -> dict[str, str]:
        """Return the values of an item by attribute."""
        return dict(zip(HEAD, values, strict=True))

    def price(self, minor: int) -> str:
        """Return an amount as Google writes it."""
        return f"{minor // 100}.{minor % 100:02d} {self.currency}"


@lru_cache(maxsize=8)
def _group(shop: Shop, group: int, change: str) -> _Group:
    drawn, more = draw(shop.seed, group, 1), draw(shop.seed, group, 2)
    brand, trait = _BRANDS[drawn % 8], _TRAITS[drawn // 8 % 10]
    noun, code, own = _KINDS[drawn // 80 % 8]
    minor, on_sale = 499 + drawn // 7 % 195 * 100, more % 10 == 0
    sale = minor * 4 // 5 if on_sale else 0
    if change == "price":
        minor, sale = minor + 150, sale and sale + 120
    elif change == "sale":
        sale = 0 if on_sale else minor * 9 // 10
    text = " ".join(_SENTENCES[(more // 10 + step * 3) % 8] for step in range(2 + more // 80 % 3))
    named = [_COLOURS[(drawn // 1280 + step) % 8] for step in range(1 + drawn // 640 % 2)]
    begin, version = f"{shop.pictures}/p/{group:06d}", "-v2" if change == "picture" else ""
    return _Group(
        title=f"{'New: ' if change == 'title' else ''}{brand} {trait} {noun}",
        names_colour=more // 400 % 2 == 1,
        text=f"{text} Now in stock again." if change == "description" else text,
        price=shop.price(minor),
        sale=shop.price(sale) if sale else "",
        dates="2026-01-01T00:00+0100/2030-12-31T23:59+0100" if sale and more % 20 == 0 else "",
        brand=brand,
        code=code,
        own=own,
        colours=tuple((name, f"{begin}-{name.replace(' ', '-').lower()}{version}") for name in named),
        has_back=more // 800 % 3 == 0,
        season=("spring", "summer", "autumn", "winter")[more // 2400 % 4],
        margin=str(10 + more // 9600 % 60),
    )


def group_changes(seed: int, rows: int, share: float, kinds: tuple[str, ...]) -> Mapping[int, str]:
    """Return a change for `share` of the groups that `rows` items make, each kind equally often, spread by the seed."""
    groups = group_of(rows - 1) + 1 if rows else 0
    ranked = sorted(range(groups), key=lambda group: draw(seed, group, 9))
    return {group: kinds[at % len(kinds)] for at, group in enumerate(ranked[: round(groups * share)])}
