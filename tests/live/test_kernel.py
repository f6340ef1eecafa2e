"""A kernel with live pictures hears its pages on one thread, and returns memory."""

import asyncio
import subprocess
import sys
import threading
import types

import pytest

from tsnecolor_nb.live import kernel

MEMORY = """
import re
import numpy as np
from tsnecolor_nb.arrays.memory import give_memory_back

def mib():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024

give_memory_back()
np.ones(28 << 20, np.uint8)  # glibc learns that arrays of this size come and go
before = mib()
arrays = [np.ones(16 << 20, np.uint8) for _ in range(8)]
pin = np.ones(3 << 20, np.uint8)  # above all of them in the heap
del arrays
print(mib() - before)
"""


@pytest.fixture
def fake_kernel(monkeypatch):
    """Return what `get_ipython().kernel` has in a kernel, with handlers that note their thread."""
    heard = []

    def hear(stream, ident, message):
        if message == "bad":
            raise ValueError("bad")
        heard.append((message, threading.current_thread()))

    kinds = ("comm_open", "comm_msg", "comm_close", "execute_request")
    found = types.SimpleNamespace(shell_handlers=dict.fromkeys(kinds, hear), heard=heard)
    monkeypatch.setattr("IPython.get_ipython", lambda: types.SimpleNamespace(kernel=found))
    return found


def test_messages_of_another_thread_are_heard_on_the_loop(fake_kernel):
    """Whoever receives a message waits until the kernel's own thread has answered it."""

    async def main():
        kernel.keep_to_one_thread()
        kernel.keep_to_one_thread()
        hear = fake_kernel.shell_handlers["comm_msg"]
        await asyncio.to_thread(hear, None, None, "there")
        assert [message for message, _ in fake_kernel.heard] == ["there"]
        hear(None, None, "here")
        with pytest.raises(ValueError, match="bad"):
            await asyncio.to_thread(hear, None, None, "bad")

    before = dict(fake_kernel.shell_handlers)
    asyncio.run(main())
    here = threading.current_thread()
    assert fake_kernel.heard == [("there", here), ("here", here)]
    assert fake_kernel.shell_handlers["execute_request"] is before["execute_request"]


def test_nothing_changes_where_no_loop_runs(fake_kernel):
    """In a script, or in a thread of the user's, the handlers stay as they are."""
    before = dict(fake_kernel.shell_handlers)
    kernel.keep_to_one_thread()
    assert fake_kernel.shell_handlers == before


@pytest.mark.skipif(sys.platform != "linux", reason="about glibc")
def test_freed_arrays_leave_the_process():
    """What is freed below something that stays is returned to the system."""
    told = subprocess.run(
        [sys.executable, "-c", MEMORY], check=True, capture_output=True, text=True
    ).stdout
    assert float(told) < 10
