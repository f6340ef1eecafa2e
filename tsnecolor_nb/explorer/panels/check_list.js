// A list of check boxes. Names are set as text, never as markup.
function checkBox({ key, name, detail }, onTick) {
  const label = document.createElement("label");
  label.title = name;
  const input = document.createElement("input");
  Object.assign(input, { type: "checkbox", value: key });
  input.addEventListener("change", () => onTick(key, input.checked));
  label.append(input);
  for (const text of [name, detail]) {
    const span = document.createElement("span");
    span.textContent = text;
    label.append(span);
  }
  return label;
}

function render({ model, el }) {
  el.classList.add("tsnecolor-checks");
  el.setAttribute("role", "group");
  const updateTicks = () => {
    const ticked = new Set(model.get("ticked"));
    for (const input of el.querySelectorAll("input")) input.checked = ticked.has(Number(input.value));
  };
  const draw = () => {
    el.setAttribute("aria-label", model.get("label"));
    const tick = (key, on) => model.send({ key, on });
    el.replaceChildren(...model.get("entries").map((entry) => checkBox(entry, tick)));
    updateTicks();
  };
  model.on("change:entries", draw);
  model.on("change:ticked", updateTicks);
  draw();
  return () => {
    model.off("change:entries", draw);
    model.off("change:ticked", updateTicks);
  };
}

export default { initialize, render };
