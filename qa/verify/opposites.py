"""What says the opposite: a negation on one side only, or a word of the other direction."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.facts import Token, stem, tokens
from qa.stopwords import STOP_WORDS
from qa.verify.reading import Line, Read

_NEGATION = re.compile(
    r"\b(?:not|never|nobody|nothing|neither|nor|without|cannot|none|hardly|no(?!\.)|\w+n['’]t)\b"
    r"(?!\s+(?:only|just|merely|least|until|necessarily|so|too|\.)\b)",
    re.I,
)
_SAYS_NO = re.compile(
    r"\b(?:fail|refus|den(?:y|ie)|reject|lack|unable|stop|prevent|declin|bann?|block|avoid|un[a-z]{4}|miss|few|little|"
    r"rul(?:e|ed) out|oppos|doubt|end|halt|cancel|resist|ignor|forbid|too|impossib|n['’]t|no|not)",
    re.I,
)
"""Words that may say in another way what a negation says."""
_CARRIED = 0.5
"""Weighted share of the claim's words in one sentence from which a negation on one side only counts."""
_WITHIN = 6
"""Words behind a negation among which its head is looked for."""
_PASSED_OVER = frozenset("yet longer ever even been any anything anyone going able also still".split())

_PAIRS = """rise/fall rise/drop rise/decline climb/fall climb/drop raise/cut raise/lower raise/reduce increase/decrease
    increase/fall increase/drop increase/decline increase/reduce increase/cut gain/lose gain/loss gain/drop
    gain/fall grow/shrink grow/fall grow/decline growth/decline growth/contraction surge/plunge surge/fall
    surge/drop soar/plunge soar/fall jump/fall jump/drop expand/shrink expand/contract expand/reduce higher/lower
    high/low highest/lowest more/less more/fewer most/least above/below over/under up/down upper/lower top/bottom
    better/worse best/worst improve/worsen strengthen/weaken strong/weak stronger/weaker win/lose victory/defeat
    winner/loser beat/lose accept/reject approve/reject approve/deny accept/refuse agree/refuse agree/disagree
    support/oppose back/oppose favor/oppose favour/oppose supporter/opponent confirm/deny admit/deny
    acknowledge/deny allow/ban permit/ban allow/block allow/prohibit allow/forbid permit/prohibit legal/illegal
    legalize/ban lawful/unlawful guilty/innocent convict/acquit convicted/acquitted open/close open/shut
    opened/closed reopen/close start/stop start/end begin/end start/finish begin/finish launch/end continue/stop
    continue/end resume/suspend resume/halt join/leave join/quit enter/leave arrive/leave arrive/depart come/go
    buy/sell hire/fire appoint/dismiss praise/criticize praise/criticise praise/condemn welcome/condemn
    welcome/criticize likely/unlikely safe/dangerous safe/unsafe safer/riskier majority/minority success/failure
    succeed/fail successful/unsuccessful able/unable possible/impossible willing/unwilling popular/unpopular
    early/late earlier/later before/after first/last old/young older/younger oldest/youngest large/small
    larger/smaller largest/smallest big/small bigger/smaller biggest/smallest long/short longer/shorter
    longest/shortest fast/slow faster/slower fastest/slowest rich/poor male/female man/woman men/women son/daughter
    brother/sister father/mother husband/wife boy/girl public/private north/south northern/southern east/west
    eastern/western left/right inside/outside include/exclude import/export attack/defend victim/attacker alive/dead
    live/die born/died survive/die positive/negative optimistic/pessimistic encourage/discourage
    encouraging/discouraging protect/threaten save/spend borrow/lend arrest/release jail/free detain/release
    free/captive deploy/withdraw send/withdraw impose/lift tighten/ease tighten/loosen tight/loose extend/shorten
    delay/hasten postpone/advance keep/abandon retain/lose build/destroy create/destroy create/abolish add/remove
    add/drop pass/fail defeat/victory advance/retreat love/hate friend/enemy ally/enemy ally/rival peace/war
    true/false right/wrong correct/incorrect hot/cold warm/cold warmer/colder cheap/expensive cheaper/dearer
    clean/dirty easy/hard easy/difficult deny/grant grant/refuse surplus/deficit profit/loss boost/cut boost/reduce
    boost/hurt help/hurt help/harm upgrade/downgrade remain/leave everyone/nobody always/never all/none many/few
    often/rarely frequently/rarely enough/insufficient adequate/inadequate ahead/behind lead/trail leads/trails
    rising/falling bullish/bearish conservative/liberal democratic/republican democrat/republican dem/gop
    cooperate/obstruct unite/divide acceptable/unacceptable constitutional/unconstitutional employed/unemployed
    employment/unemployment credible/incredible expected/unexpected fair/unfair happy/unhappy healthy/unhealthy
    known/unknown lucky/unlucky necessary/unnecessary pleasant/unpleasant reasonable/unreasonable
    reliable/unreliable responsible/irresponsible stable/unstable sufficient/insufficient visible/invisible
    welcome/unwelcome""".split()


