"""Budgets: a request is made only when the most it can cost is still allowed, in this run and on this day.

What was spent is kept in one small SQLite file in the configuration folder, because several processes spend from one
daily budget. The most a request can cost is set aside in one transaction before it is made, and replaced by what it did
cost afterwards; of a process that dies in between, the most stays counted.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date
from pathlib import Path

from qa.errors import BudgetError
from qa.prices import FORM, Price

_PATIENCE_S = 10.0
_TABLE = "CREATE TABLE IF NOT EXISTS spent (id INTEGER PRIMARY KEY, day TEXT NOT NULL, dollars REAL NOT NULL)"


class Reservation:
    """Money set aside for one request."""

    def __init__(self, budget: Budget, row: int | None, most: float) -> None:
        self._budget = budget
        self._row = row
        self._most = most

    def settle(self, cost: float | None) -> None:
        """Replace it by what the request did cost. Once."""
        self._budget.settle(self._row, self._most, self._most if cost is None else cost)


class Budget:
    """What a run and a day may cost, in dollars; None is without limit. Any thread may use it."""

    def __init__(
        self, max_cost: float | None, daily: float | None, ledger: Path | None, today: Callable[[], date]
    ) -> None:
        """``ledger`` is the file that all processes share (None: nothing is kept); ``today`` the reader's day."""
        self.max_cost = max_cost
        self.daily = daily
        self._ledger = ledger
        self._today = today
        self._lock = threading.Lock()
        self._run = 0.0

    @property
    def is_set(self) -> bool:
        """Whether anything is limited."""
        return self.max_cost is not None or self.daily is not None

    def reserve(self, price: Price | None, tokens_in: int, tokens_out: int, what: str) -> Reservation:
        """Set aside the most that a request can cost. Raises BudgetError when that is not allowed any more, or, with a
        budget, when nobody knows the price of ``what`` (a model and its host)."""
        if price is None and self.is_set:
            remedy = f"Write its price into prices.toml of your configuration folder (`newsdesk config`):\n{FORM}"
            raise BudgetError(f"a budget is set, and the price of {what} is not known", remedy)
        most = price.cost(tokens_in, tokens_out) if price else 0.0
        if most == 0.0:
            return Reservation(self, None, 0.0)
        with self._lock:
            if self.max_cost is not None and self._run + most > self.max_cost:
                spent = f"${self._run:.4f} of --max-cost ${self.max_cost:g} is spent"
                hint = "Give a higher --max-cost, ask for fewer passages (-k), or quote without a model."
                raise BudgetError(f"the next request could cost ${most:.4f}, and {spent}", hint)
            try:
                row = self._set_aside(most)
            except BudgetError:
                if self.daily is not None:
                    raise
                row = None
            self._run += most
        return Reservation(self, row, most)

    def settle(self, row: int | None, most: float, cost: float) -> None:
        """Replace what was set aside by what was spent."""
        if most == 0.0:
            return
        with self._lock:
            self._run += cost - most
        if row is not None and self._ledger is not None:
            with suppress(BudgetError), self._writing(self._ledger) as ledger:  # else the most stays counted
                ledger.execute("UPDATE spent SET dollars = ? WHERE id = ?", (cost, row))

    @property
    def spent_today(self) -> float:
        """Dollars spent or set aside today, by every process. Raises BudgetError when that cannot be read."""
        if self._ledger is None or not self._ledger.exists():
            return 0.0
        with self._writing(self._ledger) as ledger:
            return self._sum(ledger)

    @property
    def left(self) -> float | None:
        """Dollars that may still be set aside, now; None without a limit, and nothing where what was spent cannot be
        read."""
        with self._lock:
            rooms = [] if self.max_cost is None else [self.max_cost - self._run]
        if self.daily is not None:
            try:
                rooms.append(self.daily - self.spent_today)
            except BudgetError:
                return 0.0
        return max(0.0, min(rooms)) if rooms else None

    def _set_aside(self, most: float) -> int | None:
        if self._ledger is None:
            return None
        with self._writing(self._ledger) as ledger:
            spent = self._sum(ledger)
            if self.daily is not None and spent + most > self.daily:
                said = f"${spent:.4f} of today's budget of ${self.daily:g} is spent"
                hint = "Raise daily_budget, wait until tomorrow, or quote without a model."
                raise BudgetError(f"the next request could cost ${most:.4f}, and {said}", hint)
            return ledger.execute(
                "INSERT INTO spent (day, dollars) VALUES (?, ?)", (self._today().isoformat(), most)
            ).lastrowid

    def _sum(self, ledger: sqlite3.Connection) -> float:
        row = ledger.execute("SELECT SUM(dollars) FROM spent WHERE day = ?", (self._today().isoformat(),)).fetchone()
        return float(row[0] or 0.0)

    @contextmanager
    def _writing(self, path: Path) -> Iterator[sqlite3.Connection]:
        """The ledger in one transaction that no other process writes in. Raises BudgetError when it cannot be used:
        with a daily budget, what cannot be counted is not spent."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)) as ledger:
                ledger.execute("BEGIN IMMEDIATE")
                ledger.execute(_TABLE)
                yield ledger
                ledger.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            hint = "Make the folder writable, or move the file away: it holds nothing but what was spent each day."
            raise BudgetError(f"{path}: what was spent cannot be counted ({error})", hint) from None


UNLIMITED = Budget(None, None, None, date.today)
