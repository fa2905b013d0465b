"""Who and what a text names: people (and whether articles call them he or she), places, and the rest.

Known from how articles write: an office before a name, a verb of saying beside it, "in" before a place. What they do
not show stays unknown; nobody's gender is guessed from a first name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from qa.facts import Token, names, tokens
from qa.sentences import sentence_spans


class Sort(StrEnum):
    """What a name is the name of."""

    PERSON = "person"
    PLACE = "place"
    GROUP = "group"
    """An organisation, a people, or what is not known to be a person or a place."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text: where it stands, and what articles show of who bears it."""

    name: str
    key: str
    """Folded last word: what the same name has in common in all its forms."""
    sort: Sort
    pronoun: str
    """"he" or "she" where articles say so, else empty."""
    start: int
    end: int


_MEN = frozenset(
    """mr sir lord king prince pope sheikh sultan emir spokesman chairman congressman salesman businessman policeman
    father son brother husband son-in-law archbishop""".split()
)
_WOMEN = frozenset(
    """mrs ms miss dame lady queen princess spokeswoman chairwoman congresswoman businesswoman policewoman mother
    daughter sister wife""".split()
)
_OFFICES = _MEN | _WOMEN | frozenset(
    """dr president minister premier chancellor senator sen rep governor gov mayor general gen colonel captain judge
    justice secretary ambassador envoy spokesperson director leader chief chair commander professor prof chairperson
    representative lawmaker sergeant detective sheriff attorney prosecutor coach author actor actress singer analyst
    economist candidate counterpart officer commissioner ceo founder lawyer journalist reporter official aide adviser
    advisor negotiator diplomat ayatollah law speaker""".split()
)  # fmt: skip
_OF_OFFICES = frozenset("foreign prime vice special deputy s".split())
_OFFICE_OF = re.compile(
    r"\b(?:secretary|minister|ministry|director|department) (?:of|for)(?: the)?(?: [A-Z]\w+(?: and)?)? $", re.I
)
_PORTFOLIOS = frozenset(
    """state defense defence war homeland security national intelligence health human services veterans foreign european
    affairs finance economy trade justice interior energy labor labour commerce treasury agriculture transportation
    transport education housing urban development environment culture""".split()
)
_ORGANISED = frozenset(
    """agency news times post bank university council ministry party court house union league committee commission
    department government group company corp inc association club front force forces army guard office service fund
    organization organisation nations congress senate parliament assembly press journal tribune herald network museum
    hospital school college church center centre street agreement treaty act war cup games""".split()
)
_SAYING = frozenset(
    """said says say told tells added noted stressed stated warned expressed called argued claimed insisted explained
    responded replied announced vowed pledged wrote tweeted concluded emphasized emphasised underlined acknowledged
    suggested urged denied confirmed thanked hoped""".split()
)
_PLACED = frozenset("in at near across throughout inside outside around".split())
_HE, _SHE = frozenset("he him his himself".split()), frozenset("she her hers herself".split())
_POSSESSIVE = re.compile(r"['’]s$")
_OF_A_PEOPLE = re.compile(r"(?:(?:ish|[ai]an|ean|ese)s?|raeli|raqi|audi|stani|french|dutch|greek|swiss|german)$")


