"""A briefing as JSON: all of it, with offsets, and digests by which an edited file is known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from qa.render.briefings.story import FORM, counts, newest, title
from qa.render.digests import check_of, digest_of
from qa.render.forms import article_json, change_json, claim_json, conflict_json, provenance_json, window_json
from qa.render.questions import standing_json
from qa.types import Briefing, Earlier, Since, Story
from qa.version import __version__


def briefing_json(briefing: Briefing) -> dict[str, Any]:
    """A briefing as ``brief --json`` prints it; ``number`` is null where it is not kept, ``since`` where no briefing of
    earlier days is, ``added`` what its revision has that the one before had not. ``checks`` are digests of its
    sentences and quoted sides, ``whole`` one of all the rest, by which ``recheck`` knows what was edited."""
    last = newest(briefing)
    told = {
        "newsdesk": __version__,
        "form": FORM,
        "title": title(briefing),
        "newest": last.published.iso if last and last.published else None,
        "counts": asdict(counts(briefing)),
        "window": window_json(briefing.window),
        "as_of": briefing.as_of.isoformat(),
        "mode": briefing.provenance.mode.value,
        "complete": briefing.complete,
        "stories": [story_json(story) for story in briefing.stories],
        "left_out": [asdict(one) for one in briefing.left_out],
        "notes": list(briefing.notes),
        "index": briefing.index,
        "usage": asdict(briefing.usage),
        "provenance": provenance_json(briefing.provenance),
        "number": briefing.number,
        "revision": briefing.revision,
        "made": briefing.made.isoformat() if briefing.made else None,
        "sources": list(briefing.sources),
        "since": since_json(briefing.since) if briefing.since else None,
        "added": list(briefing.added),
        "topic": briefing.topic,
        "standing": [standing_json(one) for one in briefing.standing],
        "checks": [
            *(check_of(claim.text) for one in briefing.standing for claim in one.claims),
            *(check for story in briefing.stories for check in _checks(story)),
        ],
    }
    return told | {"whole": digest_of_json(told)}


def _checks(story: Story) -> list[str]:
    sides = [side for change in story.changes for side in change.sides]
    sides += [side for conflict in story.conflicts for side in conflict.sides]
    return [check_of(text) for text in (*(claim.text for claim in story.sentences), *(side.quote for side in sides))]


def digest_of_json(told: Mapping[str, Any]) -> str:
    """A digest of a value as JSON, but for the one that it holds itself. Raises ValueError where it is no JSON."""
    return digest_of(json.dumps({name: told[name] for name in told if name != "whole"}, sort_keys=True))


def story_json(story: Story) -> dict[str, Any]:
    """A story: its status against earlier briefings, ``added`` the articles that those did not have, ``changes`` the
    values that they supersede."""
    return {
        "id": story.id,
        "title": story.title,
        "status": story.status,
        "articles": [article.id for article in story.articles],
        "claims": [claim_json(claim) for claim in story.claims],
        "earlier": earlier_json(story.earlier) if story.earlier else None,
        "added": list(story.added),
        "changes": [change_json(change) for change in story.changes],
        "news": [claim_json(claim) for claim in story.news],
        "why": [claim_json(claim) for claim in story.why],
        "conflicts": [conflict_json(conflict) for conflict in story.conflicts],
        "timeline": [{"day": one.day.isoformat(), "claim": claim_json(one.claim)} for one in story.timeline],
        "copies": [asdict(copy) for copy in story.copies],
        "sources": [article_json(article) for article in story.articles],
    }


def since_json(since: Since) -> dict[str, Any]:
    """The briefing that one is compared with, and which of its stories are not told again."""
    over = [earlier_json(one) for one in since.over]
    return {"briefing": since.briefing, "day": since.day.isoformat(), "over": over}


def earlier_json(told: Earlier) -> dict[str, Any]:
    """A story as an earlier briefing told it."""
    return asdict(told) | {"day": told.day.isoformat()}
