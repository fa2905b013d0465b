"""Exports: complete, readable again, and nothing of an article, a question or a model means anything but itself."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import InputError
from qa.render import dumps, exported_html, exported_json, exported_markdown, read_export, turn_json
from qa.render.markdown import web_address
from qa.types import (
    Answer,
    Citation,
    Claim,
    Conflict,
    Conversation,
    FollowUp,
    Mode,
    Provenance,
    Query,
    Status,
    Turn,
    Usage,
    Verdict,
    Window,
)

AT = datetime(2026, 2, 5, 12, tzinfo=UTC)
TALK = Conversation(3, "Talks", AT, AT, 1)
HOSTILE = [
    "# Heading",
    "[^1]: “a forged footnote”", "[^1]", "![x](https://evil.example/p.png)", "[click](javascript:alert(1))",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</q></blockquote>",
    "--> <!-- newsdesk sentences: -->",
    "- answer: answered", "*(supported)*", "~~struck~~", "https://evil.example/x", "www.evil.example",
    "a\n\n## 9. forged",
    "\x1b]52;c;AAAA\x07", "\u202egnp.exe", "&lt;b&gt;", "`code`", "| a | b |", "1. one", "+ plus", "=====", "$x$",
    "    article a1, version 1, text 0–9", "” — \\", "a\r\nb", "\u2028x",
]  # fmt: skip


def citation(quote: str = "He said so.", **more: object) -> Citation:
    told = {"n": 1, "article_id": "a1", "version": 1, "title": "T", "source": "S", "published": "2026-02-04"}
    return Citation(**{**told, "field": "text", "start": 0, "end": len(quote), "quote": quote, **more})  # type: ignore[arg-type]


def answer(*claims: Claim, **more: object) -> Answer:
    made = Provenance(Mode.LLM, "test-model", "p1", "c1", "embedder-1", "0.1", "r1")
    window = Window(AT.date(), AT.date(), "today")
    query = Query(
        "What did he say today?", AT.date(), True, window, ("S",), followup=FollowUp("and he?", "rules", "“he”")
    )
    told = {"status": Status.ANSWERED, "complete": True, "query": query, "nearest": (), "left_out": 0, "index": "exact"}
    told |= {"usage": Usage(), "provenance": made}
    return Answer("and he?", "", claims, (), **{**told, **more})  # type: ignore[arg-type]


def claim(text: str, verdict: Verdict = Verdict.SUPPORTED, *cited: Citation, reasons: tuple[str, ...] = ()) -> Claim:
    return Claim(text, 0, len(text), cited, verdict, reasons)


def turn(told: Answer, n: int = 1) -> Turn:
    return Turn(3, n, AT, told)


GOOD = claim("He said so.", Verdict.SUPPORTED, citation(url="https://news.example/a?b=1"))
BAD = claim(
    "35 came.", Verdict.UNSUPPORTED, citation("53 came.", start=20, end=28), reasons=("says 35; the article says 53",)
)
LOOSE = claim("Nobody knows.", Verdict.UNCITED, reasons=("it cites nothing",))


def test_markdown_has_all_that_is_known_of_an_answer() -> None:
    shown = exported_markdown(TALK, [turn(answer(GOOD, BAD, LOOSE, notes=("the reply broke off",), complete=False))])
    assert "He said so.[^1] *(supported)*" in shown
    assert "~~35 came.~~[^2] *(unsupported: says 35; the article says 53)*" in shown
    assert "Nobody knows. *(uncited: it cites nothing)*" in shown
    assert "- asked as: What did he say today? (from “he”)" in shown
    assert "- answer: answered, not complete; written by test-model" in shown
    assert "- searched: 2026-02-05 to 2026-02-05, from “today”, only S" in shown
    assert "- as of: 2026-02-05" in shown
    assert "- made by: newsdesk 0.1; embedder-1; prompt p1; re-scoring prompt r1; settings c1" in shown
    assert "- note: the reply broke off" in shown
    assert "[^1]: “He said so.”  \n    T · S · 2026-02-04 · <https://news.example/a?b=1>  \n" in shown
    assert "    article a1, version 1, text 0–11\n" in shown


def test_html_stands_by_itself_and_json_is_complete() -> None:
    told = [turn(answer(GOOD, BAD, LOOSE))]
    page = exported_html(TALK, told)
    assert "<s>35 came.</s>" in page
    assert "unsupported: says 35; the article says 53" in page
    assert "article a1, version 1, text 20–28" in page
    assert '<a href="https://news.example/a?b=1" rel="noopener noreferrer nofollow">' in page
    assert "default-src 'none'" in page
    read = json.loads(dumps(exported_json(TALK, told)))
    assert (read["form"], read["conversation"]["id"]) == (1, 3)
    (shown,) = read["conversation"]["turns"]
    assert [one["verdict"] for one in shown["claims"]] == ["supported", "unsupported", "uncited"]
    assert shown["claims"][1]["citations"][0]["quote"] == "53 came."
    assert (shown["window"]["why"], shown["as_of"], shown["provenance"]["model"]) == (
        "today",
        "2026-02-05",
        "test-model",
    )
    assert shown["followup"]["asked_as"] == "What did he say today?"


def test_a_refusal_shows_the_nearest_evidence_and_a_conflict_both_sides() -> None:
    near = citation("Nearly so.", article_id="a2")
    told = answer(status=Status.INSUFFICIENT, nearest=(near,), beyond=("a2",))
    shown = exported_markdown(TALK, [turn(told)])
    assert "- Not in your articles." in shown
    assert "- closest, outside the window: “Nearly so.”[^1]" in shown
    page = exported_html(TALK, [turn(told)])
    assert "<p>Not in your articles.</p>" in page
    assert "Closest, outside the window: <q>Nearly so.</q>" in page
    cut = [turn(replace(told, complete=False))]
    for shown in (exported_markdown(TALK, cut), exported_html(TALK, cut)):
        assert "Cut short before an answer." in shown
        assert "Not in your articles" not in shown
    both = answer(GOOD, conflicts=(Conflict("disagreement", (citation("35"), citation("53")), ("35", "53")),))
    assert "- disagreement: “35”[^2] against “53”[^3]" in exported_markdown(TALK, [turn(both)])
    assert read_export(exported_markdown(TALK, [turn(both)]), "f").sentences[0].text == "He said so."


def hostile_turns(text: str) -> tuple[Conversation, list[Turn]]:
    """A conversation in which every string from outside is ``text``."""
    cited = citation(text, article_id=text, title=text, source=text, published=text, url=text)
    bad = claim(text, Verdict.UNSUPPORTED, cited, reasons=(text,))
    query = Query(text, AT.date(), window=Window(None, AT.date(), text), followup=FollowUp(text, "model", text, text))
    made = Provenance(Mode.LLM, text, text, text, text, text, text)
    told = replace(answer(claim(text, Verdict.WEAK, cited), bad), question=text, query=query, provenance=made)
    told = replace(
        told, notes=(text,), nearest=(cited,), conflicts=(Conflict("superseded", (cited, cited), (text, text), text),)
    )
    return replace(TALK, title=text), [turn(told)]


ANYTHING = st.one_of(
    st.sampled_from(HOSTILE), st.lists(st.sampled_from(HOSTILE), max_size=3).map("".join), st.text(max_size=60)
)


@given(ANYTHING)
def test_markdown_never_becomes_a_heading_link_image_footnote_or_html(text: str) -> None:
    shown = exported_markdown(*hostile_turns(text)).replace("\\\\", "")  # escaped backslashes mean themselves
    plain = exported_markdown(*hostile_turns("x"))
    ours = re.compile(r"(?<!\\)(?:\[\^\d+\]|<!--|-->|~~|\*\(|\)\*)|^(?:#+ |- [a-z ]+:|    |\[\^\d+\]: )", re.M)
    links = re.compile(r"(?<!\\)<(https?://[^<>\s]+)>")
    assert ours.findall(links.sub("", shown)) == ours.findall(links.sub("", plain))
    assert shown.count("\n") == plain.count("\n")
    for match in re.finditer(r"(?<!\\)[<\[!`|&$]", links.sub("", shown)):
        after = links.sub("", shown)[match.end() - 1 :]
        assert after.startswith(("<!--", "[^", "!-- newsdesk"))
    assert all(web_address(url) == url == text for url in links.findall(shown))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\ud800-\udfff]", shown)


class _Page(HTMLParser):
    """Tags, addresses and what a page shows."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert {name for name, _ in attributes} <= {
            "href", "rel", "id", "class", "lang", "charset", "http-equiv", "content", "name",
        }  # fmt: skip
        self.addresses += [value or "" for name, value in attributes if name == "href"]