class Cast:
    """Those whom some texts name, and what is known of each from these texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        read = [text for text in texts if text]
        self._known = _known(read)
        self._common = {token.folded for text in read for token in tokens(text) if token.surface[:1].islower()}

    def named_in(self, text: str) -> list[Mention]:
        """The names in ``text``, in order; also those written small that are known, and one that opens it."""
        found: dict[int, Mention] = {}
        for part, key, start in _named(text):
            if not _OF_A_PEOPLE.search(key) or key in self._known:
                found[start] = self._mention(part, key, start)
        covered = [(one.start, one.end) for one in found.values()]
        for token in tokens(text):
            inside = any(start <= token.start < end for start, end in covered)
            small = token.surface[:1].islower() and token.folded in self._common  # "people" is no magazine
            if token.folded in self._known and len(token.folded) > 2 and not inside and not small:
                found[token.start] = self._mention(_POSSESSIVE.sub("", token.surface), token.folded, token.start)
        return [found[start] for start in sorted(found)]

    def full_name(self, mention: Mention) -> str:
        """The fullest form in which the texts have a name; as it was mentioned where they have none."""
        known = self._known.get(mention.key)
        return known.name if known and len(known.name) > len(mention.name) else mention.name

    def _mention(self, name: str, key: str, start: int) -> Mention:
        known = self._known.get(key)
        sort, pronoun = (known.sort, known.pronoun) if known else (Sort.GROUP, "")
        return Mention(name, key, sort, pronoun, start, start + len(name))


@dataclass(slots=True)
class _Seen:
    """What was seen of one name."""

    forms: Counter[str]
    office: int = 0
    says: int = 0
    placed: int = 0
    the: int = 0
    he: int = 0
    she: int = 0

    @property
    def full(self) -> bool:
        """Whether it was seen with another name before it."""
        return any(" " in form for form in self.forms)

    @property
    def name(self) -> str:
        return max(self.forms, key=lambda form: (len(form.split()) <= 4, len(form.split()), self.forms[form], form))


def _known(texts: Sequence[str]) -> Mapping[str, Mention]:
    seen: dict[str, _Seen] = {}
    for text in texts:
        for paragraph in text.split("\n"):
            _read(paragraph, seen)
    known = {}
    for key, one in seen.items():
        sort = _sort(key, one)
        if sort is not Sort.PERSON and _OF_A_PEOPLE.search(key):
            continue
        she, he = one.she > 2 * one.he, one.he > 2 * one.she
        pronoun = "" if sort is not Sort.PERSON else "she" if she else "he" if he else ""
        known[key] = Mention(one.name, key, sort, pronoun, 0, 0)
    return known


def _sort(key: str, one: _Seen) -> Sort:
    organised = key in _ORGANISED or one.the > one.office
    called_both = one.full and any(" " not in form for form in one.forms) and not one.the
    person = 2 * one.office + one.says + called_both
    if not organised and person > 2 * one.placed and (one.office or (one.full and one.says) or called_both):
        return Sort.PERSON
    return Sort.PLACE if one.placed and not organised else Sort.GROUP


def _read(paragraph: str, seen: dict[str, _Seen]) -> None:
    """Add what a paragraph shows of the names in it."""
    words = tokens(paragraph)
    at = {token.start: n for n, token in enumerate(words)}
    before: list[str] = []
    for span in sentence_spans(paragraph):
        sentence = paragraph[span.start : span.end]
        people: list[str] = []
        for part, key, start in _named(sentence):
            first = at.get(span.start + start)
            opens = start == 0 and " " not in part and key not in seen  # any word may open a sentence
            if first is None or (opens and not _says(words, first)):
                continue
            one = seen.setdefault(key, _Seen(Counter()))
            one.forms[part] += 1
            _look(words, first, len(tokens(part)), one)
            if one.office or one.says or (one.full and not one.placed and not one.the):
                people.append(key)
        _pronouns(sentence, people, before, seen)
        before = people


def _says(words: Sequence[Token], first: int) -> bool:
    return first + 1 < len(words) and words[first + 1].folded in _SAYING


def _look(words: Sequence[Token], first: int, count: int, one: _Seen) -> None:
    """What stands around a name, of ``count`` words from word ``first`` on."""
    last = min(first + count, len(words)) - 1
    earlier = words[first - 1].folded if first else ""
    later = words[last + 1].folded if last + 1 < len(words) else ""
    one.office += earlier in _OFFICES
    one.he += earlier in _MEN
    one.she += earlier in _WOMEN
    one.says += later in _SAYING or (earlier in _SAYING and earlier != "told")
    one.placed += earlier in _PLACED
    one.the += earlier == "the"


def _pronouns(sentence: str, people: list[str], before: list[str], seen: dict[str, _Seen]) -> None:
    """Count he and she for the one person a sentence can mean: named in it, or in the one before when it opens so."""
    words = [token.folded for token in tokens(sentence)]
    named = set(people) or (set(before) if words[:1] and words[0] in _HE | _SHE else set())
    if len(named) == 1:
        (key,) = named
        seen[key].he += any(word in _HE for word in words)
        seen[key].she += any(word in _SHE for word in words)


def _named(text: str) -> Iterator[tuple[str, str, int]]:
    """The names in ``text`` as ``_parts`` has them, less an office's words: the "State" of "Secretary of State"."""
    opened = f"x {text}"  # so that the first word counts as well
    for name in names(opened):
        held = 0
        if _OFFICE_OF.search(opened[: name.start]):
            bare = (token.start for token in tokens(name.text) if token.folded not in _PORTFOLIOS)
            held = next(bare, len(name.text))
        yield from _parts(name.text[held:], name.start - 2 + held)


def _parts(name: str, start: int) -> Iterator[tuple[str, str, int]]:
    """A run of capitals apart at its offices: "French Foreign Minister Barrot" is "French Foreign" and "Barrot"."""
    words, run = tokens(name), list[Token]()
    for token in (*words, None):
        if token is not None and token.folded not in _OFFICES:
            run.append(token)
            continue
        while run and (run[-1].folded in _OF_OFFICES or (token and _OF_A_PEOPLE.search(run[-1].folded))):
            run.pop()
        if run:
            end = run[-1].start + len(run[-1].surface)
            text = _POSSESSIVE.sub("", name[run[0].start : end])
            yield text, tokens(text)[-1].folded, start + run[0].start
        run = []
