"""Well-known parts of countries, and cities, which people name as markets."""

from __future__ import annotations

from functools import lru_cache

_PARTS = {
    "GB": "Scotland; Wales; Northern Ireland; Greater London; London; Manchester; Birmingham; Edinburgh; Glasgow; "
        "Midlands",
    "US": (
        "Alabama; Alaska; Arizona; Arkansas; California; Colorado; Connecticut; Delaware; Florida; Hawaii; Idaho; "
        "Illinois; Indiana; "
        "Iowa; Kansas; Kentucky; Louisiana; Maine; Maryland; Massachusetts; Michigan; Minnesota; Mississippi; "
        "Missouri; Montana; "
        "Nebraska; Nevada; New Hampshire; New Jersey; New Mexico; New York; New York City; NYC; North Carolina; "
        "North Dakota; Ohio; "
        "Oklahoma; Oregon; Pennsylvania; Rhode Island; South Carolina; South Dakota; Tennessee; Texas; Utah; "
        "Vermont; Virginia; "
        "Washington; Washington DC; West Virginia; Wisconsin; Wyoming; US West Coast; US East Coast; West Coast; "
        "East Coast; "
        "Los Angeles; Chicago; San Francisco; Bay Area; Boston; Seattle; Miami; Austin; Atlanta; Dallas; Houston; "
        "Denver; Midwest; "
        "New England; Puget Sound; Southern California; Northern California"
    ),
    "CA": "Quebec; Québec; Ontario; British Columbia; Alberta; Manitoba; Nova Scotia; Toronto; Montreal; Montréal; "
        "Vancouver; Calgary",
    "DE": (
        "Bavaria; Bayern; Berlin; Hamburg; München; Munich; Köln; Cologne; Frankfurt; Stuttgart; Düsseldorf; "
        "Leipzig; Sachsen; Saxony; "
        "Hessen; Hesse; Baden-Württemberg; Nordrhein-Westfalen; NRW; Niedersachsen; Lower Saxony; Rheinland-Pfalz; "
        "Schleswig-Holstein; "
        "Thüringen; Brandenburg; Saarland; Ruhrgebiet; Bremen"
    ),
    "AT": "Wien; Vienna; Tirol; Tyrol; Salzburg; Graz; Steiermark; Kärnten; Vorarlberg; Oberösterreich; "
        "Niederösterreich",
    "CH": "Zürich; Zurich; Genf; Geneva; Genève; Bern; Basel; Lausanne; Deutschschweiz; Romandie; Suisse romande; "
        "Tessin; Ticino",
    "FR": "Paris; Lyon; Marseille; Bordeaux; Île-de-France; Ile-de-France; Bretagne; Provence; Normandie; Toulouse; "
        "Lille; Nantes",
    "ES": "Madrid; Barcelona; Cataluña; Catalonia; Andalucía; Andalusia; Valencia; Sevilla; Bilbao; País Vasco; "
        "Galicia; Islas Canarias",
    "IT": "Milano; Milan; Roma; Rome; Torino; Napoli; Sicilia; Toscana; Lombardia; Venezia; Tuscany; Sicily",
    "PT": "Lisboa; Lisbon; Porto; Algarve", "BR": "São Paulo; Rio de Janeiro; Minas Gerais; Bahia; Brasília; Nordeste",
    "MX": "Ciudad de México; CDMX; Monterrey; Guadalajara; Jalisco", "AR": "Buenos Aires", "CO": "Bogotá; Medellín",
    "BE": "Flanders; Vlaanderen; Flandern; Wallonia; Wallonie; Bruxelles; Brussels; Brussel; Antwerpen",
    "NL": "Amsterdam; Rotterdam; Utrecht; Randstad", "IE": "Dublin; Cork", "SE": "Stockholm; Göteborg; Malmö",
    "NO": "Oslo; Bergen",
    "DK": "København; Copenhagen; Aarhus", "FI": "Helsinki", "PL": "Warszawa; Warsaw; Kraków", "CZ": "Praha; Prague",
    "AU": "New South Wales; NSW; Victoria; Queensland; Western Australia; South Australia; Tasmania; Sydney; "
        "Melbourne; Brisbane; Perth",
    "NZ": "Auckland; Wellington",
    "IN": "Mumbai; Delhi; Bangalore; Bengaluru; Maharashtra; Karnataka; Tamil Nadu; Chennai; Kerala",
    "JP": "Tokyo; Osaka; Kyoto; Hokkaido; 東京; 東京都; 大阪; 大阪府; 京都; 北海道; 名古屋; 福岡; 関東; 関西; "
        "首都圏; 沖縄; 横浜",
    "CN": "Beijing; Shanghai; Guangzhou; Shenzhen; 北京; 上海; 广州; 深圳; 成都; 杭州; 广东; 江苏; 浙江; 华东; "
        "华南; 华北; 一线城市",
    "TW": "Taipei; 台北; 臺北; 高雄; 台中", "KR": "Seoul; 서울; Busan", "AE": "Dubai; Abu Dhabi",
    "SA": "Riyadh; Jeddah", "TR": "Istanbul; İstanbul",
    "ZA": "Cape Town; Johannesburg; Western Cape", "TH": "Bangkok", "ID": "Jakarta; Bali",
    "VN": "Hanoi; Ho Chi Minh City", "EG": "Cairo",
}  # fmt: skip


def country_of_part(name: str) -> str | None:
    """Return the ISO 3166 code of the country that a well-known region or city lies in."""
    return _countries().get(" ".join(name.casefold().split()))


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    return {name.strip().casefold(): code for code, names in _PARTS.items() for name in names.split(";")}
