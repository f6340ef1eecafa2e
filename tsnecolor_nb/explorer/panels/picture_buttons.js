// A list of tiles, each a patch of color, a small picture and two lines of text. All text is set
// as text, never as markup. PictureButtons are buttons: the keyboard reaches them like the mouse does.
function button_entry(entry, chosen, onClick) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tsnecolor-button";
  button.setAttribute("aria-pressed", String(chosen));
  button.title = entry.hint || entry.name;
  if (entry.color) {
    const patch = document.createElement("span");
    patch.className = "tsnecolor-patch";
    patch.style.background = entry.color;
    button.append(patch);
  }
  if (entry.picture) {
    const picture = document.createElement("img");
    picture.src = entry.picture;
    picture.alt = entry.hint || entry.name;
    button.append(picture);
  }
  if (entry.name || entry.detail) {
    const text = document.createElement("span");
    text.className = "tsnecolor-text";
    for (const [line, name] of [[entry.name, "name"], [entry.detail, "detail"]]) {
      if (!line) continue;
      const span = document.createElement("span");
      span.className = `tsnecolor-${name}`;
      span.textContent = line;
      text.append(span);
    }
    button.append(text);
  }
  button.addEventListener("click", onClick);
  return button;
}

function render({ model, el }) {
  el.classList.add("tsnecolor-buttons");
  el.setAttribute("role", "group");
  const mark = () => {
    [...el.children].forEach((button, i) =>
      button.setAttribute("aria-pressed", String(i === model.get("chosen"))));
  };
  const draw = () => {
    el.setAttribute("aria-label", model.get("label"));
    el.classList.toggle("tsnecolor-small", model.get("small"));
    el.replaceChildren(...model.get("entries").map((entry, i) =>
      button_entry(entry, i === model.get("chosen"), () => model.send({ clicked: i }))));
  };
  model.on("change:entries change:label change:small", draw);
  model.on("change:chosen", mark);
  draw();
  return () => {
    model.off("change:entries change:label change:small", draw);
    model.off("change:chosen", mark);
  };
}

export default { initialize, render };
