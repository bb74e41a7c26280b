"""A file on its way in: looked at, tried without storing anything, then imported.

Reading is a stream, so memory does not grow with the file. An import is one pass of batches
with natural keys: after a killed worker the whole pass is made again and changes nothing twice.
"""

from coaching.intake.files.ending import discard, end_imports, ended
from coaching.intake.files.errors import Reason, left_out, reason_of, reasons, write_errors
from coaching.intake.files.importing import RowErrors, left_behind, run_import, start
from coaching.intake.files.reading import Look, choose_mapping, look
from coaching.intake.files.trying import dry_run

__all__ = [
    "Look",
    "Reason",
    "RowErrors",
    "choose_mapping",
    "discard",
    "dry_run",
    "end_imports",
    "ended",
    "left_behind",
    "left_out",
    "look",
    "reason_of",
    "reasons",
    "run_import",
    "start",
    "write_errors",
]
