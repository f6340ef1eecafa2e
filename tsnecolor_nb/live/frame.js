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
function follow(model, frame) {
  let newest, asking = false;
  const tell = (detail) => ask(model, { want: "pointer", ...detail });
  const askOn = async () => {
    asking = true;
    while (newest) {
      const question = newest;
      newest = undefined;
      await Promise.all([Promise.race([tell(question), sleep(LOST)]), sleep(PAUSE)]);
    }
    asking = false;
  };
  frame.addEventListener("tsnecolor", ({ detail }) => {
    if (detail.kind !== "hover" && detail.kind !== "leave") return tell(detail);
    newest = detail;
    if (!asking) askOn();
  });
  frame.tabIndex = 0;
  frame.addEventListener("keydown", ({ key }) => key === "Escape" && tell({ kind: "escape" }));
}

// Turn to another tool. Bokeh's tools can't take over from one another: a drag ends with the one that
// it began with.
function steer(model, frame, view, tools) {
  let dragging = false;
  const turn = () => {
    const tool = view._document.get_model_by_id(tools[model.get("tool")]);
    if (tool && !dragging) view._document.roots()[0].toolbar.active_drag = tool;
  };
  frame.addEventListener("pointerdown", () => (dragging = true), true);
  // A button may be let go where nobody hears of it: then the next move tells.
  const ends = ["pointerup", "pointercancel", "pointermove"];
  const end = ({ buttons }) => {
    if (!dragging || buttons) return;
    dragging = false;
    setTimeout(turn); // Bokeh hears of the end after this
  };
  for (const event of ends) window.addEventListener(event, end, true);
  model.on("change:tool", turn);
  turn();
  return () => {
    model.off("change:tool", turn);
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
  div.className = "tsnecolor-frame";
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

// A view that was taken away still hears of new figures and would draw them, where nobody sees it.
function forgetFigure(view) {
  view.render = () => view;
  const place = Bokeh.documents.indexOf(view._document);
  if (place < 0) return;
  view._document.clear();
  Bokeh.documents.splice(place, 1);
}

async function render({ model, el }) {
  const [frame, forget] = box(model);
  el.append(frame);
  if (model.get("still").byteLength) frame.append(stillPicture(model));
  await loadBokeh(model);
  const { answer } = await ask(model, { want: "picture", ratio: window.devicePixelRatio });
  const picture = await model.widget_manager.get_model(answer.model_id);
  const view = await model.widget_manager.create_view(picture, {});
  view.el.style.width = view.el.style.height = "100%"; // the figure fills what it stands in
  frame.replaceChildren(view.el);
  follow(model, frame);
  const letGo = steer(model, frame, view, answer.tools);
  return () => {
    forget();
    letGo();
    view.remove();
    forgetFigure(view);
  };
}

export default { initialize, render };
