"""The metrics of an evaluation by name: what each says, of what, and which way is better.

A metric is the mean of what its cases add to it (``Case.scores``), but for those with ``of``: they are made from the
means of others.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """One metric."""

    name: str
    """``group.what``, as fixtures, gate files and reports write it."""
    title: str
    says: str
    """Its definition in a sentence, with the source where it has one."""
    lower_is_better: bool = False
    of: tuple[str, ...] = ()
    """The metrics that it is made from, where it is no mean over cases."""
    judged: bool = False
    """Whether a model gives it: such a metric enters a gate only where the gate names model and prompt."""
    by_judge: bool = False
    """Whether it is counted with the judge's verdicts: of another judge, it is another metric."""

    @property
    def group(self) -> str:
        """The first part of its name."""
        return self.name.partition(".")[0]


_TREC = "as trec_eval"
_DPR = "as DPR (Karpukhin et al. 2020)"
_MULTIHOP = "as MultiHop-RAG (Tang and Yang 2024) over gold facts"
_ALL = (
    Named("retrieval.hit@1", "Hit at 1", "Share of questions with a relevant passage first."),
    Named("retrieval.hit@4", "Hit at 4", "Share of questions with a relevant passage among the first 4."),
    Named("retrieval.hit@10", "Hit at 10", "Share of questions with a relevant passage among the first 10."),
    Named("retrieval.recall@10", "Evidence found", "Mean share of a question's evidence (or articles) among the 10."),
    Named("retrieval.mrr@10", "MRR at 10", f"Mean reciprocal rank of the first relevant passage, {_TREC}."),
    Named("retrieval.ndcg@10", "nDCG at 10", f"Normalised discounted gain of the first 10, {_TREC}, linear gains."),
    Named("retrieval.answer@1", "Answer in 1", f"Share of questions answered by words of the first passage, {_DPR}."),
    Named("retrieval.answer@4", "Answer in 4", f"The same in one of the first 4 passages, {_DPR}."),
    Named("retrieval.answer@10", "Answer in 10", f"The same in one of the first 10 passages, {_DPR}."),
    Named("multihop.hits@10", "Hits@10", f"Share of questions of which any fact is among the 10, {_MULTIHOP}."),
    Named("multihop.hits@4", "Hits@4", f"The same among the first 4, {_MULTIHOP}."),
    Named("multihop.map@10", "MAP@10", f"Mean average precision of newly found facts, {_MULTIHOP}."),
    Named("multihop.mrr@10", "MRR@10", f"Mean reciprocal rank of the first fact, {_MULTIHOP}."),
    Named("answers.as_expected", "As expected", "Share of questions whose answer is in everything as expected."),
    Named("answers.status", "Status", "Share of questions with the expected status."),
    Named("answers.facts", "Facts said", "Mean share of the facts that an answer must hold."),
    Named("answers.excluded", "Wrong facts said", "Share of questions whose answer says what it must not.", True),
    Named("answers.contain", "Answer contained", "Share of questions whose answer holds a reference answer."),
    Named("answers.token_f1", "Token F1", "Best F1 of the answer's words with a reference answer, as SQuAD."),
    Named(
        "answers.fact_quoted", "Gold fact quoted", "Share of questions with a gold fact inside the quoted sentences."
    ),
    Named("answers.window", "Window", "Share of questions whose words were read as the expected days."),
    Named("answers.repeated", "Said twice", "Mean share of an answer's sentences that say what one above says.", True),
    Named("answers.too_long", "Too long", "Share of quoted answers of more than three sentences.", True),
    Named(
        "citations.recall",
        "Citation recall",
        "Mean share of an answer's sentences that their citations support (ALCE).",
        by_judge=True,
    ),
    Named(
        "citations.precision",
        "Citation precision",
        "Mean share of an answer's citations that their sentence needs (ALCE).",
        by_judge=True,
    ),
    Named("citations.cited", "Sentences cited", "Mean share of an answer's sentences that cite something."),
    Named(
        "citations.supported", "Sentences supported", "Mean share of an answer's sentences that are told as supported."
    ),
    Named(
        "citations.exact",
        "Quotes exact",
        "Mean share of an answer's citations with the library's words at their offsets, its title, source and day.",
    ),
    Named(
        "citations.markers",
        "Markers right",
        "Mean share of an answer's sentences that stand in the text in their place, marked with the numbers they cite.",
    ),
    Named(
        "citations.dated",
        "Within the days",
        "Mean share of an answer's citations of articles within the window and the as-of date.",
    ),
    Named(
        "citations.numbers",
        "Numbers quoted",
        "Mean share of an answer's sentences with numbers that all stand in what they cite.",
    ),
    Named("abstention.answerable_refused", "Answerable refused", "Share of answerable questions refused.", True),
    Named("abstention.unanswerable_refused", "Unanswerable refused", "Share of unanswerable questions refused."),
    Named(
        "abstention.nearest",
        "Nearest named",
        "Share of refusals that show the nearest sentences as the library has them, word for word.",
    ),
    Named(
        "abstention.risk_area",
        "Area under risk",
        "Area under the risk-coverage curve of answers by their confidence (El-Yaniv and Wiener 2010).",
        True,
    ),
    Named("briefings.as_expected", "As expected", "Share of briefings in everything as expected."),
    Named("briefings.coverage", "Stories told", "Mean share of the stories that must be told."),
    Named("briefings.facts", "Facts told", "Mean share of the facts that must be told."),
    Named("briefings.statuses", "Statuses", "Mean share of stories with the expected status."),
    Named("briefings.changes", "Changes named", "Mean share of the changes that must be named."),
    Named(
        "briefings.repetition", "Repeated", "Mean share of what is told that was told before, in it or in them.", True
    ),
    Named("briefings.excluded", "Wrong facts told", "Share of briefings that tell what they must not.", True),
    Named("briefings.grounding", "Grounded", "Mean share of sentences that their citations support.", by_judge=True),
    Named(
        "briefings.exact",
        "Quotes exact",
        "Mean share of its citations whose words, title, source, day and URL are the library's, at their offsets.",
    ),
    Named("briefings.titles", "Titles", "Mean share of stories whose title one of their articles has."),
    Named(
        "briefings.changes_cited",
        "Changes cited",
        "Mean share of changes whose values each stand in the sentence cited for them.",
    ),
    Named("verification.accuracy", "Verdicts right", "Share of claims with the expected verdict."),
    Named("verification.supported_kept", "Supported kept", "Share of supported claims that are called supported."),
    Named("verification.unsupported_caught", "Unsupported caught", "Share of unsupported claims that are not."),
    Named(
        "verification.balanced_accuracy",
        "Balanced accuracy",
        "Mean of supported kept and unsupported caught.",
        of=("verification.supported_kept", "verification.unsupported_caught"),
    ),
    Named("grouping.precision", "B-cubed precision", "Mean over articles (Bagga and Baldwin 1998)."),
    Named("grouping.recall", "B-cubed recall", "Mean over articles (Bagga and Baldwin 1998)."),
    Named("grouping.f1", "B-cubed F1", "Harmonic mean of both.", of=("grouping.precision", "grouping.recall")),
    Named("summaries.rouge1", "ROUGE-1", "F-measure, Porter stems, as rouge-score (Lin 2004)."),
    Named("summaries.rouge2", "ROUGE-2", "F-measure, Porter stems, as rouge-score (Lin 2004)."),
    Named("summaries.rouge_lsum", "ROUGE-Lsum", "F-measure, Porter stems, as rouge-score (Lin 2004)."),
    Named("judged.correct", "Correct, by a model", "Share of answers that a model calls correct.", judged=True),
)
METRICS = {metric.name: metric for metric in _ALL}
"""All metrics, in the order of reports."""
