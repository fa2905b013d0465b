"""Print B-cubed F1 of story grouping against labelled stories, at each threshold.

Usage: python scripts/fit_stories.py FILE.jsonl[.gz]

Each line is {"id", "text", "cluster", "title"?}: ``cluster`` names the event. All articles are grouped at once.
B-cubed: Bagga and Baldwin 1998.
"""

from __future__ import annotations

import argparse
import time

from measure.corpus import json_lines
from qa.stories import SAME_STORY_FROM, group
from qa.types import Article


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("file")
    given = options.parse_args()
    stories = json_lines(given.file)
    truth = {story["id"]: story["cluster"] for story in stories}
    articles = [Article(s["id"], s["id"], 1, s.get("title") or "", None, None, None, s["text"], "") for s in stories]
    print(f"{len(articles)} articles, {len(set(truth.values()))} events")
    for same_from in [SAME_STORY_FROM, *(round(0.10 + 0.02 * step, 2) for step in range(11))]:
        started = time.process_time()
        groups = group(articles, same_from)
        took = time.process_time() - started
        precision, recall = b_cubed([[a.id for a in members] for members in groups], truth)
        f1 = 2 * precision * recall / (precision + recall)
        print(
            f"same story from {same_from:.2f}: {len(groups):>4} groups, precision {precision:.3f}, "
            f"recall {recall:.3f}, F1 {f1:.3f}, {took:.1f} CPU s"
        )


def b_cubed(groups: list[list[str]], truth: dict[str, str]) -> tuple[float, float]:
    """Precision and recall averaged over items."""
    sizes: dict[str, int] = {}
    for cluster in truth.values():
        sizes[cluster] = sizes.get(cluster, 0) + 1
    precision = recall = 0.0
    for members in groups:
        for one in members:
            same = sum(truth[other] == truth[one] for other in members)
            precision += same / len(members)
            recall += same / sizes[truth[one]]
    return precision / len(truth), recall / len(truth)


if __name__ == "__main__":
    main()
