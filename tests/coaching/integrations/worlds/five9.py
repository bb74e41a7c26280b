"""A Five9 that answers every call of a pull, with the rows of the call log on two days.

All of SOAP lies at one address, so the answer looks at what was asked.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.coaching.integrations.stub import Answer, StubServer

PAYLOADS = Path(__file__).parents[4] / "fixtures" / "payloads" / "five9"
ADDRESS = "/wsadmin/v13/AdminWebService"
XML = {"Content-Type": "text/xml; charset=utf-8"}
LISTS = {
    "getUsersGeneralInfo": "users",
    "getAgentGroups": "agent_groups",
    "getCampaigns": "campaigns",
    "getSkills": "skills",
}
LIMITS = """
<return>
  <callCounterStates>
    <limit>1000</limit><operationType>ReportRequest</operationType><value>12</value>
  </callCounterStates>
  <timeout>86400</timeout>
</return>
"""


@dataclass(frozen=True)
class Answering(Answer):
    """What the service says to the last call; a report is known by its two ends."""

    server: Any = None
    rows: Any = None  # (start, end) -> lines

    def encoded(self) -> bytes:
        asked = self.server.received[-1].body.decode()
        operation = re.findall(r"<ns0:(\w+)", asked)[0]
        if operation in LISTS:
            return sample(LISTS[operation])
        return envelope(operation, self._said(operation, asked))

    def _said(self, operation: str, asked: str) -> str:
        if operation == "runReport":
            return returned(f"{between('start', asked)}/{between('end', asked)}")
        if operation == "getReportResultCsv":
            return returned(csv_of(self.rows(*between("identifier", asked).split("/"))))
        return {"isReportRunning": "<return>false</return>", "getCallCountersState": LIMITS}[
            operation
        ]


def serve(server: StubServer) -> dict[str, str]:
    lines = sample_rows()
    days = {"2026-03-01": lines[:2], "2026-03-02": lines[2:]}
    answer_with(server, lambda start, _end: days.get(start[:10], []))
    return {
        "region": "eu",
        "username": "tuva@vinterfjord.example",
        "password": "hush",
        "report_folder": "Call Log Reports",
        "report_name": "Call Log",
        "queue_column": "CAMPAIGN",
        "customer_key": "key",
        "api_url": server.url,
        "login_url": server.url,
    }


def answer_with(server: StubServer, rows: Callable[[str, str], list[str]]) -> None:
    """Let every call log hold the lines that a period has."""
    server.answer(ADDRESS, Answering(headers=XML, server=server, rows=rows))


def sample(event: str) -> bytes:
    return (PAYLOADS / f"{event}.xml").read_bytes()


def sample_rows() -> list[str]:
    """Return the lines of the sample's call log, without its header."""
    return between("return", sample("call_log").decode()).strip().splitlines()[1:]


def csv_of(lines: list[str]) -> str:
    header = between("return", sample("call_log").decode()).splitlines()[0]
    return "\n".join([header, *lines])


def envelope(operation: str, inner: str) -> bytes:
    soap, five9 = "http://schemas.xmlsoap.org/soap/envelope/", "http://service.admin.ws.five9.com/"
    return (
        f'<e:Envelope xmlns:e="{soap}"><e:Body><n:{operation}Response xmlns:n="{five9}">{inner}'
        f"</n:{operation}Response></e:Body></e:Envelope>"
    ).encode()


def fault(name: str) -> Answer:
    """Return a fault as Five9 sends it: with HTTP 500, its name in the detail."""
    soap, five9 = "http://schemas.xmlsoap.org/soap/envelope/", "http://service.admin.ws.five9.com/"
    body = (
        f'<e:Envelope xmlns:e="{soap}"><e:Body><e:Fault><faultcode>e:Server</faultcode>'
        f'<faultstring>no</faultstring><detail><n:{name} xmlns:n="{five9}"><message>no</message>'
        f"</n:{name}></detail></e:Fault></e:Body></e:Envelope>"
    )
    return Answer(body.encode(), status=500, headers=XML)


def returned(text: str) -> str:
    return f"<return>{text}</return>"


def between(tag: str, xml: str) -> str:
    found = re.search(rf"<{tag}>(.*?)</{tag}>", xml, re.DOTALL)
    return found[1] if found else ""
