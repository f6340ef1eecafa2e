// A button that asks the kernel for a text and puts it on the clipboard. Where a page may not do
// that, the text is still there to be selected by hand.
async function put(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

function render({ model, el }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "lm-Widget jupyter-widgets jupyter-button widget-button";
  button.textContent = model.get("label");
  button.title = model.get("label");
  button.addEventListener("click", () => model.send({ want: "text" }));
  const answer = async (message) => {
    if (message.text !== undefined) model.send({ copied: await put(message.text) });
    button.focus();
  };
  model.on("msg:custom", answer);
  el.append(button);
  return () => model.off("msg:custom", answer);
}

export default { initialize, render };
