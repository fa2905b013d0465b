"""What is measured on: articles, questions and evidence that the user names, or the shipped seeds."""

from __future__ import annotations

import gzip
import json
import random
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from measure.metrics import SEED
from qa.errors import InputError
from qa.resources import resource_folder


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is asked, and what is known about its answer."""

    id: str
    text: str
    as_of: str | None = None
    kind: str = ""
    """``two-part`` where two facts are asked for."""
    facts: tuple[str, ...] = ()
    """Gold sentences, verbatim."""
    articles: tuple[str, ...] = ()
    """Ids of the articles that hold the answer."""
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles in a folder of their own: a file of them, or the seeds' files."""

    path: Path
    ids: frozenset[str]

    def change_one(self) -> None:
        """Add a sentence to one article, as a correction would."""
        said = "The newsroom corrected this article after it was published."
        if self.path.is_dir():
            file = min(self.path.iterdir())
            file.write_text(f"{file.read_text(encoding='utf-8').rstrip()}\n\n{said}\n", encoding="utf-8")
            return
        lines = self.path.read_text(encoding="utf-8").splitlines()
        article = json.loads(lines[len(lines) // 2])
        name = "text" if "text" in article else "body"
        article[name] = f"{article[name]}\n\n{said}"
        lines[len(lines) // 2] = json.dumps(article)
        self.path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def seeds(folder: Path) -> Corpus:
    """A copy of the shipped seeds."""
    shutil.copytree(resource_folder("seeds"), folder / "seeds")
    return Corpus(folder / "seeds", frozenset())


def sample(path: Path, size: int | None, wanted: Sequence[str], folder: Path) -> Corpus:
    """The first ``size`` articles of a file (all without a size), those with ``wanted`` ids before all others."""
    lines = [(str(article.get("id", "")), line) for line, article in _objects(path)]
    if size is not None and size > len(lines):
        raise InputError(f"{path} holds {len(lines):,} articles, not {size:,}", "Name smaller SIZES.")
    first = set(wanted)
    chosen = sorted(range(len(lines)), key=lambda n: (lines[n][0] not in first, n))[:size]
    into = folder / "articles.jsonl"
    into.write_text("".join(f"{lines[n][1]}\n" for n in sorted(chosen)), encoding="utf-8")
    return Corpus(into, frozenset(lines[n][0] for n in chosen))


def load_questions(path: Path) -> list[Question]:
    """Questions of JSON lines: ``question``, and where known ``id``, ``as_of`` or ``date``, ``type``, ``answers``,
    ``evidence`` of ``{"article_id", "fact"}``. Raises InputError.
    """
    found = []
    for number, (_, fields) in enumerate(_objects(path), 1):
        if not isinstance(fields.get("question"), str):
            raise InputError(f"{path}:{number}: no question", 'Each line is {"question": "…", …}.')
        evidence = fields.get("evidence") or []
        articles = [str(one["article_id"]) for one in evidence if one.get("article_id")]
        found.append(
            Question(
                id=str(fields.get("id", number)),
                text=fields["question"],
                as_of=fields.get("as_of") or fields.get("date"),
                kind=str(fields.get("type", "")),
                facts=tuple(str(one["fact"]) for one in evidence if one.get("fact") and one.get("article_id")),
                articles=tuple(dict.fromkeys(articles)),
                answers=tuple(map(str, fields.get("answers") or ())),
            )
        )
    names = Counter(one.id for one in found)
    if twice := [name for name, count in names.items() if count > 1]:
        raise InputError(f"{path}: the id {twice[0]!r} stands on {names[twice[0]]} lines", "Give each its own id.")
    if not found:
        raise InputError(f"{path} holds no questions", "Name a file of JSON lines.")
    return found


def windows(questions: Sequence[Question], days: Sequence[date], most: int) -> list[dict[str, Any]]:
    """Up to ``most`` of the questions, drawn by seed, each asked in every way: openly, and about days of the library.

    The days are drawn from those on which articles were published, so that no window is empty for want of articles.
    """
    random_ = random.Random(SEED)
    drawn = list(questions) if len(questions) <= most else random_.sample(list(questions), most)
    asked = []
    for question in drawn:
        day = random_.choice(days) if days else date(2026, 2, 4)
        ways: dict[str, dict[str, str]] = {"no window": {}, "as of a day": {"as_of": day.isoformat()}}
        for name, width in (("a week", 7), ("a year", 365)):
            last = day + timedelta(days=width // 2)
            ways[name] = {"first": (last - timedelta(days=width - 1)).isoformat(), "last": last.isoformat()}
        asked.append({"id": question.id, "question": question.text, "ways": ways})
    return asked


def json_lines(path: str) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines, gzipped or not. Raises InputError, which names the line, for another."""
    return [fields for _, fields in _objects(Path(path))]


def _objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                fields = json.loads(line)
                if not isinstance(fields, dict):
                    raise InputError(f"{path}:{number}: not a JSON object", "One object a line.")
                yield line.rstrip("\n"), fields
    except (OSError, EOFError, ValueError) as error:
        raise InputError(f"{path}: {error}", "Name a file of JSON lines, .jsonl or .jsonl.gz.") from None
