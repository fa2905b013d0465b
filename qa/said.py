"""Who says a sentence: the subject of a verb of saying in it or, in a quotation that runs on, who spoke last."""

from __future__ import annotations

import re

from qa.facts import names, quotations, tokens
from qa.placed import Place
from qa.stopwords import STOP_WORDS

ASKED_TO_SAY = (
    "mention|say|said|tell|told|stress|call|discuss|note|add|claim|announce|think|want|express|state|warn|argue|"
    "promise|pledge|vow|predict|reveal|unveil|propose|demand|urge"
)
"""Verbs by which a question asks what somebody said."""
SAYING = re.compile(
    r"(?<!is )(?<!are )(?<!was )(?<!were )\b(?:said|says|say|told|added|adding|noted|stressed|stated|announced|"
    r"underlined|expressed|discuss\w*|called|claimed|warned|according to|responded|emphasi[sz]\w+|insisted|argued|"
    r"wrote|explained|urged|tweeted|posted|concluded|backs|vowed|pledged|acknowledged|suggested|described|hoped|"
    r"unveiled|revealed|confirmed|declared|promised|proposed|outlined|disclosed|predicted|cautioned|reiterated|denied|"
    r"admitted|conceded|signal(?:l?ed|s)|demanded|ruled out|announces|unveils|warns|tells|vows|pledges|urges)\b",
    re.I,
)
_IN_QUOTES = re.compile(r"^[\"“„]|[\"”]$|\b(?:I|we|We|us|our|my)\b")
_HE_SAYS = re.compile(r"\b(?:he|she|they)\s+(?:\w+\s+)?$", re.I)
_SPEAKER_WITHIN = 60
"""Characters between a speaker's name and the saying verb."""
_ENDS_QUOTE = re.compile(r"[\"”]\s*$")
_APPOSITION = re.compile(r"(?<=[^\d\W]), [a-z][^,.;\"“”]{1,90}, *$")
"""What is said of somebody between commas: "Dana Whitlow, a spokeswoman for Rook, said"."""


def speaks(speaker: str, place: Place) -> bool:
    """Whether ``speaker`` is the subject of a verb of saying in the sentence, or its "he" from the sentences before.

    A sentence of a quotation that runs on has no such verb; who spoke last goes on speaking.
    """
    text = place.text
    verbs = list(SAYING.finditer(text))
    for verb in verbs:
        if _HE_SAYS.search(text[: verb.start()]):
            if speaker == _last_speaker(place):
                return True
        elif speaker in _subject(text, verb):
            return True
    return not verbs and is_quoted(place) and speaker == _last_speaker(place)


def is_quoted(place: Place) -> bool:
    """Whether the sentence is, or stands in, a quotation."""
    opened = place.before.count('"') % 2 == 1 or place.before.count("“") > place.before.count("”")
    return opened or bool(quotations(place.text) or _IN_QUOTES.search(place.text))


def _subject(text: str, verb: re.Match[str]) -> list[str]:
    """The name before a verb of saying, without what is said of it between commas, and the one right behind it ("said
    Barrot"), folded. Behind a quotation the subject follows."""
    ahead = text[: verb.start()]
    before = [] if _ENDS_QUOTE.search(ahead) else _capitals(_APPOSITION.sub("", ahead)[-_SPEAKER_WITHIN:])
    behind = re.match(r"(?:\s+\S+){1,4}", text[verb.end() :])
    after = _capitals(behind.group()) if behind else []
    return before[-1:] + ([] if before else after)


def _last_speaker(place: Place) -> str:
    """Folded last word of who spoke last before the sentence; where nobody did, of whom the sentence before begins
    with, else of the first person of its title."""
    last = ""
    for verb in SAYING.finditer(place.before):
        if not _HE_SAYS.search(place.before[: verb.start()]):
            last = (_subject(place.before, verb) or [last])[0]
    if last:
        return last
    line = place.reading.lines[place.n - 1].text if place.n else ""
    opening = next((name for name in names("x " + line) if line.startswith(name.text)), None)
    titled = names("x " + place.reading.title)
    return opening.words[-1] if opening else titled[0].words[-1] if titled else ""


def _capitals(text: str) -> list[str]:
    """Folded words of ``text`` that begin with a capital, also where they open a sentence."""
    return [t.folded for t in tokens(text) if t.surface[:1].isupper() and t.folded not in STOP_WORDS]
