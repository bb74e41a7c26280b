"""Uploads as an administrator makes them, and connections that may take them in."""

from datetime import date

from django.core.files.base import ContentFile

from coaching.models import Connection, FileImport
from literacy.models import Notice
from literacy.privacy import notices
from tests.factories import NOW, make_connection

CONTACTS = (
    "Samtals-ID;Agent;Kanal;Starttid;Sluttid;Samtalstid;Kö\n"
    "S-1;sanna@demo.example;Telefon;2026-03-02 09:00;2026-03-02 09:07;05:01;Faktura\n"
    "S-2;Sanna@demo.example;Chatt;2026-03-02 09:31;2026-03-02 09:44;12:10;Faktura\n"
    "S-3;4711;Telefon;2026-03-02 10:05;2026-03-02 10:11;00:05:20;\n"
)
WITH_ERRORS = CONTACTS + (
    "S-4;sanna@demo.example;Telefon;i går;;00:10;\nS-5;;Telefon;2026-03-02 11:00;;=1+1;\n"
)
EVALUATIONS = (
    "Utvärderings-ID;Agent;Formulär;Datum;Fråga;Poäng;Max\n"
    "E-1;sanna@demo.example;Kvalitet;2026-03-12 14:30;Ställer frågor;2;5\n"
    "E-1;sanna@demo.example;Kvalitet;2026-03-12 14:30;Sammanfattar;5;5\n"
    "E-2;4711;Kvalitet;2026-03-13 14:30;Ställer frågor;4;5\n"
)


def make_notice(country: str = "SE") -> Notice:
    return notices.record(country, date(2026, 1, 5))


def make_file_connection(*, lawful: bool = True, **fields: object) -> Connection:
    if lawful:
        make_notice()
    return make_connection("filer", **{"vendor": "csv_file", "name": "Filer", **fields})


def make_import(
    text: str | bytes = CONTACTS,
    kind: str = "interactions",
    connection: Connection | None = None,
) -> FileImport:
    content = text.encode() if isinstance(text, str) else text
    return FileImport.objects.create(
        connection=connection or make_file_connection(),
        kind=kind,
        file=ContentFile(content, name="fil.csv"),
        name="fil.csv",
        uploaded_at=NOW,
    )
