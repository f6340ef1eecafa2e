"""The few lines of Python that give a coloring and a view again."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

_WIDTH = 88
_FEW_ROWS = 12
_LOAD = {
    False: "load_embedding(X, xy)  # your own arrays",
    True: 'load_embedding(X, xy, missing="grey")  # your own arrays',
}
_HERE = "tsnecolor_nb"


@dataclass(frozen=True)
class Expression:
    """A piece of Python and the names that it needs.

    Attributes
    ----------
    code : str
    imports : dict of str to tuple of str
        Names by the module they come from.
    """

    code: str
    imports: dict = field(default_factory=dict)


def technique_code(technique, params=None, *, limit=128):
    """Say in Python which technique colors ``embedding``, with what differs from its defaults.

    Parameters
    ----------
    technique : Technique
    params : dict, optional
        Values of its parameters, all or some.
    limit : int
        The most components there can be, min(n, d) of the data.

    Returns
    -------
    Expression
    """
    defaults = {param.name: param.default for param in technique.params_for(limit)}
    imports = defaultdict(set, {_HERE: {"color"}})
    changed = _changed(params, defaults, imports)
    arguments = ["embedding", repr_text(technique.name), *changed]
    return Expression(_call("color", arguments, 9), _sorted(imports))


def column_code(column, params=None):
    """Say in Python that a column of the metadata colors ``embedding``.

    Parameters
    ----------
    column : hashable
    params : dict, optional
        Arguments of `column_colors`; its defaults are left out.

    Returns
    -------
    Expression
    """
    defaults = {"kind": None, "palette": "distinct", "cmap": "viridis", "low": 0.02, "high": 0.98}
    imports = defaultdict(set, {_HERE: {"column_colors"}})
    changed = _changed(params, defaults, imports)
    arguments = [f"embedding.meta[{_literal(column)}]", *changed]
    return Expression(_call("column_colors", arguments, 9) + ".srgb8", _sorted(imports))


def selection_code(rows, *, text=None):
    """Say in Python which points of ``embedding`` are selected, if that can be said shortly.

    Parameters
    ----------
    rows : (m,) int
    text : str, optional
        What was searched for, if `rows` are what `search` found.

    Returns
    -------
    Expression or None
        None for more than a dozen points without a text that finds them.
    """
    if text is not None:
        return Expression(f"search(embedding, {repr_text(text)})", {f"{_HERE}.search": ("search",)})
    if len(rows) <= _FEW_ROWS:
        return Expression(str([int(row) for row in rows]))
    return None


def code_for(
    embedding, coloring=None, *, selection=None, n_selected=0, grey=None, x_range=None,
    y_range=None, size=600, shading="eq_hist", background="white", point_size="auto",
    mixed="mean",
):
    """Write the lines of Python that give a coloring and a view again, pixel by pixel.

    Parameters
    ----------
    embedding : Embedding
        The bundled glyphs are loaded by name; arrays of one's own have to be put in by hand.
    coloring : Expression, optional
        From `technique_code` or `column_code`, or any other that gives (n, 3) uint8 from
        ``embedding``; one dark color unless given.
    selection : Expression, optional
        From `selection_code`; all other points turn grey.
    n_selected : int
        Number of selected points; a comment tells of them where there is no `selection`.
    grey : (3,) of int, optional
        The color of points that are not selected.
    x_range, y_range : (low, high) of float, optional
        What is on screen, if it is not the whole map.
    size : int
        Side of the picture in pixels.
    shading, background, point_size, mixed
        As for `show`.

    Returns
    -------
    str
        Its last line gives the picture: live for the whole map, still for a part of it.
    """
    whole = x_range is None and y_range is None
    glyphs = embedding.name == "glyphs"
    names = {"load_glyphs" if glyphs else "load_embedding"}
    names |= {"show"} if whole else {"Picture", "compose", "rasterize"}
    imports = defaultdict(set, {_HERE: names})
    load = "load_glyphs()" if glyphs else _LOAD[embedding.incomplete is not None]
    lines = [f"embedding = {load}"]
    if coloring is not None:
        _add(imports, coloring.imports)
        lines.append(f"colors = {coloring.code}")
        lines += _selected(imports, selection, n_selected, grey)
    colors = [] if coloring is None else ["colors"]
    how = _how(size, shading, point_size, mixed, whole)
    if whole:
        behind = [] if background == "white" else [f"background={_literal(background)}"]
        lines.append(_call("show", ["embedding.xy", *colors, *how, *behind]))
    else:
        ranges = [
            f"{name}=({low!r}, {high!r})"
            for name, (low, high) in (("x_range", _floats(x_range)), ("y_range", _floats(y_range)))
        ]
        arguments = ["embedding.xy", *colors, *ranges, *how]
        lines.append("rgba = " + _call("rasterize", arguments, 7))
        lines.append(f"Picture(compose(rgba, {_literal(background)}))")
    return "\n".join([*_import_lines(imports), "", *lines, ""])


def repr_text(text):
    """Return a text as Python writes it, in double quotes where that is possible."""
    plain = repr(str(text))
    return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in plain else plain


def _changed(params, defaults, imports):
    """Write what differs from the defaults as arguments, and add the names that these need."""
    changed = []
    for name, value in (params or {}).items():
        if name in defaults and _same(value, defaults[name]):
            continue
        if hasattr(value, "get_params"):  # a choice may be a step
            imports[_HERE].add(type(value).__name__)
        if isinstance(value, np.ndarray):
            imports["numpy"].add("array")
        changed.append(f"{name}={_literal(value)}")
    return changed


def _selected(imports, selection, n_selected, grey):
    if selection is None:
        if not n_selected:
            return []
        return [f"# {n_selected:,} points were selected by hand; save the selection to keep it."]
    _add(imports, selection.imports)
    imports[_HERE].add("grey_out")
    arguments = ["colors", selection.code, *([_literal(grey)] if grey is not None else [])]
    return [f"colors = {_call('grey_out', arguments, 9)}"]


def _how(size, shading, point_size, mixed, whole):
    if whole:
        how = [] if size == 600 else [f"size={size!r}"]
    else:
        how = [f"width={size!r}", f"height={size!r}"]
    how += [] if shading == "eq_hist" else [f"shading={repr_text(shading)}"]
    how += [] if mixed == "mean" else [f"mixed={repr_text(mixed)}"]
    return how + ([] if _same(point_size, "auto") else [f"point_size={_literal(point_size)}"])


def _call(name, arguments, before=0):
    """Write a call in one line if it fits, else with its arguments on lines of their own."""
    line = f"{name}({', '.join(arguments)})"
    if before + len(line) <= _WIDTH:
        return line
    lines = [""]
    for argument in arguments:
        if len(lines[-1]) + len(argument) + 6 > _WIDTH:
            lines.append("")
        lines[-1] += f"{argument}, "
    inside = "\n".join(f"    {line.rstrip()}" for line in lines)
    return f"{name}(\n{inside}\n)"


def _literal(value):
    """Return a value as Python writes it; NumPy's numbers become plain ones."""
    if isinstance(value, str):
        return repr_text(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        return f'array({value.tolist()}, dtype="{value.dtype}")'
    if isinstance(value, (tuple, list)):
        inside = ", ".join(map(_literal, value))
        if isinstance(value, list):
            return f"[{inside}]"
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return repr(value)


def _same(value, default):
    if hasattr(value, "get_params") and hasattr(default, "get_params"):
        return type(value) is type(default) and value.get_params() == default.get_params()
    return type(value) is type(default) and value == default


def _floats(ends):
    return tuple(float(end) for end in ends)


def _add(imports, more):
    for module, names in more.items():
        imports[module] |= set(names)


def _sorted(imports):
    return {module: tuple(sorted(names)) for module, names in sorted(imports.items())}


def _import_lines(imports):
    return [
        f"from {module} import {', '.join(names)}" for module, names in _sorted(imports).items()
    ]
