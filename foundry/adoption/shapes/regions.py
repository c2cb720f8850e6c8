"""Countries and groups of countries, by the names and codes that people give them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from foundry.adoption.shapes.country_parts import country_of_part
from foundry.adoption.shapes.parts import parts_of

NAMED_IN, FAR_EASTERN = ("en", "de", "fr", "es", "pt", "it", "nl"), ("ja", "zh", "zh_Hant")
"""The languages by whose names countries are known; the first that has a name decides. Each is loaded when needed."""
HAN_OR_KANA = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
LONGEST_NAME, LONGEST = 50, 2_000
_EUROPEAN_UNION = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
_EUROPE = f"{_EUROPEAN_UNION} GB NO CH IS LI UA RS BA ME MK AL MD AD MC SM VA"
_GULF = "AE SA QA KW BH OM"
_MIDDLE_EAST = f"{_GULF} IL JO LB IQ YE TR EG"
_AFRICA = (
    "ZA NG KE EG MA DZ TN GH ET TZ UG CI SN CM AO ZM ZW MZ BW NA RW MU MG LY SD ML BF BJ TG GA CG CD GN MW NE TD SO "
    "ER DJ "
    "GM SL LR MR LS SZ CV SC KM BI CF SS GQ GW ST"
)
_SOUTH_EAST_ASIA = "SG MY TH ID PH VN KH LA MM BN TL"
_GREATER_CHINA = "CN HK TW MO"
_SOUTH_AMERICA = "BR AR CL CO PE EC UY PY BO VE GY SR"
_CENTRAL_AMERICA = "GT HN SV NI CR PA BZ"
_GROUPS: dict[str, str] = {
    "dach; d-a-ch; dach region; dach-region; german speaking markets; deutschsprachiger raum": "DE AT CH",
    "benelux": "BE NL LU",
    "nordics; nordic; nordic countries; nordeuropa; nordische länder; norden; pays nordiques; países nórdicos; 北欧":
        "DK FI IS NO SE",
    "scandinavia; skandinavien; scandinavie; escandinavia; escandinávia": "DK NO SE",
    "baltics; baltic states; baltikum; pays baltes": "EE LV LT",
    "iberia; iberian peninsula; iberien; península ibérica": "ES PT",
    "uki; uk & ireland; uk and ireland; british isles": "GB IE",
    "eu; european union; europäische union; union européenne; unión europea; união europeia; eu27; 欧州連合; 欧盟":
        _EUROPEAN_UNION,
    "europe; europa; pan-europe; paneuropean; pan-european; 欧州; ヨーロッパ; 欧洲; 歐洲": _EUROPE,
    "western europe; westeuropa": "AT BE CH DE ES FR GB IE IT LI LU MC NL PT",
    "cee; central and eastern europe; eastern europe; osteuropa; mittel- und osteuropa": "PL CZ SK HU RO BG HR SI "
        "RS BA ME MK AL EE LV LT UA MD",
    "southern europe; südeuropa": "ES PT IT GR MT CY",
    "emea": f"{_EUROPE} {_MIDDLE_EAST} {_AFRICA}",
    "mena; middle east and north africa; middle east & north africa": f"{_MIDDLE_EAST} MA DZ TN LY",
    "middle east; naher osten; mittlerer osten; moyen-orient; oriente medio; oriente médio; 中東; 中东": _MIDDLE_EAST,
    "gcc; gulf; gulf states": _GULF,
    "africa; afrika; afrique; áfrica; アフリカ; 非洲": _AFRICA,
    "ssa; sub-saharan africa": _AFRICA,
    "maghreb": "MA DZ TN LY MR",
    "apac; asia pacific; asia-pacific; asien-pazifik; アジア太平洋; 亚太; 亞太; 亚太地区": f"JP KR {_GREATER_CHINA} IN "
        f"{_SOUTH_EAST_ASIA} AU NZ",
    "asia; asien; asie; アジア; 亚洲; 亞洲": f"JP KR {_GREATER_CHINA} IN PK BD LK NP {_SOUTH_EAST_ASIA}",
    "sea; asean; southeast asia; south-east asia; südostasien; 東南アジア; 东南亚; 東南亞": _SOUTH_EAST_ASIA,
    "greater china; 大中华区; 大中華區; 中華圏": _GREATER_CHINA,
    "anz; australia & new zealand; australia and new zealand; oceania; ozeanien": "AU NZ",
    "latam; latin america; lateinamerika; amérique latine; américa latina; latinoamérica; latinoamerica; "
    "中南米; 拉美; 拉丁美洲":
        f"MX {_CENTRAL_AMERICA} DO CU PR {_SOUTH_AMERICA}",
    "south america; südamerika; amérique du sud; américa del sur; sudamérica; américa do sul; 南米; 南美":
        _SOUTH_AMERICA,
    "central america; mittelamerika; centroamérica": _CENTRAL_AMERICA,
    "north america; nordamerika; amérique du nord; norteamérica; américa del norte; américa do norte; "
    "noram; namer; na region; 北米; 北美":
        "US CA",
    "americas; the americas; amer; amers": f"US CA MX {_CENTRAL_AMERICA} {_SOUTH_AMERICA}",
    "cis; gus": "AM AZ BY KZ KG MD RU TJ UZ",
    "global; worldwide; world; international; all markets; all countries; every market; weltweit; monde; mondial; "
    "monde entier; mundial; todo el mundo; mundo; 全世界; 全球; グローバル; 全市場": "",
}  # fmt: skip
_OTHER_NAMES = {
    "usa": "US", "u.s.a.": "US", "u.s.": "US", "the us": "US", "the usa": "US", "america": "US", "amerika": "US",
    "eeuu": "US", "ee.uu.": "US",
    "ee. uu.": "US", "eua": "US", "états-unis d'amérique": "US", "united states of america": "US", "アメリカ": "US",
    "米国": "US", "美国": "US",
    "uk": "GB", "u.k.": "GB", "the uk": "GB", "great britain": "GB", "britain": "GB", "england": "GB",
    "großbritannien": "GB",
    "grossbritannien": "GB", "grande-bretagne": "GB", "gran bretaña": "GB", "grã-bretanha": "GB", "inglaterra": "GB",
    "angleterre": "GB",
    "イギリス": "GB", "英国": "GB", "uae": "AE", "emirates": "AE", "vae": "AE", "eau": "AE", "holland": "NL",
    "the netherlands": "NL",
    "pays-bas": "NL", "オランダ": "NL", "czech republic": "CZ", "tschechische republik": "CZ", "turkey": "TR",
    "south korea": "KR", "korea": "KR",
    "republic of korea": "KR", "südkorea": "KR", "corée": "KR", "corea": "KR", "韓国": "KR", "韩国": "KR", "中国": "CN",
    "中国大陆": "CN",
    "mainland china": "CN", "prc": "CN", "hong kong": "HK", "hongkong": "HK", "香港": "HK", "macau": "MO",
    "taiwan": "TW", "台湾": "TW",
    "台灣": "TW", "臺灣": "TW", "日本": "JP", "japon": "JP", "德国": "DE", "德國": "DE", "ドイツ": "DE", "brd": "DE",
    "法国": "FR",
    "法國": "FR",
    "フランス": "FR", "russia": "RU", "viet nam": "VN", "the philippines": "PH", "ksa": "SA", "ivory coast": "CI",
    "burma": "MM",
    "republic of ireland": "IE", "eire": "IE", "the united kingdom": "GB", "the united states": "US", "u.a.e.": "AE",
    "schweiz": "CH",
    "suisse": "CH", "svizzera": "CH", "österreich": "AT", "oesterreich": "AT", "deutschland": "DE", "españa": "ES",
    "brasil": "BR", "méxico": "MX",
    "sverige": "SE", "norge": "NO", "danmark": "DK", "suomi": "FI", "ísland": "IS", "polska": "PL", "česko": "CZ",
    "magyarország": "HU",
    "italia": "IT", "nederland": "NL", "belgië": "BE", "türkiye": "TR", "ελλάδα": "GR", "россия": "RU",
    "україна": "UA", "대한민국": "KR",
    "한국": "KR", "ประเทศไทย": "TH", "việt nam": "VN", "eesti": "EE", "latvija": "LV", "lietuva": "LT",
    "românia": "RO", "hrvatska": "HR",
}  # fmt: skip
_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "AC", "CP", "DG", "EA", "IC", "TA", "CQ"})
_MEANT_AS_LANGUAGES = frozenset({"SV", "ET", "SL", "MS", "GL", "SR"})
"""Codes of countries that people far more often write for a language: Swedish, Estonian, Slovenian and others."""
_ENGLISH_WORDS = frozenset(
    {"AM", "AS", "AT", "BE", "DO", "GO", "IN", "IS", "IT", "ME", "MY", "NO", "SO", "TO", "US", "PM", "ID", "TV", "AI"}
)
_CODE = re.compile(r"[A-Za-z]{2}")
_ARTICLE = re.compile(r"^(?:the|die|der|das|la|le|les|el|los|las|o|a|os|as)\s+|^l'", re.IGNORECASE)
_WITH_CODE = re.compile(r"(.+?)\s*[(（]\s*([A-Z]{2,3})\s*[)）]|([A-Z]{2,3})\s*[-–:=]\s*(\D{3,})")
_WITH_WORDS = re.compile(r"([^()（）]+?)\s*[(（][^()（）]*[)）]")


@dataclass(frozen=True)
class MarketReading:
    """A country or a group of countries. text: its part of the text. countries: ISO 3166 codes, none for the world.

    is_group: True for "EMEA" and the like.
    """

    text: str
    countries: tuple[str, ...]
    is_group: bool
    score: float


@lru_cache(maxsize=8192)
def countries_in(text: str) -> tuple[MarketReading, ...]:
    """Return the countries and groups of countries that a text lists, in its order.

    They are known by code (ISO 3166, of two or three letters), by name in ten languages, and some by their own name.
    Items that are none are left out: compare with `parts_of(text)` to find them. A code that is also a word, or that
    stands in small letters, has a low score.
    """
    if not text.strip() or len(text) > LONGEST:
        return ()
    if whole := _market(text):
        return (whole,)
    parts = parts_of(text)
    if len(parts) == 1 and " " in text and all(_CODE.fullmatch(word) and word.isupper() for word in text.split()):
        parts = tuple(text.split())
    found = (_market(part) for part in parts)
    return tuple(reading for reading in found if reading)


def _market(part: str) -> MarketReading | None:
    name = " ".join(part.strip().strip(".").split())
    if not name or len(name) > LONGEST_NAME:
        return None
    folded = name.casefold()
    if (countries := _groups().get(folded)) is not None:
        return MarketReading(part, countries, True, 0.95)
    if code := country_named(name):
        return MarketReading(part, (code,), False, 0.95)
    if code := country_of_code(name):
        return MarketReading(part, (code,), False, _score_of_code(name))
    if code := country_of_part(name):
        return MarketReading(part, (code,), False, 0.8)
    return _named_twice(part, name)


def _named_twice(part: str, name: str) -> MarketReading | None:
    """Return the market of "Germany (DE)", "DE - Germany", and "Canada (English)"."""
    both = _WITH_CODE.fullmatch(name)
    if not both:
        head = _WITH_WORDS.fullmatch(name)
        code = country_named(head[1]) if head else None
        return MarketReading(part, (code,), False, 0.85) if code else None
    named = country_named(both[1] or both[4])
    coded = country_of_code(both[2] or both[3])
    if both[1] and named and coded != named:  # "Belgium (FR)": the code is that of a language
        return MarketReading(part, (named,), False, 0.85)
    return MarketReading(part, (named,), False, 0.97) if named and named == coded else None


def country_named(name: str) -> str | None:
    """Return the ISO 3166 code of a country by its name in one of several languages."""
    folded = name.strip().casefold().replace("’", "'")
    if any(letter.isdigit() for letter in folded) or folded.count(" ") > 6:
        return None
    if len(folded) > LONGEST_NAME or (len(folded) < 3 and folded.isascii() and folded != "uk"):
        return None
    for candidate in (folded, _ARTICLE.sub("", folded)):
        if code := _OTHER_NAMES.get(candidate) or _names(far_eastern=bool(HAN_OR_KANA.search(candidate))).get(
            candidate
        ):
            return code
    return None


def country_of_code(code: str) -> str | None:
    """Return the ISO 3166 code of two letters for one of two or three letters; None if there is no such country."""
    if len(code) == 2 and code.isascii() and code.isalpha():
        upper = "GB" if code.upper() == "UK" else code.upper()
        return upper if upper in _codes() else None
    if len(code) == 3 and code.isascii() and code.isupper():
        return _codes_of_three().get(code)
    return None


def _score_of_code(code: str) -> float:
    if code.upper() in _MEANT_AS_LANGUAGES:
        return 0.4 if code.isupper() else 0.25
    if code.isupper():
        return 0.75
    return 0.3 if code.upper() in _ENGLISH_WORDS else 0.5


@lru_cache(maxsize=1)
def _groups() -> dict[str, tuple[str, ...]]:
    return {
        name.strip(): tuple(dict.fromkeys(codes.split()))
        for names, codes in _GROUPS.items()
        for name in names.split(";")
    }


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    from babel import Locale

    known = {str(code) for code in Locale("en").territories if _CODE.fullmatch(str(code))}
    return frozenset(known - _NOT_COUNTRIES)


@lru_cache(maxsize=1)
def _codes_of_three() -> dict[str, str]:
    from babel.core import get_global

    aliases = get_global("territory_aliases")
    return {code: new[0] for code, new in aliases.items() if len(code) == 3 and code.isalpha() and len(new) == 1}


@lru_cache(maxsize=2)
def _names(*, far_eastern: bool) -> dict[str, str]:
    from babel import Locale

    names: dict[str, str] = {}
    for tag in FAR_EASTERN if far_eastern else NAMED_IN:
        for code, name in Locale.parse(tag).territories.items():
            if code in _codes():
                names.setdefault(name.casefold().replace("’", "'"), code)
    return names
