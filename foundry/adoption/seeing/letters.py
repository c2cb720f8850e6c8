"""Letters of writing systems and languages, by which a wrong encoding of a short text is told from the right one."""

from __future__ import annotations

import re
from functools import lru_cache

_ALPHABETS: dict[str, tuple[str, ...]] = {
    "western": (
        "äöüß", "éèêëàâçîïôùûüœ", "áéíóúñü", "ãõáéíóúâêôçàü", "àèéìíîòóùú", "åäöé", "æøåéó", "áéíóúýðþæö",
        "ëïéèóöüá", "äõöü", "àçèéíïòóúü",
    ),
    "central": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "čšž", "ăâîșțşţ", "ëç"),
    "turkish": ("çğıİöşüâî",),
}  # fmt: skip
"""The letters beyond ASCII of languages, one text for each language."""
_RARE = {"þ": 0.95, "ð": 0.95}
"""The worth of letters of Iceland, which have the codes of Turkish ones: the language of more people is preferred."""
_UNION = {"western": 0.85, "central": 0.65, "turkish": 0.6}
"""The worth of a letter that belongs to another language of the same encoding: a file may hold several."""
SIGNS = frozenset("€£¥§°«»„“”‘’‚‹›–—…·•®©™²³½¼¾×±¿¡ªº№\u00a0\u00ad")
_SELDOM = frozenset("§¥±×½¼¾³ªº№©\u00ad")
_BETWEEN_LETTERS = frozenset("’‘·\u00a0\u00adº°")
_THAI_BEHIND, _THAI_AHEAD = frozenset("ะัาำิีึืฺุู็่้๊๋์ํ๎"), frozenset("เแโใไ")
_RARE_IN_SCRIPTS = frozenset("پچژگڈٹڑکںھہےЃЌЏђќѓЅѕ΅΄؛") | frozenset(map(chr, range(0x591, 0x5C8)))
_SCRIPT_WORDS_OF_ONE = frozenset("ивскоуяаеізйη ήοω")
_WORDS_OF_ONE = frozenset("àéèóåöáíúæøÀÉÈÓÅÖÁÍÚÆØ")
_WORD = re.compile(r"[^\W\d_]+")
_CAPITAL_INSIDE = re.compile(r"[a-zß-öø-ÿąćęłńóśźżčďěňřšťůžőűğış][À-ÖØ-ÞĄĆĘŁŃÓŚŹŻČĎĚŇŘŠŤŮŽŐŰĞİŞ]")
_CONSONANTS = "bcdfghjklmnpqrstvwxzßñćłńśźżčďňřšťžçðþ"
_MANY_CONSONANTS = re.compile(rf"(?=[a-z]{{0,4}}[ßñćłńśźżčďňřšťžçðþ])[{_CONSONANTS}]{{5}}", re.IGNORECASE)
_SCRIPTS = {
    "cyrillic": ("\u0400", "\u052f"),
    "greek": ("\u0370", "\u03ff"),
    "hebrew": ("\u0590", "\u05ff"),
    "arabic": ("\u0600", "\u06ff"),
    "thai": ("\u0e00", "\u0e7f"),
}
COMMON_JAPANESE = frozenset(
    "日本語名品商製価格画像国地域市場言語見出行動文言予算開始終了媒体配信面案件企業会社広告主番号対象者年齢層新発売春夏秋冬色香水肌目覚朝夜毎円税込個入"
    "東京大阪北海道京都株式会社限定公式店頭無料送料期間中今大小人気味美容化粧飲料食時計車家電"
)
COMMON_SIMPLIFIED = frozenset(
    "北京上海品牌名称活动广告产价格图片国家地区市场语言标题文案信息目预算开始结束日期尺寸比例渠道平台优惠法律声明色风格场景避免的一是不了在有人我他这个们中来上大为"
    "和地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去同现当没动面起看定天分还进好小部其些主样理心她本前开但因"
    "只从想实夏春秋冬新款限时立即购买"
)
COMMON_TRADITIONAL = frozenset(
    "台北品牌名稱活動廣告產價格圖片國家地區市場語言標題文案訊息目預算開始結束日期尺寸比例通路平台優惠法律聲明色風格場景避免的一是不了在有人我他這個們中來上大為"
    "和地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因"
    "只從想實夏春秋冬新款限時立即購買"
)
COMMON_KOREAN = frozenset(
    "이다는의가을를에한고로하기지사인은서도시나자대정어아보리해라스과만여부전상들일으그주제국품명가격광고브랜드캠페인상제목할무료배송신봄여름을겨울"
)


