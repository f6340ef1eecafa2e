"""A widget for each parameter of a technique."""

import ipywidgets


def parameter_controls(technique, shape, params, **look):
    """Return an ipywidget for each parameter of a technique, by the parameter's name.

    shape : (n, d) of the data, which limits the parameters. params : values other than the
    defaults; a ValueError is raised if the technique lacks one. **look : traits of the widgets,
    such as ``layout``.
    """
    return {
        name: _control(param, params.get(name, param.default), look)
        for name, param in checked_params(technique, shape, params).items()
    }


def checked_params(technique, shape, params):
    """Return each `Param` of a technique by name; raise ValueError if it lacks one of `params`."""
    known = {param.name: param for param in technique.params_for(shape)}
    for name in params:
        if name not in known:
            raise ValueError(
                f"{technique.name!r} has no parameter {name!r}; it has {', '.join(known)}"
            )
        if known[name].typed and not isinstance(params[name], str):
            raise ValueError(f"{name} must be text, got {params[name]!r}")
    return known


def _control(param, value, look):
    look = {
        "description": param.label,
        "style": {"description_width": "12em"},
        "layout": {"width": "460px"},
        "description_allow_html": False,
    } | look
    if param.kind == "text":
        return ipywidgets.Combobox(
            options=list(param.choices.values()), value=value, placeholder="none",
            continuous_update=False, **look,
        )
    if param.kind == "choice":
        return ipywidgets.Dropdown(options=list(param.choices.items()), value=value, **look)
    if param.kind == "flag":
        return ipywidgets.Checkbox(value=value, indent=True, **look)
    if param.kind == "int":
        slider = ipywidgets.IntSlider
    else:
        slider, look["readout_format"] = ipywidgets.FloatSlider, ".3f"
    # Only a slider let go starts a run: on the way there it would start dozens.
    return slider(
        value=value, min=param.low, max=param.high, step=param.step,
        continuous_update=False, **look,
    )
