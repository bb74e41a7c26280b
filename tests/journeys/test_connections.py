"""The administrator's room: platforms, what is kept aside, and files with wrong rows."""

import csv
import io
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from coaching.models import Connection, FileImport, Interaction, QuarantinedPayload
from tests.browser import Visit
from tests.databases import ROOT

FILES = "tabeller-se"
AGENT = "agent.sv@demo.example"
HEADER = ("Ärendenummer", "Medarbetare", "Kanal", "Starttid", "Samtalstid (min)", "Ärendetyp")
WRONG = {  # place in the file -> what is wrong there
    2: {"Starttid": "i går"},
    5: {"Starttid": ""},
    9: {"Samtalstid (min)": "länge"},
}
MANY = 3000

Row = dict[str, str]


def test_administrator_sees_how_every_platform_stands(visit: Visit) -> None:
    page = visit("admin")
    expect(page).to_have_url(re.compile("/cms/$"))
    page.locator("a[href='/cms/connections/']").click()

    names = [connection.name for connection in Connection.objects.all()]
    expect(page.locator("main tbody tr > th a")).to_have_text(names)
    aside = QuarantinedPayload.objects.waiting().values_list("reference", flat=True)
    slug = aside.values_list("connection__slug", flat=True)[0]
    page.goto(f"/cms/connections/{slug}/quarantine/")
    shown = page.locator("main tbody th code").all_text_contents()
    assert sorted(shown) == sorted(aside.filter(connection__slug=slug))


@pytest.mark.parametrize("account", ["author", "steward", "manager", "agent.sv"])
def test_room_is_not_there_for_others(visit: Visit, account: str) -> None:
    page = visit(account)

    assert page.request.get("/cms/connections/", max_redirects=5).status in {403, 404}
    assert page.request.get("/api/v1/connections/").status == 403


def test_file_with_errors_is_tried_and_its_good_rows_imported(visit: Visit, tmp_path: Path) -> None:
    rows = [row_of("C", place) for place in range(MANY)]
    page = visit("admin", width=1400)
    page.goto(f"/cms/connections/{FILES}/files/")
    page.select_option("[name=kind]", "interactions")
    page.set_input_files("[name=file]", write_csv(tmp_path / "besök.csv", rows))
    page.click("main form [type=submit] >> nth=0")

    expect(page).to_have_url(re.compile(r"/imports/\d+/columns/$"))
    expect(page.locator("[name=started_at-column]")).to_have_value("Starttid")
    expect(page.locator("main table").first).to_contain_text(rows[0]["Ärendenummer"])
    page.click("[name=check]")
    expect(page.locator("[name=skip_errors]")).to_be_visible(timeout=60_000)
    assert stored("C") == 0
    expect_reasons(page.locator("main tbody tr").all_inner_texts())
    expect_reasons(downloaded_errors(page))

    page.click("[name=skip_errors]")
    expect(page.locator("[hx-get$='/progress/']")).to_be_visible()
    page.reload()
    expect(page.locator("[hx-get$='/progress/']")).to_have_count(0, timeout=60_000)

    upload = FileImport.objects.select_related("run").latest("pk")
    assert upload.run
    assert (upload.run.state, upload.run.rows_done) == ("done", MANY)
    assert stored("C") == MANY - len(WRONG)
    expected = [MANY, MANY - len(WRONG), len(WRONG)]
    expect(page.locator(".room-numbers dd")).to_have_text([localised(each) for each in expected])


def test_workbook_with_errors_is_refused_whole_and_then_in_part(
    server_environment: dict[str, str], tmp_path: Path
) -> None:
    workbook = write_xlsx(tmp_path / "kontakter.xlsx", [row_of("X", place) for place in range(40)])

    refused = import_file(server_environment, workbook)

    assert refused.returncode == 1
    expect_reasons(refused.stderr.splitlines())
    assert stored("X") == 0
    taken = import_file(server_environment, workbook, "--skip-errors")
    assert taken.returncode == 0
    assert stored("X") == 40 - len(WRONG)


# Files


def row_of(series: str, place: int) -> Row:
    moment = timezone.localtime() - timedelta(days=2, minutes=7 * (place % 200))
    good = {
        "Ärendenummer": f"{series}-{place:05}",
        "Medarbetare": AGENT,
        "Kanal": "Besök",
        "Starttid": f"{moment:%Y-%m-%d %H:%M}",
        "Samtalstid (min)": "7,5",
        "Ärendetyp": "Router",
    }
    return {**good, **WRONG.get(place, {})}


def write_csv(path: Path, rows: list[Row]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, HEADER, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_xlsx(path: Path, rows: list[Row]) -> Path:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(HEADER)
    for row in rows:
        sheet.append([row[name] for name in HEADER])
    workbook.save(path)
    return path


def downloaded_errors(page: Page) -> list[str]:
    with page.expect_download() as waiting:
        page.locator("a[href$='/errors.csv']").click()
    text = Path(waiting.value.path()).read_text("utf-8-sig")
    return [" ".join(row) for row in csv.reader(io.StringIO(text), delimiter=";")][1:]


def import_file(
    environment: dict[str, str], path: Path, *options: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "import_file", FILES, str(path), *options]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def expect_reasons(lines: list[str]) -> None:
    """Each wrong row is named by its line in the file, with its column and what stood there."""
    for place, wrong in WRONG.items():
        [(column, value)] = wrong.items()
        named = [line for line in lines if re.search(rf"\b{place + 2}\b", line) and column in line]
        assert len(named) == 1, (place, lines)
        assert value in named[0]


def localised(number: int) -> re.Pattern[str]:
    """Match a number whatever stands between its thousands."""
    digits = r"\D?".join(str(number))
    return re.compile(f"^{digits}$")


def stored(series: str) -> int:
    return Interaction.objects.filter(external_id__startswith=f"{series}-").count()
