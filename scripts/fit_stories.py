"""Print B-cubed F1 of story grouping against labelled stories: at once, cross-validated, one by one, and baselines.

Usage: python scripts/fit_stories.py FILE.jsonl[.gz] [--cost ARTICLES.jsonl[.gz]]

Each line of FILE is {"id", "text", "cluster", "title"?, "date"?, "topic"?}: ``cluster`` names the event, ``topic`` a
set of like events (else what stands before the cluster's last "_"). Fewer topics are easier, so figures of ten topics
drawn at random stand beside those of all. Baselines are given the threshold that is best for them on the same articles;
ours is the one in use, and cross-validated the one that is best on the other topics. ``--cost`` prints the CPU that
grouping the first 40, 600 and 5,000 of ARTICLES takes. B-cubed: Bagga and Baldwin 1998.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC

from measure.corpus import json_lines
from measure.metrics import SEED
from qa.clusters import clusters
from qa.embed import Embedder
from qa.metrics import b_cubed
from qa.profiles import Profile, Rarity, terms_of
from qa.sources.draft import draft
from qa.stories import JOINS_FROM, SAME_STORY_FROM, group, one_by_one
from qa.types import Article

GroupFn = Callable[[Sequence[Article]], list[list[Article]]]
_DRAWN, _TOPICS, _FOLDS = 5, 10, 5
_THRESHOLDS = [0.12, 0.13, 0.14, 0.15, 0.16, 0.18]
_LEAD = 1_200
"""Characters that the embedder is given: its window is not much longer."""


class Labelled:
    """Articles with the event and the topic of each."""

    def __init__(self, file: str) -> None:
        lines = json_lines(file)
        self.event = {line["id"]: line["cluster"] for line in lines}
        self.topic = {line["id"]: line.get("topic") or line["cluster"].rpartition("_")[0] for line in lines}
        self.articles = [article_of(line) for line in lines]

    def of_topics(self, topics: Iterable[str]) -> list[Article]:
        wanted = set(topics)
        return [article for article in self.articles if self.topic[article.id] in wanted]

    def drawn(self) -> list[list[Article]]:
        """Articles of ten topics, several times."""
        chance, topics = random.Random(SEED), sorted(set(self.topic.values()))
        return [self.of_topics(chance.sample(topics, min(_TOPICS, len(topics)))) for _ in range(_DRAWN)]

    def score(self, groups: Iterable[Sequence[Article]]) -> tuple[float, float, float]:
        """Precision, recall and F1."""
        scored = b_cubed([[article.id for article in members] for members in groups], self.event).values()
        precision, recall = (sum(values) / len(scored) for values in zip(*scored, strict=True))
        return precision, recall, 2 * precision * recall / (precision + recall)

    def f1(self, grouped: GroupFn, of: Sequence[Sequence[Article]]) -> float:
        """The mean over several sets of articles."""
        return sum(self.score(grouped(articles))[2] for articles in of) / len(of)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("file")
    options.add_argument("--cost", metavar="ARTICLES")
    given = options.parse_args()
    labelled = Labelled(given.file)
    print(f"{len(labelled.articles)} articles, {len(set(labelled.event.values()))} events")
    drawn = labelled.drawn()
    for name, profile in (("embedder", embedded()), ("TF-IDF", weighed_words)):
        at, best = best_plain(labelled, profile)
        of_ten = labelled.f1(plain(profile, at), drawn)
        print(f"baseline, {name}, average link, best at {at:.2f}: F1 {best:.3f}; of ten topics {of_ten:.3f}")
    for at in sorted({SAME_STORY_FROM, *_THRESHOLDS}):
        told(
            labelled,
            drawn,
            f"same story from {at:g}{' (in use)' * (at == SAME_STORY_FROM)}",
            lambda articles, at=at: group(articles, at),
        )
    print(f"cross-validated over {_FOLDS} folds of topics: F1 {cross_validated(labelled):.3f}")
    for at in sorted({JOINS_FROM, 0.12}):
        told(
            labelled,
            drawn,
            f"one by one, joins from {at:g}{' (in use)' * (at == JOINS_FROM)}",
            lambda articles, at=at: online(articles, at),
        )
    if given.cost:
        cost([article_of(line) for line in json_lines(given.cost)])


def article_of(line: dict[str, str]) -> Article:
    """The article as it would be ingested."""
    read = draft(
        text=line["text"], zone=UTC, title=line.get("title"), published=line.get("date"), source=line.get("source")
    )
    return Article(line["id"], line["id"], 1, read.title, read.source, None, read.published, read.text, read.text)


def told(labelled: Labelled, drawn: Sequence[Sequence[Article]], name: str, grouped: GroupFn) -> None:
    """Print the figures of one way to group."""
    started = time.process_time()
    groups = grouped(labelled.articles)
    took = time.process_time() - started
    precision, recall, f1 = labelled.score(groups)
    of_ten = labelled.f1(grouped, drawn)
    print(
        f"{name}: {len(groups)} groups, precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}; "
        f"of ten topics {of_ten:.3f}; {took:.1f} CPU s",
        flush=True,
    )


def online(articles: Sequence[Article], joins_from: float = JOINS_FROM) -> list[list[Article]]:
    *_, stories = one_by_one(articles, joins_from)
    return stories.groups


def cross_validated(labelled: Labelled) -> float:
    """F1 over all articles, each topic grouped by the threshold that is best on the folds it is not in."""
    topics = sorted(set(labelled.topic.values()))
    random.Random(SEED).shuffle(topics)
    groups: list[list[Article]] = []
    for fold in range(_FOLDS):
        rest = labelled.of_topics(topic for n, topic in enumerate(topics) if n % _FOLDS != fold)
        best = max(_THRESHOLDS, key=lambda at, rest=rest: labelled.score(group(rest, at))[2])
        groups += group(labelled.of_topics(topics[fold::_FOLDS]), best)
    return labelled.score(groups)[2]


def embedded() -> Callable[[Sequence[Article]], list[Profile]]:
    """Profiles that are the shipped embedder's vectors of the beginnings."""
    embedder, known = Embedder(threads=1), dict[str, Profile]()

    def of(articles: Sequence[Article]) -> list[Profile]:
        for article in articles:
            if article.id not in known:
                vector = embedder.embed(f"{article.title}\n{article.text}"[:_LEAD])
                known[article.id] = {str(n): float(value) for n, value in enumerate(vector)}
        return [known[article.id] for article in articles]

    return of


