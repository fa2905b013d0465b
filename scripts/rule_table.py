"""Print, for each rule of the verifier, what share of changed and of faithful claims it flags, and what a claim costs.

Usage: python scripts/rule_table.py --articles FILE.jsonl[.gz] [--qags FILE] [--faithbench FILE] [--most N]

Claims are made from sentences of the articles, and from those sentences of summaries (qags, faithbench) that people
found nothing wrong with: changed in two ways (measure/perturb.py, measure/edits.py) and rewritten faithfully (there and
in measure/rewrites.py). A rule that catches nothing the others do not, or flags faithful claims, should go.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from measure import perturb
from measure.corpus import json_lines
from measure.perturb import Case
from qa.check import verdict_on
from qa.sentences import sentence_spans
from qa.types import Cited, Verdict
from qa.verify import flags_of

Rows = list[dict[str, Any]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", required=True)
    options.add_argument("--qags")
    options.add_argument("--faithbench")
    options.add_argument("--most", type=int, default=80, help="articles used (default: 80)")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--show", help="print the claims of this kind that were judged wrongly")
    given = options.parse_args()
    articles = [one for one in json_lines(given.articles) if one.get("date")]
    sample = random.Random(given.seed).sample(articles, min(given.most, len(articles)))
    _table("news sentences", perturb.cases(sample, given.seed), given.show)
    prose = [
        *_judged(json_lines(given.qags) if given.qags else []),
        *_unmarked(json_lines(given.faithbench) if given.faithbench else []),
    ]
    if prose:
        _table("model prose", _changed(prose, given.seed), given.show)


def _judged(rows: Rows) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in rows:
        for one in row["sentences"]:
            if one["supported"] == 1:
                yield one["sentence"], _article(row)


def _unmarked(rows: Rows) -> Iterator[tuple[str, dict[str, Any]]]:
    """Sentences of summaries in which nobody marked anything."""
    for row in rows:
        text = row["response"]
        for span in sentence_spans(text):
            sentence = " ".join(text[span.start : span.end].split()).lstrip("-*• ")
            marked = any(label["start"] < span.end and span.start < label["end"] for label in row["labels"])
            if not marked and len(sentence.split()) > 5 and sentence.endswith(".") and ":" not in sentence:
                yield sentence, _article(row)


def _article(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": str(row["id"]), "title": "", "date": "", "source": "", "text": row["source_text"]}


def _changed(prose: list[tuple[str, dict[str, Any]]], seed: int) -> Iterator[Case]:
    rng = random.Random(seed)
    for n, (sentence, article) in enumerate(prose):
        yield Case("faithful as written", sentence, (article,))
        yield Case("wrong article", sentence, (prose[(n + len(prose) // 2) % len(prose)][1],))
        yield from perturb.changed_prose(sentence, article, rng)


def _table(title: str, made: Iterable[Case], show: str | None) -> None:
    hits: dict[str, Counter[str]] = defaultdict(Counter)
    count: Counter[str] = Counter()
    spent = 0.0
    for case in made:
        verdict = verdict_on(case.claim, [_evidence(article) for article in case.evidence]).verdict
        cited = [_cited(article) for article in case.evidence]
        since = time.process_time()
        flags = flags_of(case.claim, cited)
        spent += time.process_time() - since
        count[case.kind] += 1
        hits[case.kind].update({"unsupported"} if verdict is Verdict.UNSUPPORTED else set())
        hits[case.kind].update({rule for rule, _ in flags} | ({"any rule"} if flags else set()))
        if show == case.kind and case.faithful is (verdict is Verdict.UNSUPPORTED):
            print(f"   {case.claim}\n      {'; '.join(reason for _, reason in flags)}")
    rules = sorted({rule for some in hits.values() for rule in some} - {"unsupported", "any rule"})
    columns = ["unsupported", "any rule", *rules]
    print(f"\n{title}: {1000 * spent / max(1, count.total()):.1f} ms of CPU a claim for the rules, evidence read")
    print(f"{'':34}{'n':>6}" + "".join(f"{name:>12}" for name in columns))
    for kind in sorted(count):
        print(f"{kind:34}{count[kind]:>6}" + "".join(f"{hits[kind][name] / count[kind]:>12.3f}" for name in columns))


def _evidence(article: dict[str, Any]) -> dict[str, Any]:
    return {name: article.get(name) for name in ("text", "title", "date", "source")}


def _cited(article: dict[str, Any]) -> Cited:
    day = date.fromisoformat(article["date"][:10]).strftime("%A %-d %B %Y") if article["date"] else ""
    text = article["text"]
    return Cited("", text, text, " · ".join(part for part in (article["title"], article["source"], day) if part))


if __name__ == "__main__":
    main()
