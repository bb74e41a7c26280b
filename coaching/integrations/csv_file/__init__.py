"""CSV files and Excel workbooks: contacts or evaluations from anything that can save a table.

A person says once which column holds what (`suggest_mapping` guesses first); reading is a
stream, so a file may be larger than memory. Times without an offset are local to the
connection's time zone; durations are seconds unless the mapping says otherwise.
"""

import io
from collections import Counter

from coaching.integrations.base import (
    Adapter,
    Batch,
    Capability,
    CheckReport,
    Finding,
    Rejected,
    Resource,
    gettext_noop,
)
from coaching.integrations.csv_file.mapping import (
    FIELDS,
    FieldSource,
    FieldType,
    Mapping,
    QuestionColumn,
    suggest_mapping,
)
from coaching.integrations.csv_file.outcome import MESSAGES, ErrorCode, Row, RowError
from coaching.integrations.csv_file.rows import read
from coaching.integrations.csv_file.tables import Sniffed, sniff

__all__ = [
    "FIELDS",
    "MESSAGES",
    "CsvFile",
    "ErrorCode",
    "FieldSource",
    "FieldType",
    "Mapping",
    "QuestionColumn",
    "Row",
    "RowError",
    "Sniffed",
    "read",
    "safe_cell",
    "sniff",
    "suggest_mapping",
]

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(text: str) -> str:
    """Return a text that a spreadsheet will not run as a formula (CWE-1236)."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


class CsvFile(Adapter):
    label = gettext_noop("CSV or Excel file")
    capabilities = frozenset(
        {Capability.INTERACTIONS, Capability.EVALUATIONS, Capability.EVALUATION_ANSWERS}
    )

    def check(self) -> CheckReport:
        return CheckReport((Finding(gettext_noop("Files can be imported"), passed=True),))

    def read(self, event: str, payload: bytes) -> Batch:
        """Read a whole file of a kind with the mapping its header suggests."""
        source = io.BytesIO(payload)
        rows = list(
            read(
                source,
                suggest_mapping(sniff(source).header, event),
                event,
                time_zone=self.settings.get("time_zone") or "Europe/Stockholm",
                customer_key=self.settings.get("customer_key", ""),
            )
        )
        remarks = [remark for row in rows if row.record for remark in row.errors]
        return Batch(
            resource=Resource(event),
            records=tuple(row.record for row in rows if row.record),
            unreadable=tuple(_rejected(row) for row in rows if not row.record),
            unknown_values=Counter(f"{it.column}={it.value_shortened}" for it in remarks),
            total=len(rows),
        )


def _rejected(row: Row) -> Rejected:
    first = row.errors[0]
    return Rejected(
        reference=f"line {first.line}", field=first.column, reason=first.code, payload_bytes=b""
    )