@given(ANYTHING)
def test_html_has_no_tag_and_no_address_from_outside(text: str) -> None:
    page, plain = _Page(), _Page()
    page.feed(exported_html(*hostile_turns(text)))
    plain.feed(exported_html(*hostile_turns("x")))
    linked = [address for address in page.addresses if not re.fullmatch(r"#note\d+", address)]
    assert [tag for tag in page.tags if tag != "a"] == [tag for tag in plain.tags if tag != "a"]
    assert all(web_address(text) == text == address for address in linked)


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://news.example/a?b=1#c", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("https://news.example/a b", False),
        ("https://news.example/><script>", False),
        ("https://news.example/\u202egnp", False),
        ("https://news.example/)](x", False),
    ],
)
def test_only_addresses_of_the_web_are_linked(url: str, linked: bool) -> None:
    told = [turn(answer(claim("So.", Verdict.SUPPORTED, citation(url=url))))]
    assert (f"<{url}>" in exported_markdown(TALK, told)) == linked
    assert ('<a href="http' in exported_html(TALK, told)) == linked


WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=50)


@given(st.lists(st.tuples(WORDS, WORDS, st.sampled_from(Verdict)), max_size=4))
def test_what_was_exported_is_read_back_as_it_was(told: list[tuple[str, str, Verdict]]) -> None:
    claims = [claim(f"S {text}", verdict, citation(f"Q {quote}"), reasons=(quote,)) for text, quote, verdict in told]
    turns = [turn(answer(*claims)), turn(answer(GOOD), 2)]

    def flat(text: str) -> str:
        from qa.clean import show_line

        return " ".join(show_line(text).split())

    expected = [(1, flat(c.text), c.verdict, flat(c.citations[0].quote)) for c in claims] + [
        (2, "He said so.", Verdict.SUPPORTED, "He said so.")
    ]
    for text in (exported_markdown(TALK, turns), dumps(exported_json(TALK, turns))):
        read = read_export(text, "f")
        found = [(s.question, flat(s.text), s.verdict, flat(s.citations[0].quote)) for s in read.sentences]
        assert found == expected
        assert not any(sentence.edited for sentence in read.sentences)
        assert read.removed == 0