def weighed_words(articles: Sequence[Article]) -> list[Profile]:
    """Profiles of words alone, of length 1."""
    read = [{"word": terms_of(article)["word"]} for article in articles]
    rarity = Rarity(read)
    found = []
    for terms in read:
        profile = rarity.profile(terms)
        length = sum(value * value for value in profile.values()) ** 0.5 or 1.0
        found.append({term: value / length for term, value in profile.items()})
    return found


def plain(profile: Callable[[Sequence[Article]], list[Profile]], at: float) -> GroupFn:
    """Average link of profiles, without what we add to it."""
    return lambda articles: [[articles[n] for n in members] for members in clusters(profile(articles), at, rises=0.0)]


def best_plain(labelled: Labelled, profile: Callable[[Sequence[Article]], list[Profile]]) -> tuple[float, float]:
    """The threshold that is best for a baseline, and its F1."""
    articles, found = labelled.articles, profile(labelled.articles)

    def f1(at: float) -> float:
        groups = clusters(found, at, rises=0.0)
        return labelled.score([[articles[n] for n in members] for members in groups])[2]

    best, at = max((f1(step / 25), step / 25) for step in range(3, 18))
    return at, best


def cost(articles: Sequence[Article]) -> None:
    """Print what grouping costs in CPU and memory."""
    for count in (40, 600, 5_000):
        if len(articles) >= count:
            started = time.process_time()
            groups = group(articles[:count])
            took = time.process_time() - started
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"{count} articles: {len(groups)} stories, {took:.2f} CPU s, {peak} MB at most so far")


if __name__ == "__main__":
    main()
