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
from qa.facts import content_stems, fold
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
_ANEW = 1.25
"""Articles for one at the last count, from which the rarity of terms is counted anew."""


def group(articles: Sequence[Article], same_from: float = SAME_STORY_FROM) -> list[list[Article]]:
    """The articles in groups of one event each, both in the order given; every article is in exactly one group."""
    original = {copy.article_id: copy.of for copy in copies(articles)}
    originals = sorted((article for article in articles if article.id not in original), key=published_first)
    if len(originals) > AT_ONCE:
        return _in_order(articles, one_by_one(articles))
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


@dataclass(slots=True)
class _Open:
    """A story that another article may join."""

    members: list[int] = field(default_factory=list)
    newest: int | None = None
    """Its newest day; None where none of its articles has a date."""
    total: dict[str, float] = field(default_factory=dict)
    """The sum of its profiles."""

    def add(self, number: int, day: int | None, profile: Profile) -> None:
        self.members.append(number)
        self.newest = day if self.newest is None else max(self.newest, day or self.newest)
        self.weigh(profile)

    def weigh(self, profile: Profile) -> None:
        for term, weight in profile.items():
            self.total[term] = self.total.get(term, 0.0) + weight

    def is_open(self, day: int | None) -> bool:
        return day is None or self.newest is None or day - self.newest <= OPEN_DAYS


def one_by_one(articles: Sequence[Article], joins_from: float = JOINS_FROM) -> Iterator[tuple[Article, int]]:
    """The articles as they were published, undated ones last, each with the number of the story it joins or opens.

    An article is compared with those before it alone, also in how rare its terms are; what was said stays so.
    """
    original = {copy.article_id: copy.of for copy in copies(articles)}
    story_of: dict[str, int] = {}
    stories: list[_Open] = []
    read: list[Terms] = []
    rarity, counted = Rarity(), 0
    for article in sorted(articles, key=published_first):
        if of := original.get(article.id):
            story_of[article.id] = story_of[of]
            yield article, story_of[of]
            continue
        read.append(terms_of(article))
        rarity.add(read[-1])
        if len(read) >= _ANEW * counted:
            counted = len(read)
            known = {n: rarity.profile(read[n]) for story in stories for n in story.members}
            for story in stories:
                story.total = {}
                for n in story.members:
                    story.weigh(known[n])
        profile = rarity.profile(read[-1])
        day = article.published.day.toordinal() if article.published else None
        number = _joined(profile, day, stories, joins_from)
        if number == len(stories):
            stories.append(_Open())
        stories[number].add(len(read) - 1, day, profile)
        story_of[article.id] = number
        yield article, number


def _joined(profile: Profile, day: int | None, stories: Sequence[_Open], joins_from: float) -> int:
    """The open story that is most like it, the earliest of equals; a new one where none is like enough."""
    alike = (
        (product(profile, story.total) / len(story.members), -n)
        for n, story in enumerate(stories)
        if story.is_open(day)
    )
    value, at = max(alike, default=(0.0, 0))
    return -at if value >= joins_from else len(stories)


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


def continued(
    stories: Sequence[Sequence[Article]],
    earlier: Sequence[Sequence[Article]],
    same_from: float = SAME_STORY_FROM,
) -> list[list[int]]:
    """For each story the places in ``earlier`` of those of its event, told on average as alike as two groups that are
    one story; the most alike first."""
    everything = [article for members in (*stories, *earlier) for article in members]
    compared = iter(profiles(everything))
    mine, theirs = ([_mean([next(compared) for _ in members]) for members in part] for part in (stories, earlier))
    found = []
    for own in mine:
        alike = [(product(own, other), n) for n, other in enumerate(theirs)]
        found.append([n for value, n in sorted(alike, key=lambda pair: (-pair[0], pair[1])) if value >= same_from])
    return found


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


def key(text: str) -> str:
    """A sentence without case, accents and outer space, to find it again."""
    return fold(" ".join(text.split()))
