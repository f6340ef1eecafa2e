const isDark = () => {
  const { theme } = document.body.dataset;
  return theme === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
};

// Press the map's own button where its ground is not that of the page.
function followTheme(frame) {
  const map = frame?.contentDocument?.documentElement; // null for a page opened from disk
  if (map && map.classList.contains("dark") !== isDark()) map.querySelector("#ground").click();
}

// Living maps load when they are scrolled to; they take the wheel only from a hand that is on them.
for (const figure of document.querySelectorAll(".living-map")) {
  const place = figure.querySelector(".frame"), slider = figure.querySelector("input");
  const address = figure.dataset.page;
  const labels = slider && JSON.parse(slider.dataset.labels);
  const chosen = () => (labels ? `#${new URLSearchParams({ color: labels[slider.value] })}` : "");
  let frame = null;

  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    frame = document.createElement("iframe");
    frame.title = "The map, live";
    frame.onload = () => {
      figure.classList.add("loaded");
      const map = frame.contentDocument?.getElementById("map");
      if (!map) return;
      new MutationObserver((_, drawn) => {
        if (map.getAttribute("aria-busy") !== "false") return;
        drawn.disconnect();
        followTheme(frame);
      }).observe(map, { attributes: true });
    };
    frame.src = address + chosen();
    place.append(frame);
  }).observe(place);

  new MutationObserver(() => followTheme(frame)).observe(document.body, {
    attributeFilter: ["data-theme"],
  });

  // A page that scrolls under a resting mouse must not be caught by a map.
  const wake = () => figure.classList.add("awake");
  place.addEventListener("click", wake);
  place.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" && (event.movementX || event.movementY)) wake();
  });
  place.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") figure.classList.remove("awake");
  });
  document.addEventListener("pointerdown", (event) => {
    if (!place.contains(event.target)) figure.classList.remove("awake");
  });

  slider?.addEventListener("input", () => {
    figure.querySelector("output").textContent = labels[slider.value];
    // A fragment alone loads nothing again, and the map keeps its view.
    frame?.contentWindow.location.replace(new URL(address + chosen(), location.href));
  });
}

for (const figure of document.querySelectorAll(".frames")) {
  const slider = figure.querySelector("input"), labels = JSON.parse(slider.dataset.labels);
  slider.addEventListener("input", () => {
    figure.querySelector("output").textContent = labels[slider.value];
    figure.querySelectorAll("img").forEach((img, i) => (img.hidden = i !== +slider.value));
  });
}

// What is drawn for a desktop is too small to be read on a phone. It scrolls sideways there: panels
// in a row each as wide as the screen, all else at the smallest size at which its text is still
// read. A single map, which has hardly any text, stays whole.
for (const img of document.querySelectorAll(".cell_output img, p > img[src$='.webp']")) {
  const cell = img.closest(".cell_output"), output = cell ?? img.parentElement;
  const mark = () => {
    const ratio = cell ? 1 : 2; // the explorer on a screen has two pixels for each of CSS
    const w = +img.getAttribute("width") || img.naturalWidth / ratio;
    const shape = img.naturalWidth / img.naturalHeight;
    const isChart = img.alt.startsWith("Figure"); // one picture, with somewhat larger text
    const panels = isChart || shape < 1.3 ? 1 : Math.min(Math.max(Math.round(shape), 2), 3);
    const isMap = !isChart && panels === 1 && !img.alt.includes(";"); // panels: "title; title"
    if (isMap || w < 600 || (panels === 1 && w <= 620)) return;
    const least = (isChart ? 0.62 : 0.7) * w;
    img.style.setProperty("--sideways", `max(${least}px, min(${w}px, ${100 * panels}%))`);
    img.classList.add("wide");
    new ResizeObserver(() => {
      output.classList.toggle("sideways", img.offsetWidth > output.clientWidth);
    }).observe(output);
  };
  if (img.complete) mark();
  else img.addEventListener("load", mark, { once: true });
}

// Printed sentences wrap on a phone; printed tables keep their columns and scroll.
for (const pre of document.querySelectorAll(".cell_output pre")) {
  pre.classList.toggle("sentences", !/\S {2,}\S.*\S {2,}\S/.test(pre.textContent));
}
