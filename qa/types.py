"""The values that flow through Newsdesk: frozen, slotted, without behaviour beyond what follows from their fields.

Offsets are half-open character positions in the stored text of an article version (``field == "text"``) or in its
title (``field == "title"``). Days are calendar days in the library's time zone.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

Field = Literal["text", "title"]
IndexChoice = Literal["auto", "chroma", "exact"]
IndexUsed = Literal["chroma", "exact", "words", "store"]


class Verdict(StrEnum):
    """What code found out about one sentence and the text it cites."""

    SUPPORTED = "supported"
    WEAK = "weak"
    UNSUPPORTED = "unsupported"
    UNCITED = "uncited"


class Status(StrEnum):
    """Whether the articles answer the question."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    INSUFFICIENT = "insufficient"


class Mode(StrEnum):
    """Who wrote the words: quotation, or a configured model."""

    EXTRACTIVE = "extractive"
    LLM = "llm"


@dataclass(frozen=True, slots=True)
class Published:
    """When an article was published. Never invented from the clock."""

    iso: str
    """ISO 8601: the day alone where only the day is known, else with time and offset."""
    day: date
    """The same, as a day in the library's time zone: what windows and as-of dates compare."""


class DatedBy(StrEnum):
    """Where the day of an article was found, when it was not stated as such."""

    DATELINE = "dateline"
    """In the words of the article: a line above it, or the place and day that it opens with."""
    ADDRESS = "address"
    """In the address it was found under: ``/2026/02/04/``."""
    FILE_NAME = "file name"
    """In the name of its file, for want of anything better."""


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of an article beside its words, title, source and date."""

    language: str | None = None
    """ISO 639-1 code of the language it is written in; None when that cannot be told."""
    author: str | None = None
    fetched: str | None = None
    """When it was fetched, or saved by whoever saved it (ISO 8601). Never its date."""
    dated_by: DatedBy | None = None
    """None where its date is stated as such, or where it has none."""
    pages: tuple[int, ...] = ()
    """Where each page of a paged document begins in ``text``, in order; empty where there are no pages."""
    excerpt: bool = False
    """Whether only the beginning, or a summary, could be had."""
    changed: str | None = None
    """When this version took the place of the one before (ISO 8601); None for a first one, or where it is not known."""

    def page_of(self, start: int) -> int | None:
        """The page that a position in the text stands on, from 1."""
        return bisect_right(self.pages, start) or None


@dataclass(frozen=True, slots=True)
class Article:
    """One version of one dated news article, cleaned; ``text`` is what every offset refers to."""

    id: str
    origin: str
    """Where it came from: the file, and for a file of many articles ``file#key``."""
    version: int
    title: str
    source: str | None
    url: str | None
    published: Published | None
    text: str
    digest: str
    """SHA-256 of ``text``: decides whether it must be embedded again."""
    details: Details = Details()


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an article: passages tile it, and none exceeds the embedder's window."""

    id: str
    article_id: str
    version: int
    n: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Window:
    """Days of publication, both ends included; ``None`` is open."""

    start: date | None = None
    end: date | None = None
    why: str = ""
    """The words of the question, or the options, that set it."""
    about: str = ""
    """What of those words names an event ("before *the talks* on Friday"), and is searched for as well."""

    @property
    def is_open(self) -> bool:
        """Whether every day is inside."""
        return self.start is None and self.end is None

    def last(self, as_of: date) -> date:
        """Its last day, seen from ``as_of``: no later one counts."""
        return min(self.end or as_of, as_of)

    def holds(self, article: Article) -> bool:
        """Whether an article was published inside; one without a date is inside an open window only."""
        if article.published is None or self.is_open:
            return self.is_open
        return (self.start or date.min) <= article.published.day <= (self.end or date.max)


class SortBy(StrEnum):
    """What the library's list is sorted by."""

    DATE = "date"
    TITLE = "title"
    SOURCE = "source"
    PASSAGES = "passages"


