"""Faithful rewrites in a model's style: the same said in another order, voice, spelling or tense.

Each maker takes a sentence, its article and a seeded generator, and gives the rewritten sentence, or None.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

Article = dict[str, Any]
Maker = Callable[[str, Article, random.Random], str | None]

_AUX = "is are was were has have had will would can could".split()
_SUBJECT = re.compile(
    r"^(?P<who>(?:The|A|An|He|She|They|It|[A-Z][a-z]+)(?: [A-Za-z][\w’'-]+){0,3}) "
    r"(?P<verb>will|is|are|has|have|can) (?P<rest>.+)$"
)
_THEN = {"will": "would", "is": "was", "are": "were", "has": "had", "have": "had", "can": "could"}
_TRANSITIVE = (
    "killed injured attacked arrested charged signed launched released visited praised criticised criticized accused "
    "confirmed rejected approved reported discovered published hired replaced defeated opened closed announced"
).split()
_ACTIVE = re.compile(
    rf"^(?P<a>(?:The |A |An )?[A-Z]?[\w’'-]+(?: [A-Z][\w’'-]+){{0,2}}) (?P<v>{'|'.join(_TRANSITIVE)}) "
    r"(?P<b>(?:the|a|an|its|his|her) [\w’'-]+(?: [\w’'-]+)?|[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?)"
    r"(?P<rest>(?: (?:in|on|at|after|for|with) .+)?\.)$"
)
_SAYS = re.compile(
    r"^(?P<who>(?:The )?[A-Z][\w.’'-]*(?: [\w.’'-]+){0,4}?) "
    r"(?:said|says|stated|announced|reported|claimed|explained)(?: that)? "
    r"(?P<what>(?:the|a|an|it|he|she|they|there|this|that|[A-Z])\b[^\"“”]+)\.$"
)
_LAST = re.compile(r"^According to (?P<who>[^,\"“”]{3,50}), (?P<what>[^\"“”]+)\.$")
_CLAUSE = re.compile(
    r"^(?P<main>[A-Z][^,;\"“”:]{15,}) (?P<when>(?:after|before|when|while|because|although|if) [^,;\"“”:]{10,})\.$"
)
_TIME = re.compile(
    r"^(?P<main>[A-Z][^,;\"“”:]{20,}) (?P<when>(?:on|in) (?:\w+day|(?:19|20)\d\d|[A-Z][a-z]+ \d{1,2}))\.$"
)
_TWO = re.compile(r"\b(?P<a>[A-Z][a-z]+(?: [A-Z][a-z]+)?) and (?P<b>[A-Z][a-z]+(?: [A-Z][a-z]+)?)(?=[ ,.])(?! [A-Z])")
_LONG = {
    r"\bUS\b|\bU\.S\.(?= )": "United States", r"\bUK\b": "United Kingdom", r"\bEU\b": "European Union",
    r"(?<=\d)\s?mph\b": " miles per hour", r"(?<=\d)\s?km\b": " kilometres", r"(?<=\d)\s?kg\b": " kilograms",
    r"(?<=\d)bn\b": " billion", r"(?<=\d)m\b": " million", r"\bUnited States\b": "US", r"\bUnited Kingdom\b": "UK",
    r"\bEuropean Union\b": "EU", r"\bUnited Nations\b": "UN", r"\bMr\.? (?=[A-Z])": "", r"\bdidn't\b": "did not",
    r"\bwasn't\b": "was not", r"\bcan't\b": "cannot", r"\bwon't\b": "will not", r"\bit's\b": "it is",
    r"\bhasn't\b": "has not", r"\bJan\. ": "January ", r"\bFeb\. ": "February ", r"\bDec\. ": "December ",
    r"\bSept\. ": "September ", r"\bOct\. ": "October ", r"\bNov\. ": "November ", r"\bAug\. ": "August ",
}  # fmt: skip
_SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
_TENS = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety"}
_MONTHS = "January February March April May June July August September October November December"
_NOT_COUNTED = re.compile(rf"(?:\b(?:{_MONTHS.replace(' ', '|')})|[$£€.,:-]|\bnumber|\bNo\.)\s?$", re.I)


def reported(sentence: str, article: Article, rng: random.Random) -> str | None:
    """ "X will …" as "It was reported that X would …"."""
    match = _SUBJECT.match(sentence)
    if not match or re.search(r"[\"“”]", sentence):
        return None
    who = (
        match["who"]
        if match["who"].split()[0] not in {"The", "A", "An", "He", "She", "They", "It"}
        else _low(match["who"])
    )
    return f"It was reported that {who} {_THEN[match['verb']]} {match['rest']}"


def passive(sentence: str, article: Article, rng: random.Random) -> str | None:
    """ "X killed Y." as "Y was killed by X."."""
    match = _ACTIVE.match(sentence)
    if not match or match["a"].split()[0] in {"He", "She", "They", "It", "Who"} or match["b"].endswith("s"):
        return None
    who = _low(match["a"]) if match["a"].split()[0] in {"The", "A", "An"} else match["a"]
    return f"{match['b'][0].upper()}{match['b'][1:]} was {match['v']} by {who}{match['rest']}"


def attributed_first(sentence: str, article: Article, rng: random.Random) -> str | None:
    """ "X said that Y." as "According to X, Y."."""
    match = _SAYS.match(sentence)
    if not match or match["who"].split()[0] in {"He", "She", "They", "It"}:
        return None
    who = _low(match["who"]) if match["who"].startswith("The ") else match["who"]
    return f"According to {who}, {match['what']}."


def attributed_last(sentence: str, article: Article, rng: random.Random) -> str | None:
    """ "X said that Y." and "According to X, Y." as "Y, X said."."""
    match = _SAYS.match(sentence) or _LAST.match(sentence)
    if not match:
        return None
    who = match["who"] if not re.match(r"The |He |She |They |It ", match["who"] + " ") else _low(match["who"])
    return f"{match['what'][0].upper()}{match['what'][1:]}, {who} said."


def clause_first(sentence: str, article: Article, rng: random.Random) -> str | None:
    """ "A after B." as "After B, A."; "A on Tuesday." as "On Tuesday, A."."""
    match = _CLAUSE.match(sentence) or _TIME.match(sentence)
    if not match:
        return None
    main = (
        match["main"]
        if not re.match(r"(?:The|A|An|He|She|They|It|His|Her|Their|This)\b", match["main"])
        else _low(match["main"])
    )
    return f"{match['when'][0].upper()}{match['when'][1:]}, {main}."


def spelt_out(sentence: str, article: Article, rng: random.Random) -> str | None:
    """Abbreviations and contractions written out, names of states and unions in their short form."""
    other = sentence
    for pattern, long in _LONG.items():
        if re.search(pattern, other) and '"' not in other and "“" not in other:
            other = re.sub(pattern, long, other)
            break
    return other if other != sentence else None


def numbers_in_words(sentence: str, article: Article, rng: random.Random) -> str | None:
    """Whole numbers under a hundred in words, and words in digits."""

    def spelt(match: re.Match[str]) -> str:
        n = int(match.group())
        if _NOT_COUNTED.search(sentence[: match.start()]) or re.match(
            rf" (?:{_MONTHS.replace(' ', '|')})", sentence[match.end() :], re.I
        ):
            return match.group()
        return (
            _SMALL[n]
            if n < len(_SMALL)
            else "-".join(w for w in (_TENS.get(n // 10 * 10, ""), _SMALL[n % 10] if n % 10 else "") if w)
            if n >= 20
            else match.group()
        )

    other = re.sub(r"(?<![\w.,$£€:-])\d{1,2}(?=[ ](?:[a-z]|%))", spelt, sentence)
    if other == sentence:
        words = {word: str(n) for n, word in enumerate(_SMALL) if n > 2}
        other = re.sub(rf"(?<= )(?:{'|'.join(words)})(?= [a-z]{{3,}})", lambda m: words[m.group()], sentence)
    return other if other != sentence else None


def hedged(sentence: str, article: Article, rng: random.Random) -> str | None:
    """ "The article reports that …", "Reportedly, …"."""
    if re.search(r"[\"“”]", sentence) or not sentence[:1].isupper():
        return None
    openers = ("The", "A", "An", "He", "She", "They", "It", "His", "Her", "Their", "This", "In", "On", "More", "Police")
    rest = _low(sentence) if sentence.split(maxsplit=1)[0] in openers else sentence
    return (
        rng.choice(
            ["The article reports that ", "The report says that ", "Reports indicate that ", "It is noted that "]
        )
        + rest
    )


def turned_about(sentence: str, article: Article, rng: random.Random) -> str | None:
    """ "A and B" as "B and A"."""
    match = _TWO.search(sentence)
    return (
        f"{sentence[: match.start()]}{match['b']} and {match['a']}{sentence[match.end() :]}"
        if match and match.start()
        else None
    )


def as_noun(sentence: str, article: Article, rng: random.Random) -> str | None:
    """ "X's Y" as "the Y of X"."""
    match = re.search(r"(?<= )(?P<x>[A-Z][a-z]+)['’]s (?P<y>[a-z]{4,})(?=[ ,.])(?! [a-z]+(?:ed|ing|er|or)\b)", sentence)
    return f"{sentence[: match.start()]}the {match['y']} of {match['x']}{sentence[match.end() :]}" if match else None


REWRITES: dict[str, Maker] = {
    "reported": reported,
    "passive": passive,
    "according to": attributed_first,
    "attribution last": attributed_last,
    "clause first": clause_first,
    "spelt out": spelt_out,
    "numbers in words": numbers_in_words,
    "hedged": hedged,
    "turned about": turned_about,
    "as noun": as_noun,
}


def _low(text: str) -> str:
    return text[0].lower() + text[1:]
