"""The cookie by which a browser is known again on a server with visitors.

It holds a secret that is drawn by chance and says nothing of the person.  Scripts cannot read it, other sites do not
send it, and it is set with a page itself only, not with the many files that a page loads.  A page that the browser has
stored (status 304) counts too: the cookie may be gone by then.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from mips_core.hosting import COOKIE, KEPT_DAYS, is_secret, new_secret

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


class VisitorCookie:
    """ASGI middleware that gives each browser a secret, and the same one again at every visit."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        asks_for_page = b"text/html" in dict(scope["headers"]).get(b"accept", b"")

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304) and asks_for_page:
                header = (b"set-cookie", _cookie(scope).encode("ascii"))
                message = {**message, "headers": [*message.get("headers", ()), header]}
            await send(message)

        await self._app(scope, receive, with_cookie)


def _cookie(scope: Message) -> str:
    secret = _sent(scope)
    if not is_secret(secret):
        secret = new_secret()
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    return f"{COOKIE}={secret}; Path=/; Max-Age={KEPT_DAYS * 86400}; HttpOnly; SameSite=Lax{secure}"


def _sent(scope: Message) -> str | None:
    """Return the secret that the browser sent, if any."""
    for name, value in scope.get("headers", ()):
        if name.lower() == b"cookie":
            try:
                found = SimpleCookie(value.decode("latin-1")).get(COOKIE)
            except CookieError:
                continue
            if found is not None:
                return str(found.value)
    return None
