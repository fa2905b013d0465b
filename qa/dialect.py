"""The optional fields of a chat request that a server takes: found out by refusals, one field at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qa.rejection import Rejection

_BUDGETS = ("max_tokens", "max_completion_tokens")


@dataclass(frozen=True, slots=True)
class Dialect:
    """What may be sent besides model, messages and stream. Each refusal leaves less, so it ends."""

    budgets: tuple[str, ...] = _BUDGETS
    """Names for the reply's limit in tokens, the one in use first; new OpenAI models take only the second."""
    temperature: bool = True
    usage: bool = True

    def fields(self, max_tokens: int | None) -> dict[str, object]:
        """The optional fields of a request."""
        fields: dict[str, object] = {}
        if self.budgets and max_tokens is not None:
            fields[self.budgets[0]] = max_tokens
        if self.temperature:
            fields["temperature"] = 0
        if self.usage:
            fields["stream_options"] = {"include_usage": True}
        return fields

    def without(self, rejection: Rejection) -> Dialect | None:
        """The dialect to try after ``rejection``, or None when it is not about an optional field."""
        if self.usage and rejection.names("stream_options", "include_usage"):
            return replace(self, usage=False)
        if self.temperature and rejection.names("temperature"):
            return replace(self, temperature=False)
        if self.budgets and rejection.names(*_BUDGETS):
            return replace(self, budgets=self.budgets[1:])
        bare = Dialect(budgets=(), temperature=False, usage=False)
        return bare if rejection.objects_to_a_field and self != bare else None


def dialect_of(host: str) -> Dialect:
    """The dialect to begin with at ``host``."""
    return Dialect(budgets=_BUDGETS[::-1]) if host.partition(":")[0] == "api.openai.com" else Dialect()
