"""A bound on what all open pages of a server hold in uploaded files; the size of one file is bounded by Streamlit."""

from collections.abc import Callable

from streamlit.runtime import get_instance

from mips_core.hosting import MEGABYTE
from pages.parts.visitor_cookie import Application, Message, Receive, Send

_UPLOAD = "/_stcore/upload_file/"


def held_bytes() -> int:
    """Return the size of all files that Streamlit holds for open pages."""
    storage = get_instance().uploaded_file_mgr.file_storage  # type: ignore[attr-defined]
    return sum(len(file.data) for files in list(storage.values()) for file in list(files.values()))


class UploadRoom:
    """ASGI middleware that refuses a file, before it is read, while too much is held."""

    def __init__(self, app: Application, megabytes: int, held: Callable[[], int] = held_bytes) -> None:
        self._app, self._most, self._held = app, megabytes * MEGABYTE, held

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        upload = scope["type"] == "http" and scope["method"] == "PUT" and _UPLOAD in scope["path"]
        if not upload or self._held() < self._most:
            await self._app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 507, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"The server holds too many files. Try again later."})
