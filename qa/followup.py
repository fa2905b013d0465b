"""Follow-ups: what was typed in a conversation, completed by rules to a question that stands on its own.

Pronouns take a person, place or thing of the last question and answer; "why?", "and in January?", "what about Iran?"
take the last question, with the word exchanged that they bring. What stands on its own is left as it is: silence
matters more than coverage.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.clean import clean_line
from qa.facts import content_stems, names, normal_quote, numbers, stem, tokens
from qa.mentions import Cast, Mention, Sort

_OPENER = re.compile(r"(?:(?:and|but|so|also|then|plus|ok|okay|well)\b[\s,]*)+", re.I)
_WHAT_ABOUT = re.compile(r"(?:what|how)\s+about\s+", re.I)
_WH = r"(?:what|which|who|whom|whose|where|when|why|how)"
_AUXILIARY = (
    r"(?:(?:did|do|does|is|are|was|were|has|have|had|would|could|should|might|must)(?:n['’]t)?"
    r"|will|won['’]t|can|can['’]t|may)"
)
_BARE = re.compile(
    r"(?P<wh>why|how come|where|when|since when|until when|how long|how)(?:\s+(?:not|exactly|so|that|precisely)"
    r"|\s+(?:is|was)\s+(?:that|this|it)|\s+(?P<there>there))?[\s?!.]*",
    re.I,
)
_ELSE = re.compile(
    r"(?P<wh>who|what|where|when)\s+else(?:\s+(?:did|do|does|was|were|is|are)\s+(?:he|she|they|it))?[\s?!.]*", re.I
)
_ELSE_DID = re.compile(r"(?P<wh>who|what|where|when)\s+else\s+(?P<rest>.+)", re.I)
_OPEN = re.compile(
    r"(?P<wh>how many|how much|who|whom|which|which ones?|by whom|with whom|for whom|what for)"
    r"(?:\s+of\s+(?:them|these|those))?[\s?!.]*",
    re.I,
)
_PREPOSITION = r"(?:in|on|at|since|before|after|during|from|until|by|about|with|for|near|of|to|against)"
_FRAGMENT = re.compile(rf"(?P<preposition>{_PREPOSITION})\s+(?P<rest>.+)", re.I)
_VERB = re.compile(rf"\b(?:{_WH}|{_AUXILIARY})\b", re.I)
_ASKED = re.compile(
    rf"(?P<before>(?:{_PREPOSITION}\s+)?)(?P<wh>(?:how\s+(?:many|much|long|often|old|far)|{_WH})\b"
    rf"(?P<thing>(?:\s+(?!{_AUXILIARY}\b)[\w’'-]+){{0,3}}?))\s+(?P<verb>{_AUXILIARY})\s+(?P<rest>.+)",
    re.I,
)
_YES_OR_NO = re.compile(rf"(?P<verb>{_AUXILIARY})\s+(?P<rest>.+)", re.I)
_DENIED = {"will": "won’t", "can": "can’t", "may": "may not"}
_SUBJECT = re.compile(rf"(?P<wh>who|what|(?:which|how many)\s+[\w’'-]+)\s+(?P<rest>(?!{_AUXILIARY}\b)\S.*)", re.I)
_PARTICIPLE = re.compile(r"(?:\w+(?:ed|en|ing)|be)\b", re.I)
_TAKES_OBJECT = re.compile(
    r"\b(?:say|do|announce|claim|want|mean|decide|propose|demand|promise|mention|discuss|deny|suggest|offer|expect)\b"
    r"(?!\s+(?:the|an?|this|that)\b)",
    re.I,
)
_MAIN_VERB = re.compile(
    r"(?:take|begin|start|happen|say|go|come|end|hold|visit|meet|attend|discuss|want|need|win|lose|make|get|cost|last|"
    r"mean|plan|expect|agree|sign|support|oppose|leave|arrive|call|ask|tell|give|use|know|think|help|work|change|rise|"
    r"fall|die|kill|cause|affect|include|cover|lead|move|open|close|vote|release|respond|react)",
    re.I,
)
_PRONOUN = re.compile(r"\b(?:he|him|his|she|hers?|they|them|theirs?|its?|this|that|these|those|there)\b", re.I)
_EMPTY_IT = re.compile(
    r"\b(?:is|was|it['’]?s)\s+(?:it\s+)?(?:true|possible|likely|legal|illegal|safe|correct|known|raining|too late)\b"
    r"|\bit\b[^?]*\bto\s+[a-z]+|\btime\s+is\s+it\b|\bit['’]?s?\s+like\b",
    re.I,
)
_EXISTS = re.compile(rf"\b{_AUXILIARY}\s+there\b|\bthere\s+{_AUXILIARY}\b|\b(?:out|over)\s+there\b", re.I)
_CLAUSE = re.compile(r"\b(?:and|but|that|because|if|when|while|after|before|who|which|where|why|how|what)\b|[,;]", re.I)
_NO_NOUN = r"(?:and|or|that|so|too|very|such|still|now|not|as|than|he|she|it|they|this|these|those|\w+ly)"
_NOUN_PHRASE = re.compile(
    rf"\b(?P<det>the|an?|his|her|their|its)\s+(?P<words>(?:(?!(?:{_AUXILIARY}|{_PREPOSITION}|{_NO_NOUN})\b)[\w’'-]+\s*){{1,4}})",
    re.I,
)
_SOMEBODY = re.compile(
    r"\b(?:man|woman|boy|girl|minister|president|leader|king|queen|driver|suspect|player|person)\b", re.I
)
_STANDS_ALONE = re.compile(rf"{_PREPOSITION}|{_AUXILIARY}|mean|happen\w*|true", re.I)
"""What follows "this" and "that" where no noun does."""
_PERSONAL = frozenset("he him his she her hers".split())
_POSSESSIVE = frozenset("his hers their theirs its".split())
_POINTING = frozenset("this that these those".split())
_OBJECTS = frozenset("him them".split())
_OPENING = frozenset("and but so also then plus ok okay well how come".split())
_MARKUP = re.compile(r"https?:|[\[\]<>{}|`*#]")
LONGEST_REPLY = 300
"""Characters of a question that a model may complete another to."""
_STRANGE = 2
"""Words in a model's question that neither the reader nor the conversation has."""
_PLURAL = re.compile(r"(?:[^su]s|people)$")
_EVENTS = re.compile(
    r"\b(?:talks|negotiations|elections?|games|protests|riots|attacks|strikes|floods|fires|hearings)\b"
)
"""Plurals that are spoken of as one thing."""
_BESIDE = " – "
"""Between a question and what it was asked about, where one cannot be put into the other."""
_FURTHER = re.compile(r"\b(who|what|where|when) else\b", re.I)
_PEOPLE = {"who": "people", "whom": "people"}
_LONGEST_FRAGMENT = 6
_FEW = 3
"""Own words from which a question that points at nothing known is left as it is."""


