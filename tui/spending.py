"""What a session has cost so far: tokens and money of the last answer and of all, as the verbs tell it."""

from __future__ import annotations

from dataclasses import dataclass, field

from qa.types import Answer, Briefing, Retrieved, Turn, Usage


@dataclass(frozen=True, slots=True)
class Spending:
    """Of the last answer or briefing, and of the session."""

    last: Usage = field(default_factory=Usage)
    session: Usage = field(default_factory=Usage)
    """Its cost is that of what has a known price."""
    unknown: bool = False
    """Whether something was paid whose price is not known."""

    def plus(self, usage: Usage) -> Spending:
        """With one more answer."""
        known = usage if usage.cost is not None else Usage(usage.tokens_in, usage.tokens_out, 0.0, usage.seconds)
        return Spending(usage, self.session + known, self.unknown or usage.cost is None)

    @property
    def told(self) -> tuple[str, ...]:
        """For the end of the bottom line: the most that can be said, then shorter ones. Nothing where no model was paid
        or asked."""
        if not _tokens(self.session):
            return ()
        last, session = _money(self.last.cost), _money(self.session.cost)
        if self.unknown:
            session = f"{session} + unknown prices" if session else "price unknown"
        of_last = " ".join(part for part in (f"{_tokens(self.last):,} tokens", last) if part)
        of_all = " ".join(part for part in (f"{_tokens(self.session):,} tokens", session) if part)
        answer = f"answer {of_last} · " if _tokens(self.last) else ""
        return f"{answer}session {of_all}", f"session {of_all}", session or f"{_tokens(self.session):,} tokens"


def usage_of(event: object) -> Usage | None:
    """What the event of a verb says that it cost, where it is the one that says so."""
    match event:
        case Answer(usage=usage) | Briefing(usage=usage) | Turn(answer=Answer(usage=usage)):
            return usage
        case Retrieved(rescored=rescored) if rescored is not None:
            return rescored.usage
    return None


def _tokens(usage: Usage) -> int:
    return usage.tokens_in + usage.tokens_out


def _money(cost: float | None) -> str:
    return "price unknown" if cost is None else f"${cost:.4f}" if cost else ""
