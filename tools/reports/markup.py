"""What every page is made with: templates that escape, a policy that lets nothing else in."""

import hashlib
import math
import unicodedata
from base64 import b64encode
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = files("medelphi.tools.reports") / "templates"
NAME_LIMIT = 160
"""Characters of a name that a page shows; CSV and JSON hold all of it."""
PROSE_LIMIT = 20_000
"""Characters of one utterance that a page shows."""


def environment() -> "Environment":
    """Jinja2 over our templates: everything escaped, and no name left undefined."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    made = Environment(
        autoescape=True,
        loader=FunctionLoader(template),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "shown": shown,
        "prose": prose,
        "number": number,
        "percent": lambda value: "–" if value is None else f"{_floor(value):.0f}%",
        "counted": lambda value: f"{value:,}",
        "trusted": Markup,
    }
    return made


def template(name: str) -> str:
    """The text of one of our templates, style sheets and scripts."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def policy(style: str, script: str) -> str:
    """A content security policy for a page with this style and this script alone.

    It names their hashes and allows no address: even if outside text became markup, it could
    neither run nor fetch anything.
    """
    return (
        f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; "
        f"script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    )


def shown(text: str, limit: int = NAME_LIMIT) -> str:
    r"""Outside text as a reader can see it: on one line, cut, nothing in it invisible.

    Control and direction characters become their code, so that two names that differ look
    different, and none reorders what stands around it: U+202E is shown as ``\u202e``.
    """
    line = "".join(_visible(character) for character in " ".join(text.split()))
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def prose(text: str, limit: int = PROSE_LIMIT) -> str:
    """Outside text like `shown`, but with its lines, and with what was cut off counted."""
    cut = text[:limit].strip()
    lines = "\n".join(shown(line, limit * 8) for line in cut.splitlines())
    more = len(text) - limit
    return lines if more <= 0 else f"{lines}… [{more:,} characters more]"


def number(value: float | None) -> str:
    """Two decimals, with a real minus sign; a dash where there is no number."""
    return "–" if value is None else f"{value + 0.0:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _visible(character: str) -> str:
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return f"\\u{ord(character):04x}"
    return character


def _floor(share: float) -> float:
    """A share in percent; what is not all is never shown as 100%, what is not none never as 0%."""
    percent = 100 * share
    if 99 < percent < 100:
        return math.floor(percent)
    return 1 if 0 < percent < 1 else percent


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
