"""XML from files nobody vouches for: no entities, no network, no DTD, no endless depth."""

from __future__ import annotations

from lxml import etree

from knowledge.errors import UnreadableError


def parse(data: bytes, format_name: str) -> etree._Element:
    """Root of the document. Raises UnreadableError where it is not well-formed or declares entities."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError("broken", format=format_name) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableError("broken", format=format_name)
    return root


def local(element: etree._Element) -> str:
    """Name without its namespace; empty for comments and processing instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
