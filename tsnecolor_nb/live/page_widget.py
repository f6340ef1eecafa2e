"""What all widgets with a script of their own have in common."""

from pathlib import Path
from uuid import uuid4

import anywidget
import traitlets

_SHARED = Path(__file__).with_name("page_widget.js")


class PageWidget(anywidget.AnyWidget):
    """A widget whose script receives every message of the kernel, however slow the page is."""

    own_id = traitlets.Unicode().tag(sync=True)

    def __init__(self, **traits):
        own_id = uuid4().hex
        super().__init__(model_id=own_id, own_id=own_id, **traits)


def script(*paths):
    """Return scripts after the shared one; the last one exports ``{ initialize, render }``."""
    return "\n".join(path.read_text("utf-8") for path in (_SHARED, *paths))
