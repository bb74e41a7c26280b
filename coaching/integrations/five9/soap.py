"""The calls to Five9's administrator web service: zeep's messages, sent by our own client."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import zeep
from zeep.exceptions import Error, Fault
from zeep.helpers import serialize_object
from zeep.wsdl import Document

from coaching.integrations.base import (
    AdapterError,
    Forbidden,
    Unavailable,
    Unreadable,
    Unverified,
)

ADDRESS = "/wsadmin/v13/AdminWebService"
HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
POLL_SECONDS = 5  # the least that Five9 asks for: it answers when the report is made
PAUSE_SECONDS = 1
POLLS = 60  # within the lock of a run

USERS = "getUsersGeneralInfo"
GROUPS = "getAgentGroups"
CAMPAIGNS = "getCampaigns"
SKILLS = "getSkills"

Payload = dict[str, Any]

_CONTRACT = Path(__file__).with_name("admin.wsdl")
_BINDING = "{http://service.admin.ws.five9.com/}AdminSoap"
_SETTINGS = zeep.Settings(  # a report is one long text, so only what is harmful is refused
    xml_huge_tree=True, forbid_dtd=True, forbid_entities=True, forbid_external=True
)
_KEPT = {  # of what is listed; there is a password among the rest
    "EMail",
    "active",
    "agents",
    "callCounterStates",
    "fullName",
    "id",
    "name",
    "userName",
}
_WAITS_SECONDS = {
    "OperationsLimitExceededFault": 6 * 3600,  # the limits are those of a day
    "ResultIsNotReadyFault": 60,
    "UnknownIdentifierFault": 60,  # the report has ended or was never begun: begin anew
    "UserAlreadyLoggedInFault": 60,
    "ConcurrentModificationFault": 60,
    "SessionClosedFault": 60,
    "AdminSessionClosedFault": 60,
    "ServiceUnavailableFault": 600,
    "ServerFault": 600,
}
_REFUSALS = {"AccessDisallowedFault", "InvalidAccountFault", "UserHasNoRequiredRoleFault"}
_MISTAKEN = {"ReportNotFoundFault", "ObjectNotFoundFault", "IncorrectArgumentFault"}


class FaultsAreAnswers(httpx.BaseTransport):
    """Hands a SOAP fault over as a good answer, for it comes as HTTP 500; a half one is none."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._http.send(request)
        is_whole = response.content.rstrip().endswith(b"Envelope>")
        if response.status_code == httpx.codes.INTERNAL_SERVER_ERROR and is_whole:
            response.status_code = httpx.codes.OK
        elif response.is_success and not is_whole:
            response.status_code = httpx.codes.BAD_GATEWAY
        return response


class Admin:
    """The web service behind `send`, which takes an envelope and returns the answer's.

    Raises: Unavailable when a limit is reached or the service is busy, Forbidden when the user
    lacks the role, Unverified when a setting names what is not there, Unreadable otherwise.
    """

    def __init__(self, send: Callable[[bytes], bytes]) -> None:
        client = zeep.Client(_contract(), transport=_Exchange(send), settings=_SETTINGS)
        self._service = client.create_service(_BINDING, ADDRESS)

    def listing(self, operation: str, pattern: str = "") -> list[Payload]:
        """Return all users, groups, campaigns or skills, or those that match a pattern."""
        found = self._call(operation, *filter(None, (pattern,))) or ()
        return [{field: one[field] for field in _KEPT & one.keys()} for one in found]

    def limits(self) -> list[Payload]:
        return self.listing("getCallCountersState")

    def start_report(self, folder: str, name: str, start: datetime, stop: datetime) -> str:
        criteria = {"time": {"start": start, "end": stop}}
        identifier = self._call("runReport", folder, name, criteria)
        if not identifier:
            raise Unreadable("runReport", "names no report")
        return str(identifier)

    def wait_for(self, identifier: str, sleep: Callable[[float], None]) -> None:
        for _ in range(POLLS):
            if not self._call("isReportRunning", identifier, POLL_SECONDS):
                return
            sleep(PAUSE_SECONDS)
        raise Unavailable(600, "the report is still not made")

    def report(self, identifier: str) -> str:
        """Return a report as CSV, its columns named in English whatever the user's language."""
        return str(self._call("getReportResultCsv", identifier) or "")

    def _call(self, operation: str, *arguments: Any) -> Any:
        try:
            answer = self._service[operation](*arguments)
        # Neither is chained: zeep's words quote the answer, and with it people.
        except Fault as fault:
            raise _explained(operation, fault) from None
        except Error:
            raise Unreadable(operation, "the answer has another shape") from None
        return serialize_object(answer, dict)


class _Exchange(zeep.Transport):
    """Hands zeep's messages on; the contract is all that it loads."""

    def __init__(self, send: Callable[[bytes], bytes]) -> None:
        super().__init__()
        self._send = send

    def load(self, url: str) -> bytes:
        if url != str(_CONTRACT):
            raise Unreadable("contract", "asks for another document")
        return _CONTRACT.read_bytes()

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> httpx.Response:
        return httpx.Response(httpx.codes.OK, content=self._send(message))


@cache
def _contract() -> Document:
    # zeep's annotation asks for a class and means an instance
    return Document(str(_CONTRACT), _Exchange(bytes), settings=_SETTINGS)  # type: ignore[arg-type]


def _explained(operation: str, fault: Fault) -> AdapterError:
    """Say what to do about a fault."""
    parts = () if fault.detail is None else fault.detail
    name = next((re.sub(r"{.*}", "", str(part.tag)) for part in parts), "a fault without a name")
    words = f"{operation}: {name}"
    if name in _WAITS_SECONDS:
        return Unavailable(_WAITS_SECONDS[name], words)
    if name in _REFUSALS:
        return Forbidden(words)
    if name in _MISTAKEN:
        return Unverified(words)
    return Unreadable(operation, name)
