"""Where an AAS server may be asked: no address whose answers are a cloud machine's own secrets, however it is written."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from knowledge.errors import KnowledgeError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

METADATA = frozenset(
    ipaddress.ip_address(each)
    for each in (
        "fd00:ec2::254",  # Amazon
        "fd20:ce::254",  # Google
        "100.100.100.200",  # Alibaba
        "168.63.129.16",  # Azure
        "192.0.0.192",  # Oracle
    )
)
"""Where clouds serve a machine its own secrets, beside 169.254.169.254, which is link-local."""
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""RFC 6052: an IPv4 address in its last four bytes."""


class AasServerError(KnowledgeError):
    """A server that cannot be read; its sentence says why."""


def checked(url: str) -> str:
    """The address without a slash at its end. Raises AasServerError for what is no plain address of a server."""
    parts = _parts(url)
    try:
        whole = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or True)
    except ValueError as error:
        raise AasServerError("aas_server_address") from error
    if not whole or parts.username or parts.password or parts.query or parts.fragment:
        raise AasServerError("aas_server_address")
    if forbidden(parts.hostname or ""):
        raise AasServerError("aas_server_address")
    return url.strip().rstrip("/")


def must_lead_elsewhere(url: str) -> None:
    """Raises AasServerError where the name in `url` stands for a forbidden address now."""
    parts = _parts(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 80, proto=socket.IPPROTO_TCP)
    except UnicodeError as error:  # a part of the name is empty or longer than names have
        raise AasServerError("aas_server_address") from error
    except OSError:
        return  # connecting will say so
    if any(forbidden(str(address[4][0])) for address in found):
        raise AasServerError("aas_server_address")


def on_connection(event: str, info: Mapping[str, Any]) -> None:
    """A `trace` of httpcore: refuses a connection to a forbidden address before anything is sent over it.

    The name is looked up once more to connect, and may then stand for another address than when it was checked.
    """
    if event != "connection.connect_tcp.complete":
        return
    stream = info["return_value"]
    peer = stream.get_extra_info("server_addr")
    if peer and forbidden(str(peer[0])):
        stream.close()
        raise AasServerError("aas_server_address")


def forbidden(host: str) -> bool:
    """Whether this is an address, in whatever notation, of a kind that is never asked."""
    address = _address(host.split("%", maxsplit=1)[0])
    return address is not None and (address.is_link_local or address in METADATA)


def _parts(url: str) -> SplitResult:
    try:
        return urlsplit(url.strip())
    except ValueError as error:
        raise AasServerError("aas_server_address") from error


def _address(host: str) -> Address | None:
    """What connecting would make of it: `2852039166` and `0xa9fea9fe` are 169.254.169.254 too. None for a name."""
    try:
        found: Address = ipaddress.ip_address(host)
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except (OSError, ValueError):
            return None
    return found if isinstance(found, ipaddress.IPv4Address) else _within(found)


def _within(address: ipaddress.IPv6Address) -> Address:
    """The IPv4 address that one of version 6 carries, or itself."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour or address
    if address in _TRANSLATED or int(address) >> 32 == 0:
        inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return inside if int(inside) > 1 else address  # `::` and `::1` are addresses of their own
    return address