@dataclass(frozen=True, slots=True)
class Listing:
    """Which articles are listed, and in which order. Undated articles and unknown sources come last."""

    words: str = ""
    """Each stands in the title, the source or the day (``2026-02-04``, "undated"), in any case, accents or not."""
    window: Window = Window()
    sources: tuple[str, ...] = ()
    by: SortBy = SortBy.DATE
    descending: bool = True


class Heading(StrEnum):
    """What stands over an article, and a reader can correct by hand."""

    TITLE = "title"
    SOURCE = "source"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Correction:
    """What the reader corrected by hand in an article, and what its file says there."""

    fields: frozenset[Heading]
    title: str
    source: str | None
    published: Published | None


class RemovedBy(StrEnum):
    """Why an article is no longer in the library."""

    READER = "reader"
    """The reader removed it: it stays away until it is restored."""
    PRUNE = "prune"
    """It vanished from its folder, and ``--prune`` removed it: it is back when its file is."""
    STORE = "store"
    """Another library of the shared store removed it."""


@dataclass(frozen=True, slots=True)
class RemovedArticle:
    """An article that was removed and can be restored."""

    article: Article
    """With empty ``text``."""
    why: RemovedBy


@dataclass(frozen=True, slots=True)
class FileProblems:
    """What was refused or dropped when a file was last read."""

    path: str
    articles: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """How a question that leans on a conversation was completed before it was searched."""

    typed: str
    """The question as it was typed."""
    by: Literal["rules", "model"]
    why: str
    """What was taken along, in words: "he is Hakan Fidan"."""
    model: str | None = None
    prompt_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it is searched."""

    text: str
    as_of: date
    """Nothing published after this day is used."""
    as_of_given: bool = False
    """Whether a person set ``as_of`` (undated articles are then left out)."""
    window: Window = field(default_factory=Window)
    sources: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    """Ids of the only articles that are used, where it is about one story; none: all are."""
    phrases: tuple[str, ...] = ()
    """Words that must stand together in a passage, as typed in quotation marks."""
    without: tuple[str, ...] = ()
    """Words that must not stand in a passage or its title."""
    left: Window = field(default_factory=Window)
    """The window that words of the question would have set, had not all days been asked for."""
    followup: FollowUp | None = None
    """How ``text`` came about, where what was typed leaned on the conversation."""

    @property
    def typed(self) -> str:
        """The question as a person typed it."""
        return self.followup.typed if self.followup else self.text

    @property
    def topic(self) -> str:
        """The question without the words that set its window: they are resolved, and stand in no article."""
        window = self.window if self.window_in_words else self.left
        if not window.why or window.why not in self.text:
            return self.text
        return " ".join(self.text.replace(window.why, f" {window.about} ", 1).split()) or self.text

    @property
    def window_in_words(self) -> bool:
        """Whether words of the question set its window."""
        return bool(self.window.why) and self.window.why in self.text

    @property
    def allows_undated(self) -> bool:
        """Undated articles are used only where neither a window nor an as-of date is set."""
        return self.window.is_open and not self.as_of_given


@dataclass(frozen=True, slots=True)
class How:
    """How a passage was found: its rank (from 1) by words and by meaning, ``None`` where it was not."""

    words: int | None
    meaning: int | None
    before: int | None = None
    """Its rank before a model re-scored the first passages; ``None`` where none did."""
    model_score: float | None = None
    """The model's score; ``None`` where it gave none."""
    cited_before: bool = False
    """Whether the answer before, in the same conversation, cites it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query, best first."""

    passage: Passage
    article: Article
    score: float
    """Score in [0, 1], never lower than that of a hit found after it; comparable within one query only."""
    how: How
    copies: tuple[str, ...] = ()
    """Ids of the articles that hold a copy of the passage, met before enough others were found."""
    outlets: tuple[str, ...] = ()
    """Other sources than its own that those are of: with it they count as one original."""


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact characters of an article version that a sentence rests on."""

    n: int
    """Number of the cited article within its answer or story, from 1."""
    article_id: str
    version: int
    title: str
    source: str | None
    published: str | None
    field: Field
    start: int
    end: int
    quote: str
    corrected: bool = False
    """Whether code moved the citation to other words than the writer's."""
    url: str | None = None
    """Address of the article, where it has one."""
    page: int | None = None
    """Page of a paged document that the quote begins on, from 1."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of cited words since they were cited."""

    version: int | None
    """The current version of their article; None where it is not in the library."""
    removed: bool = False
    """Whether it was removed, and can be restored."""
    changed: str | None = None
    """When the version after the cited one took its place (ISO 8601); None where there is none, or it is not known."""
    stand: bool = True
    """Whether the words are at their place in the version that was cited."""
    kept: bool = True
    """Whether the current version has the words, at any place."""


