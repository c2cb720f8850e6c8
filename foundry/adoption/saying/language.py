"""The language of copy, by its letters and its commonest words; a guess that says nothing where it is not sure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_WORDS: dict[str, str] = {
    "en": "the and of to is it you your our for with from this that we be are now shop buy learn more discover get "
    "try find new every day all only while not no at in on by up out feel start make wake today order while "
    "stocks last see terms apply free love live let's what how here made for fresh taste ready join save off "
    "sale where when",
    "de": "der die das den dem und ist mit für von zu im am auf nicht ein eine einen dein deine deinen ihr ihre "
    "ihren wir jetzt kaufen entdecken mehr erfahren neu nur solange vorrat reicht aus wach haut jeden tag "
    "bestellen alle bei zum zur sich unser unsere so schön wie hier ohne kein keine",
    "fr": "le la les des du de et est avec pour votre vos une un dans sur nous vous plus maintenant acheter "
    "découvrir découvrez nouveau nouvelle limite stocks ce cette aux au qui que en sans chaque jour on tout "
    "toute être à j'achète notre nos c'est voir offre jusqu'au profitez dimanche",
    "es": "el la los las del de y es con para tu tus su una un en por que más ahora compra comprar descubre nuevo "
    "nueva hasta agotar existencias cada día ya nuestro nuestra sin hoy aquí todo toda al oferta siente",
    "pt": "o os as do da dos das de e é com para seu sua seus suas uma um em por que mais agora compre comprar "
    "descubra novo nova enquanto durarem estoques cada dia já nosso nossa sem hoje aqui ao não você sinta",
    "it": "il lo gli le della del di e è con per tuo tua una un in che più ora acquista scopri nuovo nuova ogni "
    "giorno fino esaurimento scorte nostro nostra senza oggi",
    "nl": "de het een en van is met voor je jouw uw wij nu kopen koop ontdek meer nieuw elke dag zolang voorraad "
    "strekt niet op te onze",
    "sv": "och är med för din ditt dina vi nu köp handla upptäck mer ny nytt varje dag så länge lagret räcker inte "
    "på att en ett lugnet den det som",
    "da": "og er med til din dit dine vi nu køb opdag oplev mere ny nyt hver dag så længe lager haves ikke på at en "
    "et roen den det som af",
    "nb": "og er med til din ditt dine vi nå kjøp handle oppdag opplev mer ny nytt hver dag så lenge lageret rekker "
    "ikke på å en et roen den det som av",
    "fi": "ja on kanssa sinun nyt osta lisää uusi joka päivä ei tutustu löydä",
    "pl": "i jest z dla twój twoja teraz kup odkryj więcej nowy nowa każdy dzień nie na do się",
    "tr": "ve ile için senin şimdi satın al keşfet daha yeni her gün bir bu",
}  # fmt: skip
_KNOWN = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_LETTERS = {
    "de": "äöüß", "fr": "éèêçàâîôûœëï", "es": "ñ¿¡áíóú", "pt": "ãõç", "sv": "åäö", "da": "æøå", "nb": "æøå",
    "pl": "ąćęłńśźż", "tr": "ğışö", "fi": "äö",
}  # fmt: skip
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")), ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile("[\u3400-\u9fff]")), ("ar", re.compile("[\u0600-\u06ff]")), ("he", re.compile("[\u0590-\u05ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")), ("hi", re.compile("[\u0900-\u097f]")), ("el", re.compile("[\u0370-\u03ff]")),
    ("uk", re.compile("[іїєґ]")), ("ru", re.compile("[\u0400-\u04ff]")),
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LONGEST = 4_000
_LEAST, _SURE = 0.6, 2
_TRADITIONAL = re.compile("[們這說會對時來個國學實點開關從後還過發現體驗讓們買優惠讀選擇氣質產]")


def likely_languages(text: str, expected: Collection[str] = ()) -> tuple[str, ...]:
    """Return the ISO 639 codes of the languages that a text may be in; several where its words belong to each of them.

    Empty where the words do not tell. Chinese in traditional characters is "zh-Hant". A text is in one of the languages
    that are expected of it, unless at least two of its words say otherwise.
    """
    text = unicodedata.normalize("NFC", text[:_LONGEST]).casefold()
    for language, letters in _SCRIPTS:
        if letters.search(text):
            return ("zh-Hant",) if language == "zh" and _TRADITIONAL.search(text) else (language,)
    words = [word.replace("’", "'") for word in _WORD.findall(text)]
    scores = {language: _score(words, text, language) for language in _KNOWN}
    hoped = max((scores.get(language, 0) for language in expected), default=0)
    best = max(scores.values())
    if expected and (best < _SURE or best <= 2 * hoped):
        return tuple(one for one in expected if scores.get(one, 0) == hoped) if hoped >= _LEAST else ()
    return tuple(language for language, score in scores.items() if score == best) if best >= 1 else ()


def _score(words: list[str], text: str, language: str) -> float:
    letters = sum(letter in text for letter in _LETTERS.get(language, ""))
    return sum(word in _KNOWN[language] for word in set(words)) + letters * 0.6
