"""A line between browser and server on which answers are late: as on a slow network, or from a busy server."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

if TYPE_CHECKING:
    from playwright.sync_api import Page, WebSocketRoute

SECONDS = 60.0


class SlowLine:
    """Everything passes at once, until answers are kept back.

    Attributes
    ----------
    asked : what the page has asked the server since then
    """

    def __init__(self, page: Page) -> None:
        self.asked: list[bytes] = []
        self._page = page
        self._kept: list[bytes | str] = []
        self._keeping = False
        self._sockets: list[WebSocketRoute] = []
        page.route_web_socket(re.compile("/_stcore/stream"), self._connect)

    def keep_back(self) -> None:
        """Let no answer through from now on."""
        self.asked.clear()
        self._keeping = True

    def wait_for_questions(self, count: int) -> None:
        """Wait until the page has asked so often since answers are kept back."""
        self._wait(lambda: len(self.asked) >= count)

    def wait_for_answers(self, count: int) -> None:
        """Wait until so many answers are complete and kept back."""
        self._wait(lambda: sum(map(_ends, self._kept)) >= count)

    def let_one_through(self) -> None:
        """Give the page the first whole answer that is kept back."""
        while self._kept:
            message = self._kept.pop(0)
            self._sockets[-1].send(message)
            if _ends(message):
                return

    def let_through(self) -> None:
        """Give the page all that was kept back, and all that comes."""
        while self._kept:
            self._sockets[-1].send(self._kept.pop(0))
        self._keeping = False

    def _wait(self, come: Callable[[], bool]) -> None:
        end = time.monotonic() + SECONDS
        while not come():
            assert time.monotonic() < end, f"nothing has come in {SECONDS} s"
            self._page.wait_for_timeout(20)

    def _connect(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        self._sockets.append(socket)

        def ask(message: bytes | str) -> None:
            self.asked.append(message if isinstance(message, bytes) else message.encode())
            server.send(message)

        def answer(message: bytes | str) -> None:
            if self._keeping:
                self._kept.append(message)
            else:
                socket.send(message)

        socket.on_message(ask)
        server.on_message(answer)


def _ends(message: bytes | str) -> bool:
    return isinstance(message, bytes) and ForwardMsg.FromString(message).WhichOneof("type") == "script_finished"
