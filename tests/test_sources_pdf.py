"""Text that a PDF breaks: words over lines and pages, sentences over pages, letters set as one, lines at each edge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

import pytest

from qa.sources import Draft, of_bytes, read
from qa.types import Problem

_TO_UNICODE = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
1 begincodespacerange <00> <FF> endcodespacerange
2 beginbfrange <20> <7E> <0020> <A0> <FF> <00A0> endbfrange
2 beginbfchar <01> <FB01> <02> <00AD> endbfchar endcmap end end"""


def pdf(*pages: Sequence[str]) -> bytes:
    """A PDF of lines; a fi ligature is written as \\x01, a soft hyphen as \\x02."""
    bodies = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"", _stream(_TO_UNICODE)]
    kids = []
    for lines in pages:
        told = b"".join(b"(%s) Tj T*\n" % line.encode("latin-1").replace(b"(", b"\\(") for line in lines)
        kids.append(b"%d 0 R" % (len(bodies) + 1))
        bodies += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents "
            b"%d 0 R >>" % (len(bodies) + 2),
            _stream(b"BT /F1 11 Tf 14 TL 50 790 Td\n%sET" % told),
        ]
    bodies[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    bodies[2] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 4 0 R >>"
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(bodies) + 1, table, len(bodies) + 1, len(out)
    )  # fmt: skip


def _stream(data: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data)


def only(*pages: Sequence[str]) -> Draft:
    (found,) = read(of_bytes("stdin", pdf(*pages)), UTC, "pdf")
    assert isinstance(found, Draft)
    return found


def lines(number: int) -> list[str]:
    words = "one two three four five six seven".split()
    return [f"In line {words[n]} of {words[number]} the harbour master told the council of Lindau" for n in range(5)]


def test_a_sentence_that_runs_over_a_page_is_one_and_each_page_keeps_its_beginning() -> None:
    found = only(
        ["Harbour reopens", *lines(1), "and the mayor said that the old harbour of the town would be opened"],
        ["again on Wednesday, after a storm.", *lines(2), "day."],
        ["A new page begins with a new sentence that is long enough to be a line of its own here."],
    )
    assert "would be opened again on Wednesday, after a storm." in found.text
    assert "day.\n\nA new page begins" in found.text
    places = [found.text.index(words) for words in ("Harbour reopens", "again on", "A new page")]
    assert [*found.details.pages] == places
    assert [found.details.page_of(place) for place in (*places, places[1] - 2)] == [1, 2, 3, 1]


def test_a_word_that_runs_over_a_page_is_one() -> None:
    found = only([*lines(1), "The council of the town has announced the recon-"], ["struction of the pier.", *lines(2)])
    assert "announced the reconstruction of the pier." in found.text
    assert found.details.page_of(found.text.index("of the pier")) == 2


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        (("the recon-", "struction of it"), "the reconstruction of it"),
        (("the recon\x02", "struction of it"), "the reconstruction of it"),
        (("the RECON-", "STRUCTION of it"), "the RECONSTRUCTION of it"),
        (("a well-", "known mayor"), "a well-known mayor"),
        (("a difficult-to-", "please mayor"), "a difficult-to-please mayor"),
        (("a difficult-", "to-please mayor"), "a difficult-to-please mayor"),
        (("a far-right mayor, not a moon-lit one: a moon-", "lit one"), "one: a moon-lit one"),
        (("the 1,200-", "page report"), "the 1,200-page report"),
        (("the Franco-", "German talks"), "the Franco-German talks"),
        (("two-", "and three-year-olds"), "two- and three-year-olds"),
        (("a sign -", "and a word"), "a sign - and a word"),
        (("the mis\x01ts and the \x01nances", "of it"), "the misfits and the finances of it"),
    ],
)
def test_words_that_a_line_breaks(broken: tuple[str, str], whole: str) -> None:
    first, second = broken
    found = only(["Words", *lines(1), f"Here is {first}", f"{second} and then it goes on, as it did.", *lines(2)])
    assert whole in found.text


def test_what_stands_at_the_edge_of_every_page_or_every_other_is_no_text() -> None:
    two = only(["2/4/26, 10:11 AM Harbour", *lines(1), "https://c.example/a 1/2"],
               ["2/4/26, 10:11 AM Harbour", *lines(2), "https://c.example/a 2/2"])  # fmt: skip
    assert "c.example" not in two.text
    assert "10:11" not in two.text
    text = only(*([f"THE SIEGE. {n}" if n % 2 else f"{n} CENTURY", *lines(n)] for n in range(6))).text
    assert "SIEGE" not in text
    assert "CENTURY" not in text
    assert text.count("harbour master") == 30


def test_pages_of_nothing_but_a_number_are_kept() -> None:
    assert only(["1"], ["2"]).text.split() == ["1", "2"]


def test_a_pdf_that_is_protected_with_aes_says_so() -> None:
    known = (
        b"/Encrypt << /Filter /Standard /V 5 /R 6 /Length 256 /P -4 /O <%s> /U <%s> /OE <%s> /UE <%s> /Perms <%s> "
        b"/CF << /StdCF << /CFM /AESV3 /Length 32 >> >> /StmF /StdCF /StrF /StdCF >> /ID [<00> <00>]"
    ) % tuple(b"00" * length for length in (48, 48, 32, 32, 16))
    data = pdf(lines(1)).replace(b"/Root 1 0 R", b"/Root 1 0 R " + known)
    (problem,) = read(of_bytes("stdin", data), UTC, "pdf")
    assert isinstance(problem, Problem)
    assert "protected with AES" in problem.message
    assert "qpdf --decrypt" in problem.message
