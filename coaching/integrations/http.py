"""Call a platform's API: patient with its limits, strict with refusals."""

import base64
import email.utils
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import SystemRandom
from typing import Any, Protocol

import httpx

from coaching.integrations.base import (
    Forbidden,
    OwnTokens,
    Tokens,
    Unavailable,
    Unreadable,
    Unverified,
)

TRIES = 6
FIRST_WAIT_SECONDS = 1
LONGEST_WAIT_SECONDS = 60
TOKEN_MARGIN = timedelta(seconds=60)
TOKEN_SECONDS = 600  # where the platform does not say
_TRY_AGAIN = frozenset({408, 429, 500, 502, 503, 504})

logger = logging.getLogger(__name__)
_random = SystemRandom()

Params = Mapping[str, str | int]


class Grant(Protocol):
    """How one kind of account signs in for a token."""

    @property
    def identity(self) -> str:
        """Return what tells this account from others, without its secret."""

    def request(self, http: httpx.Client) -> httpx.Request: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentials:
    """An OAuth client-credentials grant, its secret sent as HTTP Basic or in the form."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    in_form: bool = False
    scope: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        return f"{self.token_url} {self.client_id} {self.scope}"

    def request(self, http: httpx.Client) -> httpx.Request:
        form = {"grant_type": "client_credentials"}
        headers = dict(self.headers)
        if self.scope:
            form["scope"] = self.scope
        if self.in_form:
            form |= {"client_id": self.client_id, "client_secret": self.client_secret}
        else:
            headers["Authorization"] = basic(self.client_id, self.client_secret)
        return http.build_request("POST", self.token_url, data=form, headers=headers)


class ApiClient:
    """Call one platform with a token that is renewed in time, once more when refused.

    Without a grant, the headers alone say who we are.

    Raises: Unverified when the platform refuses us twice, Forbidden when a permission is
    missing, Unavailable when it does not answer properly after six tries or asks for a longer
    wait than a worker should sleep, Unreadable for any other refusal.
    """

    def __init__(
        self,
        http: httpx.Client,
        grant: Grant | None = None,
        *,
        base_url: str,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        headers: Mapping[str, str] | None = None,
        tokens: Tokens | None = None,
        trace_header: str = "X-Request-Id",
    ) -> None:
        self._http = http
        self._grant = grant
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._sleep = sleep
        self._headers = dict(headers or {})
        self._tokens = tokens or OwnTokens()
        self._trace_header = trace_header

    def get(self, path: str, params: Params | None = None) -> dict[str, Any]:
        return _object(path, self.call("GET", path, params=params))

    def get_list(self, path: str, params: Params | None = None) -> list[Any]:
        found = _json(self.call("GET", path, params=params))
        if not isinstance(found, list):
            raise Unreadable(path, "is not a JSON list")
        return found

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return _object(path, self.call("POST", path, json=body))

    def post_form(self, path: str, form: Mapping[str, str]) -> dict[str, Any]:
        return _object(path, self.call("POST", path, data=form))

    def content(self, path: str, params: Params | None = None) -> bytes:
        """Return an answer's bytes as they are: a file, a sound."""
        wanted = {"extensions": {"is_json": False}}
        return self.call("GET", path, params=params, **wanted).content

    def sign_in(self) -> None:
        """Fetch a new token, unless another worker has just done so."""
        if self._grant is None:
            return
        before = self._token()
        with self._tokens.renewing(self._grant.identity):
            if self._token() != before and self._token():
                return
            response = self._send(self._grant.request(self._http))
            answer = _json(response) if response.is_success else {}
            token = answer.get("access_token") if isinstance(answer, dict) else None
            if not token:
                raise Unverified(f"sign-in refused (HTTP {response.status_code})")
            lifetime = timedelta(seconds=_seconds(answer.get("expires_in")))
            ends_at = self._clock() + lifetime - TOKEN_MARGIN
            self._tokens.put(self._grant.identity, str(token), ends_at)

    def call(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Send a request to the platform's own host and return its whole, good answer."""
        request = self._http.build_request(
            method, self._address(path), headers=self._headers, **content
        )
        if self._grant and not self._token():
            self.sign_in()
        response = self._send_signed(request)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self.sign_in()
            response = self._send_signed(request)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            raise Unverified(f"{request.url.path}: refused twice")
        if response.status_code == httpx.codes.FORBIDDEN:
            raise Forbidden(f"{request.url.path}: a permission is missing")
        if not response.is_success:
            raise Unreadable(request.url.path, f"HTTP {response.status_code}")
        return response

    def _address(self, path: str) -> str:
        """Return where a path leads; a whole address must lie where our token belongs."""
        if "://" not in path:
            return self._base_url + path
        wanted, own = httpx.URL(path), httpx.URL(self._base_url)
        if (wanted.scheme, wanted.host, wanted.port) != (own.scheme, own.host, own.port):
            raise Unreadable("address", "leads to another host")
        return path

    def _token(self) -> str:
        known = self._tokens.get(self._grant.identity) if self._grant else None
        return known[0] if known and self._clock() < known[1] else ""

    def _send_signed(self, request: httpx.Request) -> httpx.Response:
        if self._grant:
            request.headers["Authorization"] = f"Bearer {self._token()}"
        return self._send(request)

    def _send(self, request: httpx.Request) -> httpx.Response:
        """Send until there is a whole answer; refusals are answers too."""
        for attempt in range(TRIES):
            try:
                return self._try(request)
            except _TryAgain as again:
                reason, wait = f"{request.url.path}: {again}", again.wanted_wait_seconds
            if wait is None:
                longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**attempt)
                wait = _random.uniform(0, longest)
            if wait > LONGEST_WAIT_SECONDS:
                raise Unavailable(math.ceil(wait), reason)
            if attempt < TRIES - 1:
                self._sleep(wait)
        raise Unavailable(LONGEST_WAIT_SECONDS, reason)

    def _try(self, request: httpx.Request) -> httpx.Response:
        try:
            response = self._http.send(request)
        except httpx.UnsupportedProtocol as error:  # our own guard among others: no use to wait
            raise Unverified(str(error)) from error
        except httpx.RequestError as error:
            raise _TryAgain(type(error).__name__) from error
        self._log(request, response)
        status = response.status_code
        if status in _TRY_AGAIN:
            raise _TryAgain(f"HTTP {status}", self._wanted_wait(response))
        if request.extensions.get("is_json", True) and _is_cut_off(response):
            raise _TryAgain("the answer was cut off")
        return response

    def _wanted_wait(self, response: httpx.Response) -> float | None:
        wanted = response.headers.get("Retry-After", "").strip()
        if wanted.isdecimal():
            return float(wanted)
        try:
            moment = email.utils.parsedate_to_datetime(wanted)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - self._clock()).total_seconds())

    def _log(self, request: httpx.Request, response: httpx.Response) -> None:
        if response.is_success:
            return
        where, trace = request.url.path, response.headers.get(self._trace_header, "-")
        logger.warning("%s answered %s, trace %s", where, response.status_code, trace)


class _TryAgain(Exception):
    def __init__(self, reason: str, wanted_wait_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.wanted_wait_seconds = wanted_wait_seconds


def basic(name: str, secret: str) -> str:
    """Return the value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def bearer(token: str) -> str:
    return f"Bearer {token}"


def _is_cut_off(response: httpx.Response) -> bool:
    """Tell whether an answer says that it is JSON and is not."""
    says_json = "json" in response.headers.get("Content-Type", "json")
    if not (response.is_success and says_json and response.content):
        return False
    try:
        _json(response)
    except Unreadable:
        return True
    return False


def _json(response: httpx.Response) -> Any:
    """Return an answer's JSON, parsed once."""
    if "parsed" not in response.extensions:
        try:
            response.extensions["parsed"] = response.json()
        except ValueError as error:
            raise Unreadable(response.url.path, "is not JSON") from error
    return response.extensions["parsed"]


def _object(path: str, response: httpx.Response) -> dict[str, Any]:
    body = _json(response)
    if not isinstance(body, dict):
        raise Unreadable(path, "is not a JSON object")
    return body


def _seconds(given: Any) -> int:
    """Return a token's life; what a platform says of it may be text or missing."""
    return int(given) if str(given or "").isdecimal() else TOKEN_SECONDS
