"""Mails (EML, one of an MBOX) and pages that a browser saved as MHTML."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import collapse_rfc2231_value, parsedate_to_datetime
from pathlib import PurePath

from knowledge.document import Attachment, Document, Section, Source
from knowledge.encoding import codec_named, decode
from knowledge.errors import KnowledgeError, TooLargeError, UnreadableError
from knowledge.readers import html
from knowledge.readers.format import Format, Progress, silent
from knowledge.readers.outline import Outline
from knowledge.readers.text import language_of

MAX_PARTS = 1_000
MAX_DEPTH = 30
LARGE_PICTURE = 50_000
"""Bytes from which on a picture in the text is more than a logo or a signature."""
_MARKEDLY_MORE = 1.5
"""Times the text of the plain part from which on a mail's page says markedly more."""
_KNOWN = {b"from", b"to", b"subject", b"date", b"received", b"mime-version"}
_HEAD = 65_536
_HEADER = re.compile(rb"([!-9;-~]+):")
_SHOWN = (("Subject", "제목"), ("From", "보낸 사람"), ("To", "받는 사람"), ("Cc", "참조"), ("Date", "날짜"))
_MALFORMED = (
    MessageError,
    LookupError,
    UnicodeError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
)
"""What the standard library's parser raises on malformed headers and parts, as its tracker and our fuzzing show."""


class _Raw(Compat32):
    """Headers with bytes beyond ASCII, which the standard forbids and Korean programs send, as text."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        del name
        return _from_raw(value)


def claims(data: bytes, _name: str) -> bool:
    """Header lines from the very first on (after MBOX's `From ` line), at least two of those that every mail has."""
    if not re.match(rb"(?:From [^\n]{0,200}\n)?[!-9;-~]{1,60}:", data[:300]):
        return False
    seen = set()
    lines = data[:_HEAD].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    for line in lines[1:] if lines[0].startswith(b"From ") else lines:
        field = _HEADER.match(line)
        if field:
            seen.add(field.group(1).lower())
        elif not line.startswith((b" ", b"\t")):
            break
    return len(seen & _KNOWN) > 1


def read(data: bytes, name: str, _progress: Progress = silent) -> Document:
    """First who wrote to whom and when, then the text; files and mails that came along are attachments.

    The plain text is taken where there is one and the HTML does not say markedly more. Raises UnreadableError where the mail is encrypted or
    malformed beyond reading, TooLargeError over a thousand parts.
    """
    try:
        message: Message = message_from_bytes(data, policy=_Raw())
        return _page(message, name) if _is_page(message) else _mail(message, name)
    except _MALFORMED as error:
        raise UnreadableError("broken", format=FORMAT.name) from error


def _mail(message: Message, name: str) -> Document:
    texts: list[Message] = []
    files: list[Message] = []
    for part in _parts(message):
        (texts if _is_text(part) else files).append(part)
    attachments = _attachments(files)
    body = [section for part in texts for section in _body(part)]
    if not body and not attachments and _is_encrypted(message):
        raise UnreadableError("encrypted")
    subject = _words(message["Subject"])
    lines = [f"{label}: {_words(message[field])}" for field, label in _SHOWN if _words(message[field])]
    lines += [f"첨부: {attachment.name}" for attachment in attachments]
    outline = Outline()
    outline.prose("\n".join(lines))
    top = (subject,) if subject else ()
    sections = [replace(s, locator=replace(s.locator, label="메일 머리"), headings=top) for s in outline.sections()]
    sections += [replace(section, headings=top + section.headings) for section in body]
    return Document(
        title=subject or PurePath(name).stem,
        media_type=FORMAT.media_type,
        sections=tuple(replace(section, ordinal=at) for at, section in enumerate(sections)),
        language=language_of("\n".join(section.text for section in sections)),
        metadata=_metadata(message),
        attachments=attachments,
    )


def _page(message: Message, name: str) -> Document:
    """A saved page: its root part is read as HTML, the pictures and styles around it are left."""
    for part in _parts(message):
        if part.get_content_type() in {"text/html", "application/xhtml+xml"}:
            page = html.read(_bytes(part), name, charset=part.get_content_charset() or "")
            address = _words(message["Snapshot-Content-Location"]) or _words(part["Content-Location"])
            sources = (Source(page.title, reference=address),) if address.startswith("http") else ()
            return replace(
                page, media_type="multipart/related", sources=sources, metadata=page.metadata | _metadata(message)
            )
    raise UnreadableError("no_text")


def _is_page(message: Message) -> bool:
    saved = "Snapshot-Content-Location" in message or "Saved by" in _words(message["From"])
    return message.get_content_type() == "multipart/related" and (saved or message["To"] is None)


def _parts(message: Message) -> Iterator[Message]:
    """Leaves in reading order; of alternatives the plain text, unless the richest says markedly more."""
    pending = [(message, 0)]
    seen = 0
    while pending:
        part, depth = pending.pop()
        seen += 1
        if seen > MAX_PARTS or depth > MAX_DEPTH:
            raise TooLargeError("too_many_files", files=seen, limit=MAX_PARTS)
        inner = part.get_payload()
        if part.get_content_type() == "message/rfc822" or not part.is_multipart() or not isinstance(inner, list):
            yield part
        else:
            children = [child for child in inner if isinstance(child, Message)]
            chosen = _chosen(children) if part.get_content_type() == "multipart/alternative" else children
            pending.extend((child, depth + 1) for child in reversed(chosen))


def _chosen(alternatives: list[Message]) -> list[Message]:
    rich = [part for part in alternatives if part.get_content_maintype() in {"text", "multipart"}][-1:]
    plain = [part for part in alternatives if part.get_content_type() == "text/plain" and _bytes(part).strip()][:1]
    texts = plain if plain and not (rich and _says_more(rich[0], plain[0])) else rich
    return texts + [part for part in alternatives if part.get_content_maintype() not in {"text", "multipart"}]


def _says_more(rich: Message, plain: Message) -> bool:
    """Whether the page holds markedly more text, or a table, whose columns plain text only guesses at.

    Many programs send a stub as plain text: `이 메일은 HTML로 작성되었습니다`.
    """
    page = next((part for part in rich.walk() if part.get_content_type() == "text/html"), None)
    if page is None or page is plain:
        return False
    try:
        sections = _body(page)
    except KnowledgeError:
        return False
    said = sum(len("".join(section.text.split())) for section in sections)
    stub = len("".join(decode(_bytes(plain), plain.get_content_charset() or "").split()))
    has_table = any(section.kind == "table" for section in sections)
    return said > _MARKEDLY_MORE * stub or (has_table and said * _MARKEDLY_MORE >= stub)


def _is_text(part: Message) -> bool:
    readable = part.get_content_type() in {"text/plain", "text/html"}
    return readable and part.get_content_disposition() != "attachment" and not _file_name(part)


def _body(part: Message) -> tuple[Section, ...]:
    data = _bytes(part)
    if not data.strip():
        return ()
    charset = part.get_content_charset() or ""
    if part.get_content_type() == "text/html":
        return html.sections_of(data, charset)
    outline = Outline()
    outline.prose(decode(data, charset))
    return tuple(replace(section, locator=replace(section.locator, label="본문")) for section in outline.sections())


def _attachments(files: list[Message]) -> tuple[Attachment, ...]:
    found = []
    for number, part in enumerate(files, 1):
        if part.get_content_type() == "message/rfc822":
            data, fallback = _forwarded(part)
        else:
            data, fallback = _bytes(part), f"첨부 {number}"
        picture = part.get_content_maintype() == "image" and part.get_content_disposition() != "attachment"
        if (
            data
            and not (picture and len(data) < LARGE_PICTURE)
            and not part.get_content_subtype().endswith("signature")
        ):
            found.append(Attachment((_file_name(part) or fallback)[:300], data))
    return tuple(found)


def _forwarded(part: Message) -> tuple[bytes, str]:
    """A mail inside the mail, and its subject as a file name."""
    inner = part.get_payload()
    mail = inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], Message) else None
    if mail is None:
        return b"", ""
    return mail.as_bytes(), f"{_words(mail['Subject']).replace('/', ' ') or '전달된 메일'}.eml"


