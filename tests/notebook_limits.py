"""A pytest plugin: after the cells of a notebook, nbval's kernel is asked what they have cost.

So time and memory are measured in the run that compares the outputs, and no notebook runs twice.
"""

import time

import pytest
from nbval.plugin import IPyNbCell

from tools.notebooks import Run, resident_mib

_started = {}
_runs = {}


class Limits(pytest.Item):
    """The last item of a notebook: time and memory within the limits."""

    def runtest(self):
        """Measure the kernel that has just run the notebook's cells."""
        kernel = self.parent.kernel
        assert kernel.is_alive(), "the kernel died"
        seconds = time.perf_counter() - _started[self.parent.path]
        run = Run(seconds, resident_mib(kernel.km.provisioner.pid))
        _runs[self.parent.path] = run
        assert not run.problems(), "; ".join(run.problems())

    def repr_failure(self, excinfo):
        """Return the sentence alone, without a traceback."""
        return f"{self.parent.name}: {excinfo.value}"

    def reportinfo(self):
        """Return the heading of a failure."""
        return self.path, None, f"{self.parent.name}::limits"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Note when a notebook starts, before nbval starts its kernel."""
    if isinstance(item, IPyNbCell):
        _started.setdefault(item.parent.path, time.perf_counter())


def pytest_collection_modifyitems(items):
    """Put one item behind the last cell of each notebook."""
    last = {item.parent: item for item in items if isinstance(item, IPyNbCell)}
    for notebook, cell in last.items():
        limits = Limits.from_parent(notebook, name="limits")
        items.insert(items.index(cell) + 1, limits)


def pytest_terminal_summary(terminalreporter):
    """Print what each notebook took."""
    if _runs:
        terminalreporter.section("notebooks")
        terminalreporter.line(f"{'notebook':32} {'seconds':>8} {'MiB':>6}")
    for path, run in _runs.items():
        terminalreporter.line(f"{path.name:32} {run.seconds:8.1f} {run.mib:6.0f}")
