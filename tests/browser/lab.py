"""A real JupyterLab (with Notebook 7) and a real Chromium for tests, cut off from the world."""

import contextlib
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
# What a page may load: our own server, and what it holds in memory already.
LOCAL_SCHEMES = {"data", "blob", "about"}
# anywidget gives a model two seconds to start and says so in the console if that was too short, as
# it is now and then where other tests load the machine. Ours work nevertheless, see `PageWidget`.
TOO_SLOW = "[anywidget] Failed to initialize model"
CHROMIUM_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# Notes when a hand last did something, by the event's own time.
NOTE_ACTS = """
  for (const kind of ["wheel", "keydown", "mouseup", "change"]) {
    window.addEventListener(kind, (event) => (window.acted = event.timeStamp), { capture: true });
  }
"""
# Notes the time of every change of the map's pixels.
WATCH_CANVAS = """() => {
  const changes = (window.changes = []);
  const find = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.matches("canvas") && element.clientWidth > 200) return element;
      const inside = element.shadowRoot && find(element.shadowRoot);
      if (inside) return inside;
    }
  };
  const canvas = find(document.querySelector(".tsnecolor-map") ?? document); // or inside a shadow
  const small = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
  const context = small.getContext("2d", { willReadFrequently: true });
  let last;
  const look = () => {
    context.clearRect(0, 0, 64, 64);
    context.drawImage(canvas, 0, 0, 64, 64);
    const now = String(context.getImageData(0, 0, 64, 64).data);
    if (last !== undefined && now !== last) changes.push(performance.now());
    last = now;
    if (window.changes === changes) requestAnimationFrame(look);
  };
  look();
}"""
STOP_WATCHING = """() => {
  const [seen, since] = [changes, window.acted];
  window.changes = undefined;
  return seen.map((time) => time - since);
}"""


class Lab:
    """A Jupyter server on a free port of 127.0.0.1, with settings of its own in a folder.

    Parameters
    ----------
    folder : path
        Empty; notebooks go into its subfolder ``notebooks``.
    """

    def __init__(self, folder):
        self.folder = Path(folder) / "notebooks"
        self._state = Path(folder) / "state"
        self.folder.mkdir()
        self._no_news()
        self._log = open(Path(folder) / "server.log", "w")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *self._options()],
            env=self._environment(),
            stdout=self._log,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
        )
        try:
            self.info = self._wait()
        except BaseException:
            self.stop()
            raise

    def _options(self):
        options = [
            "--no-browser",
            "--ip=127.0.0.1",
            "--ServerApp.port_retries=50",
            f"--ServerApp.root_dir={self.folder}",
            "--LabApp.extension_manager=readonly",
            "--LabApp.expose_app_in_browser=True",
            "--JupyterNotebookApp.expose_app_in_browser=True",
        ]
        return options + (["--allow-root"] if _is_root() else [])

    def _environment(self):
        folders = {
            name: str(self._state / name)
            for name in (
                "JUPYTER_CONFIG_DIR",
                "JUPYTER_DATA_DIR",
                "JUPYTER_RUNTIME_DIR",
                "JUPYTERLAB_SETTINGS_DIR",
                "JUPYTERLAB_WORKSPACES_DIR",
                "IPYTHONDIR",
            )
        }
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        return os.environ | folders | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}

    def _no_news(self):
        """Keep JupyterLab from asking whether it may fetch news."""
        settings = self._state / "JUPYTERLAB_SETTINGS_DIR" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        chosen = {"fetchNews": "false", "checkForUpdates": False}
        (settings / "notification.jupyterlab-settings").write_text(json.dumps(chosen))

    def _wait(self):
        """Return what the server tells of itself (url, token), once it does."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            for path in self._state.glob("JUPYTER_RUNTIME_DIR/jpserver-*.json"):
                with contextlib.suppress(json.JSONDecodeError):  # half written
                    return json.loads(path.read_text())
            time.sleep(0.1)
        self._log.flush()
        log = Path(self._log.name).read_text()[-2000:]
        raise RuntimeError(f"JupyterLab did not start within {START_SECONDS} s:\n{log}")

    def stop(self):
        """End the server and its kernels."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()

    def write(self, name, *cells):
        """Write a notebook of code cells; return its name."""
        nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        nb.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(nb, self.folder / name)
        return name

    def url(self, name, app="lab"):
        """Return the address of a notebook in JupyterLab ("lab") or Notebook 7 ("notebook")."""
        base, token = self.info["url"], self.info["token"]
        if app == "notebook":
            return f"{base}notebooks/{name}?token={token}"
        return f"{base}lab/workspaces/test-{time.time_ns()}/tree/{name}?token={token}"


