"""Take away what is on screen: as a picture, as a table, or as the code that makes it again."""

from html import escape
from pathlib import Path

import ipywidgets
import traitlets

from ...live.page_widget import PageWidget, script
from ...picture.raster import MAX_SIDE

_PICTURE, _PAGE = "picture", "page"
_FORMATS = {"Parquet": ".parquet", "NPY": ".npy", "CSV": ".csv"}
_WIDE = {"width": "280px"}
_STYLE = {"description_width": "5em"}


class CopyButton(PageWidget):
    """A button that puts a text on the clipboard of the person who clicks it.

    Parameters
    ----------
    make_text : callable
        Returns the text.
    on_copied : callable
        Called with the text and whether the page could put it on the clipboard.
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
    """What to save, how, and where to; and a button for the code.

    Parameters
    ----------
    on_save : callable
        ``on_save(what, path, side=…, legend=…, overwrite=…)`` saves and returns the path, or
        None if it goes on in the background and will `say` when it is done. `what` is
        "picture", "page" or one of `tables`; `side` in pixels and `legend` are for pictures.
        What it raises is shown.
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
            options=[_PICTURE, _PAGE, *tables], description="what", style=_STYLE, layout=_WIDE
        )
        self._side = ipywidgets.BoundedIntText(
            value=2000, min=100, max=MAX_SIDE, step=100, description="pixels", style=_STYLE,
            layout=_WIDE,
        )
        self._legend = ipywidgets.Checkbox(
            value=True, description="with the legend", style=_STYLE, layout=_WIDE
        )
        self._format = ipywidgets.Dropdown(
            options=list(_FORMATS.items()), description="format", style=_STYLE, layout=_WIDE
        )
        self._path = ipywidgets.Text(description="file", style=_STYLE, layout=_WIDE)
        self._overwrite = ipywidgets.Checkbox(
            description="replace a file of that name", style=_STYLE, layout=_WIDE
        )
        self._save = ipywidgets.Button(
            description="save", tooltip="save the file", layout={"width": "80px"}
        )
        self._status = ipywidgets.HTML()
        self._code = ipywidgets.Textarea(
            layout={"width": "100%", "height": "150px", "display": "none"},
            tooltip="the code that gives this picture",
        )
        self._what.observe(lambda _: self._suit(), "value")
        self._format.observe(lambda _: self._suit(), "value")
        self._save.on_click(lambda _: self._do_save())
        buttons = [self._save]
        if make_code is not None:
            buttons.append(CopyButton(self._fresh_code, self._copied, label="copy as code"))
        super().__init__([
            self._what, self._side, self._legend, self._format, self._path, self._overwrite,
            ipywidgets.HBox(buttons), self._status, self._code,
        ])
        self.layout.overflow = "hidden auto"
        self._suit()

    def offer(self, tables):
        """Offer other tables: there are no labels without a technique that gives some."""
        chosen = self._what.value
        self._what.options = [_PICTURE, _PAGE, *tables]
        self._what.value = chosen if chosen in self._what.options else _PICTURE

    def choose(self, what):
        """Choose what to save, one of what is on offer."""
        self._what.value = what

    def say(self, text, *, is_error=False):
        """Show a line of plain text under the buttons."""
        color = "#b00" if is_error else "inherit"
        self._status.value = f'<span style="color: {color}">{escape(str(text))}</span>'

    def _suit(self):
        """Show what belongs to the chosen kind of file, and let its name end accordingly."""
        suffix = {_PICTURE: ".png", _PAGE: ".html"}.get(self._what.value, self._format.value)
        for widget, fits in (
            (self._side, suffix == ".png"), (self._legend, suffix == ".png"),
            (self._format, suffix in _FORMATS.values()),
        ):
            widget.layout.display = None if fits else "none"
        self._path.value = f"{self._name}-{_file_name(self._what.value)}{suffix}"
        self._overwrite.value = False

    def _do_save(self):
        path = self._path.value.strip()
        if not path:
            self.say("file: a name is missing, such as map.png", is_error=True)
            return
        self.say("saving …")
        self._save.disabled = True
        try:
            saved = self._on_save(
                self._what.value, path, side=self._side.value, legend=self._legend.value,
                overwrite=self._overwrite.value,
            )
        except FileExistsError:
            self.say(f"{path} is there already; tick the box to replace it", is_error=True)
        except Exception as error:  # whatever it is, a person must see it
            self.say(error, is_error=True)
        else:
            if saved is not None:
                self.say(f"saved {saved}")
        finally:
            self._save.disabled = False
            self._overwrite.value = False

    def _fresh_code(self):
        try:
            return self._make_code()
        except Exception as error:  # as above
            self.say(error, is_error=True)
            return ""

    def _copied(self, text, was_copied):
        self._code.value, self._code.layout.display = text, None
        how = "copied; here it is too:" if was_copied else "here it is, to be copied by hand:"
        self.say(how)


def _file_name(name):
    """Keep letters, digits, dash and underscore of a name; a file name needs no more."""
    kept = "".join(c if c.isalnum() or c in "-_" else " " for c in str(name)).split()
    return "-".join(kept)[:60] or "map"
