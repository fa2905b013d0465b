"""Leaning: whether a sentence needs the one before it, because it points at what only that one names."""

from __future__ import annotations

import re

from qa.facts import quotation_spans

_OPENS = re.compile(
    r"(?:he|she|they|it|this|that|these|those|his|her|their|its|him|them|and|but|or|so|nor|yet|also|too|then|there|here"
    r"|such|meanwhile|however|still|instead|another|others?|some|both|neither|either|one|two|three|many|most|all|none"
    r"|each|first|second|third|next|later|earlier|finally|in addition|in (?:his|her|their|its|that|this|the) \w+"
    r"|moreover|separately|for (?:example|instance|this|that)|as a result|in (?:fact|contrast|other words)|by contrast"
    r"|of (?:course|those|them|these)|to be sure|that said|even so|nonetheless|nevertheless|besides|thus|therefore"
    r"|hence|again|asked|when (?:asked|pressed)|what['’]s more|on the other|at the (?:same|time)|(?:after|before) that"
    r"|(?:after|before) this|not only|indeed|similarly|likewise|rather|maybe|perhaps|well|yes|no|now|why|how|what|who"
    r"|sure|speaking|according to (?:the|him|her|them))\b(?!-)",
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


def leans(text: str) -> bool:
    """Whether a sentence opens with a pronoun or a thing not named in it, or lets somebody unnamed speak."""
    plain = text.lstrip("\"“‘' ")
    opens = _OPENS.match(plain) is not None or _POINTS.match(plain) is not None
    return opens or wholly_quoted(text) or _SAYS_ON.search(text) is not None


def wholly_quoted(text: str) -> bool:
    """Whether a sentence is somebody's words alone, who is named elsewhere."""
    return text[:1] in '"“' and not any(c.isalpha() for c in without_quotations(text))


def without_quotations(text: str) -> str:
    """A text without what it quotes; also what is quoted up to its end, or from its beginning."""
    for start, end in reversed(quotation_spans(text)):
        text = f"{text[:start]}…{text[end:]}"
    return text
