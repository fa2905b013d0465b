"""Who writes: the configured model, or nobody, so that answers are quotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from textual.content import Content

from qa.config import Config
from tui import wording
from tui.desk import Desk
from tui.screens.dialog import ScopeDialog

if TYPE_CHECKING:
    from qa.engine import Engine

ModeChoice = Literal["model", "quote", "never"]
"""The model; quotations until the app is left; quotations in this library from now on."""


class ModeDialog(ScopeDialog[ModeChoice]):
    """The model with what is known of it, and two ways to do without. Nothing is sent by choosing: before the first
    sending to another machine the app asks."""

    TITLE_TEXT = "Who writes the answers?"

    def __init__(self, desk: Desk) -> None:
        """For the library of ``desk``, which is open."""
        super().__init__(desk)
        self._offered: tuple[ModeChoice, ...] = ("model", "quote", "never") if desk.config.model else ()

    def on_mount(self) -> None:
        """List what there is to choose from."""
        config, engine = self.desk.config, self.desk.engine
        if not self._offered or engine is None:
            self.say("")
            self.offer([wording.text(without_model(config))])
            return
        now = "never" if self.desk.never_model else "quote" if self.desk.quoting else "model"
        rows: dict[ModeChoice, Content] = {
            "model": wording.text(_told(config, engine)),
            "quote": wording.text("no model for now: answers quote your articles"),
            "never": wording.text(f"no model for {self.desk.name}, from now on (remembered)"),
        }
        self.say({"model": "now: the model", "quote": "now: no model", "never": "now: no model for this library"}[now])
        self.offer([rows[one] for one in self._offered], at=self._offered.index(now))

    def picked(self, at: int) -> None:
        """Take the row."""
        self.dismiss(self._offered[at] if self._offered else None)


def without_model(config: Config) -> str:
    """Why there is no model to choose, and how to have one."""
    if config.model_refused:
        return (
            f"No model for this library: {config.origins['model']} says so.\n"
            "Answers quote your articles; nothing is sent. Change it there, then start Newsdesk again."
        )
    return (
        "No model is configured: answers quote your articles, and nothing is sent.\n\n"
        'With a server that speaks OpenAI\'s API, write model = "NAME" and base_url = "http://localhost:11434/v1" '
        "into config.toml (`newsdesk config` shows where it lies), or set NEWSDESK_MODEL and NEWSDESK_BASE_URL."
    )


def _told(config: Config, engine: Engine) -> str:
    """The model, where it is, by which way words go there, and its price."""
    where = "on this machine" if config.is_local else "another machine, where passages of your articles are sent"
    way = "" if config.is_local else f" ({'encrypted' if config.endpoint.startswith('https:') else 'NOT encrypted'})"
    price = engine.writer.price if engine.writer else None
    cost = "price not known" if price is None else "free"
    if price is not None and (price.input or price.output):
        cost = f"${price.input:g} for a million tokens read, ${price.output:g} written"
    return f"{config.model}\n  {config.host}: {where}{way}\n  {cost}"
