"""A pytest plugin: after the cells of a notebook, nbval's kernel is asked what they have cost.

So time and memory are measured in the run that compares the outputs, and no notebook runs twice.
Other tests run at the same time, hence seconds are the processor's here, of two cores, and twice
the limit is allowed: shared caches and clock rates slow these down too. `make notebooks` holds the
limit by the clock.
"""

import psutil
import pytest
from nbval.plugin import IPyNbCell

from tools.notebooks import MAX_SECONDS, Run, resident_mib

CORES = 2
SLACK = 2


class Limits(pytest.Item):
    """The last item of a notebook: time and memory within the limits."""

    def runtest(self):
        """Measure the kernel that has just run the notebook's cells."""
        kernel = self.parent.kernel
        assert kernel.is_alive(), "the kernel died"
        pid = kernel.km.provisioner.pid
        times = psutil.Process(pid).cpu_times()
        run = Run((times.user + times.system) / CORES, resident_mib(pid))
        self.user_properties.append(("notebook", (self.parent.name, *run)))
        problems = run.problems(MAX_SECONDS * SLACK)
        assert not problems, "; ".join(problems)

    def repr_failure(self, excinfo):
        """Return the sentence alone, without a traceback."""
        return f"{self.parent.name}: {excinfo.value}"

    def reportinfo(self):
        """Return the heading of a failure."""
        return self.path, None, f"{self.parent.name}::limits"


def pytest_collection_modifyitems(items):
    """Put one item behind the last cell of each notebook."""
    last = {item.parent: item for item in items if isinstance(item, IPyNbCell)}
    for notebook, cell in last.items():
        limits = Limits.from_parent(notebook, name="limits")
        items.insert(items.index(cell) + 1, limits)


def pytest_terminal_summary(terminalreporter):
    """Print what each notebook took."""
    reports = [r for kind in ("passed", "failed") for r in terminalreporter.stats.get(kind, ())]
    runs = [run for report in reports for name, run in report.user_properties if name == "notebook"]
    if runs:
        terminalreporter.section("notebooks")
        terminalreporter.line(f"{'notebook':32} {'seconds':>8} {'MiB':>6}")
    for name, seconds, mib in sorted(runs):
        terminalreporter.line(f"{name:32} {seconds:8.1f} {mib:6.0f}")
