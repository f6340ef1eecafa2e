// A live map: Bokeh draws the figure, and the kernel sends pixels for what the figure shows. They are
// painted on a canvas behind the figure, which has no ground: Bokeh would copy them several times and
// draw the figure anew. Bokeh's script comes over the kernel's own connection.

const SETTLE_MS = 25; // without a move, after which the map rests
const HOVER_MS = 40; // between two messages about where the mouse is
const LOST_MS = 3000; // after which an answer is no longer awaited: the kernel was restarted
const CLICK_PX = 4; // a click that moved farther is a drag
const DRAG_PX = 5; // from which on a move with a held button is a drag to Bokeh
const NOTCH = 120; // what a mouse's wheel tells of one notch; a touchpad tells of smaller steps
const HOLD_MS = 250; // a little less than after what Bokeh takes a held button for a press

const TOOLS = ["Move", "Lasso", "Box"];
const FILL = "position: absolute; inset: 0; width: 100%; height: 100%";
const MARKS = ["lines", "neighbors", "probed", "marked", "hovered"];

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

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

// All maps of a page share one Bokeh. One of another version, which the page may have for other
// figures, keeps its name.
function loadBokeh(model) {
  const version = model.get("bokeh_version");
  const name = Symbol.for(`tsnecolor_nb Bokeh ${version}`);
  const load = async () => {
    const before = window.Bokeh;
    if (before?.version === version) return before;
    const { buffers } = await ask(model, { want: "script" });
    const unzipped = new Blob([buffers[0]]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(unzipped).text();
    document.head.append(script);
    const loaded = window.Bokeh;
    if (before) window.Bokeh = before;
    return loaded;
  };
  // A kernel that ends while it is asked would leave the others waiting.
  const wait = window[name] && Promise.race([window[name], sleep(4 * LOST_MS)]);
  return (window[name] = Promise.resolve(wait).then((loaded) => loaded ?? load()));
}

// The strips of WebP that a frame is made of, the first on top.
const decode = (strips) => Promise.all(
  strips.map((strip) => createImageBitmap(
    new Blob([strip], { type: "image/webp" }), { colorSpaceConversion: "none" },
  )),
);

// What happens to a figure and to the maps that move with it. The same for all maps of a page.
const news = (kind, detail) => document.dispatchEvent(new CustomEvent(kind, { detail }));

class LiveMap {
  constructor(model, map, Bokeh, views) {
    Object.assign(this, { model, map, Bokeh, views });
    this.canvas = document.createElement("canvas");
    this.canvas.className = "tsnecolor-frame";
    this.canvas.style.cssText = `${FILL}; transform-origin: 0 0; pointer-events: none`;
    map.prepend(this.canvas);
    this.figure = views.roots[0].model;
    this.document = this.figure.document;
    this.id = crypto.getRandomValues(new Uint32Array(2)).join("-");
    this.questions = 0;
    this.stop = new AbortController();
    const { signal } = this.stop;
    document.addEventListener("tsnecolor", ({ detail }) => this.onFigure(detail), { signal });
    document.addEventListener("tsnecolor-moved", ({ detail }) => this.follow(detail), { signal });
    this.onMessage = (message, buffers) => {
      if (message.ranges) this.show(message.ranges);
      if (message.display === this.id) this.paint(message, buffers);
    };
    model.on("msg:custom", this.onMessage);
    this.observer = new ResizeObserver(() => {
      this.equalAspect();
      this.placeFrame();
      this.moved();
    });
    this.observer.observe(map);
    this.names = createNames(map);
    signal.addEventListener("abort", () => this.names.close());
    const stops = [
      follow(model, "names", () => {
        this.names.set(model.get("names"));
        this.showNames();
      }),
      follow(model, "background", () => {
        const [r, g, b] = groundOf(map);
        this.dark = r + g + b < 384;
        this.showNames();
      }),
    ];
    signal.addEventListener("abort", () => stops.forEach((stop) => stop()));
    map.addEventListener("wheel", ({ wheelDelta }) => {
      this.notch = Math.abs(wheelDelta) * devicePixelRatio >= NOTCH; // a zoomed page divides it
    }, { signal, capture: true, passive: true });
    this.allowPauses(signal);
    if (this.get("Move")) this.watchPointer(signal);
  }

  get(name) {
    return this.document.get_model_by_name(name);
  }

  get ranges() {
    const { x_range: x, y_range: y } = this.figure;
    return [x.start, x.end, y.start, y.end];
  }

  show([x0, x1, y0, y1]) {
    this.figure.x_range.setv({ start: x0, end: x1 });
    this.figure.y_range.setv({ start: y0, end: y1 });
  }

  close() {
    this.stop.abort();
    this.observer.disconnect();
    this.model.off("msg:custom", this.onMessage);
    clearTimeout(this.timer);
    this.model.send({ want: "gone", display: this.id });
    this.canvas.remove();
    this.views.clear();
    const place = this.Bokeh.documents.indexOf(this.document);
    this.document.clear();
    if (place >= 0) this.Bokeh.documents.splice(place, 1);
  }

  onFigure({ kind, model, geometry, final }) {
    const { x_range, y_range } = this.figure;
    if (![this.figure, x_range, y_range].includes(model)) return;
    if (kind === "reset") this.equalAspect();
    // With Alt, Bokeh also tells of a lasso that is not yet closed.
    if (kind === "select" && final) this.select(geometry);
    if (kind !== "range") return;
    this.placeFrame();
    if (this.announced) return;
    // One move changes four numbers: tell of it once.
    this.announced = true;
    queueMicrotask(() => {
      this.announced = false;
      this.moved();
      if (!this.following) {
        const { id, ranges } = this;
        news("tsnecolor-moved", { id, ranges, group: this.model.get("group") });
      }
    });
  }

  // The same map shown by two cells moves in both, and so do maps of one group.
  follow({ id, group, ranges }) {
    if (id === this.id || group !== this.model.get("group")) return;
    this.following = true;
    this.show(ranges);
    this.equalAspect();
    queueMicrotask(() => queueMicrotask(() => (this.following = false)));
  }

  // One unit of x is as long as one of y: the shorter side keeps its span.
  equalAspect() {
    const { clientWidth: w, clientHeight: h } = this.map;
    if (!w || !h) return;
    const [x0, x1, y0, y1] = this.ranges;
    const half = Math.min(x1 - x0, y1 - y0) / Math.min(w, h) / 2;
    const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
    this.show([x - half * w, x + half * w, y - half * h, y + half * h]);
  }

  showNames() {
    this.names.place(this.ranges, this.map.clientWidth, this.map.clientHeight, this.dark);
  }

  // A map that moves asks for a quick frame now and then, one that rests for a fine one. After the
  // notch of a wheel it rests, mostly: then it need not wait to see whether it does.
  moved() {
    this.showNames();
    this.lastMove = performance.now();
    if (this.notch && this.timer === undefined) this.askFrame(false);
    this.notch = false;
    this.timer ??= setTimeout(() => this.tick(), SETTLE_MS);
  }

  tick() {
    const moving = performance.now() - this.lastMove < SETTLE_MS - 2;
    this.timer = moving ? setTimeout(() => this.tick(), SETTLE_MS) : undefined;
    if (!moving || !this.awaited) this.askFrame(moving);
  }

  askFrame(moving) {
    const { clientWidth: width, clientHeight: height } = this.map;
    if (!width || !height) return; // hidden: the observer will tell when it is not
    const ratio = window.devicePixelRatio;
    const question = { ranges: this.ranges, width, height, ratio, moving };
    const text = JSON.stringify(question);
    if (text === this.asked) return;
    this.asked = text;
    this.awaited = true;
    this.questions += 1; // a message may reach the kernel before an earlier one
    this.model.send({ want: "frame", display: this.id, number: this.questions, ...question });
  }

  async paint({ shown }, strips) {
    const bitmaps = await decode(strips);
    this.awaited = false;
    if (this.stop.signal.aborted) return;
    const { canvas } = this;
    canvas.width = bitmaps[0].width;
    canvas.height = bitmaps.reduce((sum, bitmap) => sum + bitmap.height, 0);
    const context = canvas.getContext("2d");
    let top = 0;
    for (const bitmap of bitmaps) {
      context.drawImage(bitmap, 0, top);
      top += bitmap.height;
      bitmap.close();
    }
    this.shown = shown;
    this.placeFrame();
    this.model.send({ want: "painted", display: this.id });
    this.onPaint?.();
  }

  // Until a fresh frame comes, the last one is shown where its points are now.
  placeFrame() {
    if (!this.shown) return;
    const { clientWidth: w, clientHeight: h } = this.map;
    const [x0, x1, y0, y1] = this.ranges;
    const [left, right, bottom, top] = this.shown;
    const [x, y] = [(left - x0) / (x1 - x0), (y1 - top) / (y1 - y0)];
    const [wide, high] = [(right - left) / (x1 - x0), (top - bottom) / (y1 - y0)];
    const fits = Math.max(Math.abs(wide - 1), Math.abs(high - 1), Math.abs(x), Math.abs(y)) < 1e-9;
    this.canvas.style.transform =
      fits ? "none" : `translate(${x * w}px, ${y * h}px) scale(${wide}, ${high})`;
  }

  // To Bokeh, a button that is held before the mouse moves is a press, and no drag follows; so does
  // a drag in a busy page. Let Bokeh forget such a press, and press again as the drag begins.
  allowPauses(signal) {
    const { map } = this;
    let down, target;
    map.addEventListener("pointerdown", (event) => {
      if (!event.isTrusted) return;
      down = event.isPrimary ? event : undefined;
      [target] = event.composedPath(); // inside of the figure's shadow root
    }, { signal, capture: true });
    map.addEventListener("pointermove", (event) => {
      if (!down || !event.isPrimary) return;
      const moved = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY);
      if (event.buttons && moved <= DRAG_PX) return;
      const held = event.buttons && event.timeStamp - down.timeStamp > HOLD_MS;
      const kinds = held ? ["pointercancel", "pointerdown"] : [];
      for (const kind of kinds) target.dispatchEvent(new PointerEvent(kind, down));
      down = undefined;
    }, { signal, capture: true });
  }

  watchPointer(signal) {
    const { model, map } = this;
    const place = ({ clientX, clientY }) => {
      const box = map.getBoundingClientRect();
      const [x0, x1, y0, y1] = this.ranges;
      const unit = (x1 - x0) / box.width;
      return { x: x0 + (clientX - box.left) * unit, y: y1 - (clientY - box.top) * unit, unit };
    };
    let down;
    map.addEventListener("pointermove", (event) => {
      if (!event.buttons) this.hover({ kind: "hover", ...place(event) });
    }, { signal });
    map.addEventListener("pointerleave", () => this.hover({ kind: "leave" }), { signal });
    map.addEventListener("pointerdown", (event) => {
      down = event;
      this.mode = event.shiftKey ? "add" : event.altKey ? "remove" : "replace";
    }, { signal, capture: true });
    map.addEventListener("click", (event) => {
      const far = Math.hypot(event.clientX - down?.clientX, event.clientY - down?.clientY);
      if (far <= CLICK_PX) this.tell({ kind: "tap", ...place(event) });
    }, { signal });
    map.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.tell({ kind: "escape" });
    }, { signal });
    map.tabIndex = 0;
    this.switchTools(signal);
    for (const name of MARKS) {
      const source = this.get(name);
      const stop = follow(model, name, () => {
        const places = model.get(name);
        source.data = Object.fromEntries(
          source.columns().map((column, i) => [column, places.map((place) => place[i])]),
        );
      });
      signal.addEventListener("abort", stop);
    }
  }

  tell(event) {
    return ask(this.model, { want: "pointer", ...event });
  }

  select(geometry) {
    const { type, x0, x1, y0, y1, x, y } = geometry;
    const plain = type === "poly" ? { x: Array.from(x), y: Array.from(y) } : { x0, x1, y0, y1 };
    this.tell({ kind: "select", mode: this.mode, geometry: { type, ...plain } });
  }

  // Of the mouse's positions the kernel hears the newest only, and that only once the one before is
  // answered, so that a busy kernel finds one message waiting and not hundreds.
  async hover(event) {
    const idle = !this.newest && !this.sending;
    this.newest = event;
    if (!idle) return;
    this.sending = true;
    while (this.newest) {
      const sent = this.tell(this.newest);
      this.newest = undefined;
      await Promise.all([Promise.race([sent, sleep(LOST_MS)]), sleep(HOVER_MS)]);
    }
    this.sending = false;
  }

  // Activate another tool, but not during a drag: Bokeh's tools can't take over from one another.
  switchTools(signal) {
    const { model, map } = this;
    let dragging = false;
    const activate = () => {
      if (!dragging) this.figure.toolbar.active_drag = this.get(TOOLS[model.get("tool")]);
    };
    map.addEventListener("pointerdown", () => (dragging = true), { signal, capture: true });
    // A button may be released outside of the page: then the next move shows it.
    const end = ({ buttons }) => {
      if (!dragging || buttons) return;
      dragging = false;
      setTimeout(activate); // Bokeh hears of the end after this
    };
    for (const event of ["pointerup", "pointercancel", "pointermove"]) {
      window.addEventListener(event, end, { signal, capture: true });
    }
    const stop = follow(model, "tool", activate);
    signal.addEventListener("abort", stop);
  }
}

