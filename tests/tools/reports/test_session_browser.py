"""The page of consultations in a browser: it draws, fits, loads nothing, and runs no text."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from audited_sessions import ATTACK, comparison, session

from medelphi.tools.reports.session_page import write_session_page

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")

OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or chromedriver is None:
        pytest.skip("chromium and chromedriver are not installed")
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for option in (*OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(service=Service(chromedriver), options=options)
    browser.set_page_load_timeout(60)
    try:
        yield browser
    finally:
        browser.quit()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    usual = [
        session(language, doctor=doctor, unsafe=doctor == "other")
        for language in ("en", "zh")
        for doctor in ("offline:attentive", "other")
    ]
    found = {}
    for name, sessions in (("usual", usual), ("hostile", [session(attack=ATTACK, doctor=ATTACK)])):
        found[name] = folder / f"{name}.html"
        write_session_page(found[name], sessions, comparison(sessions), title=name)
    return found


@pytest.fixture
def visit(driver: Any, pages: dict[str, Path]) -> Callable[..., Any]:
    def go(name: str, width: int = 1280) -> Any:
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        driver.get_log("browser")  # What an earlier page left.
        driver.get(pages[name].as_uri())
        return driver

    return go


OPEN_ALL = "document.querySelectorAll('details').forEach(each => each.open = true)"


@pytest.mark.parametrize("name", ["usual", "hostile"])
def test_nothing_is_loaded_and_nothing_goes_wrong(visit: Callable[..., Any], name: str) -> None:
    browser = visit(name)
    browser.execute_script(OPEN_ALL)
    assert browser.get_log("browser") == []
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0
    assert browser.title == "Medelphi consultations"
    strange = "return document.querySelectorAll('img, iframe, object, bdi > *, .words b').length"
    assert browser.execute_script(strange) == 0


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("name", ["usual", "hostile"])
def test_the_page_fits_with_everything_open(
    visit: Callable[..., Any], name: str, width: int
) -> None:
    browser = visit(name, width)
    browser.execute_script(OPEN_ALL)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_a_session_shows_dialogue_facts_and_curves(visit: Callable[..., Any]) -> None:
    browser = visit("usual")
    browser.execute_script(OPEN_ALL)
    turns = browser.execute_script("return document.querySelectorAll('article .turn').length")
    assert turns == 4 * 7  # four sessions: the opener and six turns
    sizes = browser.execute_script(
        "return [...document.querySelectorAll('article figure svg')].map("
        "each => each.getBoundingClientRect().width * each.getBoundingClientRect().height)"
    )
    charts = [size for size in sizes if size > 10_000]  # the others are keys of lines
    assert len(charts) >= 2 * 4
    shown = browser.execute_script("return document.querySelector('main').innerText")
    assert "For evaluating models" in browser.find_element("tag name", "header").text
    for words in ("Still missing at the end", "Where turn value fell", "red flag", "unsafe"):
        assert words.casefold() in shown.casefold()


def test_details_open_by_the_keyboard(visit: Callable[..., Any]) -> None:
    from selenium.webdriver.common.keys import Keys

    browser = visit("usual")
    summary = browser.find_element("css selector", "details > summary")
    before = browser.execute_script("return arguments[0].parentElement.open", summary)
    summary.send_keys(Keys.ENTER)
    after = browser.execute_script("return arguments[0].parentElement.open", summary)
    assert before != after
