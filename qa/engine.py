"""The one place where everything is put together: settings, library, embedder, model, clock."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from qa.budget import UNLIMITED, Budget
from qa.config import Config, Role, config_folder, load_config
from qa.dates import parse_day
from qa.embed import Embedder, cores
from qa.embedserver import EmbedServer
from qa.endpoint import Endpoint
from qa.errors import BudgetError, ConfigError, EndpointError, LibraryError, RecordingError
from qa.journal import Journal
from qa.library import Library
from qa.llm import Replies, Writer
from qa.meanings import Meanings
from qa.names import alike, names_in_use
from qa.prices import FREE, price_of
from qa.prompts import load_prompt
from qa.recording import RECORD, Recording
from qa.replaying import RecordedReplies
from qa.tokens import count_tokens
from qa.types import Check, Mode, Notice, Provenance
from qa.verify import Verifier
from qa.version import __version__

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, eq=False)
class Meant:
    """A question's vectors, and what its reader should know about them."""

    vectors: Sequence[NDArray[np.float32]]
    """One for each wording; none when they cannot be made now."""
    embedder: str
    """Fingerprint of what made them."""
    notice: str = ""


@dataclass(slots=True)
class Engine:
    """What the verbs work with. Use it as a context manager, or call ``close``."""

    config: Config
    library: Library
    embedder: Embedder
    """The shipped model: it measures passages, ranks sentences, and embeds unless ``server`` does."""
    writer: Writer | None
    """The configured model; None when answers are quotations."""
    clock: Clock = _now
    server: EmbedServer | None = None
    """What passages are to be embedded by instead, when it is configured."""
    withheld: frozenset[Role] = frozenset()
    """Servers that nothing is sent to, though they are configured."""
    verifier: Verifier = field(default_factory=Verifier)
    """What checks sentences: with vectors of the shipped model, kept, and the names in use."""
    budget: Budget = UNLIMITED
    """What model and embedder may cost."""
    embedding: Callable[[str], NDArray[np.float32]] | None = None
    """What embeds a sentence where its vectors are kept; None: the embedder."""
    records: Path | None = None
    """Folder of another journal than the reader's, where answers and briefings are only tried out."""
    judge: Writer | None = None
    """The model that is asked whether answers are right, where an evaluation wants one."""

    @property
    def scorer(self) -> Writer | None:
        """The model that re-scores what is found; None where ``rerank`` is off."""
        return self.writer if self.config.rerank == "llm" else None

    @property
    def journal(self) -> Journal:
        """The reader's own record beside the library, or the one of a trial; whether answers are kept in it,
        ``config.journal`` says."""
        return Journal(self.records or self.config.library)

    @property
    def today(self) -> date:
        """Today in the library's time zone."""
        return self.clock().astimezone(self.library.zone).date()

    def seen_from(self, as_of: str | None) -> date:
        """The as-of date as typed, or today. Raises UsageError for one that is no day."""
        return parse_day(as_of, self.today, "--as-of") if as_of else self.today

    @property
    def mode(self) -> Mode:
        """Who writes."""
        return Mode.LLM if self.writer else Mode.EXTRACTIVE

    @property
    def requests(self) -> int:
        """The most requests to the model that one answer or story can take."""
        return 1 + self.config.repair + (self.config.verify == "llm") + (self.config.rerank == "llm")

    def without(self, roles: Collection[Role]) -> Engine:
        """This engine for verbs that send nothing to these servers: quoting, words alone, no sharing.

        It works on the same library; close the one it was made from.
        """
        withheld = self.withheld | frozenset(roles)
        if "model" not in withheld:
            return replace(self, withheld=withheld)
        unasked = replace(self.config, model=None, judge=None, rerank="off", verify="code")
        return replace(self, withheld=withheld, writer=None, judge=None, config=unasked)

    def anew(self) -> Engine:
        """This engine for another case of an evaluation: requests recorded several times are replayed from the first.

        It works on the same library and connections; close the one it was made from.
        """
        return replace(self, writer=self.writer and self.writer.anew(), judge=self.judge and self.judge.anew())

    def trying_out(self, records: Path | None) -> Engine:
        """This engine with the journal of the folder ``records``, or with none: the reader's is neither read nor
        written. It works on the same library; close the one it was made from."""
        return replace(self, records=records, config=replace(self.config, journal=records is not None))

    def provenance(self, prompt_hash: str | None = None) -> Provenance:
        """What makes an answer now."""
        return Provenance(
            mode=self.mode,
            model=self.config.model if self.writer else None,
            prompt_hash=prompt_hash,
            config_hash=self.config.hash,
            embedder=self.library.embedder,
            version=__version__,
        )

    @property
    def configured(self) -> str:
        """Fingerprint of the embedder that the next ingest makes vectors with."""
        return self.server.fingerprint if self.server else self.embedder.fingerprint

    def embed(self, sentence: str) -> NDArray[np.float32]:
        """Unit vector of a question or a sentence by the shipped model."""
        return (self.embedding or self.embedder.embed_sentence)(sentence)

    def keeping_vectors(self) -> Engine:
        """This engine with the vectors of sentences kept beside the library, for whoever reads the same ones again and
        again: the same bits. It works on the same library; close the one it was made from."""
        kept, made_by, verifier = self.library.sentences(), self.embedder.fingerprint, self.verifier
        if isinstance(verifier.meaning, Meanings):
            pieces = kept.by(
                f"pieces of {made_by}", self.embedder.embed_pieces, "<f2"
            )  # what ``Meanings`` keeps of them
            verifier = replace(verifier, meaning=Meanings(pieces))
        return replace(self, embedding=kept.by(made_by, self.embedder.embed), verifier=verifier)

    def meaning_of(self, wordings: Sequence[str]) -> Meant:
        """Vectors of a question's wordings by the embedder whose vectors the library is searched by.

        None come back when that is a server which cannot be reached, or which is not configured any more.
        """
        used = self.library.embedder
        if used == self.embedder.fingerprint:
            return Meant([self.embed(wording) for wording in wordings], used, self._change_under_way(used))
        if self.server is None or used != self.server.fingerprint:
            return Meant((), used, self._cannot_use(used))
        if "embedder" in self.withheld:
            return Meant((), used, f"searched by words alone: the question is not sent to {self.server.host}")
        try:
            return Meant(self.server.embed_questions(wordings), used)
        except (EndpointError, BudgetError) as error:
            return Meant((), used, f"searched by words alone: {error.message}")

    def examine_embedder(self) -> Check:
        """Whose vectors are searched, and how far a change to another embedder is."""
        used = self.library.embedder
        if used not in (self.embedder.fingerprint, self.configured):
            return Check("embedder", False, self._cannot_use(used), "Name it as embedder again, or ingest.")
        return Check("embedder", True, "; ".join(filter(None, (f"{used} in use", self._change_under_way(used)))))

    def examine_journal(self) -> Check:
        """Whether what was asked can be read."""
        try:
            conversations = len(self.journal.conversations())
        except LibraryError as error:
            return Check("journal", False, error.message, error.hint)
        damage = self.journal.damage()
        kept = "" if self.config.journal else "; answers are not kept (journal = false)"
        return Check("journal", not damage, damage or f"{conversations} conversation(s){kept}")

    def _cannot_use(self, used: str) -> str:
        remedy = f'set embedder to "{used.rpartition("@")[0]}" again, or ingest to embed anew with {self.configured}'
        return f"searched by words alone: the vectors are of {used}, which is not configured; {remedy}"

    def _change_under_way(self, used: str) -> str:
        if used == self.configured or "embedder" in self.withheld:
            return ""
        share = self.library.catalogue.share_embedded(self.configured)
        return f"embedded anew with {self.configured}: {share:.0%} so far, searched by {used} until it is complete"

    def close(self) -> None:
        """Close the library and the model's connection, and end the threads of embedding."""
        for asked in (self.writer, self.judge):
            if asked:
                asked.close()
        self.embedder.close()
        if self.server:
            self.server.close()
        self.library.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def cost_notice(engine: Engine, runs: int, what: str) -> Notice | None:
    """The most that ``runs`` answers or stories can cost, told before a long run; None where nothing is spent."""
    asked = engine.writer or engine.judge
    if asked is None or runs < 2:
        return None
    most = _most(engine, runs)
    if most == 0.0:
        return None
    bound = "the price is not known" if most is None else f"at most ${most:.4f}"
    limit = engine.budget.max_cost
    stop = "" if limit is None or (most is not None and most <= limit) else f", and it stops before ${limit:g}"
    return Notice(f"{runs} {what} for {asked.model} at {asked.host}: {bound}{stop}")


