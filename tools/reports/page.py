"""The leaderboard as one HTML file that needs nothing else: no network, no other file."""

from pathlib import Path

from medelphi.tools.reports.charts import board_charts
from medelphi.tools.reports.leaderboard import COLUMNS, Leaderboard
from medelphi.tools.reports.markup import environment, policy, template
from medelphi.tools.runs.files import replace


def write_page(leaderboard: Leaderboard, path: str | Path) -> None:
    """Write the page.

    Raises:
        RunError: It cannot be written.
    """
    replace(Path(path), [page(leaderboard).encode("utf-8")])


def page(leaderboard: Leaderboard) -> str:
    """The page. All text from outside is escaped, and no script but our own may run."""
    style, script = template("leaderboard.css"), template("leaderboard.js")
    return (
        environment()
        .get_template("leaderboard.html.jinja")
        .render(
            leaderboard=leaderboard,
            boards=[
                (board, board_charts(board, leaderboard.column)) for board in leaderboard.boards
            ],
            columns=COLUMNS,
            style=style,
            script=script,
            policy=policy(style, script),
        )
    )
