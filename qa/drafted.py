"""Drafted: what is drafted of an article: the sentences that are asked about, and the fixtures that they become."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from qa.cloze import Cloze, Form, clozes
from qa.exchanging import changed
from qa.facts import fold
from qa.fixtures import QuestionFixture, VerificationFixture
from qa.fixtures.drafts import Draft
from qa.tellable import is_opinion
from qa.types import Article, Status, Verdict

_SHARE = 2
"""One question to so many may be of one form, as long as there are others."""
_LOOKED_INTO = 5
"""Articles that are read for each question that is wanted, for the sake of more forms."""
_LONG = 180
"""Characters of a question above which a shorter one of the same article is preferred."""
_ROWS = 4
"""Sentences that claims are made of: each is one that holds and one that does not."""
_BY_PLACE = "o-"
"""How the id of an article begins that is made from where its file lies."""


@dataclass(frozen=True, slots=True)
class Made:
    """A question made of an article."""

    article: Article
    cloze: Cloze


@dataclass(slots=True)
class Looking:
    """What was found so far: of each article the form that there is least of; the others are kept, for want of more."""

    wanted: int
    made: list[Made] = field(default_factory=list)
    read: int = 0
    spare: list[Made] = field(default_factory=list)
    _forms: Counter[Form] = field(default_factory=Counter)
    _seen: set[str] = field(default_factory=set)
    """Sentences, so that a copy of an article is not asked about."""

    @property
    def is_done(self) -> bool:
        """Whether there is a question for each that is wanted, each of an article of its own, or enough was read."""
        return len(self.made) >= self.wanted or self.read >= _LOOKED_INTO * self.wanted

    def into(self, article: Article) -> None:
        """Look into an article."""
        self.read += 1
        if is_opinion(article):
            return
        found = [one for one in clozes(article) if fold(one.sentence) not in self._seen]
        for one in sorted(found, key=lambda one: (self._forms[one.form], len(one.question) > _LONG))[:1]:
            if _SHARE * self._forms[one.form] < self.wanted:
                self._take(Made(article, one))
        self.spare += [Made(article, one) for one in found]

    def fill(self) -> None:
        """Take what was left of the same articles, one sentence once."""
        for one in self.spare:
            if len(self.made) < self.wanted and fold(one.cloze.sentence) not in self._seen:
                self._take(one)

    def _take(self, one: Made) -> None:
        self.made.append(one)
        self._forms[one.cloze.form] += 1
        self._seen.add(fold(one.cloze.sentence))


class Ids:
    """Ids that say what a fixture is about, each once."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def of(self, title: str, what: str) -> str:
        """An id of the first words of a title."""
        words = re.findall(r"[a-z0-9]+", fold(title))[:5]
        name = "-".join([*words, what])
        self._given[name] += 1
        return name if self._given[name] == 1 else f"{name}-{self._given[name]}"


def question_of(one: Made, ids: Ids, written: tuple[str, str] | None) -> Draft:
    """A question with its answer; ``written`` is a model's with who wrote it."""
    question, by = written or (one.cloze.question, "")
    fixture = QuestionFixture(
        id=ids.of(one.article.title, one.cloze.form.replace(" ", "-")),
        draft=True,
        question=question,
        as_of=day_of(one.article),
        status=Status.ANSWERED,
        contains=(one.cloze.answers,),
        evidence=(one.cloze.sentence,),
        articles=(name_of(one.article),),
    )
    return Draft((fixture,), f"{heading_of(one.article)}{by}")


def day_of(article: Article) -> str:
    """The day of a dated article."""
    assert article.published is not None  # only dated articles are read
    return article.published.day.isoformat()


def name_of(article: Article) -> str:
    """What a fixture calls an article: its file where it has no id of its own and is alone in it, else its id."""
    origin = PurePath(article.origin)
    return origin.name if article.id.startswith(_BY_PLACE) and "#" not in article.origin else article.id


def heading_of(article: Article) -> str:
    """An article as a comment names it."""
    return f"{article.title} ({article.source or 'unknown source'}, {day_of(article)})"


def claims_of(made: Sequence[Made]) -> list[Draft]:
    """A table of sentences that their article carries, and of the same with a number or a name changed."""
    people = [one.cloze.answers[0] for one in made if one.cloze.form in (Form.NAME, Form.WHO, Form.WHO_SAID)]
    rows: list[VerificationFixture] = []
    for one in made:
        wrong = changed(one.cloze, one.article.text, people)
        if wrong is None or len(rows) >= 2 * _ROWS:
            continue
        evidence = {"text": one.cloze.near, "title": one.article.title, "date": day_of(one.article)}
        evidence |= {"source": one.article.source} if one.article.source else {}
        right = VerificationFixture(
            id=f"claims/{len(rows) + 1}",
            draft=True,
            claim=one.cloze.claim,
            evidence=(evidence,),
            verdicts=(Verdict.SUPPORTED,),
        )
        against = (Verdict.UNSUPPORTED, Verdict.WEAK)
        rows += [right, replace(right, id=f"claims/{len(rows) + 2}", claim=wrong, verdicts=against)]
    return [Draft(tuple(rows), "sentences as they stand, and with a number or a name changed")] if rows else []
