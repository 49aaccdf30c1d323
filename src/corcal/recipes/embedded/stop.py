"""A request to stop, by SIGTERM as job systems send it: training saves what it has, then ends."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable


def stop_requests() -> Callable[[], bool]:
    """Return a function that says whether this process was asked to stop since this call.

    The answer to SIGTERM is changed for the whole process; outside the main thread, which alone
    may do so, the function always says no.
    """
    requested = threading.Event()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: requested.set())
    return requested.is_set
