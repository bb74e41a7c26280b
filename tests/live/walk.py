"""What a browser finds wrong with a page: for those who see little, who zoom in, who read."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe().axe_script
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {"runOnly": STANDARDS, "resultTypes": ["violations"]}
WIDTHS = (360, 1100)
NARROWEST = 320
ELSEWHERE = re.compile(r"format=csv|/export/|^/(start|cms|accounts/logout)/")
# A module shows one step at a time and folds things away; all of it is to be looked at.
SHOW_ALL = """() => {
  for (const step of document.querySelectorAll(".step")) step.classList.add("step--current");
  for (const details of document.querySelectorAll("details")) details.open = true;
}"""
TEXTS = """() => {
  const found = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement, data } = walker.currentNode;
    if (!parentElement.closest("script, style")) found.push(data);
  }
  for (const name of ["aria-label", "alt", "title", "placeholder", "data-failed"]) {
    for (const each of document.querySelectorAll(`[${name}]`)) found.push(each.getAttribute(name));
  }
  return found.map((text) => text.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""


def crawl(page: Page, *starts: str, within: str) -> list[str]:
    """Follow links from some pages on, and return each address within a path once."""
    waiting, seen = list(starts), []
    while waiting:
        address = waiting.pop(0)
        if address not in seen:
            seen.append(address)
            found = links(page.request.get(address).text(), address)
            waiting += [each for each in found if each.startswith(within)]
    return seen


def links(html: str, address: str) -> Iterator[str]:
    for found in re.findall(r'<a\b[^>]*\bhref="([^"#]+)', html):
        link = urljoin(address, found.replace("&amp;", "&"))
        if link.startswith("/") and not ELSEWHERE.search(link):
            yield link


def flaws(page: Page, address: str, widths: Iterable[int] = WIDTHS) -> Iterator[str]:
    """Yield what keeps people out of a page: WCAG 2.0 to 2.2 A and AA, and reflow."""
    page.goto(address)
    page.evaluate(SHOW_ALL)
    page.evaluate(AXE)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate("options => axe.run(options)", OPTIONS)
        for violation in found["violations"]:
            where = [str(node["target"]) for node in violation["nodes"]]
            yield f"{address} at {width}: {violation['id']} at {', '.join(where[:3])}"
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    if (needed := page.evaluate("document.documentElement.scrollWidth")) > NARROWEST:
        yield f"{address}: needs {needed} px"


def texts(page: Page) -> list[str]:
    """Return every text and label of the page that is open."""
    found: list[str] = page.evaluate(TEXTS)
    return found
