"""Answers of the server that tests choose: messages of the page's WebSocket are replaced."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, WebSocketRoute

from mien.emotions import VOTE_NAMES

Told = dict[str, Any]
"""Reading as the server sends it."""

NOTHING: Told = {"talking": False, "gesture": None, "just_now": False, "change": None}
"""Values over time of a face that does nothing."""


def change_answers(context: BrowserContext, change: Callable[[list[Told]], list[Told]]) -> None:
    """Give every page of a context other readings than the server sends.

    Args:
        context: before its page is opened.
        change: gets the readings of an answer and gives those that the page gets.
    """

    def pass_on(page: WebSocketRoute) -> None:
        server = page.connect_to_server()

        def send(message: str | bytes) -> None:
            answer = json.loads(message)
            if answer["type"] == "readings":
                answer["readings"] = change(answer["readings"])
            page.send(json.dumps(answer))

        server.on_message(send)

    context.route_web_socket("**/live", pass_on)


def person(track: int, box: tuple[int, int, int, int], answer: str = "happy") -> Told:
    """Make a clear reading of one face, about which eight of ten people agree.

    Args:
        track: number by which the server follows it.
        box: x1, y1, x2, y2 in pixels of the frame.
        answer: of `VOTE_NAMES`, but "neutral".
    """
    votes = dict.fromkeys(VOTE_NAMES, 0.0) | {answer: 0.8, "neutral": 0.2}
    top = sorted(votes.items(), key=lambda share: -share[1])[:3]
    seen = {"state": "clear", "clear": True, "why": None, "movements": {}, "track": track}
    return {"box": list(box), "votes": votes, "top": top, **seen, **NOTHING}
