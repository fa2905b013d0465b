"""Significance: how plainly a sentence says why its news matters. Words of the article say it, or nothing does."""

from __future__ import annotations

import re

_MOST = r"largest|biggest|worst|deadliest|highest|lowest|steepest|longest|sharpest|most \w+"
_RECORD = (
    r"for the first time(?: since| in)?|first \w+ (?:since|in (?:more than |nearly |over )?(?:\w+ )?(?:years|decades))"
    rf"|(?:{_MOST})(?:[ -]\w+){{0,4}} (?:since|in (?:history|more than|nearly|decades|\w+ years)|on record|ever)"
    r"|unprecedented|never before"
)
_CONSEQUENCE = (
    r"(?:would|could|will|may|might) (?:mean|lead to|force|leave|cost|threaten|affect|make it|put|allow|prevent|deepen"
    r"|hurt|help|give|determine|decide|change|raise|reduce|set a precedent)|means that|meaning (?:that|the)"
    r"|rais(?:es|ed|ing) (?:\w+ )?(?:questions|concerns|fears|the stakes|the prospect|doubts|alarm)"
    r"|(?:major|significant|serious|heavy|big|key|crucial|important|potential) (?:step|blow|setback|test|victory|shift"
    r"|change|turning point|threat|risk|moment)|underscor\w+|highlight(?:s|ed|ing)|signals?|at stake|at risk of|crucial"
    r"|pav(?:es|ed|ing) the way|a sign (?:of|that)|the latest (?:sign|in a|example|blow|step)|threaten(?:s|ed|ing) to"
)
_OUTLOOK = (
    r"(?:is|are|was|were) expected to|likely to|is set to|as a result|amid (?:fears|concerns?|growing|a \w+)|because"
)
_SETTING = r"comes (?:as|amid|after|days|weeks|hours|a day|a week|just)|in an effort to|in response to|due to"
_CUES = tuple(
    (weight, re.compile(rf"\b(?:{words})\b", re.I))
    for weight, words in ((3.0, _RECORD), (2.5, _CONSEQUENCE), (1.5, _OUTLOOK), (1.0, _SETTING))
)
_LEAST = 2.0
"""A single weak cue ("because") says nothing of significance."""
_MARKS = re.compile('[“”"]')
_SAYS = re.compile(
    r"\b(?:said|says|told|wrote|writes|tweeted|according to|warned|called|added|argued|explained)\b", re.I
)


def significance(text: str) -> float:
    """The weight of the cues in a sentence; 0 where they are too few, or are somebody's words whom it does not name."""
    if _MARKS.search(text) and not _SAYS.search(text):
        return 0.0
    found = sum(weight for weight, cue in _CUES if cue.search(text))
    return found if found >= _LEAST else 0.0
