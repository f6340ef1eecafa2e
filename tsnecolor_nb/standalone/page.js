// The page around the map: what hands, keys and menus do. All text is set as text, never as HTML.
const $ = (id) => document.getElementById(id);
const element = (tag, text = "", name = "") =>
  Object.assign(document.createElement(tag), { textContent: text, className: name });
const rgb = (color) => `rgb(${color.join(",")})`;
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

const MOST_ZOOM = 2000; // positions are too coarse to zoom further
const MOST_RINGS = 1500, MANY_RINGS = 300, MOST_HITS = 60;
const REST_MS = 140, TAP_PX = 6, DOUBLE_TAP_MS = 320;
const REACH = { mouse: 10, touch: 24, pen: 16 }; // CSS pixels from which a point is chosen
const SLOW_MS = 60; // a frame while the hand moves may take so long

const page = JSON.parse($("data").textContent);
$("data").remove();

async function bytes(base64) {
  const packed = Uint8Array.fromBase64
    ? Uint8Array.fromBase64(base64)
    : Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Numbers of several bytes are stored as planes: all lowest bytes, then all second ones, …
function fromPlanes(planes, n, n_planes) {
  if (n_planes === 1) return planes;
  const numbers = new Uint32Array(n);
  for (let p = n_planes - 1; p >= 0; p--)
    for (let i = 0; i < n; i++) numbers[i] = numbers[i] * 256 + planes[p * n + i];
  return numbers;
}

// Positions are differences of Morton codes of 2 × 22 bits; half a code fills a number.
function positions(planes, n) {
  const X = new Float32Array(n), Y = new Float32Array(n), low22 = (1 << 22) - 1;
  const even = (v) => {
    v &= 0x155555;
    v = (v | (v >> 1)) & 0x333333;
    v = (v | (v >> 2)) & 0x0f0f0f;
    v = (v | (v >> 4)) & 0x00ff00ff;
    return (v | (v >> 8)) & 0xffff;
  };
  let low = 0, high = 0;
  for (let i = 0; i < n; i++) {
    low += planes[i] | (planes[n + i] << 8) | ((planes[2 * n + i] & 63) << 16);
    high += (planes[2 * n + i] >> 6) | (planes[3 * n + i] << 2);
    high += (planes[4 * n + i] << 10) | (planes[5 * n + i] << 18);
    high += low >> 22;
    low &= low22;
    X[i] = even(low) | (even(high) << 11);
    Y[i] = even(low >> 1) | (even(high >> 1) << 11);
  }
  return [X, Y];
}

async function decodeColors({ colors, palette, planes, categorical }, n) {
  if (!colors) return {};
  const packed = await bytes(colors), all = new Uint8Array(3 * n);
  if (!palette) {
    for (let c = 0; c < 3; c++)
      for (let i = 0, value = 0; i < n; i++)
        all[3 * i + c] = value = (value + packed[c * n + i]) & 255;
    return { rgb: all };
  }
  const table = Uint8Array.from(palette.flat());
  const labels = Int32Array.from(fromPlanes(packed, n, planes));
  for (let i = 0; i < n; i++) all.set(table.subarray(3 * labels[i], 3 * labels[i] + 3), 3 * i);
  return categorical ? { rgb: all, labels, palette: table } : { rgb: all };
}

// Draws in a worker, or here where a browser allows none.
function makePainter(X, Y) {
  const here = createRenderer(X, Y, page.behind), painter = { nearest: here.nearest, inside: here.inside, busy: false };
  const answer = (pixels) => ((painter.busy = false), painter.done(painter.asked, pixels));
  const how = ({ coloring, view, plain }) => [coloring, view, page.shading, plain];
  const drawHere = () => answer(here.draw(...how(painter.asked)));
  let worker = null;
  try {
    const serve = `let renderer;
      onmessage = ({ data: { points, colors, view } }) => {
        if (points) renderer = createRenderer(...points);
        else if (colors) renderer.setColors(...colors);
        else {
          const pixels = renderer.draw(...view);
          postMessage(pixels, [pixels.buffer]);
        }
      };`;
    const source = [`"use strict"; ${createRenderer}; ${serve}`];
    worker = new Worker(URL.createObjectURL(new Blob(source, { type: "text/javascript" })));
    worker.postMessage({ points: [X, Y, page.behind] });
  } catch {
    worker = null;
  }
  const known = new Map();
  painter.setColors = (key, colors) => {
    known.set(key, colors);
    if (worker) worker.postMessage({ colors: [key, colors] });
    else here.setColors(key, colors);
  };
  painter.knows = (key) => known.has(key);
  painter.draw = (request) => {
    painter.busy = true;
    painter.asked = request;
    if (worker) worker.postMessage({ view: how(request) });
    else setTimeout(drawHere);
  };
  if (worker) {
    worker.onmessage = ({ data }) => answer(data);
    worker.onerror = (event) => {
      event.preventDefault();
      worker = null;
      for (const [key, colors] of known) here.setColors(key, colors);
      if (painter.busy) drawHere();
    };
  }
  return painter;
}

async function start() {
  const { n, unit, low, extent } = page, side = extent[1] - extent[0];
  const [X, Y] = positions(await bytes(page.positions), n);
  const painter = makePainter(X, Y);
  const map = $("map"), canvas = $("picture"), marks = $("marks"), card = $("card");
  const decoded = new Map(), names = createNames(map);
  let dark, shown = 0, painted = {}, size = { width: 1, height: 1 };
  // The middle of the view in units of the map; at zoom 1 the whole map is in it.
  let view = { x: 0, y: 0, zoom: 1 };
  // Which points keep their color, or null for all; a version for each change of colors.
  let passing = null, version = 0;
  let drawn = null, restTimer = 0, movingRatio = 1, hovered = -1, rings = [], ringed = -1;

  const whole = { x: (extent[0] + extent[1]) / 2, y: (extent[2] + extent[3]) / 2, zoom: 1 };
  const perPixel = ({ zoom } = view) => side / (Math.min(size.width, size.height) * zoom);
  const toMap = (px, py) => [
    view.x + (px - size.width / 2) * perPixel(),
    view.y - (py - size.height / 2) * perPixel(),
  ];
  const toScreen = (i) => [
    size.width / 2 + (low[0] + X[i] * unit - view.x) / perPixel(),
    size.height / 2 - (low[1] + Y[i] * unit - view.y) / perPixel(),
  ];

  // --- frames ---

  const setBusy = (busy) => map.setAttribute("aria-busy", busy);

  function request(ratio, moving) {
    const width = Math.max(Math.round(size.width * ratio), 1);
    const height = Math.max(Math.round(size.height * ratio), 1);
    const scale = (width / size.width) / perPixel();
    painter.draw({
      coloring: shown, version, plain: dark ? page.plain[1] : page.plain[0], css: { ...view, size },
      started: performance.now(),
      view: {
        width, height, ratio, moving, scale: scale * unit,
        x0: (view.x - width / scale / 2 - low[0]) / unit,
        y0: (view.y - height / scale / 2 - low[1]) / unit,
      },
    });
  }

  painter.done = (asked, pixels) => {
    const { width, height, ratio, moving } = asked.view;
    canvas.width = width, canvas.height = height;
    canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
    drawn = asked;
    const ms = performance.now() - asked.started;
    if (moving) {
      const better = ms > SLOW_MS ? ratio / 1.5 : ms < SLOW_MS / 2 ? ratio * 1.5 : ratio;
      movingRatio = clamp(better, 0.5, 1);
    }
    place();
    $("message").hidden = true;
    if (stale()) draw();
    else if (!moving) setBusy(false);
  };

  const stale = () =>
    !drawn || drawn.coloring !== shown || drawn.version !== version || drawn.css.x !== view.x || drawn.css.y !== view.y ||
    drawn.css.zoom !== view.zoom || drawn.css.size !== size || drawn.plain !== page.plain[+dark];

  // Put the last frame where it belongs until the next one is there.
  function place() {
    if (!drawn) return;
    const scale = perPixel(drawn.css) / perPixel();
    const x = size.width / 2 + (drawn.css.x - view.x) / perPixel();
    const y = size.height / 2 - (drawn.css.y - view.y) / perPixel();
    const { width, height } = drawn.css.size;
    canvas.style.width = `${width}px`, canvas.style.height = `${height}px`;
    const left = x - (width / 2) * scale, top = y - (height / 2) * scale;
    const moved = `translate(${left}px, ${top}px) scale(${scale})`;
    canvas.style.transform = stale() ? moved : "";
  }

  function draw() {
    if (!painter.busy && painter.knows(shown) && stale()) request(movingRatio, true);
  }

  function sharpen() {
    if (painter.busy || !painter.knows(shown)) return (restTimer = setTimeout(sharpen, 20));
    const ratio = Math.max(devicePixelRatio, 1);
    if (stale() || drawn.view.moving || drawn.view.ratio !== ratio) request(ratio, false);
    else setBusy(false);
    remember();
  }

  function changed() {
    setBusy(true);
    place();
    drawMarks();
    draw();
    clearTimeout(restTimer);
    restTimer = setTimeout(sharpen, REST_MS);
  }

  // --- the view ---

  function look(x, y, zoom) {
    zoom = clamp(zoom, 0.5, MOST_ZOOM);
    view = { x: clamp(x, extent[0], extent[1]), y: clamp(y, extent[2], extent[3]), zoom };
    changed();
  }

  function zoomAt(px, py, factor) {
    const zoom = clamp(view.zoom * factor, 0.5, MOST_ZOOM), [x, y] = toMap(px, py);
    const keep = view.zoom / zoom;
    look(x + (view.x - x) * keep, y + (view.y - y) * keep, zoom);
  }

  const zoomBy = (factor) => zoomAt(size.width / 2, size.height / 2, factor);
  const move = (dx, dy) => look(view.x - dx * perPixel(), view.y + dy * perPixel(), view.zoom);
  const reset = () => look(whole.x, whole.y, 1);

  function fit(x0, x1, y0, y1) {
    const { width, height } = size;
    const shown = Math.max((x1 - x0) / width, (y1 - y0) / height) * Math.min(width, height);
    look((x0 + x1) / 2, (y0 + y1) / 2, side / Math.max(shown, side / MOST_ZOOM));
  }

  // --- the address ---

  function remember() {
    const parts = new URLSearchParams({ color: page.colorings[shown].name });
    // A hundredth of a pixel, also where a small map lies far from zero.
    const digits = clamp(Math.ceil(Math.log10((1e5 * view.zoom) / side)), 0, 20);
    for (const key of ["x", "y"]) parts.set(key, +view[key].toFixed(digits));
    parts.set("zoom", +view.zoom.toPrecision(6));
    history.replaceState(null, "", `#${parts}`);
  }

  function recall() {
    const parts = new URLSearchParams(location.hash.slice(1));
    const index = page.colorings.findIndex(({ name }) => name === parts.get("color"));
    if (index >= 0) choose(index);
    const [x, y, zoom] = ["x", "y", "zoom"].map((key) => parseFloat(parts.get(key)));
    if (![x, y, zoom].every(Number.isFinite)) return false;
    look(x, y, zoom);
    return true;
  }

  // --- colorings and legend ---

  async function choose(index) {
    shown = index;
    $("coloring").selectedIndex = index;
    showLegend(page.colorings[index]);
    if (!decoded.has(index)) {
      decoded.set(index, decodeColors(page.colorings[index], n));
      decoded.set(index, await decoded.get(index));
    }
    await decoded.get(index);
    if (shown === index) paint();
  }

  // Give the points the colors that are chosen, and grey to those that do not pass.
  function paint() {
    const colors = decoded.get(shown);
    if (!colors || colors instanceof Promise) return;
    painter.setColors(shown, (painted = passing ? greyed(colors) : colors));
    version += 1;
    changed();
  }

  function greyed({ rgb: colors, labels, palette }) {
    const grey = [16, 8, 0].map((bits) => (page.behind[+dark] >> bits) & 255);
    const all = new Uint8Array(3 * n), plain = page.plain[+dark];
    for (let i = 0; i < n; i++)
      for (let c = 0; c < 3; c++)
        all[3 * i + c] = !passing[i] ? grey[c] : colors ? colors[3 * i + c] : plain[c];
    if (!labels) return { rgb: all };
    const k = palette.length / 3;
    return {
      rgb: all, labels: labels.map((label, i) => (passing[i] ? label : k)),
      palette: Uint8Array.from([...palette, ...grey]),
    };
  }

  function showLegend({ name: coloring, legend }) {
    $("legend").replaceChildren(
      ...legend.map(({ name, color, png, note }) => {
        const item = element("li", "", color ? "" : "wide");
        if (color) item.append(element("i", "", "swatch"));
        if (color) item.firstChild.style.background = rgb(color);
        const src = `data:image/png;base64,${png}`;
        const alt = color ? "" : `legend of ${coloring}`;
        if (png) item.append(Object.assign(new Image(), { src, alt }));
        if (name) item.append(element("span", name));
        if (note) item.append(element("small", note));
        return item;
      })
    );
    $("coloring").title = coloring;
  }

  // --- points: card, search, rings ---

  const columns = await Promise.all(
    page.columns.map(async ({ name, unit, values, codes, planes }) => ({
      name, unit,
      values: JSON.parse(new TextDecoder().decode(await bytes(values))),
      codes: fromPlanes(await bytes(codes), n, planes),
    }))
  );

  function nearest(px, py, reach) {
    const [x, y] = toMap(px, py);
    const distance = (reach * perPixel()) / unit;
    return painter.nearest((x - low[0]) / unit, (y - low[1]) / unit, distance, passing);
  }

  async function showPoint(i) {
    if (i === hovered) return;
    hovered = i;
    card.hidden = true;
    drawMarks();
    if (i < 0) return;
    const { legend, palette } = page.colorings[shown], colors = await decoded.get(shown);
    const facts = element("div");
    if (colors?.rgb) {
      const color = [...colors.rgb.subarray(3 * i, 3 * i + 3)];
      const line = element("p"), swatch = element("i", "", "swatch");
      const entry = palette && legend.find((entry) => String(entry.color) === String(color));
      swatch.style.background = rgb(color);
      line.append(swatch, element("span", entry?.name || `rgb ${color.join(" ")}`));
      facts.append(line);
    }
    const list = element("dl");
    for (const { name, values, codes } of columns)
      if (values[codes[i]]) list.append(element("dt", name), element("dd", values[codes[i]]));
    facts.append(list);
    const picture = await pictureOf(i);
    if (i !== hovered || (!picture && !facts.textContent)) return;
    card.replaceChildren(...(picture ? [picture] : []), facts);
    card.hidden = false;
    placeCard();
  }

  const sheets = new Map();
  function sheet(index) {
    if (!sheets.has(index)) {
      const image = new Image();
      image.src = `data:image/webp;base64,${page.pictures.sheets[index]}`;
      sheets.set(index, image.decode().then(() => image));
    }
    return sheets.get(index);
  }

  const pointOf = (tile) => Math.floor((tile * n) / page.pictures.count);

  function cutOut(image, tile) {
    const { width, height, across } = page.pictures, place = tile % across ** 2;
    const small = Object.assign(element("canvas"), { width, height });
    const left = (place % across) * width, top = Math.floor(place / across) * height;
    small.getContext("2d").drawImage(image, -left, -top);
    return small;
  }

  // Pictures that were drawn in their place, by tile and ink; undefined while a sheet is loading.
  const small = new Map();
  function smallPicture(tile, ink) {
    const key = `${tile} ${ink}`;
    if (!small.has(key)) {
      small.set(key, undefined);
      sheet(Math.floor(tile / page.pictures.across ** 2)).then((image) => {
        const canvas = cutOut(image, tile);
        small.set(key, page.pictures.ink ? inkOf(canvas, ink) : canvas);
        drawMarks();
      }, () => {});
    }
    return small.get(key);
  }

  // Draw the points in view as their pictures, if there are few; those without one stay as they are.
  function drawPictures(pen) {
    if (!page.pictures || !painter.knows(shown)) return;
    const { count, ink: isInk } = page.pictures, around = IN_PLACE.LARGEST / 2;
    const [x0, y1] = toMap(-around, -around);
    const [x1, y0] = toMap(size.width + around, size.height + around);
    const inUnits = (value, axis) => (value - low[axis]) / unit;
    const ends = [inUnits(x0, 0), inUnits(x1, 0), inUnits(y0, 1), inUnits(y1, 1)];
    const inView = painter.inside(...ends, 4 * IN_PLACE.MOST);
    if (!inView) return;
    const placed = choosePictures(inView.map((i) => [...toScreen(i), i]), size);
    if (!placed) return;
    const { side, chosen } = placed, { rgb: colors } = painted;
    for (const [x, y, i] of chosen) {
      const tile = Math.ceil((i * count) / n);
      if (tile >= count || pointOf(tile) !== i) continue;
      const color = colors ? [...colors.subarray(3 * i, 3 * i + 3)] : page.plain[+dark];
      const ink = lightness(color) > 0.6 ? 0 : 255, picture = smallPicture(tile, ink);
      if (!picture) continue;
      const left = Math.round(x - side / 2), top = Math.round(y - side / 2);
      const frame = isInk ? 0 : 2, scale = (side - 2 * frame) / Math.max(picture.width, picture.height);
      const width = picture.width * scale, height = picture.height * scale;
      pen.fillStyle = rgb(color);
      pen.fillRect(left, top, side, side);
      pen.drawImage(picture, x - width / 2, y - height / 2, width, height);
      pen.lineWidth = 1, pen.strokeStyle = `rgba(${ink}, ${ink}, ${ink}, 0.35)`;
      pen.strokeRect(left + 0.5, top + 0.5, side - 1, side - 1);
    }
  }

  async function pictureOf(i) {
    if (!page.pictures) return null;
    const { count, across } = page.pictures;
    let best = 0;
    if (count === n) best = i;
    else
      for (let tile = 0, least = Infinity; tile < count; tile++) {
        const p = pointOf(tile), squared = (X[p] - X[i]) ** 2 + (Y[p] - Y[i]) ** 2;
        if (squared < least) (least = squared), (best = tile);
      }
    const image = await sheet(Math.floor(best / across ** 2)).catch(() => null);
    if (!image) return null;
    const figure = element("figure");
    figure.append(cutOut(image, best));
    if (pointOf(best) !== i) {
      figure.className = "nearby";
      figure.append(element("figcaption", "a point nearby"));
    }
    return figure;
  }

  function placeCard() {
    if (card.hidden || hovered < 0) return;
    const [x, y] = toScreen(hovered), { offsetWidth: width, offsetHeight: height } = card;
    const right = x + 18 + width < size.width ? x + 18 : x - 18 - width;
    const left = clamp(right, 8, Math.max(size.width - width - 8, 8));
    // Beside the point; above or below it where there is no room at its sides.
    let top = y - height / 2;
    if (left < x + 10 && left + width > x - 10)
      top = y + 18 + height < size.height ? y + 18 : y - 18 - height;
    top = clamp(top, 8, Math.max(size.height - height - 8, 8));
    card.style.transform = `translate(${left}px, ${top}px)`;
  }

  function drawMarks() {
    const ratio = devicePixelRatio;
    marks.width = Math.round(size.width * ratio), marks.height = Math.round(size.height * ratio);
    const pen = marks.getContext("2d");
    pen.scale(ratio, ratio);
    drawPictures(pen);
    const many = rings.length > MANY_RINGS, all = rings.map((i) => [i, many ? 3.5 : 6]);
    if (ringed >= 0) all.push([rings[ringed], 10]);
    if (hovered >= 0) all.push([hovered, 7]);
    // First what sets all rings off from the points, so that no ring covers another.
    for (const [width, color] of [[4, +dark], [2, +!dark]]) {
      pen.lineWidth = many ? width * 0.75 : width, pen.strokeStyle = ["#fff", "#000"][color];
      for (const [i, radius] of all) {
        const [x, y] = toScreen(i);
        if (x < -12 || y < -12 || x > size.width + 12 || y > size.height + 12) continue;
        pen.beginPath();
        pen.arc(x, y, radius, 0, 2 * Math.PI);
        pen.stroke();
      }
    }
    placeNames();
    placeCard();
  }

  function placeNames() {
    const { width, height } = size, half = [(width / 2) * perPixel(), (height / 2) * perPixel()];
    const shown = [view.x - half[0], view.x + half[0], view.y - half[1], view.y + half[1]];
    if ($("names").getAttribute("aria-pressed") === "true") names.place(shown, width, height, dark);
    else names.place(shown, 0, 0, dark);
  }

  const lowered = columns.map(() => null);
  function find(text) {
    const wanted = text.trim().toLowerCase(), hits = [], values = [];
    $("hits").replaceChildren();
    $("found").hidden = !wanted;
    rings = [], ringed = -1;
    if (!wanted) return drawMarks();
    const has = columns.map(({ values }, c) => {
      lowered[c] ??= values.map((value) => value.toLowerCase());
      return Uint8Array.from(lowered[c], (value) => value.includes(wanted));
    });
    const counts = columns.map(({ values }) => new Uint32Array(values.length));
    for (let i = 0; i < n; i++) {
      let hit = false;
      for (let c = 0; c < columns.length; c++) {
        const code = columns[c].codes[i];
        if (has[c][code]) counts[c][code]++, (hit = true);
      }
      if (hit) hits.push(i);
    }
    counts.forEach((count, c) =>
      count.forEach((m, code) => {
        if (m) values.push({ c, code, m, length: columns[c].values[code].length });
      })
    );
    // Shorter texts are nearer to what was typed.
    values.sort((a, b) => a.length - b.length || b.m - a.m);
    mark(hits);
    for (const { c, code, m } of values.slice(0, MOST_HITS)) {
      const button = element("button", columns[c].values[code]), item = element("li");
      button.append(element("small", m.toLocaleString("en")));
      button.onclick = () => {
        mark(hits.filter((i) => columns[c].codes[i] === code));
        goToAll();
      };
      item.append(button);
      $("hits").append(item);
    }
  }

  function mark(hits) {
    const step = Math.max(hits.length / MOST_RINGS, 1);
    const length = Math.floor(hits.length / step);
    rings = Array.from({ length }, (_, i) => hits[Math.floor(i * step)]);
    ringed = -1;
    const text = (m) => m.toLocaleString("en");
    const some = step > 1 ? `, ${text(length)} of them marked` : "";
    const found = `${text(hits.length)} point${hits.length === 1 ? "" : "s"}${some}`;
    $("found").firstElementChild.textContent = hits.length ? found : "nothing found";
    for (const button of $("found").querySelectorAll("button")) button.hidden = !hits.length;
    drawMarks();
  }

  function goToAll() {
    if (!rings.length) return;
    let x0 = Infinity, x1 = -Infinity, y0 = Infinity, y1 = -Infinity;
    for (const i of rings) {
      x0 = Math.min(x0, X[i]), x1 = Math.max(x1, X[i]);
      y0 = Math.min(y0, Y[i]), y1 = Math.max(y1, Y[i]);
    }
    const air = Math.max(0.1 * Math.max(x1 - x0, y1 - y0), side / unit / 200);
    const [left, right] = [x0 - air, x1 + air].map((x) => low[0] + x * unit);
    fit(left, right, ...[y0 - air, y1 + air].map((y) => low[1] + y * unit));
  }

  function goToNext(step) {
    if (!rings.length) return;
    if (ringed < 0 && step < 0) ringed = 0;
    ringed = (ringed + step + rings.length) % rings.length;
    const i = rings[ringed];
    look(low[0] + X[i] * unit, low[1] + Y[i] * unit, Math.max(view.zoom, 8));
    showPoint(i);
  }

  // --- filters and selections ---

  const filters = createFilters(columns, n, refilter);
  let selected = null; // one byte for each point, or null for all

  function refilter() {
    const before = passing, filtered = filters.passing();
    passing = filtered && selected ? filtered.map((one, i) => one & selected[i]) : filtered ?? selected;
    if (!passing && !before) return;
    let count = n;
    if (passing) count = passing.reduce((sum, one) => sum + one, 0);
    const text = `${count.toLocaleString("en")} of ${n.toLocaleString("en")} points pass`;
    $("filter").querySelector("small").textContent = filtered ? text : "";
    showPoint(-1);
    paint();
  }

  const filtered = new Set(); // numbers of the columns that have a filter
  function offerFilters() {
    const option = (c) => Object.assign(element("option", columns[c].name), { value: c });
    const free = [...columns.keys()].filter((c) => !filtered.has(c));
    $("add").replaceChildren(element("option", "add a filter …"), ...free.map(option));
    $("clear").disabled = !filtered.size;
  }

  $("add").onchange = ({ target }) => {
    const c = Number(target.value);
    filtered.add(c);
    $("filters").append(filters.row(c, () => (filtered.delete(c), offerFilters())));
    offerFilters();
  };
  $("clear").onclick = () => {
    filtered.clear();
    $("filters").replaceChildren();
    filters.clear();
    offerFilters();
  };
  $("selection").onchange = async ({ target }) => {
    const index = target.selectedIndex - 1;
    const bits = index < 0 ? null : await bytes(page.selections[index].points);
    selected = bits && Uint8Array.from({ length: n }, (_, i) => (bits[i >> 3] >> (7 - (i & 7))) & 1);
    refilter();
  };

  // --- hands and keys ---

  const pointers = new Map();
  let tap = null, lastTap = null;
  const local = (event) => {
    const box = map.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  map.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    map.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, local(event));
    tap = pointers.size === 1 ? { ...local(event), time: event.timeStamp } : null;
  });

  map.addEventListener("pointermove", (event) => {
    const now = local(event), before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") showPoint(nearest(now.x, now.y, REACH.mouse));
      return;
    }
    if (tap && Math.hypot(now.x - tap.x, now.y - tap.y) < TAP_PX) return;
    tap = null;
    map.classList.add("moving");
    if (pointers.size === 1) move(now.x - before.x, now.y - before.y);
    else {
      const [, other] = [...pointers].find(([id]) => id !== event.pointerId);
      const apart = (p) => Math.max(Math.hypot(p.x - other.x, p.y - other.y), 1);
      const middle = (p) => [(p.x + other.x) / 2, (p.y + other.y) / 2];
      const [x, y] = middle(now), [x0, y0] = middle(before);
      move(x - x0, y - y0);
      zoomAt(x, y, apart(now) / apart(before));
    }
    pointers.set(event.pointerId, now);
  });

  const lift = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    map.classList.toggle("moving", pointers.size > 0);
    if (!tap || event.type !== "pointerup") return (tap = null);
    const { x, y } = tap, time = event.timeStamp;
    tap = null;
    const soon = lastTap && time - lastTap.time < DOUBLE_TAP_MS;
    if (soon && Math.hypot(x - lastTap.x, y - lastTap.y) < 30) {
      lastTap = null;
      zoomAt(x, y, event.shiftKey ? 0.5 : 2);
    } else {
      lastTap = { x, y, time };
      showPoint(nearest(x, y, REACH[event.pointerType] ?? REACH.mouse));
    }
  };
  map.addEventListener("pointerup", lift);
  map.addEventListener("pointercancel", lift);
  map.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") showPoint(-1);
  });

  map.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const { x, y } = local(event), unit_px = [1, 20, 400][event.deltaMode];
      // Browsers report a pinch on a touchpad as a wheel with Ctrl.
      const speed = event.ctrlKey ? 0.01 : 0.002;
      zoomAt(x, y, Math.exp(clamp(-event.deltaY * unit_px, -400, 400) * speed));
    },
    { passive: false }
  );

  const keys = {
    "+": () => zoomBy(1.5), "=": () => zoomBy(1.5), "-": () => zoomBy(1 / 1.5), 0: reset,
    ArrowLeft: () => move(80, 0), ArrowRight: () => move(-80, 0),
    ArrowUp: () => move(0, 80), ArrowDown: () => move(0, -80),
    Escape: () => showPoint(-1),
  };
  addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, aside") && event.key !== "Escape";
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  $("in").onclick = () => zoomBy(1.5);
  $("out").onclick = () => zoomBy(1 / 1.5);
  $("whole").onclick = reset;
  $("names").onclick = () => {
    const pressed = $("names").getAttribute("aria-pressed") !== "true";
    $("names").setAttribute("aria-pressed", pressed);
    placeNames();
  };
  $("ground").onclick = () => setGround(!dark);
  $("coloring").onchange = (event) => choose(event.target.selectedIndex).then(remember);
  $("search").oninput = (event) => find(event.target.value);
  $("search").onkeydown = (event) => {
    if (event.key === "Enter") goToAll();
    if (event.key === "Escape") (event.target.value = ""), find("");
  };
  $("all").onclick = goToAll;
  $("next").onclick = () => goToNext(1);
  $("previous").onclick = () => goToNext(-1);
  addEventListener("hashchange", recall);

  function setGround(isDark) {
    dark = isDark;
    document.documentElement.classList.toggle("dark", dark);
    $("ground").textContent = dark ? "Light" : "Dark";
    if (passing) paint();
    else changed();
  }

  new ResizeObserver(() => {
    size = { width: map.clientWidth, height: map.clientHeight };
    changed();
  }).observe(map);

  size = { width: map.clientWidth, height: map.clientHeight };
  dark = page.dark ?? matchMedia("(prefers-color-scheme: dark)").matches;
  for (const { name } of page.colorings) $("coloring").append(element("option", name));
  $("search").closest("section").hidden = $("filter").hidden = !columns.length;
  $("chosen").hidden = !page.selections.length;
  for (const { name, count } of page.selections)
    $("selection").append(element("option", `${name}, ${count.toLocaleString("en")} points`));
  offerFilters();
  $("names").hidden = !page.names.places?.length;
  names.set(page.names);
  view = whole;
  await choose(0);
  setGround(dark);
  if (!recall() && page.ranges) fit(...page.ranges.flat());
}

start().catch((error) => {
  $("message").hidden = false;
  $("message").textContent =
    `This page could not be drawn: ${error.message}. A browser of 2023 or newer is needed.`;
});
