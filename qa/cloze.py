"""Cloze: a sentence of an article turned into a question with one answer, which stands in the sentence.

What opens a sentence is asked for by "who" or "how many"; a day at its end, behind "will", "was" and their like, by
"when"; a speaker by the words. Any other number or person leaves a gap. Only sentences that can be read alone are asked
about, and only where the article has one answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from qa.facts import Number, content_stems, fold, name_words, names, normal_quote, numbers, tokens
from qa.leaning import points
from qa.lines import reading, without_dateline
from qa.mentions import Cast, Sort
from qa.operators import parse_operators
from qa.pronouns import is_person
from qa.quotations import in_full, quotations_of
from qa.stopwords import STOP_WORDS
from qa.tellable import tellable
from qa.types import Article, Quotation, Window
from qa.windows import window_of

GAP = "____"


class Form(StrEnum):
    """How the answer is asked for."""

    WHO_SAID = "who said"
    WHEN = "when"
    HOW_MANY = "how many"
    WHO = "who"
    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Cloze:
    """A question about a sentence."""

    form: Form
    question: str
    answers: tuple[str, ...]
    """Wordings of its answer, any of which will do; the first as it stands in the sentence."""
    sentence: str
    """Verbatim, on one line."""
    near: str
    """The same with the sentences around it."""

    @property
    def claim(self) -> str:
        """The sentence without place and agency in front of it."""
        return " ".join(without_dateline(self.sentence).split())


_EARLY = 16
"""Sentences of an article that are asked about: what it reports stands at its beginning."""
_WORDS = range(8, 41)
"""Words of a sentence that is asked about."""
_QUOTED_WORDS = range(8, 46)
_ASKED_WORDS = range(4, 41)
"""Words of a question that a model wrote."""
_SHARED = 2
"""Content words that it must share with the passage."""
_LONE = re.compile(r"\b(?:he|she|his|him|hers?|this|these|those|article|passage|report)\b|[<>`*_#|]", re.I)
_FEWEST_STEMS = 5
"""Content words that a question needs to be about one thing."""
_ELSEWHERE = re.compile(
    r"\b(?:this|these|those|such|here|there|another|also|too|as well|we|our|us|I|my|you|your|latter|former|respectively"
    r"|the (?:two|three|four|five|pair|same|other|others|rest)|pictured|below|above)\b"
)
"""What a question cannot leave open."""
_OF_PEOPLE = re.compile(r"\b(?:he|she|his|him|her|hers)\b")
"""The same, but where a person is asked for, who is meant by it."""
_OF_THINGS = re.compile(r"\b(?:it|its|they|them|their)\b")
"""The same there."""
_OPENING = re.compile(
    r"(?P<subject>(?:(?:The |U\.S\. |US |UK )?(?:[A-Z][\w.’'-]*|former|then|of|and|the|for|de|van|von|bin|al)(?:,? ))+)"
    r"(?:(?:on|late on|early on) [A-Z][a-z]+day )?"
    r"(?P<rest>(?:(?:also|has|have|had) )?(?P<verb>[a-z]+ed|said|told|won|became|took|gave|made|began|met|led|left|held"
    r"|saw|found|got|came|ran|lost|sent|set|put|cut|wrote|spoke|drew|rose|fell|fought|hit|kept|paid|sold|is|was|has|had"
    r"|will|plans|says|wants)\b.+)"
)
_MANY = re.compile(
    r"(?:(?:At least|More than|Fewer than|Less than|About|Nearly|Some|Around|Almost|Over|Up to|As many as) )?"
    r"(?P<number>[\w,.]+(?: (?:million|billion|thousand|hundred))?) (?P<rest>(?:[a-z’'-]+ ){1,4}?"
    r"(?:were|are|have|had|died|remain|live|will|lost|took|attended|gathered|fled|voted|signed|came|joined)\b.+)"
)
_WHEN = re.compile(
    r"(?P<subject>(?:(?:The|A|An) (?:[\w’'-]+ ){1,5}?|(?:[A-Z][\w.’'-]* (?:(?:of|the|and) )?){1,5}))"
    r"(?P<verb>will|was|were|is|are|has been|have been|had been) (?P<rest>[^,;:]+?) "
    r"(?P<when>(?:(?:on )?(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[A-Z][a-z]+ \d{1,2}(?:, \d{4})?"
    r"|\d{1,2} [A-Z][a-z]+(?: \d{4})?)|in (?:[12]\d{3}|(?:early |late |mid-)?[A-Z][a-z]+ \d{4})))"
)
_CLAUSE = re.compile(r"\b(?:that|which|who|whom|after|before|when|since|until|because|while|where|as|if|said|but)\b")
_AMOUNT = re.compile(r"(?:of|percent|per cent|dozen|years?|months?|weeks?|days?|hours?|minutes?|miles?)\b")
_MONEY = re.compile(r"[$€£¥₺]\s?$")
_SCALE = re.compile(r"\s?(?:trillion|billion|million|thousand|hundred|bn|m|k)\b")
_PART = re.compile(r"[\w-]")
"""What makes a number a part of something, right beside it."""
_BEFORE_NUMBERS = STOP_WORDS | frozenset("nearly around roughly almost approximately least".split())
"""Words that may open a sentence right before a number which is no part of a name."""
_COUNTS_NOTHING = frozenset("of have has had were was are is will would said did do".split())
"""Words behind a number that stands for what only the sentence before names."""
_GLUED = re.compile(r"\d[A-Za-z]")
_YEAR = range(1000, 2101)
_MARK = re.compile(r"[“”„«»\"]")
_NOT_SAID = re.compile(r"[“”„«»\"\[\]…]|\.\.\.")


def clozes(article: Article) -> Iterator[Cloze]:
    """The questions that can be made of an article, sentence by sentence, those of its quotations last."""
    for one in tellable(article):
        whole = one.n <= _EARLY and one.words in _WORDS and one.text == one.plain and not (one.leans or one.ahead)
        sentence = " ".join(article.text[one.quote.start : one.quote.end].split())
        plain = " ".join(without_dateline(sentence).split())
        if not whole or not plain[0].isalnum() or not plain.endswith(".") or _MARK.search(plain) or points(plain):
            continue
        near = " ".join(article.text[one.near.start : one.near.end].split())
        plain = plain[:-1]
        for form, question, answers in (*_by_opening(plain, article), *_by_day(plain), *_by_gap(plain, article)):
            unknown = _ELSEWHERE.search(question) or (form is not Form.WHO and _OF_PEOPLE.search(question))
            if not unknown and is_whole(question, answers, article):
                yield Cloze(form, question, answers, sentence, near)
    for quotation in quotations_of(article):
        if found := _by_words(quotation, article):
            yield found


_Asked = tuple[Form, str, tuple[str, ...]]


def _by_opening(plain: str, article: Article) -> Iterator[_Asked]:
    """Of a sentence that begins with a person, or with how many."""
    match = _OPENING.fullmatch(plain)
    if match and not _OF_THINGS.search(match["rest"]) and (who := _person(match["subject"].strip(" ,"), article)):
        yield Form.WHO, f"Who {match['rest']}?", who
    match = _MANY.fullmatch(plain)
    found = numbers(f"{match['number']} {match['rest']}") if match else ()
    plainly = match and len(found) == 1 and found[0].start == 0 and not found[0].unit and found[0].value > 1
    if match and plainly and not _AMOUNT.match(match["rest"]) and ":" not in match["rest"]:
        yield Form.HOW_MANY, f"How many {match['rest']}?", _number(match["number"], found[0])


def _by_day(plain: str) -> Iterator[_Asked]:
    """Of a sentence that ends with a day, behind "will", "was" and their like."""
    match = _WHEN.fullmatch(plain)
    if not match or _CLAUSE.search(match["subject"]) or _CLAUSE.search(match["rest"]):
        return
    verb, _, been = match["verb"].partition(" ")
    subject = match["subject"].strip()
    if subject.split()[0] in {"The", "A", "An"}:
        subject = subject[0].lower() + subject[1:]
    elif len(names(f"x {subject}")) != 1 or re.search(r"\b(?:Police|Officials|People)\b", subject):
        return
    rest = f"{been} {match['rest']}".strip()
    yield Form.WHEN, f"When {verb} {subject} {rest}?", (re.sub(r"^(?:on|in) ", "", match["when"]),)


def _by_gap(plain: str, article: Article) -> Iterator[_Asked]:
    """Of a sentence with one number, or with a person in the midst of it."""
    found = numbers(plain)
    if len(found) == 1 and (stretch := _stretch(plain, found[0])):
        start, end = stretch
        words = _number(plain[start:end].lstrip("$€£¥₺ "), found[0])
        yield Form.NUMBER, f"What number fills the gap: {_gapped(plain, start, end)}?", words
    people = [who for one in names(plain) if one.start > 0 and (who := _person(one.text, article))]
    if len(people) == 1:
        (who,) = people
        start = plain.index(who[0])
        yield Form.NAME, f"Who fills the gap: {_gapped(plain, start, start + len(who[0]))}?", who


def _gapped(plain: str, start: int, end: int) -> str:
    return f"“{plain[:start]}{GAP}{plain[end:]}”"


def _by_words(one: Quotation, article: Article) -> Cloze | None:
    """Of words that somebody says, whose name stands beside them."""
    if one.kind != "quotation" or not one.beside or len(one.text.split()) not in _QUOTED_WORDS:
        return None
    start, end = one.sentence
    sentence = " ".join(article.text[start:end].split())
    words = " ".join(one.text.split()).rstrip(" ,.;:")
    who = _person(in_full(one, article.text).speaker, article)
    if who is None or who[-1] not in sentence or not words[0].isupper() or _NOT_SAID.search(words):
        return None
    question = f"Who said “{words}”?"
    return Cloze(Form.WHO_SAID, question, who, sentence, sentence) if is_whole(question, who, article) else None


def _person(subject: str, article: Article) -> tuple[str, ...] | None:
    """The wordings of a name, where these words are one person's full name with what stands before it."""
    found = names(f"x {subject}")
    if len(found) != 1 or not f"x {subject}".endswith(found[0].text) or re.search(r"[’']s\b", subject):
        return None
    *before, one = cast_of(article).named_in(subject) or (None,)
    if one is None or one.sort is not Sort.PERSON or any(other and other.sort is Sort.PERSON for other in before):
        return None
    full, last = one.name, one.name.split()[-1]
    opens = fold(subject.split(maxsplit=1)[0])
    if len(full.split()) > 4 or not subject.endswith(full) or (opens in STOP_WORDS and opens != "the"):
        return None
    if full == last:  # in full elsewhere in the article
        return (last,) if cast_of(article).full_name(one).endswith(f" {last}") and len(last) > 2 else None
    alone = re.search(rf"(?<![A-Z][\w.’'-]) {re.escape(last)}\b", article.text)
    spoken = is_person(found[0], reading(article.title, article.text))
    return None if alone is None or not spoken else (full,) if last.isupper() else (full, last)