@dataclass(frozen=True, slots=True)
class Before:
    """What a question can lean on: the last question as it was searched, its answer, and what that cites."""

    question: str
    window_words: str
    """The words in ``question`` that set its window."""
    claims: tuple[str, ...]
    read: tuple[str, ...]
    """Titles and texts of the articles that are cited."""


@dataclass(frozen=True, slots=True)
class Completed:
    """A question that stands on its own, and what was taken along for that."""

    text: str
    why: str


def leans(typed: str) -> bool:
    """Whether a question shows a sign that it leans on what was said before."""
    text, opened = _unopened(typed)
    if opened or _WHAT_ABOUT.match(text) or any(p.fullmatch(text) for p in (_BARE, _ELSE, _ELSE_DID, _OPEN)):
        return True
    return _is_fragment(text) or any(not _is_internal(text, match) for match in _pointing(text))


def completed(typed: str, window_words: str, before: Before) -> Completed | None:
    """What was typed as a question that stands on its own; None where it does already, or the rules do not know how.

    ``window_words`` are those of ``typed`` that set its window.
    """
    if not leans(typed):
        return None
    text, opened = _unopened(typed)
    base = before.question
    if window_words:
        base = " ".join(base.replace(before.window_words, " ", 1).split()) if before.window_words else base
    base, _, beside = re.sub(r"\s+([?.!,])", r"\1", base).rstrip(" ?.!").partition(_BESIDE)
    cast = Cast((*before.read, *before.claims))
    unasked = opened and not _VERB.search(text)
    if asked := _from_question(text, base, window_words, before, cast, unasked=unasked):
        asked = _capital(f"{asked.rstrip('?')}{_BESIDE}{beside}?" if beside else asked)
        return Completed(asked, "the question before")
    return _pointed(text, opened, beside or base, before, cast)


