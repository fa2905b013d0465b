"""Newsdesk's own colours: light and dark, made for reading, and one for terminals that have few colours or want none.

The contrast of text with what lies behind it is 4.5 or more on every screen (WCAG 2.2, success criterion 1.4.3); a test
measures it on what is drawn.
"""

from __future__ import annotations

from textual.theme import Theme


def _theme(name: str, dark: bool, colours: dict[str, str], variables: dict[str, str]) -> Theme:
    """A theme in which coloured text has the colour itself, not a tint of it."""
    told = ("primary", "secondary", "success", "warning", "error", "accent")
    texts = {f"text-{word}": colours[word] for word in told}
    return Theme(name=name, dark=dark, **colours, variables={**texts, **variables})  # type: ignore[arg-type]


DARK = _theme(
    "newsdesk-dark",
    True,
    {
        "primary": "#7fb0e6",
        "secondary": "#9fb4c7",
        "success": "#86cf93",
        "warning": "#ecc06f",
        "error": "#f59a94",
        "accent": "#c9b0ee",
        "foreground": "#e8e5de",
        "background": "#15171c",
        "surface": "#1c1f26",
        "panel": "#252932",
    },
    {
        "text-muted": "#b3b0a8",
        "foreground-muted": "#b3b0a8",
        "footer-key-foreground": "#ecc06f",
        "block-cursor-background": "#2a3b57",
        "block-cursor-blurred-background": "#2a2e37",
        "block-cursor-blurred-foreground": "#e8e5de",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "border": "#7fb0e6",
        "border-blurred": "#4a5060",
    },
)
LIGHT = _theme(
    "newsdesk-light",
    False,
    {
        "primary": "#1f5a9e",
        "secondary": "#44586b",
        "success": "#17642f",
        "warning": "#7d4a00",
        "error": "#a01c1c",
        "accent": "#623a96",
        "foreground": "#1f2126",
        "background": "#fbf9f4",
        "surface": "#f3f0e8",
        "panel": "#e8e4d9",
    },
    {
        "text-muted": "#55534d",
        "foreground-muted": "#55534d",
        "footer-key-foreground": "#7d4a00",
        "block-cursor-background": "#d9e6f5",
        "block-cursor-blurred-background": "#ebe9e2",
        "block-cursor-blurred-foreground": "#1f2126",
        "block-cursor-foreground": "#111214",
        "block-cursor-text-style": "none",
        "border": "#1f5a9e",
        "border-blurred": "#b9b3a4",
    },
)
PLAIN = Theme(
    name="newsdesk-plain",
    ansi=True,
    dark=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    accent="ansi_cyan",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "border-blurred": "ansi_bright_black",
        "block-cursor-background": "ansi_default",
        "block-cursor-foreground": "ansi_default",
        "block-cursor-text-style": "reverse",
        "footer-key-foreground": "ansi_default",
        "input-selection-background": "ansi_default",
        "input-selection-foreground": "ansi_default",
        "screen-selection-background": "ansi_white",
        "screen-selection-foreground": "ansi_black",
    },
)
"""The terminal's own colours: what stands out does so by being bold, underlined or reversed."""
THEMES = (DARK, LIGHT, PLAIN)


def start_with(remembered: str, known: set[str], *, plain: bool) -> str:
    """The theme to begin with: the plain one where the terminal has few colours or the reader wants none, else the one
    that was chosen last, else the dark one."""
    if plain:
        return PLAIN.name
    return remembered if remembered in known else DARK.name
