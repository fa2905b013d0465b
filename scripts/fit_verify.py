"""Print what the verifier catches, what it flags wrongly, and what a verdict costs.

Usage: python scripts/fit_verify.py --articles FILE.jsonl[.gz] [--qags FILE] [--faithbench FILE] [--most N] [--words]

From the articles ({"id", "title", "date", "source", "text"}) come claims changed in known ways (measure/perturb.py),
verbatim and rewritten; from qags ({"source_text", "sentences": [{"sentence", "supported"}]}) the sentences that people
judged, and the same changes made to those they found supported. *Caught* is the share of false claims with the verdict
unsupported, *passed* the share of faithful ones without it.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from measure import perturb
from measure.corpus import json_lines
from measure.perturb import Case
from qa.check import verdict_on
from qa.embed import Embedder
from qa.meanings import Meanings
from qa.sentences import sentence_spans
from qa.types import Verdict
from qa.verify import Verifier

VERIFIER = Verifier(Meanings(Embedder(threads=1).embed_pieces))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", required=True)
    options.add_argument("--qags")
    options.add_argument("--faithbench")
    options.add_argument("--most", type=int, default=150, help="articles used (default: 150)")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--show", help="print the claims of this kind that were judged wrongly")
    given = options.parse_args()
    articles = [one for one in json_lines(given.articles) if one.get("date")]
    sample = random.Random(given.seed).sample(articles, min(given.most, len(articles)))
    _table("edited news sentences", perturb.cases(sample, given.seed), given.show)
    if given.qags:
        judged = json_lines(given.qags)
        _table("edited model prose (faithful sentences of qags)", _prose(judged, given.seed), given.show)
        for task in sorted({row["task"] for row in judged}):
            _judged(task, [row for row in judged if row["task"] == task])
    if given.faithbench:
        _summaries(json_lines(given.faithbench))
    _cost(sample)


def _prose(judged: list[dict[str, Any]], seed: int) -> Iterator[Case]:
    rng = random.Random(seed)
    for n, row in enumerate(judged):
        article = {"id": row["id"], "title": "", "date": "", "source": "", "text": row["source_text"]}
        other = {**article, "text": judged[(n + 2) % len(judged)]["source_text"]}
        for sentence in row["sentences"]:
            if sentence["supported"]:
                yield Case(f"faithful {row['task']}", sentence["sentence"], (article,))
                yield Case("wrong article", sentence["sentence"], (other,))
                yield from perturb.changed_prose(sentence["sentence"], article, rng)


def _table(title: str, made: Iterable[Case], show: str | None) -> None:
    found: dict[str, list[Verdict]] = defaultdict(list)
    for case in made:
        finding = verdict_on(case.claim, [_evidence(article) for article in case.evidence], VERIFIER)
        found[case.kind].append(finding.verdict)
        if show == case.kind and case.faithful == (finding.verdict is Verdict.UNSUPPORTED):
            print(f"   {finding.verdict}: {case.claim}\n      {'; '.join(finding.reasons)}")
    print(f"\n{title}\n{'':38}{'n':>6}{'unsupported':>13}{'weak':>8}{'supported':>11}")
    for kind in sorted(found):
        verdicts = found[kind]
        shares = [verdicts.count(v) / len(verdicts) for v in (Verdict.UNSUPPORTED, Verdict.WEAK, Verdict.SUPPORTED)]
        print(f"{kind:38}{len(verdicts):>6}{shares[0]:>13.3f}{shares[1]:>8.3f}{shares[2]:>11.3f}")


def _evidence(article: dict[str, Any]) -> dict[str, Any]:
    return {name: article.get(name) for name in ("text", "title", "date", "source")}


def _judged(task: str, rows: list[dict[str, Any]]) -> None:
    pairs = [
        (sentence["supported"] == 1, verdict_on(sentence["sentence"], [{"text": row["source_text"]}], VERIFIER).verdict)
        for row in rows
        for sentence in row["sentences"]
    ]
    print(f"\nqags {task}: {_balanced(pairs)}")


def _summaries(rows: list[dict[str, Any]]) -> None:
    """Each summary counted by its worst sentence."""
    pairs = []
    for row in rows:
        text = row["response"]
        claims = [text[s.start : s.end].strip() for s in sentence_spans(text)]
        verdicts = [verdict_on(claim, [{"text": row["source_text"]}], VERIFIER).verdict for claim in claims if claim]
        worst = next((v for v in (Verdict.UNSUPPORTED, Verdict.WEAK) if v in verdicts), Verdict.SUPPORTED)
        pairs.append((not row["hallucinated_unwanted"], worst))
    print(f"\nfaithbench summaries: {_balanced(pairs)}")


def _cost(articles: list[dict[str, Any]]) -> None:
    """CPU of a claim against a whole article, with the vectors of its sentences made before."""
    claims = [
        (f"It was reported that {text[span.start : span.end].strip()}", article)
        for article in articles
        if len((text := article["text"]).split()) > 500
        for span in sentence_spans(text)[2:12:4]
    ]
    spent = 0.0
    for counted in (False, True):
        for claim, article in claims:
            started = time.process_time()
            verdict_on(claim, [_evidence(article)], VERIFIER)
            spent += (time.process_time() - started) * counted
    words, each = (sum(len(article["text"].split()) for _, article in claims), spent) if claims else (0, 0.0)
    count = max(1, len(claims))
    print(f"\na claim against an article of {words / count:.0f} words, cached: {1000 * each / count:.1f} ms of CPU")


def _balanced(pairs: list[tuple[bool, Verdict]]) -> str:
    """Balanced accuracy of *supported* against the rest, and of *unsupported* against the rest."""
    told = []
    for name, counted in (("supported", {Verdict.SUPPORTED}), ("not unsupported", {Verdict.SUPPORTED, Verdict.WEAK})):
        right = [[(verdict in counted) == truth for truth, verdict in pairs if truth is side] for side in (True, False)]
        shares = [sum(some) / len(some) for some in right if some]
        told.append(f"{name} {sum(shares) / len(shares):.3f} (faithful {shares[0]:.3f}, not {shares[-1]:.3f})")
    return f"{len(pairs)} judged; balanced accuracy: " + "; ".join(told)


if __name__ == "__main__":
    main()
