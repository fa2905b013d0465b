"""Places: where, or of whom, a sentence states something, as folded names that can be compared."""

from __future__ import annotations

import re
from functools import lru_cache

from qa.facts import folded_word, names, spans_of_words, tokens
from qa.stopwords import STOP_WORDS

CLAUSE_ENDS = re.compile(
    r"[;:()\[\]—–]|,(?!\d)|\b(?:while|whereas|but|although|though|when|after|before|because|as|where|with|including)\b"
    r"|\s-\s",
    re.I,
)
"""What parts a sentence into stretches that state one thing each."""
_SAYING = re.compile(
    r"\b(?:said|says|say|told|tells|according|tweeted|announced|reported|reports|wrote|added|warned|noted)\b", re.I
)
_ACTOR = re.compile(
    r"(?:['’]s)?\s+(?:authorities|officials?|government|military|forces|troops|state\s+media|media|lawmakers|leaders?|"
    r"(?:air)?strikes?|attacks?|missiles?|drones?|raids?|offensive|bombardment|(?:missile|drone|rocket)\s+\w+)\b",
    re.I,
)
_UNRESOLVED = frozenset("country state city county region province district town facility".split())
"""Words for a place that only its article names."""
_NO_PLACE = frozenset(
    """university hopkins johns cdc who organization organisation centers department times news post reuters press
    associated ap cnn journal institute ministry commission coronavirus covid sars health committee tracker worldometer
    worldometers dashboard bureau agency office center centre project prevention control school medicine president gov
    governor mayor sen rep dr mr mrs ms democrats republicans democrat republican democratic gop""".split()
)
"""Words of names of who says or does something, not of where it is."""
_PLACES = {
    "worldwide": "world", "world": "world", "globally": "world", "global": "world", "globe": "world",
    "nationwide": "country", "nationally": "country", "national": "country", "country": "country", "nation": "country",
    "statewide": "state", "state": "state", "citywide": "city", "city": "city", "county": "county",
    "americans": "us", "american": "us", "america": "us", "us": "us", "usa": "us", "mainland": "mainland",
    "outside": "outside", "abroad": "outside", "elsewhere": "outside", "overseas": "outside", "hospital": "hospital",
    "nursing": "nursing", "prison": "prison", "jail": "jail", "ship": "ship", "aboard": "ship", "cruise": "ship",
    "region": "region", "province": "province", "district": "district", "town": "town", "campus": "campus",
    "facility": "facility", "facilities": "facility", "home": "nursing",
}  # fmt: skip
"""Words that say where without a name."""
_SAME = {
    "united states": "us", "america": "us", "americans": "us", "american": "us", "united kingdom": "uk",
    "britain": "uk", "chinese": "china", "italian": "italy", "spanish": "spain", "french": "france",
    "german": "germany",
}  # fmt: skip


@lru_cache(maxsize=512)
def capitals(text: str) -> frozenset[str]:
    """Words that a text writes with a capital inside sentences, and never without: names."""
    upper: set[str] = set()
    lower: set[str] = set()
    for start, end in spans_of_words(text):
        word = text[start:end]
        if word[0].islower():
            lower.add(word)
        elif word[0].isupper() and word not in upper and not _opens(text[max(0, start - 3) : start]):
            upper.add(word)
    return frozenset(map(folded_word, upper)) - frozenset(map(folded_word, lower)) - STOP_WORDS


def _opens(before: str) -> bool:
    """Whether a sentence, a quotation or a line begins behind these characters."""
    stripped = before.rstrip()
    return not stripped or stripped[-1] in '.!?”":' or "\n" in before[len(stripped) :]


def places(sentence: str, start: int, end: int, capitalised: frozenset[str]) -> frozenset[str]:
    """What the stretch of a sentence between two positions, else the sentence, says of where or whom; nothing where
    that is "the country" or the like, which only the article names."""
    inside = _named(sentence[start:end], capitalised)
    if inside & _UNRESOLVED and not inside - _UNRESOLVED:
        return frozenset()
    return (inside or _named(sentence, capitalised)) - _UNRESOLVED


def _named(text: str, capitalised: frozenset[str]) -> frozenset[str]:
    found: set[str] = set()
    first = next(iter(tokens(text)), None)
    if first and first.surface[:1].isupper() and first.folded in capitalised - _NO_PLACE:
        found |= set() if _SAYING.search(text[first.end :][:14]) else {first.folded}
    for name in names(text):
        behind, ahead = text[name.start + len(name.text) :][:20], text[: name.start][-16:]
        if not (
            set(name.words) & _NO_PLACE or _ACTOR.match(behind) or _SAYING.search(behind[:14]) or _SAYING.search(ahead)
        ):
            found.add(" ".join(name.words))
    found |= {place for token in tokens(text) if (place := _PLACES.get(token.folded))}
    return frozenset(_SAME.get(one, one) for one in found)
