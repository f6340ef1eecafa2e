// The place in the page where the live picture stands: it shows the still picture at once, brings
// Bokeh's script over the kernel's own connection, and then shows the live one.

const PAUSE = 40; // ms between two questions about the mouse
const LOST = 3000; // ms after which an answer is no longer waited for: the kernel was restarted

function ask(model, question) {
  const token = crypto.getRandomValues(new Uint32Array(2)).join("-");
  return new Promise((resolve) => {
    const listen = (answer, buffers) => {
      if (answer.token !== token) return;
      model.off("msg:custom", listen);
      resolve({ answer, buffers });
    };
    model.on("msg:custom", listen);
    model.send({ ...question, token });
  });
}

async function loadBokeh(model) {
  const loaded = () => window.Bokeh?.version === model.get("bokeh_version");
  if (loaded()) return;
  const { buffers } = await ask(model, { want: "script" });
  if (loaded()) return; // another picture of this page was faster
  const script = document.createElement("script");
  script.textContent = new TextDecoder().decode(buffers[0]);
  document.head.append(script);
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Carry what the mouse does to the kernel: of its positions the newest only, and that only once the
// one before is answered, so that a busy kernel finds one question waiting and not hundreds.
function forwardPointer(model, map) {
  let newest, asking = false;
  const send = (detail) => ask(model, { want: "pointer", ...detail });
  const askOn = async () => {
    asking = true;
    while (newest) {
      const question = newest;
      newest = undefined;
      await Promise.all([Promise.race([send(question), sleep(LOST)]), sleep(PAUSE)]);
    }
    asking = false;
  };
  map.addEventListener("tsnecolor", ({ detail }) => {
    if (detail.kind !== "hover" && detail.kind !== "leave") return send(detail);
    newest = detail;
    if (!asking) askOn();
  });
  map.tabIndex = 0;
  map.addEventListener("keydown", ({ key }) => key === "Escape" && send({ kind: "escape" }));
}

// Activate another tool, but not during a drag: Bokeh's tools can't take over from one another.
function switchTools(model, map, view, tools) {
  let dragging = false;
  const activate = () => {
    const tool = view._document.get_model_by_id(tools[model.get("tool")]);
    if (tool && !dragging) view._document.roots()[0].toolbar.active_drag = tool;
  };
  map.addEventListener("pointerdown", () => (dragging = true), true);
  // A button may be released outside of the page: then the next move shows it.
  const ends = ["pointerup", "pointercancel", "pointermove"];
  const end = ({ buttons }) => {
    if (!dragging || buttons) return;
    dragging = false;
    setTimeout(activate); // Bokeh hears of the end after this
  };
  for (const event of ends) window.addEventListener(event, end, true);
  model.on("change:tool", activate);
  activate();
  return () => {
    model.off("change:tool", activate);
    for (const event of ends) window.removeEventListener(event, end, true);
  };
}

function stillPicture(model) {
  const image = document.createElement("img");
  image.style.cssText = "display: block; width: 100%; height: 100%; object-fit: contain";
  image.src = URL.createObjectURL(new Blob([model.get("still")], { type: "image/png" }));
  image.onload = () => URL.revokeObjectURL(image.src);
  return image;
}

function box(model) {
  const div = document.createElement("div");
  div.className = "tsnecolor-map";
  div.setAttribute("role", "group");
  div.setAttribute("aria-label", "map");
  div.style.cssText = "resize: both; overflow: hidden; max-width: 100%; min-width: 150px; min-height: 150px";
  const fit = () => (div.style.width = div.style.height = `${model.get("size")}px`);
  const paint = () => (div.style.background = model.get("background"));
  model.on("change:size", fit);
  model.on("change:background", paint);
  fit();
  paint();
  return [div, () => model.off("change:size", fit) || model.off("change:background", paint)];
}

// Tell the kernel whether the page is dark, now and whenever that changes.
function followTheme(model) {
  const attribute = "data-jp-theme-light";
  const tell = () => {
    model.set("dark", document.body.getAttribute(attribute) === "false");
    model.save_changes();
  };
  const observer = new MutationObserver(tell);
  observer.observe(document.body, { attributeFilter: [attribute] });
  tell();
  return () => observer.disconnect();
}

// A removed view still receives new figures, and would draw them where nobody sees it.
function forgetFigure(view) {
  view.render = () => view;
  const place = Bokeh.documents.indexOf(view._document);
  if (place < 0) return;
  view._document.clear();
  Bokeh.documents.splice(place, 1);
}

async function render({ model, el }) {
  const [map, forget] = box(model);
  const stopFollowing = followTheme(model);
  el.append(map);
  if (model.get("still").byteLength) map.append(stillPicture(model));
  await loadBokeh(model);
  const { answer } = await ask(model, { want: "picture", ratio: window.devicePixelRatio });
  const picture = await model.widget_manager.get_model(answer.model_id);
  const view = await model.widget_manager.create_view(picture, {});
  view.el.style.width = view.el.style.height = "100%"; // the figure fills what it stands in
  map.replaceChildren(view.el);
  forwardPointer(model, map);
  const stopSwitching = switchTools(model, map, view, answer.tools);
  return () => {
    forget();
    stopFollowing();
    stopSwitching();
    view.remove();
    forgetFigure(view);
  };
}

export default { initialize, render };
