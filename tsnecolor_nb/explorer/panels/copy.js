// A button that asks the kernel for a text and copies it to the clipboard.
async function copyToClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const wasCopied = document.execCommand("copy");
    area.remove();
    return wasCopied;
  }
}

function render({ model, el }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "lm-Widget jupyter-widgets jupyter-button widget-button";
  button.textContent = model.get("label");
  button.title = model.get("label");
  button.addEventListener("click", () => model.send({ want: "text" }));
  const onMessage = async ({ text }) => {
    if (text !== undefined) model.send({ copied: await copyToClipboard(text) });
    button.focus();
  };
  model.on("msg:custom", onMessage);
  el.append(button);
  return () => model.off("msg:custom", onMessage);
}

export default { initialize, render };