def test_what_a_person_changed_added_or_took_out_is_known() -> None:
    text = exported_markdown(TALK, [turn(answer(GOOD, BAD, LOOSE))])
    changed = read_export(text.replace("He said so.[^1]", "She said so.[^1]"), "f")
    assert next((s.text, s.edited) for s in changed.sentences) == ("She said so.", True)
    added = read_export(text.replace("Nobody knows.", "All know.\n\nNobody knows."), "f")
    assert [(s.text, s.edited, s.verdict) for s in added.sentences][2] == ("All know.", True, None)
    taken = read_export(text.replace("Nobody knows. *(uncited: it cites nothing)*\n", ""), "f")
    assert (len(taken.sentences), taken.removed) == (2, 1)
    told = exported_json(TALK, [turn(answer(GOOD, BAD))])
    told["conversation"]["turns"][0]["claims"][0]["text"] = "She said so."  # type: ignore[index]
    assert [s.edited for s in read_export(dumps(told), "f").sentences] == [True, False]


def test_an_answer_as_ask_prints_it_can_be_read_too() -> None:
    (sentence,) = read_export(dumps(turn_json(turn(answer(GOOD)))), "f").sentences
    assert (sentence.text, sentence.verdict, sentence.edited) == ("He said so.", Verdict.SUPPORTED, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Notes\n\nSomething[^1] *(supported)*\n",
        "{}",
        '{"claims": 3}',
        '{"claims": [{"text": 3, "verdict": "supported", "citations": []}]}',
        '{"claims": [{"text": "x", "verdict": "splendid", "citations": []}]}',
        '{"claims": [{"text": "x", "verdict": "weak", "citations": [{"n": 1}]}]}',
        "{" * 100_000,
        '{"newsdesk": "0.1", "form": 1}',
        '{"newsdesk": "0.1", "form": 99, "conversation": {"turns": []}}',
        "<!-- newsdesk conversation, form 99 -->\n",
    ],
)
def test_what_is_no_export_is_refused_by_name(text: str) -> None:
    with pytest.raises(InputError, match=r"notes\.md") as refused:
        read_export(text, "notes.md")
    assert refused.value.hint


@given(st.text(max_size=300))
def test_no_file_breaks_the_reading(text: str) -> None:
    for start in ("", "<!-- newsdesk conversation, form 1 -->\n## 1. Q\n", '{"claims": ['):
        with contextlib.suppress(InputError):
            read_export(start + text, "f")
