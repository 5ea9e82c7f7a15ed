"""Reports on scored answers: a leaderboard of models as data, as CSV and as one HTML page."""

from medelphi.tools.reports.csv_file import CSV_COLUMNS, csv_rows, write_csv
from medelphi.tools.reports.leaderboard import (
    COLUMNS,
    Board,
    Breakdown,
    Column,
    Disputed,
    Estimate,
    Leaderboard,
    Row,
    build_leaderboard,
    to_json,
)
from medelphi.tools.reports.markup import shown
from medelphi.tools.reports.page import page, write_page

__all__ = [
    "COLUMNS",
    "CSV_COLUMNS",
    "Board",
    "Breakdown",
    "Column",
    "Disputed",
    "Estimate",
    "Leaderboard",
    "Row",
    "build_leaderboard",
    "csv_rows",
    "page",
    "shown",
    "to_json",
    "write_csv",
    "write_page",
]