// Do something with a trait, now and whenever it changes; return how to end that.
function follow(model, name, act) {
  model.on(`change:${name}`, act);
  act();
  return () => model.off(`change:${name}`, act);
}

function stillPicture(model) {
  const image = document.createElement("img");
  image.style.cssText = `${FILL}; object-fit: contain; pointer-events: none`;
  image.src = URL.createObjectURL(new Blob([model.get("still")], { type: "image/png" }));
  image.onload = () => URL.revokeObjectURL(image.src);
  return image;
}

function box() {
  const div = document.createElement("div");
  div.className = "tsnecolor-map";
  div.setAttribute("role", "group");
  div.setAttribute("aria-label", "map");
  div.style.cssText = "position: relative; resize: both; overflow: hidden; max-width: 100%; min-width: 150px; min-height: 150px";
  return div;
}

// Return the CSS color of an element's ground as numbers of 0 to 255, with its opacity.
function groundOf(element) {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.fillStyle = getComputedStyle(element).backgroundColor;
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}

// Whether what lies behind an element is dark: by what JupyterLab says of its theme, else by color.
function isDark(element) {
  const light = document.body.getAttribute("data-jp-theme-light");
  if (light) return light === "false";
  for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
    const [r, g, b, a] = groundOf(at);
    if (a > 127) return 0.3 * r + 0.6 * g + 0.1 * b < 100;
  }
  return false;
}

