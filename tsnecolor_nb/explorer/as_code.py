"""Lines of Python that give the same coloring and view. They use public names only."""

from dataclasses import dataclass

import numpy as np

from .coloring import Column

_WIDTH = 88
_MAX_ROWS = 12  # of a selection that is written as row numbers
_NUMPY = {"array", "flatnonzero", "intersect1d", "setdiff1d", "union1d"}
_LOAD = {
    False: "load_embedding(X, xy)  # your own arrays",
    True: 'load_embedding(X, xy, missing="grey")  # your own arrays',
}
_COLUMN_DEFAULTS = {
    "kind": None, "palette": "distinct", "cmap": "viridis", "low": 0.02, "high": 0.98,
}
_AXES_DEFAULTS = {"scale": "oklab", "cmap": "viridis", "low": 0.02, "high": 0.98}
_SHOW_DEFAULTS = {
    "size": 600, "categorical": False, "shading": "filled", "mixed": "auto", "point_size": "auto",
    "background": "auto",
}


@dataclass(frozen=True)
class Expression:
    """An expression, the names that it imports, and lines or comments that stand before it."""

    code: str
    names: frozenset = frozenset()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Drawn:
    """A lasso or a box: `corners` of `points_in_polygon`, as `Explorer.select` takes the `mode`.

    `conditions` are those of the filters then; points that did not pass were left out.
    """

    corners: np.ndarray
    mode: str
    conditions: dict


@dataclass(frozen=True, eq=False)
class SelectionSource:
    """How the selected rows were found.

    Attributes
    ----------
    rows : (m,) int
        The selection, before suggestions of `refine_selection` were accepted.
    text : str or None
        The search that found `rows`.
    accepted : tuple of str
        The fields of their `Refinement` that were accepted: "torn", "strangers".
    drawn : tuple of Drawn
        The lassos and boxes that found `rows`.
    """

    rows: np.ndarray
    text: str | None = None
    accepted: tuple[str, ...] = ()
    drawn: tuple[Drawn, ...] = ()


def explorer_code(state, map_view, source=None, *, named_by=None):
    """Return the lines of Python that give what a `MapView` shows of an `ExplorerState`.

    `source` is the `SelectionSource` of its selection; `named_by` the source of the map's names, as
    for `map_names`, or "colors".
    """
    highlighted, selection = state.highlighted(filtered=False), None
    if highlighted is not None:
        rows = np.flatnonzero(highlighted)
        # An isolated label leaves only a part of the selection.
        selection = selection_code(rows, source if state.isolated is None else None)
    whole = map_view.ranges == map_view.raster.square()
    x_range, y_range = (None, None) if whole else map_view.ranges
    neighbors = state.neighbors
    if neighbors is not None:
        neighbors = _expression(
            "nearest_points", ["embedding", str(neighbors.row)], {"k": len(neighbors)}, {"k": 10},
            suffix=".table",
        )
    return code_for(
        state.embedding, _coloring_code(state), x_range=x_range, y_range=y_range,
        selection=selection, grey=state.grey(map_view.background), neighbors=neighbors,
        passing=filter_code(state.conditions) if state.conditions else None,
        names=None if named_by is None else names_code(named_by),
        pictures=map_view.draws_pictures, current_background=map_view.background,
        size=map_view.size, categorical=state.shown.categorical, **map_view.options,
    )


def _coloring_code(state):
    coloring = state.shown
    if coloring.entry is None:
        return _expression(
            "color_by_distance", ["embedding", str(coloring.row)], coloring.params, suffix=".srgb8"
        )
    if coloring.axes is not None:
        return axes_code(coloring.axes.axes, coloring.params, view=coloring.view)
    if isinstance(coloring.entry, Column):
        return column_code(coloring.entry.column, coloring.params)
    shape = state.embedding.X.shape
    return technique_code(coloring.entry, coloring.params, shape, view=coloring.view)


def technique_code(technique, params, shape, *, view=None):
    """Return the colors of ``embedding`` by a technique as an `Expression`.

    `params` equal to the defaults, which may depend on the `shape` of X, are left out. `view` is
    ``(x_range, y_range, width)``, in map units and in pixels, if the colors are fitted to it.
    """
    defaults = {param.name: param.default for param in technique.params_for(shape)}
    name = _literal(technique.name)
    if view is None:
        return _expression("color", ["embedding", name], params, defaults)
    x_range, y_range, width = view
    arguments = [name, _literal(x_range), _literal(y_range), f"width={width}"]
    return _expression("ViewFit", arguments, params, defaults, call="ViewFit(embedding).colors")


def column_code(column, params=None):
    """Return the colors by a column as an `Expression`; `params` are of `column_colors`."""
    arguments = [f"embedding.meta[{_literal(column)}]"]
    return _expression("column_colors", arguments, params, _COLUMN_DEFAULTS, suffix=".srgb8")