def _from_question(text: str, base: str, window_words: str, before: Before, cast: Cast, *, unasked: bool) -> str | None:
    """The question before, changed by the few words that were typed; None where they are a question themselves.
    ``unasked`` says that they are none, though nothing in them shows it ("and Iran?")."""
    if match := _BARE.fullmatch(text):
        place = _meant("there", base, before, cast, set()) if match.group("there") else None
        if re.search(r"\bnot\b", text, re.I) and (yes_or_no := _YES_OR_NO.fullmatch(base)):
            verb = yes_or_no.group("verb").lower()
            denied = _DENIED.get(verb, f"{verb}n’t")
            return f"{_capital(match.group('wh'))} {denied} {yes_or_no.group('rest')}?"
        asked = _asked_otherwise(base, match.group("wh"), before, cast).rstrip("?")
        return f"{asked} in {place}?" if place else f"{asked}?"
    base = _FURTHER.sub(r"\1", base)
    if match := _ELSE.fullmatch(text):
        return _asked_further(base, match.group("wh"))
    if (match := _ELSE_DID.fullmatch(text)) and not _pointing(text):
        same = set(content_stems(match.group("rest"))) <= set(content_stems(base))
        asked = _asked_further(base, match.group("wh"))
        return asked if same and _BESIDE not in asked else f"{_capital(text.rstrip(' ?.!'))}{_BESIDE}{_matter(base)}?"
    if match := _OPEN.fullmatch(text):
        return _opened(base, text, match.group("wh"))
    if about := _WHAT_ABOUT.match(text):
        text = text[about.end() :]
    if about or unasked or _is_fragment(text):
        return _exchanged(base, text.rstrip(" ?.!"), window_words, cast)
    return None


def _unopened(typed: str) -> tuple[str, bool]:
    """Without "and", "but", "so" before a question, and whether there was one."""
    typed = typed.strip()
    opener = _OPENER.match(typed)
    text = typed[opener.end() :] if opener else ""
    return (text, True) if any(c.isalnum() for c in text) else (typed, False)


def _is_fragment(text: str) -> bool:
    """Whether it is a few words after a preposition, without a verb: "in January?", "with Barrot?"."""
    return bool(_FRAGMENT.match(text)) and len(text.split()) <= _LONGEST_FRAGMENT and not _VERB.search(text)


# the last question, asked otherwise


def _asked_otherwise(base: str, wh: str, before: Before, cast: Cast) -> str:
    """ "Why?" after "Where are the talks?": why are the talks?"""
    wh = _capital(wh)
    if match := _ASKED.fullmatch(base):
        rest = match.group("rest")
        subject = f"{_subject(match, before, cast)} " if _PARTICIPLE.match(rest) else ""
        if match.group("wh").lower() == "what":
            rest = _TAKES_OBJECT.sub(r"\g<0> this", rest, count=1)
        return f"{wh} {match.group('verb')} {subject}{rest}?"
    if match := _SUBJECT.fullmatch(base):
        return f"{wh} was it that {_subject(match, before, cast)} {match.group('rest')}?"
    return f"{wh} {base[:1].lower() + base[1:] if _VERB.match(base) else base}?"


def _subject(asked: re.Match[str], before: Before, cast: Cast) -> str:
    """Who or what a question asked for, as its answer has it: "the prisoners", "Jean-Noel Barrot", "this"."""
    wh, *thing = asked.group("wh").split(maxsplit=1)
    if thing:
        return f"the {thing[-1].removeprefix('many ')}"
    who = next((m for claim in before.claims for m in cast.named_in(claim) if m.sort is Sort.PERSON), None)
    return cast.full_name(who) if who and wh.lower() == "who" else "this"


def _asked_further(base: str, wh: str) -> str:
    """ "Who else?" after "Who attends the talks?": who else attends the talks?"""
    if re.match(rf"{wh}\b", base, re.I):
        return f"{_capital(wh)} else{base[len(wh) :]}?"
    return f"{_capital(wh)} else{_BESIDE}{_matter(base)}?"


def _opened(base: str, text: str, wh: str) -> str:
    """ "How many?" after "Which prisoners were released?": how many prisoners were released?"""
    match = _ASKED.fullmatch(base)
    counts = wh.lower().startswith("how m")
    if counts and match and (thing := match.group("thing").strip() or _PEOPLE.get(match.group("wh").lower(), "")):
        return f"{_capital(wh)} {thing} {match.group('verb')} {match.group('rest')}?"
    if counts and (subject := _SUBJECT.fullmatch(base)):
        thing = subject.group("wh").split()[-1]
        return f"{_capital(wh)} {'people' if thing.lower() == 'who' else thing} {subject.group('rest')}?"
    return f"{_capital(text.rstrip(' ?.!'))}{_BESIDE}{_matter(base)}?"