def launch(playwright, executable, **how):
    """Start Chromium such that it asks nobody anything."""
    sandbox = [] if not _is_root() else ["--no-sandbox"]
    return playwright.chromium.launch(
        executable_path=executable, args=CHROMIUM_FLAGS + sandbox, **how
    )


class Page:
    """A notebook open in a browser: what a person does and sees, and what the page asked for.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
    url : str
    before : str
        JavaScript that the page runs before its own.
    **context
        As for Playwright's ``new_context``.
    """

    def __init__(self, browser, url, *, before="", **context):
        self.strangers, self.complaints, self.slow_starts = [], [], 0
        how = {"viewport": {"width": 1300, "height": 1000}} | context
        self._context = browser.new_context(**how)
        self._context.add_init_script(before + NOTE_ACTS)
        self.page = self._context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("request", lambda request: self._note_address(request.url))
        self.page.on("websocket", lambda socket: self._note_address(socket.url))
        self.page.on("console", self._note_message)
        self.page.on("pageerror", self._note_error)
        self.page.goto(url)
        self.wait_for_kernel()

    def _note_address(self, url):
        parts = urlsplit(url)
        if parts.scheme not in LOCAL_SCHEMES and parts.hostname != "127.0.0.1":
            self.strangers.append(url)

    def _note_message(self, message):
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def _note_error(self, error):
        if TOO_SLOW in error.message:
            self.slow_starts += 1
            return
        self.complaints.append(f"pageerror: {error.message}\n{(error.stack or '')[:1000]}")

    def wait_for_kernel(self):
        """Wait until the notebook stands there and its kernel is idle."""
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        self.page.wait_for_function(
            "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status"
            " === 'idle'"
        )

    def run_all(self):
        """Run all cells and wait until the last one is done."""
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(
            "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]"
            ".every((prompt) => /\\d/.test(prompt.textContent))"
        )

    def command(self, name):
        """Run one of Jupyter's own commands."""
        self.page.evaluate("(name) => window.jupyterapp.commands.execute(name)", name)

    def save(self):
        """Save the notebook, and wait until it is saved."""
        self.command("docmanager:save")
        self.page.wait_for_function(
            "!window.jupyterapp.shell.currentWidget.context.model.dirty"
        )

    def execute(self, code):
        """Run code in the notebook's kernel, outside of any cell; return what it printed."""
        return self.page.evaluate(
            """async (code) => {
              const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
              const run = kernel.requestExecute({ code, store_history: false });
              let text = "";
              run.onIOPub = ({ header, content }) => {
                text += content.text ?? "";
                if (header.msg_type === "error") text += `${content.ename}: ${content.evalue}`;
              };
              await run.done;
              return text;
            }""",
            code,
        )

    def look(self, locator):
        """Return the pixels of an element as one sees them, (h, w, 3) uint8."""
        image = Image.open(io.BytesIO(locator.screenshot()))
        return np.asarray(image.convert("RGB"))

    def wait_for_picture(self, act, changes=1):
        """Do something, and wait until the map's pixels have changed so many times."""
        self.page.evaluate(WATCH_CANVAS)
        act()
        self.page.wait_for_function("(count) => changes.length >= count", arg=changes)
        self.page.evaluate(STOP_WATCHING)

    def picture_ms(self, act, wait_ms=1500):
        """Return how long after an action the map's pixels changed for the last time, or NaN.

        It begins with the last event that the browser made of the action: to turn it into such an
        event takes the test some time, and a hand none.
        """
        self.page.evaluate(WATCH_CANVAS)
        act()
        self.page.wait_for_timeout(wait_ms)
        return max(self.page.evaluate(STOP_WATCHING), default=float("nan"))

    def check_quiet(self, usual=()):
        """Nothing was asked of another machine; the console holds no error but the usual ones."""
        unusual = [text for text in self.complaints if text not in usual]
        assert not self.strangers, self.strangers
        assert not unusual, unusual

    def close(self):
        """Close the page and what belongs to it."""
        self._context.close()


def _is_root():
    return hasattr(os, "geteuid") and os.geteuid() == 0