def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _PAIRS:
        one, other = (stem(word) for word in pair.split("/"))
        if one != other:
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


_OPPOSITE = _opposites()


def contradictions(read: Read) -> Iterator[str]:
    """Reasons: what the claim negates, or turns round, against the sentence that carries it best."""
    yield from _negations(read)
    yield from _directions(read)


def _negations(read: Read) -> Iterator[str]:
    line = read.line
    said, told = list(_heads(read.claim)), list(_heads(line))
    told_wide = {word for one in read.beside for _, wide in _heads(one) for word in wide}
    said_wide = {word for _, wide in said for word in wide}
    unsaid = not told_wide and not any(_SAYS_NO.search(one.text) for one in read.beside)
    for head, _ in said:
        there = head.stem in line.stems and head.stem not in told_wide
        if there or (unsaid and read.share >= _CARRIED):
            yield f"says “not {head.surface}”; the article says it without “not”"
            return
    for head, wide in told:
        said_too = wide & read.claim.stems
        if head.stem in said_too - said_wide and read.share >= _CARRIED and len(said_too) >= min(2, len(wide)):
            yield f"leaves out a “not”: the article says “not {head.surface}”"
            return


class _Head:
    """The word that is negated."""

    __slots__ = ("stem", "surface")

    def __init__(self, token: Token) -> None:
        self.stem, self.surface = stem(token.folded), token.surface


def _heads(line: Line) -> Iterator[tuple[_Head, frozenset[str]]]:
    """Each negated word, with the stems of it and the two content words behind it."""
    for match in _NEGATION.finditer(line.text):
        behind = [t for t in line.words if t.start >= match.end()][:_WITHIN]
        content = [
            t
            for t in behind
            if t.folded not in STOP_WORDS | _PASSED_OVER and not t.folded.endswith("ly") and len(t.folded) > 1
        ]
        if content:
            yield _Head(content[0]), frozenset(stem(t.folded) for t in content[:3])


def _directions(read: Read) -> Iterator[str]:
    """A word of the claim whose opposite stands in the sentence that carries it, and not the word itself."""
    line = read.line
    said = {stem(t.folded): t for t in read.claim.words}
    told = {stem(t.folded): t for t in line.words}
    near = {stem(t.folded) for one in read.beside for t in tokens(one.text)}
    for word, token in said.items():
        if word in near or word not in _OPPOSITE:
            continue
        for other in sorted(_OPPOSITE[word] & told.keys() - said.keys()):
            if _same_place(read.claim, token, line, told[other]):
                yield f"says “{token.surface}”; the article says “{told[other].surface}”"
                return


def _same_place(claim: Line, one: Token, line: Line, other: Token) -> bool:
    """Whether two words stand among the same words: one of the three on either side is the same."""
    return bool(_around(claim, one) & _around(line, other))


def _around(line: Line, token: Token, within: int = 3) -> set[str]:
    content = [t for t in line.words if t is token or t.folded not in STOP_WORDS]
    at = next((n for n, t in enumerate(content) if t is token or t == token), 0)
    return {stem(t.folded) for t in (*content[max(0, at - within) : at], *content[at + 1 : at + 1 + within])}
