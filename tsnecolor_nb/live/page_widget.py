"""What all widgets with a script of their own have in common."""

from pathlib import Path
from uuid import uuid4

import anywidget
import traitlets

_SHARED = Path(__file__).with_name("page_widget.js")


class PageWidget(anywidget.AnyWidget):
    """A widget whose script misses nothing that the kernel says, however slow the page is.

    Parameters
    ----------
    **traits
        Those of the widget.
    """

    own_id = traitlets.Unicode().tag(sync=True)

    def __init__(self, **traits):
        own_id = uuid4().hex
        super().__init__(model_id=own_id, own_id=own_id, **traits)


def script(path):
    """Return a script, which exports ``{ initialize, render }``, after what all of them share."""
    return _SHARED.read_text("utf-8") + "\n" + path.read_text("utf-8")
