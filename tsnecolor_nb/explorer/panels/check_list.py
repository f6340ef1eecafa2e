"""A list of check boxes."""

from pathlib import Path

import traitlets

from ...live.page_widget import PageWidget, script


class CheckList(PageWidget):
    """Check boxes, each with a name and a detail at the right.

    Parameters
    ----------
    on_tick : callable
        Called with the key of a box and whether it is ticked now.
    **traits
        ``entries``, each a dict of ``key``, int, and the texts ``name`` and ``detail``;
        ``ticked``, the keys of those that are ticked; ``label``, the name of the list for a
        screen reader.
    """

    _esm = script(Path(__file__).with_name("check_list.js"))
    _css = Path(__file__).with_name("check_list.css").read_text("utf-8")

    entries = traitlets.List(traitlets.Dict()).tag(sync=True)
    ticked = traitlets.List(traitlets.Int()).tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)

    def __init__(self, on_tick, **traits):
        super().__init__(**traits)
        self._on_tick = on_tick
        self.on_msg(self._on_message)

    def _on_message(self, _, message, buffers):
        if message.get("key") in [entry["key"] for entry in self.entries]:
            self._on_tick(message["key"], bool(message.get("on")))
