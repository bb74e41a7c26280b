"""A report as a file: its table, with nothing that a spreadsheet would run."""

import csv

import pandas as pd
from django.http import HttpResponse

FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
MARK = "\ufeff"  # tells spreadsheets that this is UTF-8


def csv_response(frame: pd.DataFrame, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    response = HttpResponse(MARK, content_type="text/csv; charset=utf-8", headers=headers)
    writer = csv.writer(response)
    writer.writerow(frame.columns)
    writer.writerows(map(safe_cell, row) for row in frame.itertuples(index=False))
    return response


def safe_cell(value: object) -> object:
    """Return text that no spreadsheet takes for a formula; other values as they are."""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
