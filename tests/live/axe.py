"""Search for barriers on a page, by axe-core."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def barriers(page: Page, axe: str) -> list[str]:
    page.evaluate(f"() => {{ {axe}\n }}")
    found: list[dict[str, Any]] = page.evaluate("axe.run().then(({ violations }) => violations)")
    return [
        f"{item['id']}: {item['help']}: {[node['html'][:120] for node in item['nodes']]}"
        for item in found
    ]
