"""How AWS is called: boto3 signs and reads the answers, we wait, renew and say what went wrong.

boto3 is an optional package, so nothing but `feed` imports this module, and that on first use.
"""

import functools
import json
import logging
import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import SystemRandom
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
)
from botocore.parsers import ResponseParserError

from coaching.integrations.base import (
    AdapterError,
    Forbidden,
    Unavailable,
    Unreadable,
    Unverified,
)
from coaching.integrations.http import FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, TRIES

SESSION_NAME = "dagskurs"
_TRY_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
_THROTTLED = frozenset({"RequestTimeout", "Throttling", "ThrottlingException"})  # some with 400
_REFUSED = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)

Payload = dict[str, Any]
Found = TypeVar("Found")

logger = logging.getLogger(__name__)
_random = SystemRandom()
_making = threading.Lock()  # a session may not make clients at the same time


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who we are at AWS, and the role we take on there, where there is one."""

    region: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    role_arn: str = ""
    external_id: str = field(default="", repr=False)
    addresses: Mapping[str, str] = field(default_factory=dict)  # service -> not AWS's own host


class Aws:
    """Call AWS as one account, with keys that are renewed once when refused.

    Raises: Unverified when AWS refuses us twice, Forbidden when a permission is missing,
    Unavailable when it does not answer properly after six tries or asks for a longer wait than
    a worker should sleep, Unreadable for any other refusal.
    """

    def __init__(
        self,
        account: Account,
        *,
        connect_seconds: float | None,
        read_seconds: float | None,
        sleep: Callable[[float], None],
    ) -> None:
        self._account = account
        self._sleep = sleep
        self._config = Config(
            connect_timeout=connect_seconds,
            read_timeout=read_seconds,
            retries={"total_max_attempts": 1, "mode": "standard"},  # the waiting is ours
            proxies={},  # as our HTTP client: nothing from the environment
        )
        self._keys: Mapping[str, str] = {
            "aws_access_key_id": account.access_key_id,
            "aws_secret_access_key": account.secret_access_key,
        }
        self._own_keys = self._keys
        self._clients: dict[str, Any] = {}

    def sign_in(self) -> None:
        """Take on the role, or let AWS tell whose keys these are."""
        self._use(self._own_keys)
        try:
            if self._account.role_arn:
                self._use(self._assumed())
            else:
                self._send("GetCallerIdentity", lambda: self._client("sts").get_caller_identity())
        except _Refused as refused:
            raise Unverified(f"sign-in refused ({refused})") from refused
        except Forbidden as forbidden:
            raise Unverified("sign-in refused: the role may not be assumed") from forbidden

    def call(self, service: str, operation: str, **parameters: Any) -> Payload:
        """Return an answer as JSON would hold it: times as text."""
        return self._signed(
            operation, lambda: _plain(getattr(self._client(service), operation)(**parameters))
        )

    def file(self, bucket: str, key: str) -> bytes:
        return self._signed(
            "get_object",
            lambda: bytes(self._client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()),
        )

    def _signed(self, operation: str, ask: Callable[[], Found]) -> Found:
        if self._account.role_arn and self._keys is self._own_keys:
            self.sign_in()
        try:
            return self._send(operation, ask)
        except _Refused:
            self.sign_in()
        try:
            return self._send(operation, ask)
        except _Refused as refused:
            raise Unverified(f"{operation}: refused with fresh keys ({refused})") from refused

    def _assumed(self) -> Mapping[str, str]:
        wanted = {"RoleArn": self._account.role_arn, "RoleSessionName": SESSION_NAME}
        if self._account.external_id:
            wanted["ExternalId"] = self._account.external_id
        answer = self._send("AssumeRole", lambda: self._client("sts").assume_role(**wanted))
        given = answer["Credentials"]
        return {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }

    def _use(self, keys: Mapping[str, str]) -> None:
        self._keys = keys
        self._clients.clear()

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            with _making:
                client = _session().client(
                    service,
                    region_name=self._account.region,
                    endpoint_url=self._account.addresses.get(service) or None,
                    config=self._config,
                    **self._keys,
                )
            client.meta.events.register("before-parse", _refuse_half_an_answer)
            self._clients[service] = client
        return self._clients[service]

    def _send(self, operation: str, ask: Callable[[], Found]) -> Found:
        """Ask until there is a whole answer."""
        for attempt in range(TRIES):
            try:
                return _try(operation, ask)
            except _TryAgain as again:
                reason, wait = f"{operation}: {again}", again.wanted_wait_seconds
            if wait is None:
                longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**attempt)
                wait = _random.uniform(0, longest)
            if wait > LONGEST_WAIT_SECONDS:
                raise Unavailable(math.ceil(wait), reason)
            if attempt < TRIES - 1:
                self._sleep(wait)
        raise Unavailable(LONGEST_WAIT_SECONDS, reason)


class _Refused(AdapterError):
    """AWS does not take our keys, or no longer."""


class _TryAgain(Exception):
    def __init__(self, reason: str, wanted_wait_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.wanted_wait_seconds = wanted_wait_seconds


@functools.cache
def _session() -> boto3.session.Session:
    """Return what reads the service models, which are large, once; it holds no keys."""
    return boto3.session.Session()


def _try(operation: str, ask: Callable[[], Found]) -> Found:
    try:
        return ask()
    except ClientError as error:
        raise _explained(operation, error) from error
    except (HTTPClientError, IncompleteReadError, ResponseParserError) as error:
        raise _TryAgain(type(error).__name__) from error
    except BotoCoreError as error:
        raise Unreadable(operation, type(error).__name__) from error


def _explained(operation: str, error: ClientError) -> Exception:
    code = str(error.response.get("Error", {}).get("Code", ""))
    answer = error.response.get("ResponseMetadata", {})
    status = answer.get("HTTPStatusCode", 0)
    logger.warning("%s answered %s, trace %s", operation, status, answer.get("RequestId", "-"))
    if code in _REFUSED or status == 401:
        return _Refused(code)
    if code in _THROTTLED or status in _TRY_AGAIN:
        wanted = answer.get("HTTPHeaders", {}).get("retry-after", "")
        return _TryAgain(f"HTTP {status}", float(wanted) if wanted.isdecimal() else None)
    if code == "InvalidObjectState":
        return Unreadable(operation, "the file is in an archive")
    if status == 403:
        return Forbidden(f"{operation}: a permission is missing")
    return Unreadable(operation, code or f"HTTP {status}")


def _refuse_half_an_answer(response_dict: Payload, **_: Any) -> None:
    """Stop botocore from reading what was cut off as an answer without fields."""
    body = response_dict["body"]
    is_file = not isinstance(body, bytes)  # a stream, read later
    if response_dict["status_code"] < 300 and not is_file and _is_cut_off(response_dict):
        raise _TryAgain("the answer was cut off")


def _is_cut_off(answer: Payload) -> bool:
    body, headers = answer["body"], answer["headers"]
    promised = headers.get("Content-Length", "")
    if promised.isdecimal() and "Content-Encoding" not in headers and len(body) < int(promised):
        return True
    if not body.startswith(b"{"):
        return not body  # a cut in XML does not pass the parser
    try:
        json.loads(body)
    except ValueError:
        return True
    return False


def _plain(answer: Payload) -> Payload:
    kept = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    return dict(json.loads(json.dumps(kept, default=datetime.isoformat)))