def _matter(base: str) -> str:
    """What a question is about: without its question word."""
    if match := _ASKED.fullmatch(base):
        return f"{match.group('thing')} {match.group('rest')}".strip()
    subject = _SUBJECT.fullmatch(base)
    if subject and subject.group("wh").lower() in {"who", "what"}:
        return subject.group("rest")
    return base[:1].lower() + base[1:] if _VERB.match(base) else base


def _exchanged(base: str, new: str, window_words: str, cast: Cast) -> str:
    """The last question with ``new`` in the place of what is like it, or behind it."""
    if window_words and not content_stems(new.replace(window_words, " ")):
        return f"{base} {window_words}?"
    fragment = _FRAGMENT.fullmatch(new)
    preposition, thing = (fragment.group("preposition"), fragment.group("rest")) if fragment else ("", new)
    named = cast.named_in(base)
    meant = next(iter(cast.named_in(thing)), None)
    person = meant is not None and meant.sort is Sort.PERSON
    like = [one for one in named if (one.sort is Sort.PERSON) == person and one.key != (meant.key if meant else "")]
    if preposition:
        after = re.search(rf"\b{preposition}\s+", base, re.I)
        like = [one for one in like if after and one.start >= after.end()]
    if like and meant is not None:
        old = like[0] if person else like[-1]
        ahead = base[: old.start].removesuffix("the ") if thing[:1].isupper() else base[: old.start]
        return f"{ahead}{thing}{base[old.end :]}?"
    topic = re.search(r"\b(?:about|on)\s+(?P<topic>.+)$", base)
    if topic and not person and preposition in {"", "about", "on"}:
        return f"{base[: topic.start('topic')]}{thing}?"
    return f"{base} {preposition or 'about'} {thing}?"


# pronouns


def _pointing(text: str) -> list[re.Match[str]]:
    """The pronouns that may mean something said before."""
    if _EMPTY_IT.search(text):
        return [match for match in _PRONOUN.finditer(text) if match.group().lower() not in {"it", "its", "that"}]
    return [match for match in _PRONOUN.finditer(text) if _points(text, match)]


def _points(text: str, match: re.Match[str]) -> bool:
    word, after = match.group().lower(), text[match.end() :]
    if word == "there":
        return not _EXISTS.search(text)
    if word in _POINTING:  # before a clause or a noun it is a conjunction, or points at what it names itself
        following = re.match(r"\s*([\w’']+)", after)
        return following is None or bool(
            re.fullmatch(rf"{_PREPOSITION}|{_AUXILIARY}|mean|happen\w*|true", following.group(1), re.I)
        )
    return True


def _is_internal(text: str, match: re.Match[str]) -> bool:
    """Whether a pronoun can mean something that its own question names before it."""
    word, earlier = match.group().lower(), text[: match.start()]
    if re.fullmatch(rf"(?:{_PREPOSITION}\s+)?{_WH}(?:\s+[\w’'-]+){{0,3}}?\s+{_AUXILIARY}\s+", earlier, re.I):
        return False  # nothing but the question word stands before it
    if word in _PERSONAL or word == "there":
        candidates = [(one.start, one.end) for one in Cast(()).named_in(earlier)]
        candidates += [found.span() for found in _SOMEBODY.finditer(earlier)]
    else:
        earlier_nouns = re.finditer(r"\b[\w’'-]{3,}\b", earlier)
        candidates = [
            found.span()
            for found in earlier_nouns
            if content_stems(found.group()) and not _VERB.fullmatch(found.group())
        ]
    is_object = word in _OBJECTS or (word in {"it", "her", *_POINTING} and not re.match(r"\s+\w", text[match.end() :]))
    if is_object:  # in one clause, an object is somebody else than the subject
        candidates = [span for span in candidates if _CLAUSE.search(earlier[span[1] :])]
    return bool(candidates)


def _pointed(text: str, opened: bool, base: str, before: Before, cast: Cast) -> Completed | None:
    """``text`` with what its pronouns mean in their place."""
    own = {one.key for one in cast.named_in(text)}
    made, told, at, lost, ends = "", dict[str, str](), 0, False, False
    for match in _pointing(text):
        if _is_internal(text, match):
            continue
        word = match.group().lower()
        meant = _meant(word, base, before, cast, own)
        if meant is None:
            lost = lost or word not in _PERSONAL
            ends = ends or not content_stems(text[match.end() :])
            continue
        possessive = word in _POSSESSIVE or (word == "her" and re.match(r"\s+[a-z]", text[match.end() :]))
        owner = f"{meant}’" if meant.endswith("s") else f"{meant}’s"
        said = f"in {meant}" if word == "there" else owner if possessive else meant
        made, at = made + text[at : match.start()] + said, match.end()
        told[word] = meant
    made = _capital((made + text[at:]).rstrip(" ?.!"))
    few = len(content_stems(text)) < _FEW and not own
    if not told and ((opened and few) or (lost and (few or ends))):
        return Completed(f"{made}{_BESIDE}{_matter(base)}?", "the question before")
    if not told and not opened:
        return None
    meant_by = ", ".join(f"“{word}” is {meant}" for word, meant in told.items())
    return Completed(f"{made}?", meant_by or "what was asked before")