@dataclass(frozen=True, slots=True)
class Cited:
    """What a sentence cites: the quoted words, the sentences around them, the whole passage, and its attribution."""

    quote: str
    near: str
    """The quote with its neighbouring sentences."""
    passage: str
    header: str
    """Title, source and date: a name or a day may rest on them."""
    title: str = ""
    """The headline alone: a sentence may rest on its words."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of the evidence that a claim was checked against: ``evidence`` is its place in the list, from 0."""

    evidence: int
    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on the claim of one line of a file, with its reasons and what carries it best."""

    line: int
    claim: str
    verdict: Verdict
    reasons: tuple[str, ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """How many claims were checked, and how many lines could not be read."""

    checked: int
    wrong: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer or briefing, with what it cites and the verdict."""

    text: str
    start: int
    """Offset of ``text`` in the answer's text."""
    end: int
    citations: tuple[Citation, ...]
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    struck: bool = False
    """Whether it is shown struck out: a model wrote it, and it failed its check."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two cited values that cannot both hold."""

    kind: Literal["disagreement", "superseded"]
    """Of about the same time, or one later: it holds."""
    sides: tuple[Citation, Citation]
    """The sentences that state them, the earlier first."""
    values: tuple[str, str]
    """Both values as written."""
    about: str = ""
    """What they are values of, where it has a name: "deaths"."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a reply cost: tokens in and out, money in USD (``None`` where the price is unknown), seconds."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = 0.0
    seconds: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        """Both together; the price is unknown where one of theirs is."""
        cost = None if self.cost is None or other.cost is None else self.cost + other.cost
        tokens_in, tokens_out = self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out
        return Usage(tokens_in, tokens_out, cost, self.seconds + other.seconds)


@dataclass(frozen=True, slots=True)
class Rescored:
    """What came of asking a model to score the first passages found."""

    model: str
    host: str
    shown: int
    """Passages it was shown."""
    scored: int
    """Passages it gave a score; 0 when its reply was not used, and the order is as it was found."""
    prompt_hash: str
    usage: Usage
    why: str = ""
    """Why its reply was not used."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made an answer: enough to make it again."""

    mode: Mode
    model: str | None
    prompt_hash: str | None
    config_hash: str
    embedder: str
    version: str
    rerank_hash: str | None = None
    """The prompt by which the passages were re-scored, if they were."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a reader should know meanwhile."""

    text: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request to a model and its reply, word for word: what a reader inspects. Kept nowhere, and without a key."""

    prompt: str
    """Name of the prompt that was filled: ``answer``, ``brief``, ``repair``, ``opinion``, ``rerank``, ``followup``."""
    prompt_hash: str
    model: str
    host: str
    system: str
    user: str
    tokens: int
    """Tokens of both messages, by Newsdesk's count."""
    shown: int
    """Passages in it (of a follow-up: questions and answers)."""
    of: int
    """Those there were: what does not fit the model's context is left out."""
    reply: str
    """As it came, with the model's thinking; untrusted, and as far as it came."""
    ended: str
    """Why it is not a whole reply, as a sentence; empty where it is one."""
    usage: Usage
    story: str = ""
    """Id of the story of a briefing that it was for."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A sentence of the articles as it was compared with a question, to be quoted in answer."""

    citation: Citation
    probability: float
    """How sure it is to answer, by what was learned from questions with known answers."""
    possible: bool
    """Whether it has what was asked for: a number, a day, the right person speaking."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The sentences compared with a question, or with a part of it, best first; how sure one must be to answer."""

    asked: str
    least: float
    sentences: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long run is; ``seconds_left`` is an estimate, ``None`` while there is none."""

    stage: str
    done: int
    total: int
    seconds_left: float | None = None
    host: str = ""
    """The server that is asked meanwhile, empty where none is."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What was found for a query."""

    query: Query
    hits: tuple[Hit, ...]
    left_out: int
    """Articles not used because they are newer than the as-of date."""
    index: IndexUsed
    undated: int = 0
    """Articles not used because they have no date, and a window or an as-of date was set."""
    dropped: tuple[str, ...] = ()
    """Phrases that no passage in scope holds, and that were therefore searched as single words."""
    meaning_share: float = 1.0
    """Share of the passages in scope that have a vector already."""
    rescored: Rescored | None = None
    """Who re-scored the first hits; ``None`` where nobody was asked."""
    embedder: str = ""
    """What a reader should know about the embedder: it cannot be reached, or is being changed."""

    @property
    def beyond(self) -> int:
        """Hits from outside a window in words: they hold markedly more of the question than all within."""
        return sum(not self.query.window.holds(hit.article) for hit in self.hits)


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the answer as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A question's answer: text, checked claims, and what they rest on."""

    question: str
    text: str
    claims: tuple[Claim, ...]
    hits: tuple[Hit, ...]
    status: Status
    complete: bool
    query: Query
    nearest: tuple[Citation, ...]
    """The closest evidence, shown when the articles do not answer."""
    left_out: int
    index: IndexUsed
    usage: Usage
    provenance: Provenance
    conflicts: tuple[Conflict, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader must know about how it was made, such as a reply that broke off."""
    rescored: Rescored | None = None
    """Who re-scored the passages it was written from; ``None`` where nobody was asked."""
    beyond: tuple[str, ...] = ()
    """Ids of the articles in ``nearest`` that lie outside the window."""
    searched: int | None = None
    """Articles that could have answered, where none does: those of the window and the sources."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it is listed."""

    id: int
    title: str
    begun: datetime
    changed: datetime
    turns: int
    deleted: datetime | None = None
    """When it was deleted; it can be restored until it is erased."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation and its answer."""

    conversation: int | None
    """``None`` where it was not kept."""
    n: int
    """Its place in the conversation, from 1."""
    asked_at: datetime
    answer: Answer
    """Without hits when it comes from the journal: what was cited is kept, not all that was found."""


@dataclass(frozen=True, slots=True)
class Rechecked:
    """A sentence of an exported answer or briefing, checked again."""

    question: int
    """Number of its question in the conversation, of its story in the briefing; 0 for one of no story."""
    text: str
    was: Verdict | None
    """The verdict in the export; ``None`` where it has none for this sentence, as for words that are only quoted."""
    now: Verdict
    reasons: tuple[str, ...]
    changes: tuple[str, ...]
    """What is not as it was when it was exported; nothing where all is."""


@dataclass(frozen=True, slots=True)
class RecheckReport:
    """How many sentences of an export were checked again, and for how many of them something has changed."""

    checked: int
    changed: int
    removed: int
    """Sentences that were exported and are gone from the file; they count as changed."""
    complete: bool
    edited: bool = False
    """Whether anything in the file of a briefing, a sentence or not, is not as it was written."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A story as an earlier briefing told it."""

    briefing: int
    """Number of that briefing in the journal."""
    day: date
    """The last day of its window."""
    story: str
    title: str


@dataclass(frozen=True, slots=True)
class Change:
    """What is new in a story against what earlier briefings told."""

    kind: Literal["number", "date", "actor", "place", "status"]
    about: str
    """What it is a value of, where it has a name: "deaths"."""
    before: str | None
    """The value that was told, as written; ``None`` where there was none, as for a person not named before."""
    after: str
    """The value now, as written."""
    sides: tuple[Citation, ...]
    """The sentences that state them: that of ``before`` first, where there is one."""


@dataclass(frozen=True, slots=True)
class Development:
    """What happened in a story on a day, in a cited sentence."""

    day: date
    """The day its article was published."""
    claim: Claim


@dataclass(frozen=True, slots=True)
class Copy:
    """An article that says what another of its story says: a reprint, a write-through, a correction."""

    article_id: str
    of: str
    """Id of the original."""
    later: bool
    """Whether it is a later version of the same report, with other words or values in it, and not a mere reprint."""


@dataclass(frozen=True, slots=True)
class Story:
    """The articles of one event, told in a few cited sentences."""

    id: str
    title: str
    status: Literal["new", "update", "seen"]
    """Against the briefings of the days before: told in none, told without some of its articles, told with all."""
    articles: tuple[Article, ...]
    """Without their texts when it comes from the journal."""
    claims: tuple[Claim, ...]
    """What happened; empty where nothing of it is carried by an article: its headline and its link tell of it then."""
    earlier: Earlier | None = None
    """The latest story of those briefings that it goes on from; ``None`` where it is new."""
    added: tuple[str, ...] = ()
    """Ids of its articles that those briefings did not have: all where it is new."""
    changes: tuple[Change, ...] = ()
    """What articles of ``added`` say that was told otherwise, or not at all."""
    news: tuple[Claim, ...] = ()
    """What is new since it was last told, where it is an update."""
    why: tuple[Claim, ...] = ()
    """Why it matters, as far as an article says so."""
    conflicts: tuple[Conflict, ...] = ()
    """What its articles disagree about, both sides."""
    timeline: tuple[Development, ...] = ()
    """Its developments over days, the earliest first; empty where it is of one day."""
    copies: tuple[Copy, ...] = ()
    """Articles that say what another of its articles says; ``articles`` has them, after their originals."""

    @property
    def sentences(self) -> tuple[Claim, ...]:
        """Every sentence it tells: what happened, what is new, why it matters, then its timeline."""
        return (*self.claims, *self.news, *self.why, *(one.claim for one in self.timeline))


@dataclass(frozen=True, slots=True)
class Grouped:
    """The articles of one event, told by nobody."""

    id: str
    articles: tuple[Article, ...]
    """As they were published, undated ones last; without their texts."""
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class Grouping:
    """The articles of a window by story: each is in exactly one."""

    window: Window
    as_of: date
    sources: tuple[str, ...]
    """The only ones whose articles were grouped; all where there are none."""
    stories: tuple[Grouped, ...]
    online: bool
    """Whether they were grouped one by one, in the order they were published."""
    complete: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An article that a briefing did not use, and why."""

    article_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Since:
    """The latest briefing of the days before: what a briefing is compared with."""

    briefing: int
    """Its number in the journal."""
    day: date
    """The last day of its window."""
    over: tuple[Earlier, ...] = ()
    """Its stories that no story or other article of the window goes on from."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What the reader follows: a feed, a page, a file or a folder that is read again."""

    number: int
    place: str
    """Address or path."""
    name: str
    """What its source is called in its articles; empty for what they say themselves."""
    added: datetime
    refreshed: datetime | None = None
    """When it was last read."""
    problem: str = ""
    """What was wrong then."""
    moved: str = ""
    """Where its server says that it is from now on, and where it is therefore asked for; empty: where it was."""
    gone: bool = False
    """Whether its server said that it is gone for good: it is asked for by its number alone."""
    rests: datetime | None = None
    """Until when its server wants to be left alone."""


@dataclass(frozen=True, slots=True)
class Added:
    """What came of following something: what is followed from now on, and what was already."""

    new: tuple[Followed, ...]
    already: tuple[Followed, ...]


@dataclass(frozen=True, slots=True)
class StandingQuestion:
    """A question that the reader keeps: each briefing answers it anew."""

    number: int
    question: str
    """As it was typed."""
    added: datetime
    answered: date | None = None
    """The last day of the latest briefing that answered it; ``None`` where none did yet."""
    told: date | None = None
    """That of the latest one that had something to tell; ``None`` where none had."""
    removed: datetime | None = None
    """When it was removed; it can be restored until it is erased."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a briefing says to a standing question: what is new since it was last answered."""

    number: int
    """The number of the question in the journal."""
    question: str
    status: Literal["new", "nothing_new", "absent"]
    """Whether there is something new, nothing besides what earlier briefings told, or nothing was ever told."""
    claims: tuple[Claim, ...]
    """What is new, cited and checked; empty unless something is."""
    window: Window
    """The days whose articles were asked: the briefing's, and those since it was last answered."""
    since: date | None = None
    """The last day of the latest earlier briefing that answered it; ``None`` where none did."""
    told: date | None = None
    """That of the latest one that had something to tell."""


@dataclass(frozen=True, slots=True)
class Briefing:
    """The stories of a window, told from its articles."""

    window: Window
    as_of: date
    stories: tuple[Story, ...]
    left_out: tuple[LeftOut, ...]
    complete: bool
    index: IndexUsed
    usage: Usage
    provenance: Provenance
    notes: tuple[str, ...] = ()
    """What a reader must know about how it was made, such as sentences that were dropped."""
    dropped: int = 0
    """Sentences of a model that the articles do not support, and that were left out."""
    sources: tuple[str, ...] = ()
    """The sources it was made from; all where there are none."""
    topic: str = ""
    """What it is about, as the reader typed it; empty where it is of everything."""
    made: datetime | None = None
    since: Since | None = None
    """``None`` where no briefing of earlier days is kept: its stories are then compared with nothing."""
    number: int | None = None
    """Its number in the journal; ``None`` where it was not kept."""
    revision: int = 1
    """From 1: one more each time that the same days are told from other articles, or by another writer."""
    added: tuple[str, ...] = ()
    """Ids of the articles that the revision before did not have."""
    standing: tuple[Standing, ...] = ()
    """The reader's standing questions, answered."""

    @property
    def last(self) -> date:
        """The last day it is of: that of its window, or the as-of date where the window goes on after it."""
        return self.window.last(self.as_of)


@dataclass(frozen=True, slots=True)
class Edition:
    """A kept briefing as it is listed, its latest revision counted."""

    number: int
    first: date | None
    last: date
    sources: tuple[str, ...]
    made: datetime
    revision: int
    complete: bool
    stories: int
    updates: int
    seen: int
    articles: int
    deleted: datetime | None = None
    """When it was deleted; it can be restored until it is erased."""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the input that was not taken, or taken with a change: where, what, and the remedy."""

    path: str
    line: int | None
    message: str
    fatal: bool = True
    """Whether the item was refused (else it was kept, and this says what was dropped from it)."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a synchronisation with the shared store did. Counts are articles."""

    store: str
    """Host (and port) of the store."""
    pushed: int = 0
    taken: int = 0
    """New to this library."""
    updated: int = 0
    """Newer versions of articles of this library."""
    removed: int = 0
    """Left this library, because they came from the store and others removed them."""
    told: int = 0
    """Removals of this library that the store was told."""
    kept: int = 0
    """Removed by others and kept here, because this library read them itself; not shared."""
    copies: int = 0
    """The same article under another id: neither sent nor taken."""
    waiting: int = 0
    """Not sent yet, because they have no vectors yet."""
    incomplete: int = 0
    """Not taken, because not all their passages are in the store yet."""
    conflicts: int = 0
    """The store holds another text, and neither was made from the other: each side keeps its own."""
    refused: int = 0
    """Not taken because they are no articles of ours, or not sent because the store could not hold them."""
    problems: tuple[Problem, ...] = ()
    """The first of what was refused, kept or in conflict, with the remedy; ``path`` is the article."""
    complete: bool = True
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did. Counts are articles, but ``failed`` (files and items) and ``embedded`` (passages)."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    copies: int = 0
    undated: int = 0
    pruned: int = 0
    kept_out: int = 0
    """The reader removed them before, and they stay removed."""
    restored: int = 0
    """Removed before, and back."""
    failed: int = 0
    cut: int = 0
    """Characters that were cut: control and invisible ones, and endless repetition."""
    replaced: int = 0
    """Characters that could not be decoded and were replaced."""
    embedded: int = 0
    waiting: int = 0
    """Passages that have no vector yet."""
    problems: tuple[Problem, ...] = ()
    complete: bool = True
    seconds: float = 0.0
    would_prune: tuple[str, ...] = ()
    """Ids that ``--prune`` would remove (with ``--dry-run``, or when it needs ``--yes``)."""
    shared: SyncReport | None = None
    """What was shared afterwards; None without a shared store, or when it could not be reached."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing ``doctor`` looked at."""

    name: str
    fine: bool
    says: str
    remedy: str = ""
    """What to do about it, where something is to be done."""
    repaired: bool = False
    """Whether it was not fine, and has been made again."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What ``doctor`` found, in the order in which it looked."""

    checks: tuple[Check, ...]
    complete: bool = True

    @property
    def needs_you(self) -> bool:
        """Whether something is left that nobody but the reader can put right."""
        return any(not check.fine for check in self.checks)

    @property
    def repaired(self) -> bool:
        """Whether something was made again."""
        return any(check.repaired for check in self.checks)


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words that an article has in quotation marks, and who says them. Positions are characters of its text."""

    article_id: str
    version: int
    title: str
    source: str | None
    url: str | None
    published: Published | None
    start: int
    end: int
    text: str
    """Verbatim: what the article has from ``start`` to ``end``."""
    speaker: str
    """In full where the article has the full name; "" where it does not say plainly who speaks."""
    as_written: str
    """The name, the description or the pronoun that stands there."""
    role: str
    """Office or description of the speaker, as written; "" where none is."""
    verb: str
    """The word of saying: "told"; "" where none stands beside the quotation."""
    beside: bool
    """Whether the speaker is named beside the quotation; else it is known from the sentences around it."""
    kind: Literal["quotation", "marked", "title"]
    """Somebody's words; one or two words that are only marked; the title of a work."""
    sentence: tuple[int, int] = (0, 0)
    """Positions of the sentence it stands in."""
    also_in: tuple[tuple[str, str], ...] = ()
    """Id and source of other articles that have the same words of the same speaker."""

    @property
    def outlets(self) -> int:
        """How many sources have it."""
        return len({self.source or "", *(source for _, source in self.also_in)})


@dataclass(frozen=True, slots=True)
class QuotesReport:
    """The quotations that were asked for, newest first."""

    quotations: tuple[Quotation, ...]
    total: int
    """How many there are; ``quotations`` may hold fewer."""
    articles: int
    """How many articles were read for them."""
    marked: int
    """Marked words and titles that were left out."""
    query: Query
    """What was searched: its text is empty."""
    by: str = ""
    about: str = ""
    left_out: int = 0
    """Articles newer than ``as_of``."""
    undated: int = 0
    """Articles without a date, left out because a window is set."""
    complete: bool = True


class Cancel:
    """A thread-safe request to stop. Callbacks registered with ``on_cancel`` run once, at once if already cancelled."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Ask to stop; safe from any thread, any number of times."""
        with self._lock:
            self._event.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def on_cancel(self, callback: Callable[[], None]) -> None:
        """Run ``callback`` when cancelled."""
        with self._lock:
            if not self._event.is_set():
                self._callbacks.append(callback)
                return
        callback()
