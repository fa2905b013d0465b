"""What a question says was done: its verb, and the verbs and nouns that news uses for the same."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from qa.facts import IRREGULAR, Token, stem, tokens
from qa.stopwords import STOP_WORDS

_ANOTHER_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“])")
_CLAUSE = re.compile(
    r"\s(?:since|after|before|until|while|when|as|because|although|though|if|so that)\s.+$", re.I | re.S
)
"""What was so besides: its verb is not what the question asks about."""
_SHORT = 16
_BE = frozenset("was were is are been be being has have had".split())
_DO = frozenset("did do does will would can could should may might must".split())
_BEFORE_NOUNS = frozenset(
    """a an the this that these those his her its their our my your some any no of in on at by for from with to into
    over under about against between after before during since until through across near as and or new first last next
    how many much more most former""".split()
)
"""Words that no verb stands right behind."""
_DONE = (
    frozenset(
        """sworn shut hit hurt cut born beaten hidden built set put torn struck stuck withdrawn overthrown burnt sued
    freed forced bred fed led split spent bought caught taught laid paid sent sold told won lost shot stolen sunk fallen
    raised arisen written broken chosen forbidden""".split()
    )
    | IRREGULAR.keys()
)
"""Participles that do not end in "ed"."""
_GENERAL = frozenset(
    """do be have get go come make take give say tell call use help try let keep become cause want decide announce plan
    agree mean involve happen think know see look show need ask turn work report add note claim mention expect
    state express unveil reveal declare propose suggest present serve seem remain stand play talk speak discuss respond
    react comment explain believe feel like hope put set bring base relate concern affect describe face hold""".split()
)
"""Verbs that say too little of what was done, or that a report need not use to tell it."""
_ALIKE = tuple(
    group.split()
    for group in (
        "kill die dead death deadly fatal fatality murder slay toll victim perish",
        "injure wound hurt",
        "win beat defeat victory winner triumph crown champion clinch title take prize award medal",
        "lose beat defeat loss",
        "find discover recover locate spot unearth discovery",
        "begin start open launch onset kick",
        "end finish conclude close stop",
        "shut close shutter closure shutdown",
        "raise increase hike lift rise up higher boost",
        "cut lower reduce slash trim fall decrease",
        "fall drop decline plunge tumble slide down sink lose dive slump",
        "rise climb increase grow jump soar gain up higher surge",
        "lead head chair run direct leader chief",
        "buy acquire purchase takeover acquisition",
        "sell sale",
        "quit resign step resignation leave",
        "leave exit withdraw quit depart departure",
        "arrest detain custody arrested",
        "marry wed wedding husband wife",
        "elect vote win election",
        "name appoint choose pick nominate nominee select",
        "choose elect pick select name",
        "sack fire dismiss oust remove axe",
        "reject refuse deny turn",
        "approve pass adopt back vote clear endorse",
        "ban prohibit bar outlaw forbid block",
        "attack strike bomb hit shell raid assault",
        "crash collide hit collision",
        "score goal point net",
        "sentence jail",
        "convict guilty conviction",
        "charge indict accuse indictment",
        "host hold venue",
        "invite welcome host visit reception",
        "sue lawsuit suit file",
        "build construct construction",
        "cost price pay worth charge fee",
        "earn make pay salary",
        "replace succeed successor",
        "swear inaugurate inauguration oath office",
        "release free publish debut",
        "steal theft rob burglar robbery",
        "bear birth",
        "cancel scrap call axe",
        "postpone delay move push reschedule",
        "sink wreck",
        "shoot gunman shooting fire gun",
        "create make found invent",
        "found establish set start",
        "infect positive case contract sick",
        "employ work staff worker job employee",
        "weigh weight heavy tonne ton kilogram kg pound",
        "lie depth",
        "last long",
        "vaccinate jab shot dose inoculate",
        "suspend halt pause",
        "invest investment",
        "evacuate flee",
        "sign deal",
        "carry board aboard passenger",
        "break record surpass",
        "direct director",
        "star actor play cast",
        "write author book",
        "admit deny confess plead guilty",
        "deny admit reject",
    )
)


def deed_of(question: str) -> str:
    """The verb of what a question says was done, folded; empty where it has none, or one that says little."""
    words = tokens(_CLAUSE.sub("", _ANOTHER_SENTENCE.split(question.strip())[-1]))
    deed = _verb(words)
    if words and words[0].folded == "who" and (deed in STOP_WORDS or is_general(deed)):
        deed = _object(words)
    return "" if deed in STOP_WORDS or is_general(deed) else deed


def is_general(verb: str) -> bool:
    """Whether a folded verb says too little of what was done, or is one that a report need not use to tell it."""
    return not verb or stem(verb) in _general()


@lru_cache(maxsize=1)
def _general() -> frozenset[str]:
    return frozenset(map(stem, _GENERAL))


@lru_cache(maxsize=64)
def asks_shortly(question: str) -> bool:
    """Whether a question is one sentence of few words, so that its verb is what it asks about."""
    return len(question.split()) <= _SHORT and not _ANOTHER_SENTENCE.search(question.strip())


def _object(words: tuple[Token, ...]) -> str:
    """What "who gets the reward" is about: the last of the words behind the first "the", up to the next small one."""
    the = next((n for n, word in enumerate(words) if word.folded in {"the", "a", "an"}), len(words))
    found = ""
    for word in words[the + 1 :]:
        if word.folded in STOP_WORDS | _BEFORE_NOUNS or word.surface[:1].isupper():
            break
        found = word.folded
    return found


def _verb(words: tuple[Token, ...]) -> str:
    asks = next((n for n, word in enumerate(words) if word.folded in {"who", "which", "what", "whom"}), None)
    if asks is not None and words[asks].folded == "who" and asks + 1 < len(words):
        after = words[asks + 1]
        if after.folded not in _BE | _DO and after.surface.islower():
            rest = (word for word in words[asks + 1 :] if not word.folded.endswith("ly"))
            return next((word.folded for word in rest), "")
    at = next((n for n, word in enumerate(words) if word.folded in _BE | _DO), None)
    if at is None:
        return next((word.folded for word in words[2:] if _is_done(word)), "")
    if words[at].folded in _DO and not (at + 1 < len(words) and words[at + 1].folded in {"be", "have"}):
        return _base(words[at + 1 :])
    behind = pairwise(words[at:])
    return next((two.folded for one, two in behind if _is_done(two) and one.folded not in _BEFORE_NOUNS), "")


def _is_done(word: Token) -> bool:
    return word.surface.islower() and (word.folded in _DONE or (word.folded.endswith("ed") and len(word.folded) > 4))


def _base(words: tuple[Token, ...]) -> str:
    """The verb behind "did" and its subject: the first word behind a name, a plural, or a second noun, which no word
    like "the" stands before."""
    for n in range(1, len(words)):
        before, word = words[n - 1], words[n]
        if not word.surface.islower() or word.folded in STOP_WORDS | _BEFORE_NOUNS or before.folded in _BEFORE_NOUNS:
            continue
        after = words[n + 1] if n + 1 < len(words) else None
        ends = after is None or after.folded in STOP_WORDS | _BEFORE_NOUNS or after.surface[:1].isupper()
        plural = before.folded.endswith("s") and before.surface.islower()
        if ends or plural or before.surface[:1].isupper() or before.folded in STOP_WORDS:
            return word.folded
    return ""


@lru_cache(maxsize=256)
def kin(deed: str) -> frozenset[str]:
    """A verb, and those that news uses for the same, as stems."""
    return frozenset({stem(deed)}).union(*(map(stem, group) for group in _ALIKE if stem(group[0]) == stem(deed)))
