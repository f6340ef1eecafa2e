// Points drawn as their pictures where few are in view, by the rule of tsnecolor_nb/picture/in_place.py.
const IN_PLACE = { MOST: 400, ROOM: 20, SMALLEST: 20, LARGEST: 44, SPARSE: 0.35, OVERLAP: 0.15 };

// places: [x, y, …] in CSS pixels, also some around the view. Returns the side of all pictures and
// those of the places that get one, or null where too many points are in view.
function choosePictures(places, { width, height }) {
  const { MOST, ROOM, SMALLEST, LARGEST, SPARSE, OVERLAP } = IN_PLACE;
  const within = ([x, y]) => x >= 0 && x < width && y >= 0 && y < height;
  const inside = places.filter(within).length;
  if (!inside || inside > Math.min(MOST, (width * height) / ROOM ** 2)) return null;
  const away = ([x, y], [u, v]) => Math.max(Math.abs(x - u), Math.abs(y - v));
  const nearest = places.map((place) =>
    places.reduce((least, other) => (other === place ? least : Math.min(least, away(place, other))), LARGEST));
  nearest.sort((a, b) => a - b);
  const half = nearest.length / 2;
  const median = (nearest[Math.ceil(half) - 1] + nearest[Math.floor(half)]) / 2;
  const sparse = SPARSE * Math.sqrt((width * height) / inside);
  const side = Math.floor(Math.min(Math.max(median, sparse, SMALLEST), LARGEST));
  const chosen = [];
  for (const place of places)
    if (chosen.every((other) => away(place, other) >= (1 - OVERLAP) * side)) chosen.push(place);
  return { side, chosen };
}

// The ink of a dark picture on white, as a canvas of one color that is opaque where the ink is.
function inkOf(canvas, value) {
  const pen = canvas.getContext("2d"), image = pen.getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < image.data.length; i += 4) {
    image.data[i + 3] = 255 - image.data[i];
    image.data[i] = image.data[i + 1] = image.data[i + 2] = value;
  }
  pen.putImageData(image, 0, 0);
  return canvas;
}

// OKLab lightness of an sRGB color of 0 to 255.
function lightness([r, g, b]) {
  const linear = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const [R, G, B] = [r, g, b].map(linear);
  return (
    0.2104542553 * Math.cbrt(0.4122214708 * R + 0.5363325363 * G + 0.0514459929 * B) +
    0.793617785 * Math.cbrt(0.2119034982 * R + 0.6806995451 * G + 0.1073969566 * B) -
    0.0040720468 * Math.cbrt(0.0883024619 * R + 0.2817188376 * G + 0.6299787005 * B)
  );
}
