"""Call a platform's JSON API as an OAuth client: patient with its limits, strict with refusals."""

import base64
import email.utils
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import SystemRandom
from typing import Any

import httpx

from coaching.integrations.base import Forbidden, Unavailable, Unreadable, Unverified

TRIES = 6
FIRST_WAIT_SECONDS = 1
LONGEST_WAIT_SECONDS = 60
TOKEN_MARGIN = timedelta(seconds=60)
_TRY_AGAIN = frozenset({408, 429, 500, 502, 503, 504})

logger = logging.getLogger(__name__)
_random = SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """An OAuth client-credentials grant, sent as HTTP Basic."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)


class OAuthClient:
    """Get and post JSON with a token that is renewed in time, once more when refused.

    Raises: Unverified when the platform refuses us twice, Forbidden when a permission is
    missing, Unavailable when it does not answer properly after six tries or asks for a longer
    wait than a worker should sleep, Unreadable for any other refusal.
    """

    def __init__(
        self,
        http: httpx.Client,
        credentials: Credentials,
        *,
        base_url: str,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        trace_header: str = "X-Request-Id",
    ) -> None:
        self._http = http
        self._credentials = credentials
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._sleep = sleep
        self._trace_header = trace_header
        self._token: str | None = None
        self._token_ends_at = datetime.min.replace(tzinfo=UTC)

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> dict[str, Any]:
        return self._call("GET", path, params=params)

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._call("POST", path, json=body)

    def sign_in(self) -> None:
        """Fetch a new token."""
        known = self._credentials
        request = self._http.build_request(
            "POST",
            known.token_url,
            data={"grant_type": "client_credentials"},
            headers={"Authorization": _basic(known.client_id, known.client_secret)},
        )
        status, answer = self._send(request)
        if status != httpx.codes.OK or not answer.get("access_token"):
            raise Unverified(f"sign-in refused (HTTP {status})")
        self._token = str(answer["access_token"])
        lifetime = timedelta(seconds=int(answer.get("expires_in", 600)))
        self._token_ends_at = self._clock() + lifetime - TOKEN_MARGIN

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        json: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        request = self._http.build_request(method, self._base_url + path, params=params, json=json)
        if self._clock() >= self._token_ends_at:
            self.sign_in()
        status, answer = self._send_signed(request)
        if status == httpx.codes.UNAUTHORIZED:
            self.sign_in()
            status, answer = self._send_signed(request)
        if status == httpx.codes.UNAUTHORIZED:
            raise Unverified(f"{path}: refused with a fresh token")
        if status == httpx.codes.FORBIDDEN:
            raise Forbidden(f"{path}: a permission is missing")
        if not httpx.codes.is_success(status):
            raise Unreadable(path, f"HTTP {status}")
        return answer

    def _send_signed(self, request: httpx.Request) -> tuple[int, dict[str, Any]]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return self._send(request)

    def _send(self, request: httpx.Request) -> tuple[int, dict[str, Any]]:
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

    def _try(self, request: httpx.Request) -> tuple[int, dict[str, Any]]:
        try:
            response = self._http.send(request)
        except httpx.RequestError as error:
            raise _TryAgain(type(error).__name__) from error
        self._log(request, response)
        status = response.status_code
        if status in _TRY_AGAIN:
            raise _TryAgain(f"HTTP {status}", self._wanted_wait(response))
        return status, _json_object(response) if response.is_success else {}

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


def _basic(name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def _json_object(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError as error:
        raise _TryAgain("the answer was cut off") from error
    if not isinstance(body, dict):
        raise Unreadable(response.url.path, "is not a JSON object")
    return body
