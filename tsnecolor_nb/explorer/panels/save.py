"""Save what is on screen: as a picture, a page, a table, or as code that reproduces it."""

from html import escape
from pathlib import Path

import ipywidgets
import traitlets

from ...live.page_widget import PageWidget, script
from ...picture.raster import MAX_SIDE
from .widgets import button, set_visible, show_errors

_PICTURE, _PAGE = "picture", "page"
_FORMATS = {"Parquet": ".parquet", "NPY": ".npy", "CSV": ".csv"}
_LOOK = {"style": {"description_width": "5em"}, "layout": {"width": "280px"}}


class CopyButton(PageWidget):
    """A button that copies a text to the clipboard of the page.

    Parameters
    ----------
    make_text : callable
        Returns the text.
    on_copied : callable
        Called with the text and whether the page was allowed to copy it.
    **traits
        ``label``.
    """

    _esm = script(Path(__file__).with_name("copy.js"))

    label = traitlets.Unicode("copy").tag(sync=True)

    def __init__(self, make_text, on_copied, **traits):
        super().__init__(**traits)
        self._make_text, self._on_copied, self._text = make_text, on_copied, ""
        self.on_msg(self._on_message)

    def _on_message(self, _, message, buffers):
        if message.get("want") == "text":
            self._text = self._make_text()
            self.send({"text": self._text} if self._text else {})
        elif "copied" in message:
            self._on_copied(self._text, bool(message["copied"]))


class SavePanel(ipywidgets.VBox):
    """Choices of what to save and as which file, and a button that copies the code.

    Parameters
    ----------
    on_save : callable
        ``on_save(what, path, side=…, legend=…, overwrite=…)`` saves and returns the path, or
        None if it saves in the background and calls `show_status` at the end. `what` is
        "picture", "page" or one of `tables`; `side` in pixels and `legend` are for pictures.
        Its exceptions are shown.
    make_code : callable, optional
        Returns the code as text.
    tables : sequence of str
        What can be saved as a table.
    name : str
        What file names begin with.
    """

    def __init__(self, on_save, make_code=None, *, tables=("colors", "labels", "selection"),
                 name="map"):
        self._on_save, self._make_code, self._name = on_save, make_code, _file_name(name)
        self._what = ipywidgets.Dropdown(
            options=[_PICTURE, _PAGE, *tables], description="what", **_LOOK
        )
        self._side = ipywidgets.BoundedIntText(
            value=2000, min=100, max=MAX_SIDE, step=100, description="pixels", **_LOOK
        )
        self._legend = ipywidgets.Checkbox(value=True, description="with the legend", **_LOOK)
        self._format = ipywidgets.Dropdown(
            options=list(_FORMATS.items()), description="format", **_LOOK
        )
        self._path = ipywidgets.Text(description="file", **_LOOK)
        self._overwrite = ipywidgets.Checkbox(description="replace a file of that name", **_LOOK)
        self._save = button("save", "save the file", self._on_save_click, width="80px")
        self._status = ipywidgets.HTML()
        self._code = ipywidgets.Textarea(
            layout={"width": "100%", "height": "150px", "display": "none"},
            tooltip="the code that gives this picture",
        )
        self._what.observe(lambda _: self._update_fields(), "value")
        self._format.observe(lambda _: self._update_fields(), "value")
        buttons = [self._save]
        if make_code is not None:
            buttons.append(CopyButton(self._code_or_error, self._on_copied, label="copy as code"))
        super().__init__([
            self._what, self._side, self._legend, self._format, self._path, self._overwrite,
            ipywidgets.HBox(buttons), self._status, self._code,
        ])
        self.layout.overflow = "hidden auto"
        self._update_fields()

    def show_tables(self, tables):
        """Set the tables that can be chosen; the choice stays if it is among them."""
        choice = self._what.value
        self._what.options = [_PICTURE, _PAGE, *tables]
        self._what.value = choice if choice in self._what.options else _PICTURE

    def choose(self, what):
        """Choose what to save: "picture", "page" or one of the tables."""
        self._what.value = what

    def show_status(self, text, *, is_error=False):
        """Show a line of plain text under the buttons."""
        color = "#b00" if is_error else "inherit"
        self._status.value = f'<span style="color: {color}">{escape(str(text))}</span>'

    def _update_fields(self):
        """Show the fields for the chosen kind of file, and set its name."""
        suffix = {_PICTURE: ".png", _PAGE: ".html"}.get(self._what.value, self._format.value)
        set_visible(suffix == ".png", self._side, self._legend)
        set_visible(suffix in _FORMATS.values(), self._format)
        self._path.value = f"{self._name}-{_file_name(self._what.value)}{suffix}"
        self._overwrite.value = False

    def _on_save_click(self):
        path = self._path.value.strip()
        if not path:
            self.show_status("file: a name is missing, such as map.png", is_error=True)
            return
        self.show_status("saving …")
        self._save.disabled = True
        with show_errors(self._show_error):
            saved = self._on_save(
                self._what.value, path, side=self._side.value, legend=self._legend.value,
                overwrite=self._overwrite.value,
            )
            if saved is not None:
                self.show_status(f"saved {saved}")
        self._save.disabled = False
        self._overwrite.value = False

    def _show_error(self, error):
        if isinstance(error, FileExistsError):
            error = f"{self._path.value} exists already; tick the box to replace it"
        self.show_status(error, is_error=True)

    def _code_or_error(self):
        with show_errors(self._show_error):
            return self._make_code()
        return ""

    def _on_copied(self, text, was_copied):
        self._code.value = text
        set_visible(True, self._code)
        self.show_status("copied:" if was_copied else "the page may not copy; select the text:")


def _file_name(name):
    """Return a name with a dash for all but letters, digits, dashes and underscores."""
    words = "".join(c if c.isalnum() or c in "-_" else " " for c in str(name)).split()
    return "-".join(words)[:60] or "map"
