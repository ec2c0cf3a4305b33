"""One viewer of the explorer without a browser: opens addresses and steps the player over Streamlit's websocket.

What is timed is what a browser waits for: from the request to the message that the script has finished, all
drawings in between received.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from mips_core.errors import MipsError

PATIENCE = 60.0
"""Seconds after which an answer counts as lost."""

PLAYER = "mips_player"
"""What ``pages/parts/player.py`` calls its component."""


class Viewer:
    """A session of its own, as one browser tab has.

    ``with Viewer("127.0.0.1:8501") as viewer: viewer.open("play")``.  After the first answer ``pages`` holds the
    addresses of all pages.
    """

    def __init__(self, server: str) -> None:
        self._held = ExitStack()
        self._socket = self._held.enter_context(
            connect(
                f"ws://{server}/_stcore/stream",
                subprotocols=["streamlit"],  # type: ignore[list-item]
                origin=f"http://{server}",  # type: ignore[arg-type]
                max_size=None,
                open_timeout=PATIENCE,
            )
        )
        self.pages: tuple[str, ...] = ()
        self._known: list[str] = []  # hashes of large messages that were received: the server sends these once only
        self._place = ""  # page and query that are open, for messages
        self._query = ""
        self._page_hash = ""
        self._player: tuple[str, str] | None = None  # the widget, and the fragment that it stands in

    def __enter__(self) -> Viewer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._held.close()

    def open(self, page: str, query: Mapping[str, str] | None = None) -> float:
        """Open a page by its address; return the seconds until it was complete.

        Raises
        ------
        MipsError
            when the page shows an error instead, or does not answer.
        """
        self._query = urlencode(query or {})
        self._place = f"{page!r} for {dict(query or {})}"
        self._player = None
        request = BackMsg()
        request.rerun_script.page_name = page
        return self._ask(request)

    def step(self, step: int) -> float:
        """Rest at a step of the player on the open page; return the seconds until the page has followed.

        The message is the one that ``assets/player`` sends once nothing has moved for a moment.

        Raises
        ------
        MipsError
            when the page has no player, shows an error, or does not answer.
        """
        if self._player is None:
            raise MipsError(f"The page {self._place} shows no player.")
        widget, fragment = self._player
        request = BackMsg()
        request.rerun_script.page_script_hash = self._page_hash
        request.rerun_script.fragment_id = fragment
        told = request.rerun_script.widget_states.widgets.add()
        told.id = f"$$STREAMLIT_INTERNAL_KEY_{widget}__events"
        value = {"t": step, "look": "", "turn": time.time_ns()}
        told.json_trigger_value = json.dumps([{"event": "moved", "value": value}])
        return self._ask(request)

    def _ask(self, request: BackMsg) -> float:
        request.rerun_script.query_string = self._query
        request.rerun_script.cached_message_hashes.extend(self._known)
        asked = time.perf_counter()
        self._socket.send(request.SerializeToString())
        failed: str | None = None
        finished = False
        while not finished:
            try:
                received = self._socket.recv(timeout=PATIENCE)
            except TimeoutError as error:
                raise MipsError(f"The page {self._place} did not answer within {PATIENCE:.0f} s.") from error
            message = ForwardMsg()
            message.ParseFromString(received if isinstance(received, bytes) else received.encode())
            failed = failed or _error_in(message)
            finished = message.WhichOneof("type") == "script_finished"
            self._note(message)
        seconds = time.perf_counter() - asked
        if failed is not None:
            raise MipsError(f"The page {self._place} shows an error: {failed}")
        return seconds

    def _note(self, message: ForwardMsg) -> None:
        """Remember what later requests need."""
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.pages = tuple("" if page.is_default else page.url_pathname for page in message.navigation.app_pages)
            self._page_hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "delta" and _is_player(message.delta):
            self._player = message.delta.new_element.bidi_component.id, message.delta.fragment_id
        if message.metadata.cacheable and message.hash:
            self._known.append(message.hash)


def _is_player(delta: Delta) -> bool:
    element = delta.new_element
    return element.WhichOneof("type") == "bidi_component" and element.bidi_component.component_name == PLAYER


def _error_in(message: ForwardMsg) -> str | None:
    """Return the text of an error that a message draws."""
    if message.WhichOneof("type") == "page_not_found":
        return "there is no such page"
    if message.WhichOneof("type") != "delta" or message.delta.WhichOneof("type") != "new_element":
        return None
    element = message.delta.new_element
    if element.WhichOneof("type") == "exception":
        return str(element.exception.message)
    if element.WhichOneof("type") == "alert" and element.alert.format == element.alert.ERROR:
        return str(element.alert.body)
    return None
