"""Who a server is for, and who its visitors are."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from made_reports import parity_report

from mips_core.cli import main
from mips_core.errors import BadInputError
from mips_core.explorer_server import environment, is_loopback
from mips_core.hosting import (
    COOKIE,
    OWN_COMPUTER,
    SHARED_SERVER,
    Hosting,
    check_all_room,
    hosting,
    is_secret,
    new_secret,
    note_visit,
    owner_of_computer,
    remove_abandoned,
    visitor_of,
)
from mips_core.runs import RunStore
from pages.parts.upload_room import UploadRoom
from pages.parts.visitor_cookie import VisitorCookie

SECRET = "A" * 43


def awaited(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine in a thread of its own: a browser of another test may keep a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


def test_a_server_is_public_only_when_it_is_told_so() -> None:
    assert hosting({}) is OWN_COMPUTER
    assert hosting({"MIPS_PUBLIC": "0"}) is OWN_COMPUTER
    assert hosting({"MIPS_PUBLIC": "1"}) is SHARED_SERVER
    with pytest.raises(BadInputError, match="MIPS_PUBLIC is 'yes'"):
        hosting({"MIPS_PUBLIC": "yes"})  # neither private by a slip nor public by one
    assert environment(public=True)["MIPS_PUBLIC"] == "1"


def test_a_public_server_allows_less_of_everything() -> None:
    assert SHARED_SERVER.job_seconds < OWN_COMPUTER.job_seconds
    assert SHARED_SERVER.job_megabytes < OWN_COMPUTER.job_megabytes
    assert SHARED_SERVER.upload_megabytes < OWN_COMPUTER.upload_megabytes
    assert None not in (
        SHARED_SERVER.jobs_per_visitor,
        SHARED_SERVER.kept_megabytes,
        SHARED_SERVER.all_megabytes,
    )


def test_the_owner_of_a_computer_shares_the_folder_with_the_command_line(own_home: Path) -> None:
    assert owner_of_computer().home / "runs" == RunStore().folder
    assert visitor_of(SECRET).home.parent == own_home / "visitors"


def test_a_folder_tells_nothing_of_the_secret_that_leads_to_it() -> None:
    one, other = new_secret(), new_secret()
    assert is_secret(one)
    assert visitor_of(one).key != visitor_of(other).key
    assert visitor_of(one) == visitor_of(one)
    assert one not in str(visitor_of(one).home)
    assert not any(
        is_secret(text) for text in (None, "", "x" * 42, "x" * 44, "../" * 14 + "x", "ä" * 43, SECRET + "\n")
    )


@pytest.mark.parametrize(
    ("address", "alone"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("127.8.9.1", True), ("0.0.0.0", False), ("::", False),
     ("10.0.0.3", False), ("example.org", False)],
)  # fmt: skip
def test_addresses_that_others_reach_are_known(address: str, alone: bool) -> None:
    assert is_loopback(address) == alone


def test_an_address_that_others_reach_needs_public(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explore", "--address", "0.0.0.0", "--no-browser"]) == 2
    assert "mips explore --public --address 0.0.0.0" in capsys.readouterr().err


def test_who_stays_away_is_forgotten_and_who_comes_is_not(own_home: Path) -> None:
    here, gone = visitor_of("B" * 43), visitor_of("C" * 43)
    long_ago = time.time() - 31 * 86400
    for visitor in (here, gone):
        RunStore(visitor.home / "runs").save(parity_report())
        os.utime(visitor.home, (long_ago, long_ago))
    (own_home / "runs").mkdir()
    os.utime(own_home / "runs", (long_ago, long_ago))
    note_visit(here)
    assert remove_abandoned() == 1
    assert here.home.is_dir()
    assert not gone.home.exists()
    assert (own_home / "runs").is_dir()
    note_visit(visitor_of("D" * 43))  # keeps nothing, so nothing is made for them
    assert not visitor_of("D" * 43).home.exists()


def test_what_all_visitors_keep_is_bounded() -> None:
    RunStore(visitor_of(SECRET).home / "runs").save(parity_report())
    check_all_room(SHARED_SERVER)
    with pytest.raises(BadInputError, match="at most 0 MB for all its visitors"):
        check_all_room(Hosting(True, 1, 1, 1.0, 1, all_megabytes=0))


def answered(
    sent: dict[bytes, bytes], *, status: int = 200, kind: str = "http", scheme: str = "http"
) -> dict[str, str]:
    """Return the attributes of the cookie that is set in answer to a request with these headers; {} when none is."""
    told: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": f"{kind}.response.start", "status": status, "headers": [(b"etag", b"x")]})

    async def send(message: Any) -> None:
        told.append(message)

    scope = {"type": kind, "scheme": scheme, "headers": list(sent.items())}
    awaited(VisitorCookie(app)(scope, None, send))  # type: ignore[arg-type]
    assert (b"etag", b"x") in told[0]["headers"]
    cookies = [value.decode() for name, value in told[0]["headers"] if name == b"set-cookie"]
    parts = [part.partition("=") for cookie in cookies for part in cookie.split("; ")]
    return {name: value for name, _, value in parts}


PAGE = {b"accept": b"text/html,application/xhtml+xml"}


def test_a_new_browser_gets_a_secret_that_scripts_and_other_sites_cannot_use() -> None:
    one, other = answered(PAGE), answered(PAGE)
    assert is_secret(one[COOKIE])
    assert one[COOKIE] != other[COOKIE]
    assert {"HttpOnly", "SameSite", "Max-Age"} <= set(one)
    assert one["SameSite"] == "Lax"
    assert "Secure" not in one
    assert "Secure" in answered(PAGE, scheme="https")


def test_a_known_browser_keeps_its_secret_and_nonsense_is_replaced() -> None:
    known = PAGE | {b"cookie": f"a=b; {COOKIE}={SECRET}; c=d".encode()}
    assert answered(known)[COOKIE] == SECRET
    assert answered(known, status=304)[COOKIE] == SECRET
    for nonsense in (b"x", b"../../etc", SECRET.encode() + b"A", b"\xff\xfe", b'"', b"a=;;=b"):
        made = answered(PAGE | {b"cookie": COOKIE.encode() + b"=" + nonsense})
        assert is_secret(made[COOKIE])


def test_only_pages_bring_the_cookie() -> None:
    assert answered({b"accept": b"*/*"}) == {}
    assert answered(PAGE, status=404) == {}
    assert answered(PAGE, kind="websocket") == {}


def test_nothing_is_told_to_anybody_however_the_explorer_is_started() -> None:
    """The setting stands in the file that plain ``streamlit run app.py`` reads, and our server says it again."""
    code = (
        "from streamlit import config\n"
        "config._main_script_path = 'app.py'\n"
        "print(config.get_option('browser.gatherUsageStats'), config.get_option('server.address'), "
        "config.get_option('server.maxUploadSize'))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["False", "127.0.0.1", str(OWN_COMPUTER.upload_megabytes)]


@pytest.mark.parametrize(
    ("method", "path", "held", "status"),
    [
        ("PUT", "/_stcore/upload_file/session/file", 2**20, 507),
        ("PUT", "/_stcore/upload_file/session/file", 2**20 - 1, 204),
        ("DELETE", "/_stcore/upload_file/session/file", 2**20, 204), ("GET", "/", 2**30, 204),
    ],
)  # fmt: skip
def test_while_too_much_is_held_no_file_is_read(method: str, path: str, held: int, status: int) -> None:
    told: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})

    async def send(message: Any) -> None:
        told.append(message)

    async def receive() -> Any:
        raise AssertionError("nothing may be read")

    scope = {"type": "http", "method": method, "path": path}
    awaited(UploadRoom(app, 1, lambda: held)(scope, receive, send))
    assert told[0]["status"] == status


@pytest.mark.parametrize("public", [False, True])
def test_the_server_sets_cookies_only_for_visitors_and_tells_nothing(
    public: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.parts import serve

    made: list[tuple[Any, Any]] = []

    class Recorded:
        def __init__(self, script: Path, middleware: Any) -> None:
            self.middleware = middleware

        def run(self, config: Any) -> None:
            made.append((self.middleware, config))

    monkeypatch.setattr(serve, "App", Recorded)
    monkeypatch.setattr(serve, "import_views", lambda: None)
    monkeypatch.setattr(serve.gc, "freeze", lambda: None)
    monkeypatch.setattr(serve.PagesManager, "uses_pages_directory", None)
    monkeypatch.setattr(sys, "argv", ["serve", "--port", "8501", "--address", "127.0.0.1"])
    monkeypatch.setenv("MIPS_PUBLIC", "1" if public else "0")
    serve.main()
    [(middleware, config)] = made
    assert [each.cls for each in middleware] == [UploadRoom, *([VisitorCookie] if public else [])]
    assert config["browser.gatherUsageStats"] is False
    assert config["server.maxUploadSize"] == (SHARED_SERVER if public else OWN_COMPUTER).upload_megabytes