def _meant(word: str, base: str, before: Before, cast: Cast, own: set[str]) -> str | None:
    """Whom or what a pronoun means: looked for in the last question first, then in its answer and what that cites."""
    if word in _POINTING - {"these", "those"}:
        return None  # what is said of the question before, or its answer
    if word in _PERSONAL:
        person = _person(word, base, before, cast, own)
        return cast.full_name(person) if person else None
    named = [one for one in cast.named_in(base) if one.sort is not Sort.PERSON and one.key not in own]
    if word == "there":
        answered = [one for claim in before.claims[:1] for one in cast.named_in(claim) if one.sort is Sort.PLACE]
        asked_where = re.match(r"(?:in\s+)?(?:where|which|what\s+(?:city|country|place))\b", base, re.I)
        places = [one for one in named if one.sort is Sort.PLACE]
        found = (answered or places) if asked_where else (places or answered)
        return found[0].name if found else None
    if word not in {"they", "them", "their", "theirs", "these", "those"}:
        things = [one.name for one in named if "-" not in one.name]
        events = _noun_phrase(base, True)
        one = _noun_phrase(base, False) or next(iter(things), None)
        return one or (events if events and _EVENTS.search(events) else None)
    who = _SUBJECT.fullmatch(base)
    if who and who.group("wh").lower() == "who":
        return f"those who {who.group('rest')}"
    people = [one.name for one in cast.named_in(base) if one.sort is Sort.PERSON and one.key not in own]
    pair = " and ".join(people[:2]) if len(people) > 1 else None
    return _noun_phrase(base, True) or pair or (named[0].name if named else None)


def _person(word: str, base: str, before: Before, cast: Cast, own: set[str]) -> Mention | None:
    """The person meant by he or she: of those that articles do not call otherwise, the first that was named."""
    other = "she" if word in {"he", "him", "his"} else "he"
    places: list[Sequence[str]] = [(base,), before.claims, before.read]
    if re.match(r"(?:who|which)\b", base, re.I):
        places = [before.claims, (base,), before.read]
    for texts in places:
        for text in texts:
            found = [one for one in cast.named_in(text) if one.sort is Sort.PERSON]
            fitting = [one for one in found if one.pronoun != other and one.key not in own]
            if texts is before.read:
                fitting = [one for one in fitting if one.pronoun and " " in cast.full_name(one)]
            if fitting:
                return fitting[0]
    return None


def _noun_phrase(base: str, many: bool) -> str | None:
    """The thing or things that a question asks about: its first noun phrase of that number."""
    if (asked_for := _asked_for(base)) and bool(_PLURAL.search(asked_for.split(" that ")[0])) == many:
        return asked_for
    for found in _NOUN_PHRASE.finditer(base):
        words = found.group("words").split()
        verb = next((n for n, word in enumerate(words) if n and _MAIN_VERB.fullmatch(word)), len(words))
        words = words[:verb]
        while len(words) > 1 and re.search(r"(?:ed|ing)$", words[-1]):
            words.pop()
        if bool(_PLURAL.search(words[-1])) == many:
            whole = re.match(
                r"\s*of(?:\s+the)?(?:\s+[A-Z][\w’'-]*)+", base[found.start("words") + len(" ".join(words)) :]
            )
            return f"the {' '.join(words)}{whole.group() if whole else ''}"
    return None


def _asked_for(base: str) -> str | None:
    """What a question with "which" asks for, where that does something: "the film that won the prize"."""
    if match := _SUBJECT.fullmatch(base):
        _, *thing = match.group("wh").split(maxsplit=1)
        return f"the {thing[0].removeprefix('many ')} that {match.group('rest')}" if thing else None
    match = _ASKED.fullmatch(base)
    if not match or not (thing_ := match.group("thing").strip()):
        return None
    if _PARTICIPLE.match(match.group("rest")):
        return f"the {thing_} that {match.group('verb')} {match.group('rest')}"
    return f"the {thing_}" if _PLURAL.search(thing_) else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# by a model


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