def _stretch(plain: str, number: Number) -> tuple[int, int] | None:
    """Where a number stands with its currency and scale; None where it is a year, or a part of something."""
    start, end = number.start, number.end
    if scale := _SCALE.match(plain, end):
        end = scale.end()
    if money := _MONEY.search(plain, 0, start):
        start = money.start()
    words, before, after = plain[start:end], plain[:start].split(), plain[end:].split()
    is_year = number.value in _YEAR and not money and "," not in words
    named = bool(before) and before[-1][0].isupper() and (len(before) > 1 or fold(before[0]) not in _BEFORE_NUMBERS)
    beside = _PART.match(plain, end) or (start > 0 and _PART.match(plain, start - 1)) or _GLUED.search(words)
    then = bool(after[1:]) and after[1].strip(",") in {"later", "earlier", "ago"}
    alone = bool(after) and after[0] in _COUNTS_NOTHING
    return None if is_year or (named and not money) or beside or then or alone or number.value < 2 else (start, end)


def _number(words: str, number: Number) -> tuple[str, ...]:
    """A number as written, in digits, and in digits with commas."""
    value = number.value
    digits = (str(int(value)), f"{int(value):,}") if value == int(value) else (f"{value:.10g}",)
    return tuple(dict.fromkeys((words, *digits)))


