// Filters of a page, in the words of tsnecolor_nb/explorer/panels/filter.py: a range of a column's
// numbers, or some of its labels. A column has a name, values as texts, their unit or null for
// labels, and codes: the number of each point's value. All text is set as text, never as HTML.
function createFilters(columns, n, onChange) {
  const FEW_BOXES = 8, MOST_BOXES = 200, STEPS = 500;
  const filters = new Map(); // number of a column -> which of its values pass, one byte each

  // Which points pass all filters, one byte each; null while there are none.
  function passing() {
    if (!filters.size) return null;
    const passes = new Uint8Array(n).fill(1);
    for (const [c, allowed] of filters) {
      const { codes } = columns[c];
      for (let i = 0; i < n; i++) passes[i] &= allowed[codes[i]];
    }
    return passes;
  }

  function set(c, allowed) {
    if (allowed) filters.set(c, allowed);
    else filters.delete(c);
    onChange();
  }

  const number = (text, unit) => {
    if (!text) return NaN;
    if (unit === "date") return Date.parse(text.includes(" ") ? `${text.replace(" ", "T")}Z` : text);
    return text.startsWith("U+") ? parseInt(text.slice(2), 16) : Number(text);
  };

  const written = (value, unit) => {
    if (unit === "date") return new Date(value).toISOString().slice(0, 10);
    if (value && !(Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6)) return value.toExponential(2);
    if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en");
    return String(+value.toPrecision(3));
  };

  // A row for a column; `remove` is called when its button is clicked.
  function row(c, remove) {
    const box = element("div", "", "filter"), head = element("div", "", "bar"), { name, unit } = columns[c];
    const title = `remove the filter on ${name}`;
    const button = Object.assign(element("button", "×"), { title, ariaLabel: title });
    button.onclick = () => {
      box.remove();
      set(c, null);
      remove();
    };
    head.append(element("strong", name), button);
    box.append(head, ...(unit === null ? labels(c) : range(c)));
    return box;
  }

  function count({ values, codes }) {
    const counts = new Uint32Array(values.length);
    for (let i = 0; i < n; i++) counts[codes[i]]++;
    return counts;
  }

  function checkBox(text, detail, onTick) {
    const label = element("label", "", "check"), input = element("input");
    input.type = "checkbox";
    input.onchange = () => onTick(input.checked);
    label.append(input, element("span", text), ...(detail ? [element("small", detail)] : []));
    return label;
  }

  function range(c) {
    const { name, unit, values } = columns[c], counts = count(columns[c]);
    const numbers = values.map((text) => number(text, unit)), known = numbers.filter(Number.isFinite);
    const low = known.reduce((a, b) => Math.min(a, b), Infinity);
    const high = known.reduce((a, b) => Math.max(a, b), -Infinity);
    if (!(low < high)) return [element("small", "no range to choose from")];
    const n_missing = numbers.reduce((sum, one, i) => sum + (Number.isNaN(one) ? counts[i] : 0), 0);
    let withMissing = false;
    const sliders = [["lowest", 0], ["highest", STEPS]].map(([end, value]) => {
      const slider = Object.assign(element("input"), { type: "range", min: 0, max: STEPS, value });
      slider.setAttribute("aria-label", `${end} ${name} that passes`);
      slider.oninput = follow;
      return slider;
    });
    const track = element("div", "", "range"), text = element("small");
    track.append(...sliders);
    function follow() {
      const steps = sliders.map(({ value }) => Number(value)).sort((a, b) => a - b);
      const [from, to] = steps.map((step) => low + ((high - low) * step) / STEPS);
      text.textContent = `from ${written(from, unit)} to ${written(to, unit)}`;
      const isAll = steps[0] === 0 && steps[1] === STEPS && (withMissing || !n_missing);
      const passes = (one) => (Number.isNaN(one) ? withMissing : one >= from && one <= to);
      set(c, isAll ? null : Uint8Array.from(numbers, passes));
    }
    const missing = `${n_missing.toLocaleString("en")} without a value, too`;
    const box = checkBox(missing, "", (is_on) => ((withMissing = is_on), follow()));
    follow();
    return [track, text, ...(n_missing ? [box] : [])];
  }

  function labels(c) {
    const { values } = columns[c], counts = count(columns[c]), chosen = new Set();
    const byCount = [...values.keys()].sort((a, b) => counts[b] - counts[a]);
    const find = Object.assign(element("input"), {
      type: "search", placeholder: `find in ${values.length.toLocaleString("en")} labels`,
    });
    const buttons = ["all", "none"].map((text) => element("button", text));
    const search = element("div", "", "bar"), list = element("div", "", "checks"), more = element("small");
    search.append(find, ...buttons);
    search.hidden = values.length <= FEW_BOXES;
    find.setAttribute("aria-label", `find labels of ${columns[c].name}`);
    const found = () => {
      const wanted = find.value.trim().toLowerCase();
      return byCount.filter((code) => values[code].toLowerCase().includes(wanted));
    };
    function fill() {
      const codes = found(), shown = [...codes].sort((a, b) => chosen.has(b) - chosen.has(a));
      list.replaceChildren(...shown.slice(0, MOST_BOXES).map((code) => {
        const tick = (is_on) => choose(is_on ? [...chosen, code] : [...chosen].filter((one) => one !== code));
        const box = checkBox(values[code] || "missing", counts[code].toLocaleString("en"), tick);
        box.firstChild.checked = chosen.has(code);
        return box;
      }));
      const rest = codes.length - MOST_BOXES;
      more.textContent = rest > 0 ? `… and ${rest.toLocaleString("en")} more: type to find them` : "";
      if (!codes.length) more.textContent = "no label has that text";
    }
    function choose(codes) {
      chosen.clear();
      for (const code of codes) chosen.add(code);
      set(c, chosen.size ? Uint8Array.from(values, (_, code) => chosen.has(code)) : null);
    }
    find.oninput = fill;
    buttons[0].onclick = () => (choose([...chosen, ...found()]), fill());
    buttons[1].onclick = () => (choose([]), fill());
    fill();
    return [search, list, more];
  }

  return { passing, row, clear: () => (filters.clear(), onChange()) };
}
