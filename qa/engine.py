"""The one place where everything is put together: settings, library, embedder, model, clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import TracebackType

from qa.config import Config, load_config
from qa.embed import Embedder, cores
from qa.endpoint import Endpoint
from qa.library import Library
from qa.llm import Writer
from qa.prompts import load_prompt
from qa.tokens import count_tokens
from qa.types import Mode, Provenance
from qa.version import __version__

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Engine:
    """What the verbs work with. Use it as a context manager, or call ``close``."""

    config: Config
    library: Library
    embedder: Embedder
    writer: Writer | None
    """The configured model; None when answers are quotations."""
    clock: Clock = _now

    @property
    def scorer(self) -> Writer | None:
        """The model that re-scores what is found; None where ``rerank`` is off."""
        return self.writer if self.config.rerank == "llm" else None

    @property
    def today(self) -> date:
        """Today in the library's time zone."""
        return self.clock().astimezone(self.library.zone).date()

    @property
    def mode(self) -> Mode:
        """Who writes."""
        return Mode.LLM if self.writer else Mode.EXTRACTIVE

    def provenance(self, prompt_hash: str | None = None) -> Provenance:
        """What makes an answer now."""
        return Provenance(
            mode=self.mode,
            model=self.config.model if self.writer else None,
            prompt_hash=prompt_hash,
            config_hash=self.config.hash,
            embedder=self.embedder.fingerprint,
            version=__version__,
        )

    def close(self) -> None:
        """Close the library and the model's connection, and end the threads of embedding."""
        if self.writer:
            self.writer.close()
        self.embedder.close()
        self.library.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_engine(
    config: Config | None = None,
    *,
    create: bool = True,
    clock: Clock | None = None,
    spare_a_core: bool = False,
    **settings: str | None,
) -> Engine:
    """An Engine over ``config``, or over the settings in force with ``settings`` (``library=…``) on top.

    Nothing heavy is loaded before it is used. Embedding many passages takes all cores, or with ``spare_a_core`` (for an
    app that must stay quick) all but one. Raises ConfigError, and LibraryError when the library cannot be used or,
    with ``create=False``, does not exist.
    """
    config = config or load_config(**settings)
    embedder = Embedder(max(1, cores() - spare_a_core))
    library = Library(
        config.library,
        embedder=embedder.fingerprint,
        dimensions=embedder.dimensions,
        timezone=config.timezone,
        create=create,
    )
    return Engine(config, library, embedder, _writer(config), clock or _now)


def _writer(config: Config) -> Writer | None:
    if config.model is None:
        return None
    return Writer(Endpoint(config, count=count_tokens), load_prompt, config.model, count=count_tokens)
