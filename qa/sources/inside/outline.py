"""An OPML list of feeds: name and address of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from qa.sources.inside import NothingInItError
from qa.sources.inside.items import xml_text

_MOST_FEEDS = 5_000


def parse(data: bytes, told: Mapping[str, Any]) -> Mapping[str, Any]:
    """The feeds that a list holds, in its order."""
    text = xml_text(data, told.get("charset"))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise NothingInItError("no list of feeds: its first element is not <opml>")
    feeds = [_feed(one) for one in root.iter("outline", "OUTLINE")]
    return {"feeds": [one for one in feeds if one["url"]][:_MOST_FEEDS]}


def _feed(outline: Any) -> dict[str, str]:
    told = {name.lower(): value.strip() for name, value in outline.attrib.items() if isinstance(name, str)}
    return {"url": told.get("xmlurl", ""), "name": told.get("title") or told.get("text") or ""}
