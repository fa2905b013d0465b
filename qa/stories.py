"""Stories: which articles of a window tell of one event.

Copies follow their original, so that three hundred of one text weigh no more than one. The originals of a window are
compared at once (``group``), or one after the other as they were published, each with the stories that are still open
(``one_by_one``).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from qa.clusters import clusters
from qa.copies import copies, published_first
from qa.facts import content_stems
from qa.profiles import Profile, Rarity, Terms, product, profiles, terms_of
from qa.types import Article, Copy

SAME_STORY_FROM = 0.145
"""Average similarity from which two groups are one story (``scripts/fit_stories.py`` prints the curve)."""
JOINS_FROM = 0.15
"""Average similarity to a story from which an article that comes later is of it."""
OPEN_DAYS = 7
"""Days after its newest article that a story stays open for another."""
AT_ONCE = 6_000
"""Originals that are compared at once (150 MB); more are taken one by one."""
_SHARE, _FEWEST = 0.1, 10
"""What is open is grouped anew after so many articles for each that is open, and after so many at least."""


def group(articles: Sequence[Article], same_from: float = SAME_STORY_FROM) -> list[list[Article]]:
    """The articles in groups of one event each, both in the order given; every article is in exactly one group."""
    original = {copy.article_id: copy.of for copy in copies(articles)}
    originals = sorted((article for article in articles if article.id not in original), key=published_first)
    if len(originals) > AT_ONCE:
        *_, stories = one_by_one(articles)
        return _in_order(articles, ((one, n) for n, members in enumerate(stories.groups) for one in members))
    story: dict[str, int] = {}
    for number, members in enumerate(clusters(profiles(originals), same_from)):
        story |= {originals[n].id: number for n in members}
    return _in_order(articles, ((article, story[original.get(article.id, article.id)]) for article in articles))


def _in_order(articles: Sequence[Article], placed: Iterator[tuple[Article, int]]) -> list[list[Article]]:
    story = {article.id: number for article, number in placed}
    found: dict[int, list[Article]] = defaultdict(list)
    for article in articles:
        found[story[article.id]].append(article)
    return list(found.values())


@dataclass(slots=True, eq=False)
class _Kept:
    """An article of a running story; its terms are read again where they were let go."""

    n: int
    article: Article
    terms: Terms | None

    @property
    def day(self) -> int | None:
        return self.article.published.day.toordinal() if self.article.published else None


@dataclass(slots=True, eq=False)
class _Running:
    """A story that another article may join."""

    members: list[_Kept] = field(default_factory=list)
    total: dict[str, float] = field(default_factory=dict)
    """The sum of its profiles; empty where its terms were let go."""

    newest: int | None = None
    """Its newest day; None where none of its articles has a date."""

    def add(self, kept: _Kept, profile: Profile) -> None:
        self.members.append(kept)
        if kept.day is not None:
            self.newest = max(kept.day, self.newest or kept.day)
        for term, weight in profile.items():
            self.total[term] = self.total.get(term, 0.0) + weight

    def is_open(self, day: int | None) -> bool:
        return day is None or self.newest is None or day - self.newest <= OPEN_DAYS

    def let_go(self) -> None:
        self.total = {}
        for kept in self.members:
            kept.terms = None


class OpenStories:
    """Stories that grow article by article as they are published, undated ones last.

    An article joins the open story that it is most like, or begins one. What is open is grouped anew whenever it has
    grown by a tenth, because a first article says less than ten do; a story that is over stays as it is. Nothing that
    comes later has a part in it, neither in how rare a term is.
    """

    def __init__(self, joins_from: float = JOINS_FROM) -> None:
        self._joins_from = joins_from
        self._rarity = Rarity()
        self._open: list[_Running] = []
        self._over: list[_Running] = []
        self._copies: dict[str, list[Article]] = defaultdict(list)
        self._added = self._read = 0

    def add(self, article: Article, copy_of: str | None = None) -> None:
        """Take in the next article; ``copy_of`` is the id of one taken in before that it is a copy of."""
        if copy_of is not None:
            self._copies[copy_of].append(article)
            return
        kept = _Kept(self._read, article, terms_of(article))
        self._read += 1
        self._added += 1
        self._rarity.add(kept.terms or {})
        self._end_or_open_again(kept.day)
        count = sum(len(story.members) for story in self._open)
        if max(_FEWEST, _SHARE * count) <= self._added and count < AT_ONCE:
            self._group_anew(kept)
        else:
            self._join(kept)

    @property
    def groups(self) -> list[list[Article]]:
        """The stories in the order they began, each article followed by its copies."""
        ordered = sorted(
            (sorted(one.members, key=_order) for one in (*self._over, *self._open)), key=lambda some: some[0].n
        )
        return [
            [one for kept in members for one in (kept.article, *self._copies[kept.article.id])] for members in ordered
        ]

    def _end_or_open_again(self, day: int | None) -> None:
        """Stories end some days after their newest article; an undated one may be of any."""
        for story in self._over if day is None else ():
            members, story.members = story.members, []
            for kept in members:
                story.add(kept, self._profile(kept))
        both = [*self._open, *self._over] if day is None else self._open
        self._open, ended = (
            [story for story in both if story.is_open(day)],
            [one for one in both if not one.is_open(day)],
        )
        self._over = [] if day is None else [*self._over, *ended]
        for story in ended:
            story.let_go()

    def _profile(self, kept: _Kept) -> Profile:
        kept.terms = kept.terms or terms_of(kept.article)
        return self._rarity.profile(kept.terms)

    def _group_anew(self, kept: _Kept) -> None:
        self._added = 0
        members = sorted((*(one for story in self._open for one in story.members), kept), key=_order)
        found = [self._profile(one) for one in members]
        self._open = []
        for places in clusters(found, SAME_STORY_FROM):
            self._open.append(_Running())
            for n in places:
                self._open[-1].add(members[n], found[n])

    def _join(self, kept: _Kept) -> None:
        profile = self._profile(kept)
        alike = ((product(profile, story.total) / len(story.members), -n) for n, story in enumerate(self._open))
        value, at = max(alike, default=(0.0, 0))
        if value < self._joins_from or not self._open:
            self._open.append(_Running())
            at = 1 - len(self._open)
        self._open[-at].add(kept, profile)


def _order(kept: _Kept) -> int:
    return kept.n


def one_by_one(articles: Sequence[Article], joins_from: float = JOINS_FROM) -> Iterator[OpenStories]:
    """The stories after each of the articles, taken as they were published (always the same object)."""
    original = {copy.article_id: copy.of for copy in copies(articles)}
    stories = OpenStories(joins_from)
    for article in sorted(articles, key=published_first):
        stories.add(article, original.get(article.id))
        yield stories


def story_id(articles: Sequence[Article]) -> str:
    """An id that depends on nothing but which articles make the story."""
    return hashlib.blake2b("\x1f".join(sorted(a.id for a in articles)).encode(), digest_size=6).hexdigest()


def central(articles: Sequence[Article]) -> Article:
    """The article that is most like the others; of equals the earliest given."""
    compared = profiles(articles)
    whole = _mean(compared)
    alike = [product(one, whole) - product(one, one) / len(compared) for one in compared]
    return articles[max(range(len(articles)), key=lambda i: (round(alike[i], 9), -i))]


def main_first(
    articles: Sequence[Article],
    copied: Sequence[Copy] = (),
    is_aside: Callable[[Article], bool] = lambda article: False,
) -> list[Article]:
    """The central article that is no copy, and no aside (an opinion) unless all are; then the other originals as
    published, then the copies as published."""
    ids = {copy.article_id for copy in copied}
    originals = sorted((one for one in articles if one.id not in ids), key=published_first)
    main = central([one for one in originals if not is_aside(one)] or originals)
    rest = [one for one in originals if one.id != main.id]
    return [main, *rest, *sorted((one for one in articles if one.id in ids), key=published_first)]


def _mean(compared: Sequence[Profile]) -> Mapping[str, float]:
    """What a group is like: its product with another's mean is their average similarity."""
    mean: dict[str, float] = {}
    for profile in compared:
        for term, weight in profile.items():
            mean[term] = mean.get(term, 0.0) + weight / len(compared)
    return mean


def is_copy(one: str, other: str) -> bool:
    """Whether two sentences say the same in nearly the same words."""
    first, second = set(content_stems(one)), set(content_stems(other))
    return bool(first and second) and len(first & second) >= 0.7 * min(len(first), len(second))
