"""One viewer of the explorer without a browser: opens addresses over Streamlit's websocket and takes the time.

What is timed is what a browser waits for: from the request to the message that the script has finished, all
drawings in between received.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from mips_core.errors import MipsError

PATIENCE = 60.0
"""Seconds after which an answer counts as lost."""


class Viewer:
    """A session of its own, as one browser tab has.

    ``with Viewer("127.0.0.1:8501") as viewer: viewer.open("play")``.  After the first answer ``pages`` holds the
    addresses of all pages.
    """

    def __init__(self, server: str) -> None:
        self._socket = connect(
            f"ws://{server}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            origin=f"http://{server}",  # type: ignore[arg-type]
            max_size=None,
            open_timeout=PATIENCE,
        )
        self.pages: tuple[str, ...] = ()
        self._known: list[str] = []  # hashes of large messages that were received: the server sends these once only

    def __enter__(self) -> Viewer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._socket.close()

    def open(self, page: str, query: Mapping[str, str] | None = None) -> float:
        """Open a page by its address; return the seconds until it was complete.

        Raises
        ------
        MipsError
            when the page shows an error instead, or does not answer.
        """
        request = BackMsg()
        request.rerun_script.page_name = page
        request.rerun_script.query_string = urlencode(query or {})
        request.rerun_script.cached_message_hashes.extend(self._known)
        asked = time.perf_counter()
        self._socket.send(request.SerializeToString())
        failed: str | None = None
        while True:
            try:
                received = self._socket.recv(timeout=PATIENCE)
            except TimeoutError as error:
                raise MipsError(f"The page {page!r} did not answer within {PATIENCE:.0f} s.") from error
            message = ForwardMsg()
            message.ParseFromString(received if isinstance(received, bytes) else received.encode())
            failed = failed or _error_in(message)
            if message.WhichOneof("type") == "navigation":
                self.pages = tuple(
                    "" if page.is_default else page.url_pathname for page in message.navigation.app_pages
                )
            if message.metadata.cacheable and message.hash:
                self._known.append(message.hash)
            if message.WhichOneof("type") == "script_finished":
                break
        seconds = time.perf_counter() - asked
        if failed is not None:
            raise MipsError(f"The page {page!r} shows an error for {dict(query or {})}: {failed}")
        return seconds


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
