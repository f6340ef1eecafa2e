"""Names that other libraries do not promise: they are there, and only where the list says."""

import re
from importlib.resources import files

LISTED = {
    "shell_handlers": "live/kernel.py",
    "widget_manager": "live/page_widget.js",
    "_handle_comm_msg": "live/page_widget.js",
}
GONE = r"jupyter_bokeh|handles\[|set_current_backend|\b\w+\._document\b|mode=\"server\""


def test_private_names_stand_in_one_file(root):
    """Each is where docs/private_names.md says and nowhere else; what was replaced is gone."""
    package, listed = root / "tsnecolor_nb", (root / "docs/private_names.md").read_text("utf-8")
    sources = {
        str(path.relative_to(package)): path.read_text("utf-8")
        for path in package.rglob("*") if path.suffix in (".py", ".js")
    }
    for name, place in LISTED.items():
        assert [path for path, text in sources.items() if name in text] == [place]
        assert name in listed and place in listed
    assert [path for path, text in sources.items() if re.search(GONE, text)] == []


def test_bokeh_has_the_names_that_the_map_uses(browser):
    """A figure as the map makes it can be embedded, found by name, moved and cleared."""
    from tsnecolor_nb.live.figure import figure_json

    page = browser.new_page()
    page.set_content("<div id='place' style='width: 300px; height: 300px'></div>")
    page.add_script_tag(path=str(files("bokeh") / "server/static/js/bokeh.min.js"))
    told = page.evaluate(
        """async (item) => {
          const told = [];
          document.addEventListener("tsnecolor", ({ detail }) => told.push(detail.kind));
          const views = await Bokeh.embed.embed_item(item, document.getElementById("place"));
          const figure = views.roots[0].model, all = figure.document;
          all.get_model_by_name("hovered").data = { x: [0.5], y: [0.5] };
          figure.x_range.setv({ start: 0, end: 0.5 });
          figure.toolbar.active_drag = all.get_model_by_name("Lasso");
          await new Promise((resolve) => setTimeout(resolve, 200));
          const known = Bokeh.documents.indexOf(all);
          views.clear();
          all.clear();
          return { told, known, drag: figure.toolbar.active_drag.type };
        }""",
        figure_json((0, 1, 0, 1), ((0, 1), (0, 1)), with_pointer=True),
    )
    assert told == {"told": ["range"], "known": 0, "drag": "LassoSelectTool"}
    page.close()
