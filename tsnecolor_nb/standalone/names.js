// Names on a map: which of many there is room for in a view, and their elements over the map, by the
// rule of tsnecolor_nb/picture/names.py. All text is set as text, never as HTML.
function createNames(box) {
  const MOST = 25, LEAST = 5, ALIKE = 120, GAP = 4; // CSS pixels, but for the first
  const layer = document.createElement("div");
  layer.className = "tsnecolor-names";
  layer.style.cssText =
    "position: absolute; inset: 0; overflow: hidden; pointer-events: none; user-select: none;" +
    "font: 13px/17px 'DejaVu Sans', Verdana, sans-serif; paint-order: stroke fill;" +
    "-webkit-text-stroke-width: 4px; stroke-linejoin: round";
  box.append(layer);
  const shown = new Map(); // number of a name -> its element
  let looks = [], places = [];

  function set(names) {
    ({ looks = [], places = [] } = names);
    shown.clear();
    layer.replaceChildren();
  }

  // view: x0, x1, y0, y1 in units of the map. Returns the number of each name and its middle.
  function choose([x0, x1, y0, y1], width, height) {
    const chosen = [], apart = Math.min(width, height) / 2, alike = Math.min(apart, ALIKE);
    for (let i = 0; i < places.length && chosen.length < MOST; i++) {
      const [x, y, radius, kind, part] = places[i];
      const left = ((x - x0) / (x1 - x0)) * width, top = ((y1 - y) / (y1 - y0)) * height;
      if (!(left >= 0 && left <= width && top >= 0 && top <= height)) continue;
      if ((radius * width) / (x1 - x0) < LEAST) continue;
      const { width: w, height: h } = looks[kind];
      if (w + 2 * GAP > width || h + 2 * GAP > height) continue;
      const u = Math.min(Math.max(left, w / 2 + GAP), width - w / 2 - GAP);
      const v = Math.min(Math.max(top, h / 2 + GAP), height - h / 2 - GAP);
      const fits = chosen.every(([j, otherX, otherY]) => {
        const [, , , otherKind, otherPart] = places[j], other = looks[otherKind];
        const dx = Math.abs(u - otherX), dy = Math.abs(v - otherY);
        if (dx < (w + other.width) / 2 + GAP && dy < (h + other.height) / 2 + GAP) return false;
        return kind !== otherKind || Math.max(dx, dy) >= (part === otherPart ? apart : alike);
      });
      if (fits) chosen.push([i, u, v]);
    }
    return chosen;
  }

  function make(i) {
    const { text, width, height, picture, color } = looks[places[i][3]];
    const name = document.createElement(picture ? "img" : "span");
    if (picture) Object.assign(name, { src: picture, alt: text });
    else name.textContent = text;
    name.style.cssText =
      `position: absolute; left: ${-width / 2}px; top: ${-height / 2}px; width: ${width}px;` +
      `height: ${height}px; box-sizing: border-box; white-space: nowrap; text-align: center`;
    if (picture) {
      name.style.cssText += "; object-fit: contain; border: 3px solid; outline: 1px solid black";
      name.style.borderColor = name.style.background = color || "white";
    }
    layer.append(name);
    return name;
  }

  function place(view, width, height, dark) {
    const chosen = width && height ? choose(view, width, height) : [];
    layer.style.color = dark ? "white" : "black";
    layer.style.webkitTextStrokeColor = dark ? "black" : "white";
    const now = new Set(chosen.map(([i]) => i));
    for (const [i, name] of shown) if (!now.has(i)) name.remove(), shown.delete(i);
    for (const [i, x, y] of chosen) {
      if (!shown.has(i)) shown.set(i, make(i));
      shown.get(i).style.transform = `translate(${x}px, ${y}px)`;
    }
  }

  return { set, place, choose, close: () => layer.remove() };
}