def side_by_side(engine: Engine, wanted: int, runs: int) -> int:
    """How many of ``runs`` answers or stories are made at the same time where ``wanted`` are: one, where a budget could
    refuse to one what others have only set aside."""
    left, most = engine.budget.left, _most(engine, runs)
    enough = left is None or (most is not None and most <= left)
    return max(1, min(wanted, runs)) if enough else 1


def _most(engine: Engine, runs: int) -> float | None:
    """The most dollars that so many answers or stories can cost, judged where they are; None where nobody knows."""
    asked = ((engine.writer, engine.requests), (engine.judge, 1))
    costs = [one.most(runs * requests) for one, requests in asked if one]
    return None if None in costs else sum(filter(None, costs))


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
        store=config.store_address,
        create=create,
    )
    now = clock or _now
    ledger = config_folder() / "spending.sqlite"
    budget = Budget(config.max_cost, config.daily_budget, ledger, lambda: now().astimezone(library.zone).date())
    try:
        recording = _recording(config)
        config = _naming_the_model(config, recording)
        writer, judge = (_writer(config, recording, model, budget) for model in (config.model, config.judge))
        server = _embed_server(config, budget)
    except (ConfigError, RecordingError):
        library.close()
        raise
    verifier = Verifier(Meanings(embedder.embed_pieces), alike(names_in_use()))
    return Engine(config, library, embedder, writer, now, server, verifier=verifier, budget=budget, judge=judge)


