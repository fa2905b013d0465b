"""Scoring: each figure is what its definition says, and answers that are wrong on purpose move it."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

import qa.verify
from qa.answer import composed
from qa.evaluation import Case
from qa.fixtures import (
    BriefingFixture,
    GroupingFixture,
    QuestionFixture,
    StoryExpected,
    SummaryFixture,
    VerificationFixture,
)
from qa.metrics import area_under_risk, ndcg
from qa.metrics.certainty import RESAMPLES, SEED
from qa.metrics.named import METRICS
from qa.scoring.briefings import briefing_case
from qa.scoring.figures import figures
from qa.scoring.groupings import grouping_cases
from qa.scoring.judging import judge_of
from qa.scoring.questions import Asked, question_case, retrieval_case
from qa.scoring.repetition import repeated
from qa.scoring.said import says
from qa.scoring.summaries import summary_case
from qa.scoring.verification import verification_case
from qa.types import (
    Answer,
    Article,
    Briefing,
    Change,
    Checked,
    Citation,
    Claim,
    Conflict,
    Hit,
    How,
    Mode,
    Passage,
    Provenance,
    Published,
    Query,
    Status,
    Story,
    Usage,
    Verdict,
    Window,
)
from qa.verify import Finding, Verifier

AS_OF = date(2026, 2, 5)
BRIDGE = "The bridge of Ruse opened on Monday. The engineer Ana Dimova said that 35 workers built it. It cost nothing."
MADE = Provenance(Mode.EXTRACTIVE, None, None, "c", "e", "v")


def article(name: str, text: str = BRIDGE, day: str = "2026-02-04") -> Article:
    return Article(
        name, f"/n/{name}.txt", 1, f"Title {name}", "Agency", None, Published(day, date.fromisoformat(day)), text, name
    )


def cited(of: Article, words: str, n: int = 1) -> Citation:
    at = of.text.index(words)
    day = of.published.iso if of.published else None
    return Citation(n, of.id, of.version, of.title, of.source, day, "text", at, at + len(words), words, url=of.url)


def claim(text: str, *citations: Citation, verdict: Verdict = Verdict.SUPPORTED) -> Claim:
    return Claim(text, 0, len(text), citations, verdict)


def hit(of: Article, text: str | None = None, n: int = 0) -> Hit:
    passage = Passage(f"{of.id}-{n}", of.id, 1, n, 0, len(text or of.text), text or of.text)
    return Hit(passage, of, 1.0, How(1, 1))


def answer(*claims: Claim, status: Status = Status.ANSWERED, query: Query | None = None, **more: Any) -> Answer:
    text, placed = composed(claims)
    return Answer(
        question="q",
        text=text,
        claims=placed,
        hits=(),
        status=status,
        complete=True,
        query=query or Query("q", AS_OF, True),
        nearest=(),
        left_out=0,
        index="exact",
        usage=Usage(),
        provenance=MADE,
        **more,
    )


def fixture(**fields: Any) -> QuestionFixture:
    return QuestionFixture(id="a", question="q", **fields)


def scored(
    of: QuestionFixture, given: Answer, *articles: Article, hits: tuple[Hit, ...] = (), sure: float | None = 0.7
) -> Case:
    known = {one.id: one for one in articles}
    return question_case(of, Asked(given, hits, sure), article_of=lambda name, _: known.get(name), judge=Verifier())


FIRST, SECOND = "The bridge of Ruse opened on Monday.", "The engineer Ana Dimova said that 35 workers built it."


# words


@pytest.mark.parametrize(
    ("text", "wording", "is_said"),
    [
        ("It killed 35 people.", "35", True),
        ("It killed 135 people.", "35", False),
        ("It killed 35,000 people.", "35", False),
        ("It rose 3.35 percent.", "35", False),
        ("It killed 35, they said.", "35", True),
        ("The “Big Ten” won", 'the "big  ten"', True),
        ("The Iranian said", "Iran", False),
        ("In Iran, he said", "iran", True),
        ("costs $5", "$5", True),
        ("anything", " ", False),
    ],
)
def test_a_fact_is_said_as_whole_words(text: str, wording: str, is_said: bool) -> None:
    assert says(text, wording) is is_said


# retrieval


def test_evidence_counts_where_it_is_first_found_and_the_rest_is_missing() -> None:
    one, other, third = article("x"), article("y"), article("z")
    wanted = fixture(evidence=("Alpha one.", "Beta two.", "Gamma three."))
    hits = (hit(third, "nothing"), hit(one, "Alpha  one. And “Beta”\ntwo."), hit(other, "Alpha one. More."))
    scores = retrieval_case(wanted, hits).scores
    assert scores["retrieval.hit@1"] == 0.0
    assert scores["retrieval.hit@4"] == scores["retrieval.hit@10"] == 1.0
    assert scores["retrieval.mrr@10"] == 0.5
    assert scores["retrieval.recall@10"] == pytest.approx(2 / 3)
    ideal = 2 + 1 / math.log2(3)
    assert scores["retrieval.ndcg@10"] == pytest.approx((2 / math.log2(3)) / ideal)
    assert scores["multihop.map@10"] == pytest.approx(1 / 2 / 3)  # by white space alone, “Beta” two is another fact
    assert retrieval_case(wanted, hits[1:]).scores["retrieval.mrr@10"] == 1.0  # dropping a miss helps
    assert retrieval_case(wanted, hits[:1]).failures  # dropping the hits does not


def test_all_evidence_in_the_first_passage_is_a_perfect_ranking() -> None:
    wanted = fixture(evidence=("Alpha one.", "Beta two."))
    scores = retrieval_case(wanted, (hit(article("x"), "Alpha one. Beta two."),)).scores
    assert {name: value for name, value in scores.items() if value != 1.0} == {}


def test_articles_and_grades_are_found_by_id_url_or_file_name() -> None:
    one, other = article("x"), replace(article("y"), url="https://example.org/y")
    hits = (hit(one, n=0), hit(one, n=1), hit(other))
    by_article = retrieval_case(fixture(articles=("https://example.org/y",)), hits)
    assert by_article.scores["retrieval.mrr@10"] == pytest.approx(1 / 3)
    assert by_article.outcome == "rank 3"
    assert retrieval_case(fixture(articles=("x.txt",)), hits).scores["retrieval.hit@1"] == 1.0
    graded = retrieval_case(fixture(gains={"x": 1.0, "https://example.org/y": 2.0, "gone": 1.0}), hits)
    assert graded.scores["retrieval.ndcg@10"] == ndcg(["x", "y"], {"x": 1.0, "y": 2.0, "gone": 1.0}, 10)
    assert graded.scores["retrieval.recall@10"] == pytest.approx(2 / 3)
    assert graded.ranked == ("x", "y")
    assert retrieval_case(fixture(gains={"x": 0.0}), hits).scores == {}


def test_an_answer_is_looked_for_in_passages_as_whole_words() -> None:
    hits = (hit(article("x"), "He won 135 medals."), hit(article("y"), "They are 35 in all."))
    scores = retrieval_case(fixture(answers=("35",)), hits).scores
    assert scores == {"retrieval.answer@1": 0.0, "retrieval.answer@4": 1.0, "retrieval.answer@10": 1.0}


# answers and citations


def test_a_right_answer_is_right_in_everything() -> None:
    told = article("x")
    wanted = fixture(
        status=Status.ANSWERED, contains=(("35",),), excludes=("36",), answers=("Ana Dimova",), evidence=(SECOND,)
    )
    case = scored(wanted, answer(claim(SECOND, cited(told, SECOND))), told, hits=(hit(told),))
    assert case.failures == ()
    assert case.right is True
    assert case.confidence == 0.7
    perfect = dict.fromkeys(case.scores, 1.0)
    perfect |= dict.fromkeys(("answers.excluded", "answers.repeated", "answers.too_long"), 0.0)
    perfect["abstention.answerable_refused"] = 0.0
    del perfect["answers.token_f1"]
    assert {name: value for name, value in case.scores.items() if name != "answers.token_f1"} == perfect
    assert 0.0 < case.scores["answers.token_f1"] < 1.0


def wrong_answers() -> list[tuple[str, Answer, dict[str, float], str]]:
    """What is wrong with an answer, the figures that must show it, and words of the failure."""
    told = article("x")
    right = cited(told, SECOND)
    invented = claim("The engineer Ana Dimova said that 53 workers built it.", right)
    shifted = replace(right, start=right.start + 1, end=right.end + 1)
    cut = replace(right, quote=right.quote + " Indeed.")
    elsewhere = cited(told, FIRST)
    newer = replace(right, article_id="new", title="Title new", published="2026-02-06")
    renamed = [replace(right, **{name: "other"}) for name in ("title", "source", "published", "url")]  # type: ignore[arg-type]
    told_right = answer(claim(SECOND, right))
    return [
        (
            "a number is invented",
            answer(invented),
            {"citations.numbers": 0.0, "citations.recall": 0.0, "answers.facts": 0.0},
            "35",
        ),
        ("a citation is off by one", answer(claim(SECOND, shifted)), {"citations.exact": 0.0}, "do not stand there"),
        ("a quote has other words", answer(claim(SECOND, cut)), {"citations.exact": 0.0}, "do not stand there"),
        (
            "the sentence before is cited",
            answer(claim(SECOND, elsewhere)),
            {
                "citations.recall": 0.0,
                "citations.precision": 0.0,
                "citations.exact": 1.0,
                "answers.fact_quoted": 0.0,
                "citations.numbers": 0.0,
            },
            "",
        ),
        (
            "an article after the as-of day is cited",
            answer(claim(SECOND, newer)),
            {"citations.dated": 0.0, "citations.exact": 1.0},
            "days",
        ),
        (
            "an article that is not there is cited",
            answer(claim(SECOND, replace(right, article_id="gone"))),
            {"citations.exact": 0.0, "citations.dated": 0.0},
            "gone",
        ),
        (
            "nothing is cited",
            answer(claim(SECOND, verdict=Verdict.UNCITED)),
            {"citations.cited": 0.0, "citations.recall": 0.0, "citations.supported": 0.0},
            "",
        ),
        (
            "everything is cited",
            answer(claim(SECOND, right, elsewhere)),
            {"citations.precision": 0.5, "citations.recall": 1.0},
            "",
        ),
        (
            "it refuses",
            answer(status=Status.INSUFFICIENT),
            {"abstention.answerable_refused": 1.0, "answers.status": 0.0},
            "insufficient, expected answered",
        ),
        (
            "it says what it must not",
            answer(claim(SECOND, right), claim("36 came.", right)),
            {"answers.excluded": 1.0},
            "36",
        ),
        *(
            (
                f"it is cited under another heading ({n})",
                answer(claim(SECOND, one)),
                {"citations.exact": 0.0, "citations.recall": 1.0},
                "as what it is not",
            )
            for n, one in enumerate(renamed)
        ),
        (
            "the text has another number",
            replace(told_right, text=told_right.text.replace("[1]", "[7]")),
            {"citations.markers": 0.0, "citations.cited": 1.0},
            "text names [7], which nothing cites; text does not name [1]",
        ),
        (
            "the text has other words",
            replace(told_right, text=told_right.text.replace("35", "53")),
            {"citations.markers": 0.0, "citations.numbers": 1.0},
            "text and sentence are not the same",
        ),
        (
            "the text goes on",
            replace(told_right, text=f"{told_right.text} Indeed."),
            {"citations.markers": 0.0},
            "text and sentence are not the same",
        ),
        (
            "a number is of two articles",
            answer(claim(SECOND, right), claim(FIRST, replace(elsewhere, article_id="new"))),
            {"citations.markers": 0.0},
            "[1] is more than one article",
        ),
        ("it says it twice", answer(claim(SECOND, right), claim(SECOND, right)), {"answers.repeated": 0.5}, ""),
        ("it goes on and on", answer(*[claim(SECOND, right)] * 4), {"answers.too_long": 1.0}, ""),
        ("it pads", answer(claim(SECOND, right), claim(FIRST, elsewhere)), {"answers.facts": 1.0}, ""),
        (
            "it is struck out",
            answer(replace(claim(SECOND, right), struck=True)),
            {"answers.facts": 0.0},
            "does not say",
        ),
    ]


@pytest.mark.parametrize(("given", "moved", "words"), [pytest.param(*row[1:], id=row[0]) for row in wrong_answers()])
def test_an_answer_that_is_wrong_on_purpose_moves_its_figures(
    given: Answer, moved: dict[str, float], words: str
) -> None:
    told, newer = article("x"), article("new", day="2026-02-06")
    wanted = fixture(
        status=Status.ANSWERED, as_of="2026-02-05", contains=(("35",),), excludes=("36",), evidence=(SECOND,)
    )
    case = scored(wanted, given, told, newer, hits=(hit(told),))
    assert {name: case.scores[name] for name in moved} == moved
    assert words in "; ".join(case.failures)
    assert case.passed is not bool(words)
    assert case.scores["answers.as_expected"] == float(not words)


def test_what_an_answer_says_of_itself_changes_no_figure_but_its_own() -> None:
    told = article("x")
    wrong = claim("The bridge of Ruse closed on Friday.", cited(told, FIRST))
    scores = scored(fixture(contains=(("x",),)), answer(wrong), told).scores
    assert scores["citations.supported"] == 1.0
    assert scores["citations.recall"] == 0.0


def test_longer_answers_earn_less_token_f1() -> None:
    told = article("x")
    short, long = claim("Ana Dimova", cited(told, SECOND)), claim(SECOND, cited(told, SECOND))
    f1 = [
        scored(fixture(answers=("Ana Dimova",)), answer(one), told).scores["answers.token_f1"] for one in (short, long)
    ]
    assert f1[0] == 1.0 > f1[1]


@pytest.mark.parametrize(
    ("contains", "excludes", "facts", "excluded"),
    [
        ("53", "35", 1.0, 0.0),  # said: what sources do not agree on is beside it
        ("35", "54", 1.0, 0.0),
        ("35", "53", 1.0, 1.0),  # not said: all that is shown is what the answer tells
    ],
)
def test_who_needs_sides_of_a_disagreement_for_a_fact_has_told_the_other_sides_too(
    contains: str, excludes: str, facts: float, excluded: float
) -> None:
    first, second = "The quake killed 53 people.", "The quake killed 35 people."
    told = article("x", f"{first} {second}")
    sides = (cited(told, first), cited(told, second))
    plain = claim(first, sides[0]) if contains == "53" else claim("It was in Ruse.", sides[0])
    given = answer(plain, conflicts=(Conflict("disagreement", sides, ("53", "35")),))
    case = scored(fixture(contains=((contains,),), excludes=(excludes,)), given, told)
    assert (case.scores["answers.facts"], case.scores["answers.excluded"]) == (facts, excluded)


def test_a_refusal_shows_what_comes_nearest_as_the_library_has_it() -> None:
    told = article("x")
    near = cited(told, FIRST)
    refused, wanted = answer(status=Status.INSUFFICIENT), fixture(status=Status.INSUFFICIENT)
    wrong = [replace(near, start=1), replace(near, quote="Other words."), replace(near, source="Other")]
    shown = [(), (near,), *((near, one) for one in wrong)]
    given = [scored(wanted, replace(refused, nearest=some), told).scores["abstention.nearest"] for some in shown]
    assert given == [0.0, 1.0, 0.0, 0.0, 0.0]
    assert "abstention.nearest" not in scored(wanted, replace(refused, searched=0), told).scores
    assert "abstention.nearest" not in scored(wanted, answer(claim(FIRST, near)), told).scores


def test_refusing_all_and_refusing_nothing_each_cost() -> None:
    told = article("x")
    given, refused = answer(claim(FIRST, cited(told, FIRST))), answer(status=Status.INSUFFICIENT)
    answerable, not_here = fixture(status=Status.ANSWERED), fixture(status=Status.INSUFFICIENT)
    assert scored(answerable, refused).scores["abstention.answerable_refused"] == 1.0
    assert scored(not_here, refused).scores["abstention.unanswerable_refused"] == 1.0
    wrongly = scored(not_here, given, told)
    assert wrongly.scores["abstention.unanswerable_refused"] == 0.0
    assert wrongly.right is False
    assert wrongly.failures == ("answered, expected insufficient",)


def test_a_window_that_is_read_otherwise_is_named_and_what_lies_outside_is_not_to_be_cited() -> None:
    told = article("x", day="2026-01-20")
    query = Query("q", AS_OF, True, Window(date(2026, 1, 1), date(2026, 1, 31)))
    case = scored(
        fixture(window=("2026-02-01", "2026-02-05")), answer(claim(FIRST, cited(told, FIRST)), query=query), told
    )
    assert case.scores["answers.window"] == case.scores["citations.dated"] == 0.0
    assert case.failures[0] == "read as 2026-01-01 to 2026-01-31, expected 2026-02-01 to 2026-02-05"
    undated = replace(told, published=None)
    assert (
        scored(fixture(), answer(claim(FIRST, cited(told, FIRST)), query=query), undated).scores["citations.dated"]
        == 0.0
    )


def test_a_name_in_brackets_may_stand_before_the_quote() -> None:
    told = article("x", "Ana Dimova came. She said that 35 workers built it.")
    given = claim("She [Ana Dimova] said that 35 workers built it.", cited(told, "She said that 35 workers built it."))
    assert scored(fixture(), answer(given), told).scores["citations.recall"] == 1.0
    other = replace(given, text="She [Eva Novak] said that 35 workers built it.")
    assert scored(fixture(), answer(other), told).scores["citations.recall"] == 0.0


# claims, stories, summaries


def checked(*verdicts: Verdict) -> list[Checked]:
    return [Checked(0, "c", verdict, (), ()) for verdict in verdicts]


def test_a_claim_of_several_sentences_is_as_good_as_its_worst() -> None:
    row = VerificationFixture(id="v", claim="c", evidence=({"text": "t"},), verdicts=(Verdict.SUPPORTED,))
    good, bad = (
        verification_case(row, checked(Verdict.SUPPORTED)),
        verification_case(row, checked(Verdict.SUPPORTED, Verdict.WEAK)),
    )
    assert good.scores == {"verification.accuracy": 1.0, "verification.supported_kept": 1.0}
    assert bad.scores == {"verification.accuracy": 0.0, "verification.supported_kept": 0.0}
    assert bad.failures == ("weak, expected supported",)
    caught = replace(row, verdicts=(Verdict.UNSUPPORTED,))
    assert verification_case(caught, checked(Verdict.WEAK)).scores == {
        "verification.accuracy": 0.0,
        "verification.unsupported_caught": 1.0,
    }
    either = replace(row, verdicts=(Verdict.SUPPORTED, Verdict.WEAK))
    assert verification_case(either, checked(Verdict.WEAK)).scores == {"verification.accuracy": 1.0}


def test_grouping_is_scored_article_by_article() -> None:
    of = GroupingFixture(id="g", texts=dict.fromkeys("abc", "words"), days={}, events={"a": "1", "b": "1", "c": "2"})
    one, other, third = grouping_cases(of, [["a", "b", "c"]])
    assert one.scores == pytest.approx({"grouping.precision": 2 / 3, "grouping.recall": 1.0})
    assert third.scores == pytest.approx({"grouping.precision": 1 / 3, "grouping.recall": 1.0})
    assert third.failures == ("together with a, b, of another event",)
    apart = grouping_cases(of, [["a"], ["b"], ["c"]])
    assert [case.scores["grouping.recall"] for case in apart] == [0.5, 0.5, 1.0]
    assert [case.id for case in apart] == ["g/a", "g/b", "g/c"]
    f1 = {figure.metric: figure for figure in figures([one, other, third])}["grouping.f1"]
    precision = 5 / 9
    assert f1.value == pytest.approx(2 * precision / (precision + 1))
    assert f1.n == 3


def test_a_summary_is_scored_by_stems() -> None:
    of = SummaryFixture(id="s", text="t", reference=("The cats sat on mats.", "Dogs were barking loudly."))
    told = ["A cat sat on the mat.", "It rained.", "The dog barked loudly at a cat."]
    scores = summary_case(of, told).scores
    assert list(scores.values()) == pytest.approx([0.6666666667, 0.2727272727, 0.6666666667])  # as rouge-score
    assert summary_case(of, []).failures == ("nothing was told",)


# briefings


def story(name: str, *claims: Claim, of: tuple[Article, ...], status: Any = "new", **more: Any) -> Story:
    return Story(name, of[0].title, status, of, claims, **more)


def briefing(*stories: Story, **more: Any) -> Briefing:
    window = Window(date(2026, 2, 5), date(2026, 2, 5))
    return Briefing(window, AS_OF, stories, (), True, "exact", Usage(), MADE, **more)


ONE = article("x")
WANTED = BriefingFixture(
    id="b",
    day="2026-02-05",
    stories=(StoryExpected(articles=("x", "y.txt"), contains=(("35",),), status="update", changes=("number",)),),
    must_not_repeat=("the bridge of Ruse opened",),
    excludes=("36",),
)
NEWS = "Only 30 workers had built it, the mayor said on Tuesday."
TWO = article("y", NEWS, day="2026-02-05")
NUMBER = Change("number", "workers", "35", "30", (cited(ONE, SECOND), cited(TWO, NEWS, 2)))


def told_of(of: Briefing, *before: Briefing, wanted: BriefingFixture = WANTED) -> Case:
    known = {"x": ONE, "y": TWO}
    return briefing_case(wanted, of, before, article_of=lambda name, _: known.get(name), judge=Verifier())


def test_a_right_briefing_is_right_in_everything() -> None:
    good = story("s", claim(SECOND, cited(ONE, SECOND)), of=(ONE, TWO), status="update", changes=(NUMBER,))
    case = told_of(briefing(good))
    assert case.failures == ()
    worse = {"briefings.repetition", "briefings.excluded"}
    assert case.scores == {name: float(name not in worse) for name in METRICS if name.startswith("briefings.")}


def wrong_briefings() -> list[tuple[str, Briefing, dict[str, float], str]]:
    right = claim(SECOND, cited(ONE, SECOND))
    good = story("s", right, of=(ONE, TWO), status="update", changes=(NUMBER,))
    again = claim(FIRST, cited(ONE, FIRST))
    return [
        (
            "its articles lie in two stories",
            briefing(replace(good, articles=(ONE,)), story("t", of=(TWO,))),
            {"briefings.coverage": 0.0, "briefings.facts": 0.0, "briefings.statuses": 0.0, "briefings.changes": 0.0},
            "together",
        ),
        ("the story is not told", briefing(), {"briefings.coverage": 0.0}, "no story holds x, y.txt"),
        ("a fact is told as a change alone", briefing(replace(good, claims=())), {"briefings.facts": 1.0}, ""),
        (
            "its status is wrong",
            briefing(replace(good, status="new")),
            {"briefings.statuses": 0.0},
            "is new, expected update",
        ),
        (
            "the change is not named",
            briefing(replace(good, changes=())),
            {"briefings.changes": 0.0},
            "no change of number",
        ),
        ("it says a sentence twice", briefing(replace(good, claims=(right, right))), {"briefings.repetition": 0.5}, ""),
        (
            "it tells again what it must not",
            briefing(replace(good, claims=(right, again))),
            {"briefings.repetition": 0.0},
            "tells again",
        ),
        (
            "a number is invented",
            briefing(replace(good, claims=(claim(SECOND.replace("35", "53"), cited(ONE, SECOND)),), changes=())),
            {"briefings.grounding": 0.0, "briefings.facts": 0.0},
            "35",
        ),
        (
            "a citation is off by one",
            briefing(replace(good, claims=(claim(SECOND, replace(cited(ONE, SECOND), start=0)),))),
            {"briefings.exact": 0.0},
            "do not stand",
        ),
        (
            "it says what it must not",
            briefing(replace(good, claims=(right, claim("36 came.", cited(ONE, SECOND))))),
            {"briefings.excluded": 1.0},
            "36",
        ),
        (
            "its title is of no article of its own",
            briefing(replace(good, title="Other")),
            {"briefings.titles": 0.0},
            "no article of its own has its title: Other",
        ),
        (
            "the sides of a change are exchanged",
            briefing(replace(good, changes=(replace(NUMBER, sides=NUMBER.sides[::-1]),))),
            {"briefings.changes": 1.0, "briefings.changes_cited": 0.0},
            "is not stated where it is cited: number workers: 35 to 30",
        ),
        (
            "a change is cited on one side alone",
            briefing(replace(good, changes=(replace(NUMBER, sides=NUMBER.sides[:1]),))),
            {"briefings.changes_cited": 0.0},
            "is not stated",
        ),
        (
            "a citation names another source",
            briefing(replace(good, claims=(claim(SECOND, replace(cited(ONE, SECOND), source="Other")),))),
            {"briefings.exact": 0.0, "briefings.grounding": 1.0},
            "as what it is not",
        ),
        ("it broke off", replace(briefing(good), complete=False), {"briefings.coverage": 1.0}, "broke off"),
    ]


@pytest.mark.parametrize(("given", "moved", "words"), [pytest.param(*row[1:], id=row[0]) for row in wrong_briefings()])
def test_a_briefing_that_is_wrong_on_purpose_moves_its_figures(
    given: Briefing, moved: dict[str, float], words: str
) -> None:
    case = told_of(given)
    assert {name: case.scores[name] for name in moved} == moved
    assert words in "; ".join(case.failures)
    assert case.passed is not bool(words)


def test_what_an_earlier_briefing_told_is_a_repetition_unless_the_story_is_marked_as_seen() -> None:
    right = claim(SECOND, cited(ONE, SECOND))
    before = briefing(story("s", right, of=(ONE,)))
    wanted = BriefingFixture(id="b", day="2026-02-05")
    again = told_of(briefing(story("s", right, of=(ONE,))), before, wanted=wanted)
    assert again.scores["briefings.repetition"] == 1.0
    assert any(note.startswith("tells again: ") for note in again.notes)
    seen = told_of(briefing(story("s", right, of=(ONE,), status="seen")), before, wanted=wanted)
    assert "briefings.repetition" not in seen.scores


def test_a_sentence_repeats_another_when_it_adds_no_number_no_name_and_few_words() -> None:
    known = "The quake in Ruse killed 35 people on Monday, officials said."
    assert repeated([known, "Officials said the quake killed 35 people in Ruse."]) != []
    assert repeated([known, "Officials said the quake killed 53 people in Ruse."]) == []
    assert repeated([known, "In Ruse the quake killed 35 people, Ana Dimova said."]) == []
    assert repeated([known, "Rescuers searched the rubble of two schools for survivors."]) == []
    assert repeated(["Snow fell."], ["Snow fell."]) == ["Snow fell."]


# figures and the judge


def risky(*points: tuple[float, bool]) -> list[Case]:
    return [
        Case(str(n), "question", "", "", "", confidence=sure, right=right) for n, (sure, right) in enumerate(points)
    ]


def test_the_area_under_risk_has_the_interval_of_a_plain_bootstrap() -> None:
    points = [(0.9, True), (0.8, True), (0.8, False), (0.7, True), (0.5, False), (0.5, False), (0.2, True)]
    found = {one.metric: one for one in figures(risky(*points))}["abstention.risk_area"]
    drawing = np.random.default_rng(SEED)
    counts = drawing.multinomial(len(points), np.full(len(points), 1 / len(points)), RESAMPLES)
    areas = [
        area_under_risk([p for p, n in zip(sorted(points, key=lambda p: -p[0]), row, strict=True) for _ in range(n)])
        for row in counts[:400]
    ]
    assert found.value == area_under_risk(points)
    low, high = np.percentile([area for area in areas if area is not None], [2.5, 97.5])
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.06)
    assert found.n == 7
    surer_when_wrong = [(1 - sure, right) for sure, right in points]
    assert {one.metric: one.value for one in figures(risky(*surer_when_wrong))}["abstention.risk_area"] > found.value  # type: ignore[operator]


def test_every_metric_has_a_figure_in_the_order_of_reports() -> None:
    found = figures([Case("a", "question", "", "", "", {"answers.status": 1.0}), Case("b", "question", "", "", "")])
    assert [one.metric for one in found] == [name for name, metric in METRICS.items() if not metric.judged]
    assert [(one.metric, one.value, one.n) for one in found if one.n] == [("answers.status", 1.0, 1)]
    asked = figures([Case("a", "question", "", "", "", {"judged.correct": 1.0})])
    assert asked[-1].metric == "judged.correct"


def test_balanced_accuracy_is_the_mean_of_both_kinds_and_none_where_one_is_missing() -> None:
    kept = [Case(f"k{n}", "verification", "", "", "", {"verification.supported_kept": float(n > 0)}) for n in range(4)]
    caught = [
        Case(f"c{n}", "verification", "", "", "", {"verification.unsupported_caught": float(n > 0)}) for n in range(2)
    ]
    found = {one.metric: one for one in figures(kept + caught)}["verification.balanced_accuracy"]
    assert found.value == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low < found.value < found.high <= 1
    alone = {one.metric: one for one in figures(kept)}["verification.balanced_accuracy"]
    assert (alone.value, alone.n) == (None, 0)


class Gullible(Verifier):
    """Supports everything."""

    def __call__(self, claim: str, cited: Any) -> Finding:
        return Finding(Verdict.SUPPORTED)


class Rewritten(Verifier):
    """Decides as the verifier does."""

    def __call__(self, claim: str, cited: Any) -> Finding:
        told = qa.verify.verify(claim, list(cited), self.meaning, self.alike)
        return Finding(told.verdict, ("in other words",), contradicted=told.contradicted)


def test_a_judge_is_known_by_what_it_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = judge_of(Verifier(), "e")
    assert judge_of(Rewritten(), "e") == ours
    assert judge_of(Gullible(), "e") != ours
    assert judge_of(Verifier(), "another") != ours
    monkeypatch.setattr(qa.verify, "SUPPORTED_FROM", 0.2)
    assert judge_of(Verifier(), "e") != ours
    monkeypatch.undo()
    monkeypatch.setattr(qa.verify, "contested_numbers", lambda read: ())
    assert judge_of(Verifier(), "e") != ours
