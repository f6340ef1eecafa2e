"""How Sphinx builds the site; `python -m tools.site` puts together what it reads."""

import inspect
import os
import re

from tsnecolor_nb import __version__

project = "Coloring t-SNE"
author = copyright = "Coloring t-SNE, in notebooks contributors"
version = release = __version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb", ".rst": "restructuredtext"}
templates_path = []

# Stored outputs only; no widgets and no formulas, whose scripts would come from other machines.
nb_execution_mode = "off"
nb_ipywidgets_js = {}
nb_render_markdown_format = "myst"
myst_enable_extensions = []
myst_heading_anchors = 3

autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_custom_sections = [("Attributes", "params_style")]  # which knows several names in a line
default_role = "py:obj"
add_module_names = False

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": True, "top_of_page_buttons": []}

if repository := os.environ.get("REPOSITORY"):
    owner, _, name = repository.partition("/")
    html_baseurl = f"https://{owner.lower()}.github.io/{name}/"


_properties = {}  # docstrings; napoleon would take what stands before a colon for a type


def _keep(app, what, name, obj, options, lines):
    """Keep the docstring of a property from napoleon."""
    if what == "property":
        _properties[name] = list(lines)


def _plain(app, what, name, obj, options, lines):
    """Let |bars| and names_ in docstrings be what they are in plain text."""
    lines[:] = _properties.pop(name, lines)
    for i, line in enumerate(lines):
        head, text = re.match(r"(:[^:]*: ?)?(.*)", line).groups("")
        text = re.sub(r"(?<![`\w\\])(\w+)_(?=[\s,.;:)*]|$)", r"\1\\_", text)
        lines[i] = head + re.sub(r"(?<!\\)\|", r"\\|", text)


def _signature(app, what, name, obj, options, signature, returns):
    """Return the parameters of a widget, which traitlets hides."""
    if what == "class" and signature == "(*args, **kwargs)":
        _self, *rest = inspect.signature(obj.__init__).parameters.values()
        return str(inspect.Signature(rest)), returns
    return None


def _skip(app, what, name, obj, skip, options):
    """Leave out what scikit-learn adds to each step."""
    return True if re.fullmatch(r"set_\w+_request", name) else None


def setup(app):
    """Connect the functions above; napoleon has the priority 500."""
    app.connect("autodoc-process-docstring", _keep, priority=400)
    app.connect("autodoc-process-docstring", _plain, priority=600)
    app.connect("autodoc-process-signature", _signature)
    app.connect("autodoc-skip-member", _skip)
