"""Leaning: whether a sentence needs the one before it, because it points at what only that one names."""

from __future__ import annotations

import re

from qa.facts import names, quotation_spans

_OPENS = re.compile(
    r"(?:he|she|they|it|this|that|these|those|his|her|their|its|him|them|and|but|or|so|nor|yet|also|too|then|there|here"
    r"|such|meanwhile|however|still|instead|another|others|both|neither|either|none|each|first|second|third|next|later"
    r"|(?:one|two|three|some|many|most|all|several|half) (?:of|others?|more|say|said|are|were|have)|earlier"
    r"|finally|in addition|in (?:his|her|their|its|that|this|the) \w+|moreover|separately|for (?:example|instance)"
    r"|for (?:this|that)|consequently"
    r"|as a result|in (?:fact|contrast|other words)|by contrast|of (?:course|those|them|these)|to be sure|that said"
    r"|even so|nonetheless|nevertheless|besides|thus|therefore|hence|again|asked|when (?:asked|pressed)|what['’]s more"
    r"|on the other|at the (?:same|time)|(?:after|before) (?:that|this)|after the|not only|indeed|similarly|likewise"
    r"|rather|maybe|perhaps|well|yes|no|now|why|how|what|who|sure|speaking|according to (?:the|him|her|them))\b(?!-)",
    re.I,
)
_THINGS = """accusations? agenc(?:y|ies) agreement alleg\\w+ ambassador announcement answer approach argument article
    attack attempt author ban bill board body briefing campaign case ceremony chairman change charges? claim comments?
    committee company complaint conditions? consequence couple cuts? data day deal debate decision declaration defendant
    department difference directive document effect effort email event exchange executive fact figures? film findings?
    firm footage former goal group guidelines? hearing idea image incident information interview investigation issue
    judge latter law lawmakers? lawsuit lawyers? leaders? legislation letter line list man measures? meeting member memo
    men message minister moment move network new news notice number officer officials? operation opinion order
    organi[sz]ation outcome outlet package pair panel paper party performance person picture plan point policy poll post
    practice premise president problem process product program project proposal proposition protests? question reality
    reason remarks? reporters? report request requirement researchers? resolution response restrictions? results? rule
    ruling sale scheme senator sentiment shift shooting site situation speech standoff statement statistic statutes?
    step story strategy strike study subject suit survey suspect system target team trend tweet two vehicle verdict
    victims? video view visit vote way website woman women work worry writer"""
_POINTS = re.compile(
    r"(?:the|this|that|these|those|such)\s+(?:(?:new|latest|draft|same|whole|entire|other|first|second|two|three|\w+ed"
    rf"|former|latter|current|proposed|final|full)\s+)*(?:{'|'.join(_THINGS.split())})\b(?!\s+of\s+[A-Z])",
    re.I,
)
"""A thing that only the sentence before names."""
_SAYS_ON = re.compile(
    r"[”\"’],?\s+(?:he|she|they|it|the \w+(?: \w+)?)\s+(?:\w+ly\s+)?(?:said|says|added|told|wrote|continued|explained"
    r"|tweeted|noted)\b|,\s+(?:he|she|they|it)\s+(?:said|says|added|noted|wrote|explained)\b",
    re.I,
)
"""Somebody who was named before goes on speaking."""


_PERSON = re.compile(r"\b(?:he|she|him|his|hers?)\b", re.I)
_AHEAD = re.compile(r"(?:\w+ ){0,2}(?:he|she|his|her|their|they)\b", re.I)
_ANYBODY = re.compile(r"\b(?:a|an|every|each|any|no|one|who|whose|someone|anyone|everyone|nobody|man|woman)\b", re.I)


def leans(text: str) -> bool:
    """Whether a sentence opens with a pronoun or a thing not named in it, or lets somebody unnamed speak."""
    plain = without_quotations(text).lstrip("\"“”‘'…,. ")
    if _OPENS.match(plain) or _POINTS.match(plain) or _SAYS_ON.search(text):
        return True
    return wholly_quoted(text) or _of_somebody(without_quotations(text))


def points_ahead(text: str) -> bool:
    """Whether "her" in the first sentence of an article may mean somebody whom it names later on."""
    if _AHEAD.match(text) is None:
        return False
    return bool(names(text)) or not any(c.isupper() for c in text)


def _of_somebody(text: str) -> bool:
    """Whether "his" stands before any name, and before anybody that it can mean."""
    found = _PERSON.search(text)
    if found is None or not any(c.isupper() for c in text):  # without capitals no name can be seen
        return False
    named = any(name.start - 2 < found.start() for name in names(f"x {text}"))
    return not named and not _ANYBODY.search(text, 0, found.start())


def wholly_quoted(text: str) -> bool:
    """Whether a sentence is somebody's words alone, who is named elsewhere."""
    return text[:1] in '"“' and not any(c.isalpha() for c in without_quotations(text))


def without_quotations(text: str) -> str:
    """A text without what it quotes; also what is quoted up to its end, or from its beginning."""
    for start, end in reversed(quotation_spans(text)):
        text = f"{text[:start]}…{text[end:]}"
    return text


def points(text: str) -> bool:
    """Whether a sentence speaks, at any place, of a thing that only another one names."""
    return _POINTS.search(text) is not None
