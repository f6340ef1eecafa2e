// Buttons, each with a patch of color, a small picture and two lines of text. All text is set as
// text, never as markup. They are HTML buttons, so that the keyboard works as the mouse does.
function pictureButton(entry, chosen, onClick) {
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
  const updateChosen = () => {
    [...el.children].forEach((button, i) =>
      button.setAttribute("aria-pressed", String(i === model.get("chosen"))));
  };
  const draw = () => {
    el.setAttribute("aria-label", model.get("label"));
    el.classList.toggle("tsnecolor-small", model.get("small"));
    el.replaceChildren(...model.get("entries").map((entry, i) =>
      pictureButton(entry, i === model.get("chosen"), () => model.send({ clicked: i }))));
  };
  model.on("change:entries change:label change:small", draw);
  model.on("change:chosen", updateChosen);
  draw();
  return () => {
    model.off("change:entries change:label change:small", draw);
    model.off("change:chosen", updateChosen);
  };
}

export default { initialize, render };
