"""A question to a PostgreSQL server that does not answer ends; its drivers would wait for ever."""

from __future__ import annotations

import os
import socket
import threading
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DisconnectionError

_QUESTIONS = ("SELECT", "WITH")


def watch(engine: Engine, seconds: float) -> None:
    """Hang up on the server where a question takes longer, and where it does not greet.

    What changes the database is not watched: the tracker's own thread waits for that, and an
    upgrade may take its time.
    """

    def begin(
        connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool
    ) -> None:
        if statement.lstrip()[:6].upper().startswith(_QUESTIONS):
            context.ato_timer = _start(cursor.connection, seconds)

    def end(
        connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool
    ) -> None:
        _stop(context)

    def fail(failure: Any) -> None:
        _stop(failure.execution_context)

    def greet(driver: Any, record: Any, proxy: Any) -> None:
        timer = _start(driver, seconds)
        try:
            driver.cursor().execute("SELECT 1")
            driver.rollback()
        except Exception as error:
            raise DisconnectionError(str(error)) from error
        finally:
            timer.cancel()

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)
    event.listen(engine, "handle_error", fail)
    event.listen(engine, "checkout", greet)


def _start(driver: Any, seconds: float) -> threading.Timer:
    timer = threading.Timer(seconds, _hang_up, (driver.fileno(),))
    timer.daemon = True
    timer.start()
    return timer


def _stop(context: Any) -> None:
    timer = getattr(context, "ato_timer", None)
    if timer is not None:
        timer.cancel()


def _hang_up(number: int) -> None:
    """Shut a connection down under the driver that waits at it."""
    try:
        with socket.socket(fileno=os.dup(number)) as line:
            line.shutdown(socket.SHUT_RDWR)
    except OSError:  # it is closed
        return
