"""A word list that tells negative prompts which forbid people, in the languages that briefs here are written in.

Only whole words count; in Chinese, Japanese and Thai, which are written without spaces, any part of the text does.
Feminine forms, plurals and cases are listed where they differ. Only the negative prompt is read: "a beach without
people" in the prompt itself forbids nothing, because telling a ban from a wish needs grammar.
"""

from __future__ import annotations

import re
import unicodedata

BY_LANGUAGE = {
    "ar": "أشخاص شخص ناس الناس وجه وجوه رجل امرأة طفل أطفال بشر",
    "de": "mensch menschen person personen leute mann männer frau frauen kinder gesicht gesichter porträt",
    "en": "people person persons human humans man men woman women child children kid kids boy boys girl girls baby "
    "babies face faces portrait portraits crowd crowds pedestrian pedestrians",
    "es": "persona personas gente hombre hombres mujer mujeres niño niña niños niñas cara caras rostro rostros",
    "fr": "personne personnes gens homme hommes femme femmes enfant enfants visage visages foule humain humains",
    "he": "אנשים אדם פנים פרצוף איש אישה ילד ילדים",
    "hi": "लोग व्यक्ति चेहरा चेहरे आदमी औरत महिला बच्चा बच्चे इंसान",
    "it": "persona persone uomo uomini donna donne bambino bambina bambini volto volti viso visi folla",
    "ko": "사람 사람들 얼굴 인물 남자 여자 아이 인간",
    "nl": "mens mensen persoon personen vrouw vrouwen man mannen kinderen gezicht gezichten",
    "pl": "osoba osoby osób ludzie ludzi człowiek mężczyzna kobieta kobiety dziecko dzieci twarz twarze",
    "pt": "pessoa pessoas homem homens mulher mulheres criança crianças rosto rostos multidão",
    "ru": "человек люди людей лицо лица мужчина женщина ребёнок дети толпа",
    "sv": "människa människor person personer kvinna kvinnor ansikte ansikten",
    "tr": "insan insanlar kişi kişiler yüz yüzler kadın erkek çocuk kalabalık",
}
WORDS = frozenset(word for words in BY_LANGUAGE.values() for word in words.split())
PARTS = ("人", "顔", "脸", "臉", "面部", "คน", "ใบหน้า", "มนุษย์", "ผู้หญิง", "ผู้ชาย", "เด็ก")
_WORD = re.compile(r"[^\W\d_][\w\u0900-\u097F]*", re.UNICODE)


def word_forbidding_people(negative_prompt: str) -> str:
    """Return the first word that forbids people, or "" if none does."""
    text = unicodedata.normalize("NFC", negative_prompt).casefold()
    for word in _WORD.findall(text):
        if word in WORDS:
            return str(word)
    return next((part for part in PARTS if part in text), "")
