"""A model's completion of a question: untrusted, and used only where it adds nothing of its own."""

from __future__ import annotations

import re

from qa.clean import clean_line
from qa.facts import content_stems, names, normal_quote, numbers, stem, tokens
from qa.followup.patterns import Before

_OPENING = frozenset("and but so also then plus ok okay well how come".split())
_MARKUP = re.compile(r"https?:|[\[\]<>{}|`*#]")
LONGEST_REPLY = 300
"""Characters of a question that a model may complete another to."""
_STRANGE = 2
"""Words in a model's question that neither the reader nor the conversation has."""


def usable(reply: str, typed: str, before: Before) -> str | None:
    """The question that a model completed; None where it left it as it was, or its reply is of no use: not one line,
    too long, with names or numbers of its own, or without the names that were typed."""
    lines = [line.strip() for line in reply.strip().split("\n") if line.strip()]
    if len(lines) != 1 or len(lines[0]) > LONGEST_REPLY or _MARKUP.search(lines[0]):
        return None
    text = clean_line(lines[0]).strip("\"“”' ")
    if not text or normal_quote(text).rstrip(" ?.!") == normal_quote(typed).rstrip(" ?.!"):
        return None
    told = "\n".join((typed, before.question, *before.claims, *before.read))
    known = {token.folded for token in tokens(told)}
    stems = {stem(word) for word in known}
    named = [word for name in names(f"x {text}") for word in name.words]
    if not all(word in known for word in named) or {n.value for n in numbers(text)} - {n.value for n in numbers(told)}:
        return None
    kept = set(content_stems(text))
    own = {stem(word) for name in names(f"x {typed}") for word in name.words if word not in _OPENING}
    strange = [word for word in kept if word not in stems]
    return text if own <= kept | {stem(t.folded) for t in tokens(text)} and len(strange) <= _STRANGE else None