def _embed_server(config: Config, budget: Budget) -> EmbedServer | None:
    if config.embedding is None:
        return None
    told = config.embedding
    price = price_of(told.host, told.model or "", is_local=told.is_local)
    return EmbedServer(told, count=count_tokens, price=price, budget=budget)


def _recording(config: Config) -> Recording | None:
    if config.replay:
        return Recording(config.replay)
    if config.record and not config.asked:
        raise ConfigError("--record needs a model to record", "Name one with model, NEWSDESK_MODEL or --model.")
    return Recording(config.record, adds=True) if config.record else None


def _naming_the_model(config: Config, recording: Recording | None) -> Config:
    """The settings with the one model that wrote what is replayed, where they name none."""
    if not config.replay or recording is None or config.model:
        return config
    if len(recording.models) > 1:
        named = ", ".join(recording.models)
        raise RecordingError(f"{config.replay} holds replies of several models ({named})", "Say which, with --model.")
    if not recording.models and not config.judge:
        raise RecordingError(f"{config.replay} holds no replies of a model that writes", RECORD)
    return replace(config, model=next(iter(recording.models), None))


def _writer(config: Config, recording: Recording | None, model: str | None, budget: Budget) -> Writer | None:
    if model is None:
        return None
    price = FREE if config.replay else price_of(config.host, model, is_local=config.is_local)
    server = None if config.replay else Endpoint(config, count=count_tokens, price=price)
    replies: Replies | None = RecordedReplies(recording, server) if recording else server
    assert replies is not None  # without a server there is a recording
    return Writer(
        replies,
        load_prompt,
        model,
        count=count_tokens,
        price=price,
        budget=budget,
        context_tokens=config.context_tokens,
        reply_tokens=config.reply_tokens,
        repeatable=recording is not None,
    )