def letters_worth(text: str, family: str) -> float:
    """Return from 0 to 1 how well the letters beyond ASCII of a text fit the best language of a family of alphabets.

    A letter that stands where words have none, such as a capital behind a small one, is worth nothing.
    """
    found = [(letter, word) for word in _WORD.findall(text) for letter in word if letter > "\x7f"]
    signs = [_worth_of_sign(text, at) for at, letter in enumerate(text) if letter > "\x7f" and not letter.isalpha()]
    if not found and not signs:
        return 1.0
    union = _union(family)
    sum_of_signs = float(sum(signs))
    best = 0.0
    for alphabet in _alphabets(family):
        worth = sum_of_signs
        for letter, word in found:
            if _is_word_of(word, letter, alphabet):
                worth += _RARE.get(letter.lower(), 1.0) if letter in alphabet else _UNION[family] * (letter in union)
        best = max(best, worth / (len(found) + len(signs)))
    return best


def _is_word_of(word: str, letter: str, alphabet: frozenset[str]) -> bool:
    """Return True for a word that may be one: of ASCII letters and some others, or of a language's letters alone."""
    if _CAPITAL_INSIDE.search(word) or _MANY_CONSONANTS.search(word):
        return False
    if len(word) == 1:
        return letter in _WORDS_OF_ONE
    others = [one for one in word if one > "\x7f"]
    return len(others) * 2 <= len(word) + 1 or all(one in alphabet for one in others)


def script_worth(text: str, script: str) -> float:
    """Return from 0 to 1 how many characters beyond ASCII belong to a script and stand in words of it."""
    first, last = _SCRIPTS[script]
    found = [(at, letter) for at, letter in enumerate(text) if letter > "\x7f"]
    worth = 0.0
    for at, letter in found:
        before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
        if first <= letter <= last:
            alone = not before.isalpha() and not after.isalpha() and letter.lower() not in _SCRIPT_WORDS_OF_ONE
            latin = any(other.isascii() and other.isalpha() for other in (before, after))
            wrong = latin or _is_capital_inside(before, letter) or _is_wrong_thai(before, letter, after)
            worth += 0.0 if wrong else 0.4 if alone or letter in _RARE_IN_SCRIPTS else 1.0
        else:
            worth += 0.9 * _worth_of_sign(text, at)
    return worth / len(found) if found else 1.0


def _is_wrong_thai(before: str, letter: str, after: str) -> bool:
    """Return True for a Thai mark without its consonant, and for digits and signs that hardly anybody writes."""
    if letter in _THAI_BEHIND:
        return not "\u0e01" <= before <= "\u0e4e"
    if letter in _THAI_AHEAD:
        return not "\u0e01" <= after <= "\u0e2e"
    return "\u0e4f" <= letter <= "\u0e5b"


def _worth_of_sign(text: str, at: int) -> float:
    """Return the worth of a sign: of prices and sentences 1, others less, and 0 between letters where none stands."""
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    inside = before.isalpha() and after.isalpha()
    if text[at] not in SIGNS or (inside and text[at] not in _BETWEEN_LETTERS):
        return 0.0
    return 0.7 if text[at] in _SELDOM else 1.0


def _is_capital_inside(before: str, letter: str) -> bool:
    return before.isalpha() and before.islower() and letter.isupper()


@lru_cache(maxsize=4)
def _alphabets(family: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(letters + letters.upper().replace("SS", "")) for letters in _ALPHABETS[family])


@lru_cache(maxsize=4)
def _union(family: str) -> frozenset[str]:
    return frozenset().union(*_alphabets(family))