// Tell the kernel whether the page is dark, now and whenever that changes.
function followTheme(model, element) {
  const tell = () => {
    const dark = isDark(element);
    if (dark === model.get("dark")) return;
    model.set("dark", dark);
    model.save_changes();
  };
  const observer = new MutationObserver(tell);
  for (const root of [document.documentElement, document.body]) {
    observer.observe(root, { attributes: true });
  }
  tell();
  return () => observer.disconnect();
}

async function render({ model, el }) {
  const map = box();
  el.append(map);
  const stops = [
    follow(model, "size", () => (map.style.width = map.style.height = `${model.get("size")}px`)),
    follow(model, "background", () => (map.style.background = model.get("background"))),
    followTheme(model, el),
  ];
  const place = document.createElement("div");
  place.style.cssText = "position: relative; width: 100%; height: 100%";
  map.append(place);
  const still = model.get("still").byteLength ? stillPicture(model) : undefined;
  if (still) map.append(still);
  let live, ended = false;
  (async () => {
    const [Bokeh, { answer }] = await Promise.all([
      loadBokeh(model), ask(model, { want: "figure" }),
    ]);
    if (ended) return;
    const views = await Bokeh.embed.embed_item(answer.figure, place);
    live = new LiveMap(model, map, Bokeh, views);
    live.onPaint = () => {
      live.onPaint = undefined;
      requestAnimationFrame(() => requestAnimationFrame(() => still?.remove()));
    };
    if (ended) live.close();
  })();
  return () => {
    ended = true;
    for (const stop of stops) stop();
    live?.close();
  };
}

export default { initialize, render };