def is_whole(question: str, answers: tuple[str, ...], article: Article) -> bool:
    """Whether a question says enough, does not hold its answer, is searched as it stands, and means no days that the
    article was not published on."""
    plain = normal_quote(question)
    if any(re.search(rf"(?<!\w){re.escape(normal_quote(answer))}(?!\w)", plain) for answer in answers):
        return False
    if len(content_stems(question.replace(GAP, " "))) < _FEWEST_STEMS or parse_operators(question).text != question:
        return False
    if article.published is None:
        return True
    day = article.published.day
    window = window_of(question, day) or Window()
    return (window.start or day) <= day <= (window.end or day)


def usable_question(reply: str, cloze: Cloze, article: Article) -> str | None:
    """A model's question for a cloze, None where it cannot be asked: of one line, not long, about the sentence, with no
    name or number that the article has not, and by the rules of the others."""
    question = " ".join(reply.split())
    if "\n" in reply.strip() or len(question.split()) not in _ASKED_WORDS or not question.endswith("?"):
        return None
    if _NOT_SAID.search(question) or "?" in question[:-1] or _LONE.search(question) or not question[0].isalnum():
        return None
    known = {token.folded for text in (article.title, article.text) for token in tokens(text)}
    values = {number.value for text in (article.title, article.text) for number in numbers(text)}
    if name_words(question) - known or any(number.value not in values for number in numbers(question)):
        return None
    shared = set(content_stems(question)) & set(content_stems(cloze.near))
    if len(shared) < _SHARED or not is_whole(question, cloze.answers, article):
        return None
    return question


@lru_cache(maxsize=8)
def cast_of(article: Article) -> Cast:
    """Those whom an article names."""
    return Cast((article.title, article.text))
