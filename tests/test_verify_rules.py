"""What contradicts is flagged, rule by rule, and hundreds of claims made from reports are caught or passed."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from fixtures.reports import REPORTS

from measure import perturb
from qa.check import verdict_on
from qa.sources import read_file
from qa.sources.draft import Draft
from qa.types import Verdict

ROOT = Path(__file__).resolve().parent.parent
GRAIN = (
    "The ministry raised its forecast on Tuesday. It said 53 ships left Odesa and 12 ships reached Izmir in January. "
    'Anna Kovac, the harbour master, said the port "was never closed". Profits rose 7 percent, Peter Lind said. '
    "He added that the strike had not delayed any grain. Officials denied that the depot had burned."
)
DATED = {"text": GRAIN, "title": "Ships leave Odesa", "date": "2026-02-04", "source": "AFP"}


def judged(claim: str, text: str = GRAIN) -> tuple[Verdict, str]:
    found = verdict_on(claim, [{**DATED, "text": text}])
    return found.verdict, "; ".join(found.reasons)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("The ministry said 40 ships left Odesa.", "says 40; the article says 53"),
        ("The ministry raised its forecast on Wednesday.", "says Wednesday; the article says Tuesday"),
        (
            "Peter Lind, the harbour master, said the port was never closed.",
            "gives to Peter Lind what the article has Anna Kovac say",
        ),
        ("Anna Kovac said profits rose 7 percent.", "gives to Anna Kovac what the article has Peter Lind say"),
        ("The ministry cut its forecast on Tuesday.", "says “cut”; the article says “raised”"),
        ("Profits fell 7 percent, Peter Lind said.", "says “fell”; the article says “rose”"),
        ("The ministry has not raised its forecast.", "says “not raised”; the article says it without “not”"),
        ("The strike had delayed the grain, he added.", "leaves out a “not”: the article says “not delayed”"),
        ("Profits slumped 7 percent, Peter Lind said.", "says “slumped”; the article says “rose”"),
        ("The ministry no longer raised its forecast.", "says “not"),
        (
            "The ministry failed to raise its forecast on Tuesday.",
            "says “not raise”; the article says it without “not”",
        ),
        ("The port was closed, Anna Kovac said.", "leaves out a “not”: the article says “not closed”"),
    ],
)
def test_what_the_article_says_otherwise_is_unsupported_and_both_are_told(claim: str, reason: str) -> None:
    verdict, reasons = judged(claim)
    assert verdict is Verdict.UNSUPPORTED
    assert reason in reasons


@pytest.mark.parametrize(
    "claim",
    [
        "Fifty-three ships left Odesa and a dozen reached Izmir in January.",
        "The ministry raised its forecast on 3 February.",
        "Profits rose 7 %, according to Peter Lind.",
        "Lind said the strike had not delayed any grain.",
        "The strike hadn't delayed any grain.",
        "According to harbour master Kovac, the port was never closed.",
    ],
)
def test_the_same_in_other_words_contradicts_nothing(claim: str) -> None:
    verdict, reasons = judged(claim)
    assert verdict is Verdict.SUPPORTED, reasons


def test_a_number_broken_by_a_space_is_still_that_number() -> None:
    text = "The victims lost $36, 000 to a fraudster. He weighed 102. 5 kg."
    assert judged("The victims lost $36,000 to a fraudster.", text)[0] is Verdict.SUPPORTED
    assert judged("He weighed 102.5 kg.", text)[0] is not Verdict.UNSUPPORTED
    assert judged("The victims lost $38,000 to a fraudster.", text)[0] is Verdict.UNSUPPORTED


def seed_articles() -> list[perturb.Article]:
    drafts = [one for path in sorted((ROOT / "seeds").glob("*.txt")) for one in read_file(path, None)]
    return [
        {
            "id": str(n),
            "title": draft.title,
            "date": draft.published.iso[:10] if draft.published else "",
            "source": draft.source or "",
            "text": draft.text,
        }
        for n, draft in enumerate(drafts)
        if isinstance(draft, Draft)
    ]


def test_hundreds_of_changed_sentences_are_caught_and_their_rewrites_pass() -> None:
    articles = [*seed_articles(), *REPORTS]
    made = {(c.kind, c.claim): c for c in perturb.cases(articles, 0, most=20)}
    caught: dict[str, list[bool]] = defaultdict(list)
    for case in made.values():
        flagged = verdict_on(case.claim, case.evidence).verdict is Verdict.UNSUPPORTED
        caught[case.kind.removesuffix(" (rewritten)")].append(flagged)
    shares = {kind: sum(flags) / len(flags) for kind, flags in caught.items()}
    false = sum(len(flags) for kind, flags in caught.items() if not kind.startswith("faithful"))
    faithful = [flag for kind, flags in caught.items() if kind.startswith("faithful") for flag in flags]
    assert false >= 300
    assert sum(faithful) <= 0.05 * len(faithful)
    floors = {"new number": 1.0, "number from elsewhere": 0.9, "date": 0.9, "negated": 0.9, "new person": 0.95,
              "person": 0.8, "place": 0.9, "direction": 0.85, "speaker": 0.9, "wrong article": 0.9}  # fmt: skip
    assert {kind: shares[kind] for kind, floor in floors.items() if kind in shares and shares[kind] < floor} == {}
