"""The contract of an adapter: from a platform's payloads to records, in batches.

An adapter knows no database and no Django. Its settings, secrets, HTTP client and clock are
handed in, so that the network is touched, and replaced in tests and in the demo, in one place.
"""

import dataclasses
import hashlib
import json
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol

import httpx
from pydantic import ValidationError

from coaching.records import ID_LENGTH, InvalidField, Record


class AdapterError(Exception):
    """The platform and we could not do business; the subclass says what to do about it."""


class Unverified(AdapterError):
    """The platform refuses us: stop, and ask the administrator."""


class Forbidden(Unverified):
    """We are known, but lack the permission for one thing."""


class Unreadable(AdapterError):
    """A payload cannot be read: keep it aside with its reason and go on."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class Unavailable(AdapterError):
    """The platform does not answer now: try the job again later."""

    def __init__(self, retry_after_seconds: int, reason: str = "") -> None:
        super().__init__(reason or f"try again in {retry_after_seconds} s")
        self.retry_after_seconds = retry_after_seconds


class Capability(StrEnum):
    AGENTS = "agents"
    INTERACTIONS = "interactions"
    EVALUATIONS = "evaluations"
    EVALUATION_ANSWERS = "evaluation_answers"
    RECORDINGS = "recordings"
    TRANSCRIPTS = "transcripts"
    SENTIMENT = "sentiment"
    LIVE_TRANSCRIPT = "live_transcript"
    COACHING_WRITEBACK = "coaching_writeback"
    PUSH = "push"


class Resource(StrEnum):
    """What a batch holds; also the key of its watermark."""

    AGENTS = "agents"
    TEAMS = "teams"
    ROSTER = "roster"
    QUEUES = "queues"
    FORMS = "forms"
    INTERACTIONS = "interactions"
    EVALUATIONS = "evaluations"
    RECORDINGS = "recordings"
    TRANSCRIPTS = "transcripts"
    SENTIMENT = "sentiment"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Need:
    """One setting an administrator fills in; label and help are for the catalogues."""

    name: str
    label: str
    secret: bool = False
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a connection test: the subject is for the catalogues, the detail is a fact."""

    subject: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CheckReport:
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        return all(finding.passed for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A payload that could not be read. The reason names no value: values may be personal."""

    reference: str
    field: str
    reason: str
    payload_bytes: bytes = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Records to take in together.

    A batch with a watermark closes what came before it: store the watermark with the batch.
    A roster batch is the whole snapshot of its day; with anything unreadable in it, who is
    missing may still be there.
    """

    resource: Resource
    records: tuple[Record, ...] = ()
    unreadable: tuple[Rejected, ...] = ()
    unknown_values: Counter[str] = dataclasses.field(
        default_factory=Counter
    )  # "field=value" -> count
    watermark: datetime | None = None
    total: int | None = None  # how many the platform announced, where it does


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What came in at a webhook, as it came: signatures are made over these very bytes."""

    url: str  # the public one, with its query, as the platform was given it
    headers: Mapping[str, str]  # names in lower case
    body: bytes = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One event of a delivery that is genuine; `event` is one that `read` knows."""

    event: str
    event_id: str  # the same when the platform sends it again
    payload: bytes = dataclasses.field(repr=False)
    sent_at: datetime | None = None  # where the platform signs a time


class Tokens(Protocol):
    """Where tokens of sign-ins are shared between workers."""

    def get(self, key: str) -> tuple[str, datetime] | None:
        """Return a token and its end, where one is known."""

    def put(self, key: str, token: str, ends_at: datetime) -> None: ...

    def renewing(self, key: str) -> AbstractContextManager[None]:
        """Hold the renewal of a token, so that one worker does it for all."""


class OwnTokens:
    """Tokens of one process, where nothing is shared."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, datetime]] = {}

    def get(self, key: str) -> tuple[str, datetime] | None:
        return self._known.get(key)

    def put(self, key: str, token: str, ends_at: datetime) -> None:
        self._known[key] = (token, ends_at)

    def renewing(self, key: str) -> AbstractContextManager[None]:
        return nullcontext()


class Adapter(ABC):
    """Translate one platform. The module's name is the slug; see CONTRIBUTING for the recipe."""

    label: ClassVar[str]
    needs: ClassVar[tuple[Need, ...]] = ()
    capabilities: ClassVar[frozenset[Capability]]
    resources: ClassVar[tuple[Resource, ...]] = ()  # what `pull` yields; none: nothing to poll

    def __init__(
        self,
        settings: Mapping[str, str],
        http: httpx.Client,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        tokens: Tokens | None = None,
    ) -> None:
        self.settings = {need.name: need.default for need in self.needs} | dict(settings)
        wanted = (need for need in self.needs if not need.optional)
        missing = [need.name for need in wanted if not self.settings[need.name]]
        if missing:
            raise Unverified(f"missing settings: {', '.join(missing)}")
        self.http = http
        self.clock = clock
        self.sleep = sleep
        self.tokens = tokens or OwnTokens()

    @abstractmethod
    def check(self) -> CheckReport:
        """Try the connection without storing anything, and say what was found."""

    @abstractmethod
    def read(self, event: str, payload: bytes) -> Batch:
        """Translate one payload; samples of each event lie in fixtures/payloads/<slug>/.

        Raises: Unreadable when nothing of the payload can be read.
        """

    def pull(self, since: Mapping[Resource, datetime]) -> Iterator[Batch]:
        """Yield what changed since the watermarks, with each resource's overlap."""
        return iter(())

    def existing(self, resource: Resource, since: datetime) -> frozenset[str] | None:
        """Return the ids of all that still exists since a moment; None where one cannot ask.

        What we hold and the platform no longer names was deleted or taken back there.
        """
        return None

    def audio(self, fetch_ref: str) -> bytes:
        """Fetch the sound of a recording. Raises: Unreadable, Unavailable while it is made."""
        raise Unreadable("fetch_ref", "this platform hands out no recordings")

    def accept(self, delivery: Delivery) -> tuple[Push, ...]:
        """Prove that a delivery is genuine and split it into events.

        Raises: Unverified when the proof fails or the platform sends none; Unreadable.
        """
        raise Unverified("this platform sends no signed events")


def gettext_noop(text: str) -> str:
    """Mark a text for the message catalogues; the Django side translates it."""
    return text


def load_json(payload: bytes) -> dict[str, Any]:
    try:
        loaded = json.loads(payload)
    except ValueError as error:
        raise Unreadable("payload", "is not JSON") from error
    if not isinstance(loaded, dict):
        raise Unreadable("payload", "is not a JSON object")
    return loaded


def translate(
    payloads: Iterable[Any],
    read: Callable[[Any, Counter[str]], Iterable[Record]],
    *,
    resource: Resource,
    reference: str = "id",
) -> Batch:
    """Read payloads one by one: what cannot be read is kept aside and the rest goes on."""
    found: list[Record] = []
    unreadable: list[Rejected] = []
    unknown: Counter[str] = Counter()
    for payload in payloads:
        try:
            found += list(read(payload, unknown))
        except (ValidationError, InvalidField, Unreadable) as error:
            unreadable.append(reject(payload, error, reference=reference))
    return Batch(
        resource=resource,
        records=tuple(found),
        unreadable=tuple(unreadable),
        unknown_values=unknown,
    )


def reject(
    payload: Any, error: ValidationError | InvalidField | Unreadable, *, reference: str
) -> Rejected:
    """Keep a payload aside under its own id, or under a fingerprint when it has none."""
    raw = json.dumps(payload).encode()
    known = payload.get(reference) if isinstance(payload, dict) else None
    name, reason = _explain(error)
    key = str(known or hashlib.sha256(raw).hexdigest())[:ID_LENGTH]
    return Rejected(reference=key, field=name, reason=reason, payload_bytes=raw)


def _explain(error: ValidationError | InvalidField | Unreadable) -> tuple[str, str]:
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        return ".".join(str(part) for part in first["loc"]) or "payload", first["msg"]
    if isinstance(error, InvalidField):
        return error.field, error.problem.value
    return error.field, error.reason


def windows(
    start: datetime, end: datetime, *, size: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    """Cut a stretch of time, oldest first."""
    while start < end:
        stop = min(start + size, end)
        yield start, stop
        start = stop
