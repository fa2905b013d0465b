"""Metrics: what an evaluation counts, by the definitions of the papers that each module names. Pure functions.

``ranking`` (what retrieval found), ``words`` (answers and summaries against references), ``citing`` (what citations
carry), ``bcubed`` (stories against events), ``selective`` (what abstention is worth), ``certainty`` (how sure a mean or
a difference is).
"""

from __future__ import annotations

from qa.metrics.bcubed import b_cubed
from qa.metrics.certainty import Comparison, Interval, compared, interval, mcnemar
from qa.metrics.citing import CitationScore, citation_score
from qa.metrics.ranking import FactScore, fact_score, hit, ndcg, recall, reciprocal_rank
from qa.metrics.selective import RiskPoint, area_under_risk, risk_coverage
from qa.metrics.words import Rouge, contains, exact_match, normalised, porter, rouge, token_f1

__all__ = [
    "CitationScore",
    "Comparison",
    "FactScore",
    "Interval",
    "RiskPoint",
    "Rouge",
    "area_under_risk",
    "b_cubed",
    "citation_score",
    "compared",
    "contains",
    "exact_match",
    "fact_score",
    "hit",
    "interval",
    "mcnemar",
    "ndcg",
    "normalised",
    "porter",
    "recall",
    "reciprocal_rank",
    "risk_coverage",
    "rouge",
    "token_f1",
]
