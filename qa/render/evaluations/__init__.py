"""An evaluation in its forms: a table, JSON, a page with charts, JUnit XML."""

from __future__ import annotations

from qa.render.evaluations.data import kept_json, run_json
from qa.render.evaluations.junit import run_junit
from qa.render.evaluations.page import run_html
from qa.render.evaluations.text import case_text, cases_text, gate_lines, run_text, runs_text

__all__ = ["case_text", "cases_text", "gate_lines", "kept_json", "run_html", "run_json", "run_junit", "run_text",
           "runs_text"]  # fmt: skip