def axes_code(axes, params=None, *, view=None):
    """Return the colors by one to three axes as an `Expression`; `params` are of `axis_colors`.

    `view` is as for `technique_code`.
    """
    params = dict(params or {})
    if view is not None:
        params |= {"x_range": view[0], "y_range": view[1]}
    arguments = ["embedding", *map(_literal, axes)]
    return _expression("axis_colors", arguments, params, _AXES_DEFAULTS, suffix=".srgb8")


def selection_code(rows, source=None):
    """Return selected rows as an `Expression`: how they were found, or else their numbers.

    Without a source that code can repeat, more than a dozen rows are no short code: then the
    expression is empty, and its lines are comments that say so.
    """
    if source is None or not source.accepted:
        start, accepted = rows, ()
    else:
        start, accepted = source.rows, source.accepted
    if source is not None and source.text is not None:
        selection = _expression("search", ["embedding", _literal(source.text)])
    elif source is not None and source.drawn:
        selection = _drawn_code(source.drawn)
    elif len(start) <= _MAX_ROWS:
        selection = Expression(str([int(row) for row in start]))
    elif len(rows) <= _MAX_ROWS:
        selection, accepted = Expression(str([int(row) for row in rows])), ()
    else:
        lines = [f"# {len(rows):,} points were selected; save the selection to keep it."]
        if accepted:
            changes = {"torn": "its `torn` added", "strangers": "its `strangers` left out"}
            changes = " and ".join(changes[name] for name in accepted)
            lines.append(f"# They are {len(start):,} points, checked by refine_selection,")
            lines.append(f"# with {changes}.")
        return Expression("", lines=tuple(lines))
    if not accepted:
        return selection
    call = _call("refine_selection", ["embedding", selection.code], "refinement = ")
    code, names = "refinement.rows", {"refine_selection", *selection.names}
    for name in accepted:
        function = {"torn": "union1d", "strangers": "setdiff1d"}[name]
        code = f"{function}({code}, refinement.{name})"
        names.add(function)
    return Expression(code, frozenset(names), (*selection.lines, f"refinement = {call}"))


def _drawn_code(drawn):
    """Return lassos and boxes, one after the other, as an `Expression`."""
    code, names, lines = None, {"points_in_polygon"}, []
    for number, one in enumerate(drawn):
        if number:
            lines.append(f"selected = {code}")
        corners = [_literal(tuple(corner)) for corner in one.corners]
        lines.append("corners = " + _call("", corners, "corners = "))
        code = "points_in_polygon(embedding.xy, corners)"
        if one.conditions:
            passing = filter_code(one.conditions)
            lines += [f"passing = {passing.code}", f"inside = {code}"]
            code = "intersect1d(inside, flatnonzero(passing))"
            names |= {"intersect1d", "flatnonzero", *passing.names}
        if number:
            function = {"add": "union1d", "remove": "setdiff1d"}[one.mode]
            lines.append(f"inside = {code}")
            code = f"{function}(selected, inside)"
            names.add(function)
    return Expression(code, frozenset(names), tuple(lines))


def filter_code(conditions):
    """Return `filter_points` with these conditions as an `Expression`."""
    items = (f"{_literal(name)}: {_literal(value)}" for name, value in conditions.items())
    return _expression("filter_points", ["embedding", f"{{{', '.join(items)}}}"])


def names_code(by):
    """Return `map_names` as an `Expression`; `by` is as for that, or "colors"."""
    by = {"regions": [], "colors": ["colors"]}.get(by, [_literal(by)])
    return _expression("map_names", ["embedding", *by])


