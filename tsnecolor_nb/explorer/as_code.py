"""The few lines of Python that give a coloring and a view again. They use public names only."""

from dataclasses import dataclass

import numpy as np

from .coloring import Column

_WIDTH = 88
_MAX_ROWS = 12  # of a selection that is written as row numbers
_LOAD = {
    False: "load_embedding(X, xy)  # your own arrays",
    True: 'load_embedding(X, xy, missing="grey")  # your own arrays',
}
_COLUMN_DEFAULTS = {
    "kind": None, "palette": "distinct", "cmap": "viridis", "low": 0.02, "high": 0.98,
}
_AXES_DEFAULTS = {"scale": "oklab", "cmap": "viridis", "low": 0.02, "high": 0.98}


@dataclass(frozen=True)
class Expression:
    """A piece of Python, and the names that it needs: of this package, or NumPy's ``array``."""

    code: str
    names: frozenset = frozenset()


def explorer_code(state, map_view, *, text=None, named_by=None):
    """Return the lines of Python that give what a `MapView` shows of an `ExplorerState`.

    `text` is what was searched for, if that gave the selection; `named_by` is what the map's names
    come from, as for `map_names`, or "colors".
    """
    highlighted = state.highlighted(filtered=False)
    rows = [] if highlighted is None else np.flatnonzero(highlighted)
    whole = map_view.ranges == map_view.raster.square()
    x_range, y_range = (None, None) if whole else map_view.ranges
    return code_for(
        state.embedding, _coloring_code(state), x_range=x_range, y_range=y_range,
        selection=None if highlighted is None else selection_code(rows, text=text),
        n_selected=len(rows), grey=state.grey(map_view.background),
        neighbors=_neighbors_code(state.neighbors),
        filtered=filter_code(state.conditions) if state.conditions else None,
        ground=map_view.background, size=map_view.size, categorical=state.shown.categorical,
        named=None if named_by is None else names_code(named_by),
        pictures=map_view.draws_pictures,
        **map_view.how,
    )


def _neighbors_code(found):
    if found is None:
        return None
    arguments = ["embedding", str(found.row)]
    return _expression("nearest_points", arguments, {"k": len(found)}, {"k": 10}, after=".table")


def _coloring_code(state):
    coloring = state.shown
    if coloring.entry is None:
        return _expression(
            "color_by_distance", ["embedding", str(coloring.row)], coloring.params, after=".srgb8"
        )
    if coloring.axes is not None:
        return axes_code(coloring.axes.axes, coloring.params, view=coloring.view)
    if isinstance(coloring.entry, Column):
        return column_code(coloring.entry.column, coloring.params)
    shape = state.embedding.X.shape
    return technique_code(coloring.entry, coloring.params, shape, view=coloring.view)


def technique_code(technique, params, shape, *, view=None):
    """Write how a technique colors ``embedding``, with the `params` that differ from its defaults.

    Parameters
    ----------
    technique : Technique
    params : dict
        Values of its parameters, all or some.
    shape : (n, d) of int
        Of the data.
    view : (x_range, y_range, width), optional
        What is on screen, in units of the map and in pixels, if the colors are fitted to that.

    Returns
    -------
    Expression
    """
    defaults = {param.name: param.default for param in technique.params_for(shape)}
    name = _literal(technique.name)
    if view is None:
        return _expression("color", ["embedding", name], params, defaults)
    x_range, y_range, width = view
    arguments = [name, _literal(x_range), _literal(y_range), f"width={width}"]
    return _expression("ViewFit", arguments, params, defaults, call="ViewFit(embedding).colors")


def column_code(column, params=None):
    """Write how a column of the metadata colors ``embedding``; `params` are of `column_colors`."""
    arguments = [f"embedding.meta[{_literal(column)}]"]
    return _expression("column_colors", arguments, params, _COLUMN_DEFAULTS, after=".srgb8")


def axes_code(axes, params=None, *, view=None):
    """Write how one to three axes color ``embedding``; `params` are of `axis_colors`.

    `view` is as for `technique_code`.
    """
    params = dict(params or {})
    if view is not None:
        params |= {"x_range": view[0], "y_range": view[1]}
    arguments = ["embedding", *map(_literal, axes)]
    return _expression("axis_colors", arguments, params, _AXES_DEFAULTS, after=".srgb8")


def selection_code(rows, *, text=None):
    """Write the selected `rows`, or the search for `text` that gave them.

    Returns None for more than a dozen rows without a text: that would be no short code.
    """
    if text is not None:
        return _expression("search", ["embedding", _literal(text)])
    if len(rows) <= _MAX_ROWS:
        return Expression(str([int(row) for row in rows]))
    return None


def filter_code(conditions):
    """Write which points meet the conditions of `filter_points`."""
    written = ", ".join(f"{_literal(name)}: {_literal(one)}" for name, one in conditions.items())
    return _expression("filter_points", ["embedding", f"{{{written}}}"])


def names_code(by):
    """Write how the regions of the map are named: by what `map_names` takes, or by "colors"."""
    by = {"regions": [], "colors": ["colors"]}.get(by, [_literal(by)])
    return _expression("map_names", ["embedding", *by])


