"""Print ROUGE of the sentences that a story of one article is quoted by, beside LEAD-3, LexRank and TextRank.

Usage: python scripts/fit_writer.py FILE.jsonl[.gz]

Each line is {"id", "text", "reference_sentences" or "reference"}: an article and a summary of it by a person. All four
choose from the same sentences; the others take three. Intervals are 95 %, bootstrap over the articles, seeded.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from measure.centrality import lexrank, textrank
from measure.corpus import json_lines
from measure.metrics import difference, mean
from qa.leads import quoted
from qa.metrics import Rouge, porter, rouge
from qa.sentences import sentence_spans
from qa.types import Article, Story

SENTENCES = 3
_PARTS = ("rouge1", "rouge2", "rouge_lsum")
Choose = Callable[[Article], Sequence[str]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file")
    read = json_lines(options.parse_args().file)
    found = {name: scored(read, choose) for name, choose in WRITERS.items()}
    print(f"{len(read)} articles; mean F1 in percent, and the difference to LEAD-3 in ROUGE-1 with its interval")
    for name, (marks, sentences, cpu) in found.items():
        one, two, lsum = (100 * mean([getattr(m, part) for m in marks]).value for part in _PARTS)
        apart = difference([m.rouge1 for m in marks], [m.rouge1 for m in found["LEAD-3"][0]])
        print(
            f"{name:>10}: ROUGE-1 {one:.1f}, ROUGE-2 {two:.1f}, ROUGE-Lsum {lsum:.1f}; {100 * apart.value:+.1f} "
            f"[{100 * apart.low:+.1f}, {100 * apart.high:+.1f}]; {sentences:.1f} sentences, {1000 * cpu:.0f} CPU ms"
        )


def scored(read: Sequence[Mapping[str, Any]], choose: Choose) -> tuple[list[Rouge], float, float]:
    """The marks of each article's summary, sentences in one on average, and CPU seconds for one."""
    started, chosen = time.process_time(), [choose(article_of(one)) for one in read]
    cpu = (time.process_time() - started) / len(read)
    wanted = [one.get("reference_sentences") or one["reference"].splitlines() for one in read]
    marks = [rouge(told, reference, stem=porter) for told, reference in zip(chosen, wanted, strict=True)]
    return marks, sum(map(len, chosen)) / len(chosen), cpu


def article_of(fields: Mapping[str, Any]) -> Article:
    text = fields["text"]
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Article(str(fields["id"]), "", 1, fields.get("title") or "", None, None, None, text, digest)


def sentences_of(article: Article) -> list[str]:
    found = (article.text[span.start : span.end].strip() for span in sentence_spans(article.text))
    return [sentence for sentence in found if sentence]


def newsdesk(article: Article) -> list[str]:
    return [claim.text for claim in quoted(Story("", article.title, "new", (article,), ())).claims]


def ranked(choose: Callable[[Sequence[str], int], list[int]]) -> Choose:
    def chosen(article: Article) -> list[str]:
        sentences = sentences_of(article)
        return [sentences[n] for n in choose(sentences, SENTENCES)]

    return chosen


WRITERS: Mapping[str, Choose] = {
    "Newsdesk": newsdesk,
    "LEAD-3": lambda article: sentences_of(article)[:SENTENCES],
    "LexRank": ranked(lexrank),
    "TextRank": ranked(textrank),
}


if __name__ == "__main__":
    main()
