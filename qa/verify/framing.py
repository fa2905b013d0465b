"""What a sentence says of its evidence rather than of the world: "Here is a summary of the passage:", "The article
says that ...". It is taken off before the rest is checked; where nothing is left, there is nothing to check."""

from __future__ import annotations

import re

from qa.facts import content_stems

_TEXT = r"(?:the|this|that|these|those|each|both|your|all)?\s*"
_TEXT += r"(?:(?:provided|given|cited|above|following|news|first|second)\s+)*"
_TEXT += r"(?:passages?|articles?|texts?|excerpts?|summar(?:y|ies))"
_TELLS = (
    r"(?:(?:also|further|mainly|briefly|primarily)\s+)*(?:describes?|discuss(?:es)?|mentions?|reports?|states?|says?|"
    r"notes?|provides? (?:information|details|an overview) (?:about|on|of)|talks? about|covers?|details?|outlines?|"
    r"focus(?:es)? on|explains?|highlights?|tells? (?:of|us)?|adds?|contains? information (?:about|on)|"
    r"is about|are about)"
)
_FRAMES = (
    re.compile(rf"^(?:in|according to|as per|based on)\s+{_TEXT}(?:\s+\d+)?\s*,\s*", re.I),
    re.compile(rf"^{_TEXT}(?:\s+\d+)?\s+{_TELLS}(?:\s+that\b)?\s*:?\s*", re.I),
    re.compile(
        r"^(?:sure|certainly|okay|ok|of course)?[,.!\s]*"
        r"(?:here(?:['’]s| is| are)|below (?:is|are)|(?:the\s+)?following (?:is|are))\b[^.]{0,120}:\s*",
        re.I,
    ),
    re.compile(
        r"^(?:(?:the|some)\s+)?(?:key|main|core|important)\s+(?:points?|facts?|details?|takeaways?)\b[^.]{0,60}:\s*",
        re.I,
    ),
    re.compile(r"^(?:in (?:summary|short|conclusion)|overall|to summari[sz]e|summary|answer|note)\s*[,:]\s*", re.I),
    re.compile(r"^\s*(?:[-*•·]|\(?(?:\d{1,2}|[a-z])[.)])(?=\s|$)\s*", re.I),
)
_COUNTED = re.compile(
    r"^(?:(?:two|three|four|five|several|various|many|the|main|different|distinct|separate|unrelated|related|following)\s+)+"
    r"(?:\w+\s+)?(?:topics?|entit(?:y|ies)|things?|subjects?|pieces?|items?|points?|events?|stories|individuals?|people)\s*[.:]?$",
    re.I,
)


def unframed(claim: str) -> str:
    """The claim without what it says of its evidence; "" where nothing else is left that could be checked."""
    text, before = claim.strip(), None
    while text != before:
        before = text
        for frame in _FRAMES:
            text = frame.sub("", text, count=1).strip()
    if text == claim.strip():
        return claim
    return "" if _COUNTED.match(text) or not content_stems(text) else text
