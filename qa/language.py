"""Which language a text is written in, told by its script and by the small words that every sentence needs."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

_LOOKED_AT = 6_000
"""Characters from the beginning of a text that are looked at."""
_FEWEST = 4
"""Small words without which nothing is said about a text."""
_TELLING = 3
"""How many different ones there must be, Latin ones of one letter apart ("I", "a" and "U.S." are such elsewhere)."""
_SHARE = 0.08
"""Share of the words that are small words of a language, below which it is not that language."""
_AHEAD = 1.1
"""How much more of them than of the next language there must be."""
_WORD = re.compile(r"[^\W\d_]+")
_CODE = re.compile(r"([a-z]{2})(?:[-_][a-zA-Z0-9-]{2,20})?", re.I)
_SCRIPTS = (
    ("el", "\u0370-\u03ff"), ("he", "\u0590-\u05ff"), ("hi", "\u0900-\u097f"), ("bn", "\u0980-\u09ff"),
    ("ta", "\u0b80-\u0bff"), ("te", "\u0c00-\u0c7f"), ("th", "\u0e00-\u0e7f"), ("ka", "\u10a0-\u10ff"),
    ("hy", "\u0530-\u058f"), ("ko", "\uac00-\ud7af"), ("ja", "\u3040-\u30ff"), ("zh", "\u4e00-\u9fff"),
)  # fmt: skip
"""Scripts that one language is mostly written in; Japanese before Chinese, whose characters it uses too."""
_MIXED = {"ja": 0.08}
"""Share of the letters that is enough, where other scripts stand between them."""
_WORDS = {
    "en": "the of and to in that is was for on with as it by from at are has have not but which this be were",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus hat",
    "fr": "de la le et les des en un une du que est pour qui dans par sur au plus pas avec ce il sont ne aux été",
    "es": "de la que el en y a los se del las un por con una su para es al lo como más pero sus le ha este",
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao das à são",
    "it": "di che e la il un a è per in una del non sono della i si con da le dei nel alla ha più anche gli",
    "nl": "de het een en van in is dat op te zijn met voor niet aan er om ook als dan maar bij door naar uit wordt",
    "sv": "och i att det som en på är av för med den till inte har de ett om var men sig så från vid kan",
    "da": "og i at det er en til på af som med for den de ikke der har et om var men sig fra ved kan blev",
    "no": "og i det er på en til som å av for med at ikke den har de et om var men seg fra ved kan ble etter",
    "fi": "ja on ei että se oli hän mutta ovat myös kun joka jos niin kuin mukaan vain sen tai ole olla",
    "pl": "w i na z się do nie że jest o to jak po co ale od za przez dla są przy tym oraz tak jego był",
    "cs": "a v se na je že s z do o to by pro ale za od po jako jsou podle které byl který při také už ve",
    "sk": "a v sa na je že s z do o to by pre ale za od po ako sú podľa ktoré bol ktorý pri aj už vo",
    "hu": "a az és hogy nem is egy azt volt ez van csak már meg mint de el még szerint ami ha vagy után",
    "ro": "de și în a la cu din pe un pentru o care nu că mai au fost este se ce sunt prin al lui după",
    "tr": "ve bir bu için ile da de olarak daha olan çok gibi sonra kadar ancak değil en ise göre olduğunu oldu her ne",
    "hr": "i u je na se da za su od s o to kao iz koji a bi će što ne po nije bio koje ili kako",
    "id": "yang dan di dari ini untuk dengan itu tidak dalam pada akan juga ke telah oleh karena ada mereka atau",
    "vi": "và của là có các được trong cho không một với những này người đã khi để ở về từ theo",
    "ru": "и в не на что с по как это он из за от для его к о но они было также года который был",
    "uk": "і в не на що з та як це він із за від для його до про але вони було також року який був у",
    "bg": "и в на не да се за от че с по са като това е към но той при ще след или която били",
    "sr": "и у је на се да за су од с о то као из који а би ће што не по није био које или",
    "ar": "في من على أن إلى التي عن مع هذا كان الذي ما لا بعد هذه كما قد بين ذلك",
    "fa": "و در به از که این را با است برای آن های یک می خود شد بر تا کرد",
    "ur": "کے میں کی ہے اور سے کا کو نے پر کہ ہیں اس یہ بھی تھا",
}  # fmt: skip
_NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "es": "Spanish", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
    "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ka": "Georgian",
    "ko": "Korean", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sk": "Slovak", "sr": "Serbian", "sv": "Swedish", "ta": "Tamil", "te": "Telugu", "th": "Thai",
    "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
ANOTHER_SCRIPT = "another script than English"
"""What is said of a text too short for its language to be told."""
_SMALL = {code: frozenset(words.split()) for code, words in _WORDS.items()}
_OF_A_SCRIPT = re.compile(f"[{''.join(script for _, script in _SCRIPTS)}]")


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the language of ``text``, None when it cannot be told (too short, or mixed)."""
    start = text[:_LOOKED_AT]
    letters = sum(character.isalpha() for character in start) if _OF_A_SCRIPT.search(start) else 0
    for code, script in _SCRIPTS if letters >= 20 else ():
        if len(re.findall(f"[{script}]", start)) > _MIXED.get(code, 0.5) * letters:
            return code
    words = Counter(_WORD.findall(start.lower()))
    known = {code: sum(words[word] for word in small & words.keys()) for code, small in _SMALL.items()}
    (best, most), (_, next_most) = sorted(known.items(), key=lambda item: (-item[1], item[0]))[:2]
    telling = sum(1 for word in _SMALL[best] if words[word] and (len(word) > 1 or not word.isascii()))
    enough = most >= max(_FEWEST, _SHARE * words.total()) and telling >= _TELLING
    return best if enough and most > _AHEAD * next_most else None


@lru_cache(maxsize=1024)
def another(text: str) -> str:
    """What a text is in, where that is told to be another language than English: by its words, else by its letters;
    empty where it is English, or cannot be told."""
    code = language_of(text)
    if code:
        return "" if code == "en" else _NAMES.get(code, code)
    return ANOTHER_SCRIPT if language_by_letters(text) else ""


def language_by_letters(text: str) -> str | None:
    """The language that most texts in the letters of ``text`` are in; None where most are Latin. A guess, for a text
    that is too short for words to tell."""
    start = text[:_LOOKED_AT]
    letters = 0 if start.isascii() else sum(character.isalpha() for character in start)
    for code, script in (*_SCRIPTS, ("ru", "\u0400-\u052f"), ("ar", "\u0600-\u06ff")) if letters else ():
        if len(re.findall(f"[{script}]", start)) > _MIXED.get(code, 0.5) * letters:
            return code
    return None


def language_code(named: str | None) -> str | None:
    """The ISO 639-1 code of a language as pages and feeds name it (``en-GB``, ``pt_BR``); None for other words."""
    match = _CODE.fullmatch((named or "").strip())
    return match.group(1).lower() if match else None


def small_words(code: str) -> frozenset[str]:
    """The words by which a language is told, in small letters; none of one that is not known."""
    return _SMALL.get(code, frozenset())
