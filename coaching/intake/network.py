"""What adapters call their platforms with: patient, led nowhere else, and never into our own house.

An address that an administrator typed is resolved once, every answer is checked, and the
connection goes to the very address that was checked, so that a name cannot change its mind.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterator, Sequence

import httpx
from django.conf import settings

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0
PORTS = frozenset({443, 8443})

Resolve = Callable[[str, int], Sequence[str]]


class Guarded(httpx.HTTPTransport):
    """A transport to the internet alone, but for the hosts that the operator has named."""

    def __init__(self, *, resolve: Resolve | None = None) -> None:
        super().__init__(trust_env=False)
        self._resolve = resolve or _resolve

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        if host not in settings.INTERNAL_PLATFORMS:
            port = request.url.port or 443
            if request.url.scheme != "https" or port not in PORTS:
                raise _refused(request, "only https on its usual ports")
            request.extensions = {**request.extensions, "sni_hostname": host}
            request.url = request.url.copy_with(host=self._checked(request, host, port))
        return super().handle_request(request)

    def _checked(self, request: httpx.Request, host: str, port: int) -> str:
        """Return the one address to connect to, after checking all of them."""
        try:
            found = self._resolve(host, port)
        except OSError as error:
            raise httpx.ConnectError("the name is not known", request=request) from error
        if not found or not all(map(is_public, found)):
            raise _refused(request, "the name leads into a private network")
        return found[0]


def client(
    transport: httpx.BaseTransport | None = None, *, answer_seconds: float = ANSWER_SECONDS
) -> httpx.Client:
    return httpx.Client(
        timeout=httpx.Timeout(answer_seconds, connect=min(CONNECT_SECONDS, answer_seconds)),
        follow_redirects=False,
        trust_env=False,
        transport=transport or Guarded(),
    )


def is_public(address: str) -> bool:
    """Tell whether an address lies on the internet, also when one hides inside another."""
    return all(one.is_global and not one.is_multicast for one in _inside(address))


def _inside(address: str) -> Iterator[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    outer = ipaddress.ip_address(address)
    yield outer
    if isinstance(outer, ipaddress.IPv6Address):
        hidden = (outer.ipv4_mapped, outer.sixtofour, *(outer.teredo or ()))
        yield from (one for one in hidden if one is not None)
        if outer in _NAT64:
            yield ipaddress.IPv4Address(outer.packed[-4:])


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_rest, sockaddr in found]


def _refused(request: httpx.Request, why: str) -> httpx.UnsupportedProtocol:
    return httpx.UnsupportedProtocol(f"{request.url.host} is refused: {why}", request=request)