def _is_encrypted(message: Message) -> bool:
    return any(
        part.get_content_type() in {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
        for part in message.walk()
    )


def _metadata(message: Message) -> dict[str, str]:
    kept = {key: _words(message[field]) for key, field in (("from", "From"), ("to", "To"))}
    written = _day(_words(message["Date"]))
    return {key: value for key, value in kept.items() if value} | ({"created": written.isoformat()} if written else {})


def _day(words: str) -> date | None:
    """The day as the writer's clock had it; none where the line holds no date."""
    try:
        return parsedate_to_datetime(words).date() if words else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _file_name(part: Message) -> str:
    """RFC 2231 or, as most programs write it, RFC 2047 in quotes; its folders are dropped."""
    raw = part.get_param("filename", None, "content-disposition") or part.get_param("name", None)
    if not raw:
        return ""
    if isinstance(raw, tuple):
        charset, language, words = raw
        raw = (codec_named(charset or "") or "utf-8", language, words)
    return _words(collapse_rfc2231_value(raw)).replace("\\", "/").rsplit("/", 1)[-1].strip()


def _words(value: object) -> str:
    """A header in words: folded lines joined, encoded words decoded."""
    raw = " ".join(_from_raw(str(value or "")).split())
    if "=?" not in raw:
        return raw
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, binascii.Error, ValueError):
        return raw
    return "".join(_piece(words, charset) for words, charset in pieces).strip()


def _piece(words: bytes | str, charset: str | None) -> str:
    if isinstance(words, str):
        return words
    # decode_header gives what stands between encoded words as bytes of its own escape
    codec = codec_named(charset) if charset else "raw_unicode_escape"
    return words.decode(codec or "utf-8", errors="replace")


def _from_raw(value: str) -> str:
    """Text of a header that the parser kept as escaped bytes."""
    if not any("\udc80" <= character <= "\udcff" for character in value):
        return value
    data = value.encode("utf-8", "surrogateescape")
    for codec in ("utf-8", "cp949"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", errors="replace")


FORMAT = Format("EML", "message/rfc822", claims, read)