def code_for(
    embedding, coloring=None, *, selection=None, n_selected=0, filtered=None, grey=None,
    neighbors=None, x_range=None, y_range=None, size=600, shading="filled", background="auto",
    ground="white", point_size="auto", mixed="auto", categorical=False,
    named=None, pictures=False,
):
    """Write the lines of Python that give a coloring and a view again, pixel by pixel.

    Parameters
    ----------
    embedding : Embedding
        The bundled glyphs are loaded by name; for others the user adds the arrays.
    coloring : Expression, optional
        From `technique_code` or `column_code`, or any other that gives (n, 3) uint8 from
        ``embedding``; one dark color by default.
    selection : Expression, optional
        From `selection_code`; all other points turn grey.
    n_selected : int
        Number of selected points, for a comment where there is no `selection`.
    filtered : Expression, optional
        From `filter_code`; points that do not pass turn grey, too.
    grey : (3,) of int, optional
        The color of points that are not selected.
    neighbors : Expression, optional
        Gives the table of neighbors of a point.
    x_range, y_range : (low, high) of float, optional
        What is on screen, if it is not the whole map.
    size : int
        Side of the picture in pixels.
    shading, background, point_size, mixed, categorical
        As for `show`.
    ground : "white", "black" or (r, g, b)
        What an automatic background is now.
    named : Expression, optional
        From `names_code`; of ``embedding`` and ``colors``.
    pictures : bool
        Whether points are drawn as their pictures.

    Returns
    -------
    str
        Its last line gives the picture: live for the whole map, and with names or pictures, still
        for a part of it.
    """
    whole = x_range is None and y_range is None
    glyphs = embedding.name == "glyphs"
    load = "load_glyphs()" if glyphs else _LOAD[embedding.incomplete is not None]
    names = {"load_glyphs" if glyphs else "load_embedding"}
    lines, arguments = [f"embedding = {load}"], ["embedding.xy"]
    if neighbors is not None:
        names |= neighbors.names
        lines.append(f"neighbors = {neighbors.code}")
    if coloring is not None:
        names |= coloring.names
        lines.append(f"colors = {coloring.code}")
        arguments.append("colors")
    if named is not None:
        names |= named.names
        lines.append(f"names = {named.code}")
    if coloring is not None:
        kept = [] if selection is None else [selection.code]
        names |= set() if selection is None else selection.names
        if filtered is not None:
            names |= filtered.names
            lines.append(f"passes = {filtered.code}")
            kept.append("passes")
        for rows in kept:
            names.add("grey_out")
            greyed = ["colors", rows, *([_literal(grey)] if grey is not None else [])]
            lines.append(f"colors = {_call('grey_out', greyed)}")
        if n_selected and selection is None:
            lines.append(f"# {n_selected:,} points were selected; save the selection to keep it.")
    defaults = {
        "categorical": False, "shading": "filled", "mixed": "auto", "point_size": "auto"
    }
    how = {
        "categorical": categorical, "shading": shading, "mixed": mixed, "point_size": point_size
    }
    if whole or named is not None or pictures:
        names.add("show")
        how = {"size": size} | how | {"background": background}
        defaults |= {"size": 600, "background": "auto"}
        arguments += _keywords(_changed(how, defaults))
        arguments += ["names=names"] * (named is not None)
        arguments += ["pictures=embedding.pictures"] * pictures
        if whole:
            lines.append(_call("show", arguments, before=""))
        else:
            ranges = [_literal(tuple(map(float, ends))) for ends in (x_range, y_range)]
            lines.append("view = " + _call("show", arguments, "view = "))
            lines += [_call("view.zoom", ranges, before=""), "view"]
    else:
        names |= {"Picture", "compose", "rasterize"}
        x_range, y_range = tuple(map(float, x_range)), tuple(map(float, y_range))
        how = {"x_range": x_range, "y_range": y_range, "width": size, "height": size} | how
        arguments += _keywords(_changed(how, defaults))
        lines.append("rgba = " + _call("rasterize", arguments, "rgba = "))
        ground = ground if background == "auto" else background
        lines.append(f"Picture(compose(rgba, {_literal(ground)}))")
    imports = ["from numpy import array"] if "array" in names else []
    ours = ", ".join(sorted(names - {"array"}))
    return "\n".join([*imports, f"from tsnecolor_nb import {ours}", "", *lines, ""])


def _expression(name, arguments, params=None, defaults=None, *, call=None, after=""):
    """Return a call of a public name, with the parameters that differ from their defaults."""
    names, changed = {name}, _changed(params or {}, defaults or {})
    for value in changed.values():
        if hasattr(value, "get_params"):  # a choice may be a step
            names.add(type(value).__name__)
        if isinstance(value, np.ndarray):
            names.add("array")
    code = _call(call or name, [*arguments, *_keywords(changed)])
    return Expression(code + after, frozenset(names))


def _changed(params, defaults):
    """Return the parameters that differ from their defaults."""
    return {
        name: value for name, value in params.items()
        if name not in defaults or not _same(value, defaults[name])
    }


def _keywords(params):
    return [f"{name}={_literal(value)}" for name, value in params.items()]


def _call(name, arguments, before="colors = "):
    """Write a call in one line if it fits, else with its arguments on lines of their own."""
    line = f"{name}({', '.join(arguments)})"
    if len(before) + len(line) <= _WIDTH:
        return line
    lines = [""]
    for argument in arguments:
        if len(lines[-1]) + len(argument) + 6 > _WIDTH:
            lines.append("")
        lines[-1] += f"{argument}, "
    inside = "\n".join(f"    {line.rstrip()}" for line in lines)
    return f"{name}(\n{inside}\n)"


def _literal(value):
    """Return a value as Python writes it, in double quotes; NumPy's numbers become plain ones."""
    if isinstance(value, str):
        plain = repr(value)
        return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in plain else plain
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