def code_for(
    embedding, coloring=None, *, selection=None, passing=None, grey=None, neighbors=None,
    names=None, x_range=None, y_range=None, pictures=False, current_background="white", **options,
):
    """Return lines of Python that give a coloring and a view, equal in every pixel.

    Parameters
    ----------
    embedding : Embedding
        The bundled glyphs are loaded by name; for others the user adds the arrays.
    coloring : Expression, optional
        Colors (n, 3) uint8; one dark color by default.
    selection : Expression, optional
        From `selection_code`; all other points turn grey.
    passing : Expression, optional
        From `filter_code`; points that do not pass turn grey, too.
    grey : (3,) of int, optional
        That grey.
    neighbors : Expression, optional
        The table of neighbors of a point.
    names : Expression, optional
        From `names_code`.
    x_range, y_range : (low, high) of float, optional
        What is on screen, if it is not the whole map.
    pictures : bool
        Whether points are drawn as their pictures.
    current_background : "white", "black" or (r, g, b)
        The color that an automatic background has now.
    **options
        ``size``, ``shading``, ``background``, ``point_size``, ``mixed``, ``categorical`` of `show`.

    Returns
    -------
    str
        Its last line gives the picture: live for the whole map, and with names or pictures, still
        for a part of it.
    """
    is_whole = x_range is None and y_range is None
    is_glyphs = embedding.name == "glyphs"
    load = "load_glyphs()" if is_glyphs else _LOAD[embedding.incomplete is not None]
    imports = {"load_glyphs" if is_glyphs else "load_embedding"}
    lines, arguments = [f"embedding = {load}"], ["embedding.xy"]

    def assign(variable, expression):
        if expression is not None:
            imports.update(expression.names)
            lines.extend(expression.lines)
            if expression.code:
                lines.append(f"{variable} = {expression.code}")

    assign("neighbors", neighbors)
    assign("colors", coloring)
    assign("names", names)
    if coloring is not None:
        arguments.append("colors")
        for variable, mask in (("selected", selection), ("passes", passing)):
            assign(variable, mask)
            if mask is not None and mask.code:
                grey_out = ["colors", variable, *([] if grey is None else [_literal(grey)])]
                assign("colors", _expression("grey_out", grey_out))
    options = _SHOW_DEFAULTS | options
    if is_whole or names is not None or pictures:
        imports.add("show")
        arguments += _keywords(_changed(options, _SHOW_DEFAULTS))
        arguments += ["names=names"] * (names is not None)
        arguments += ["pictures=embedding.pictures"] * pictures
        if is_whole:
            lines.append(_call("show", arguments, prefix=""))
        else:
            ranges = [_literal(tuple(map(float, ends))) for ends in (x_range, y_range)]
            lines.append("view = " + _call("show", arguments, "view = "))
            lines += [_call("view.zoom", ranges, prefix=""), "view"]
    else:
        imports |= {"Picture", "compose", "rasterize"}
        size, background = options.pop("size"), options.pop("background")
        if background == "auto":
            background = current_background
        x_range, y_range = tuple(map(float, x_range)), tuple(map(float, y_range))
        options = {"x_range": x_range, "y_range": y_range, "width": size, "height": size} | options
        arguments += _keywords(_changed(options, _SHOW_DEFAULTS))
        lines.append("rgba = " + _call("rasterize", arguments, "rgba = "))
        lines.append(f"Picture(compose(rgba, {_literal(background)}))")
    modules = {"numpy": imports & _NUMPY, "tsnecolor_nb": imports - _NUMPY}
    imports = [
        f"from {module} import {', '.join(sorted(names))}"
        for module, names in modules.items() if names
    ]
    return "\n".join([*imports, "", *lines, ""])


def _expression(name, arguments, params=None, defaults=None, *, call=None, suffix=""):
    """Return a call of a public name, with the parameters that differ from their defaults."""
    names, changed = {name}, _changed(params or {}, defaults or {})
    for value in changed.values():
        if hasattr(value, "get_params"):  # a choice may be a step
            names.add(type(value).__name__)
        if isinstance(value, np.ndarray):
            names.add("array")
    code = _call(call or name, [*arguments, *_keywords(changed)])
    return Expression(code + suffix, frozenset(names))


def _changed(params, defaults):
    """Return the parameters that differ from their defaults."""
    return {
        name: value for name, value in params.items()
        if name not in defaults or not _same(value, defaults[name])
    }


def _keywords(params):
    return [f"{name}={_literal(value)}" for name, value in params.items()]


def _call(name, arguments, prefix="colors = "):
    """Return a call on one line if it fits behind `prefix`, otherwise with broken arguments."""
    line = f"{name}({', '.join(arguments)})"
    if len(prefix) + len(line) <= _WIDTH:
        return line
    lines = [""]
    for argument in arguments:
        if len(lines[-1]) + len(argument) + 6 > _WIDTH:
            lines.append("")
        lines[-1] += f"{argument}, "
    indented = "\n".join(f"    {line.rstrip()}" for line in lines)
    return f"{name}(\n{indented}\n)"


def _literal(value):
    """Return the repr of a value, in double quotes and with NumPy's numbers as Python's."""
    if isinstance(value, str):
        text = repr(value)
        return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in text else text
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        return f'array({value.tolist()}, dtype="{value.dtype}")'
    if isinstance(value, (tuple, list)):
        items = ", ".join(map(_literal, value))
        if isinstance(value, list):
            return f"[{items}]"
        return f"({items},)" if len(value) == 1 else f"({items})"
    return repr(value)


def _same(value, default):
    if hasattr(value, "get_params") and hasattr(default, "get_params"):
        return type(value) is type(default) and value.get_params() == default.get_params()
    return type(value) is type(default) and value == default
