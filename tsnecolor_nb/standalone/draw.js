// Points to pixels in the browser, by the rule of tsnecolor_nb/picture: filled.py, aggregate.py and
// dots.py explain it. This function runs in a worker, so it uses nothing from outside itself.
function createRenderer(X, Y, behindColors) {
  const n = X.length, BLOCK = 512, MOVING_POINTS = 400000;
  const SMOOTHING = 1, SURFACE = 2, LEAST_SURFACE = 1.5, SURFACE_SIDE = 600; // CSS pixels
  const COVERED = 0.15, LARGEST_DOT = 1 / 80, FILLED_DOTS = 1.3, LARGEST_FILLED = 1 / 120;
  const MIN_OPACITY = 0.3, BEHIND = 1e-3;
  const colorings = new Map();

  const decode = new Float32Array(256), encode = new Uint8Array(65536);
  for (let i = 0; i < 256; i++) {
    const s = i / 255;
    decode[i] = s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  }
  for (let i = 0; i < 65536; i++) {
    const lin = i / 65535;
    const s = lin <= 0.0031308 ? lin * 12.92 : 1.055 * lin ** (1 / 2.4) - 0.055;
    encode[i] = Math.round(255 * s);
  }

  // Neighbors on the map are neighbors in these arrays, so that whole blocks lie outside a view.
  const n_blocks = Math.ceil(n / BLOCK), boxes = new Float32Array(4 * n_blocks);
  for (let b = 0; b < n_blocks; b++) {
    let x0 = Infinity, x1 = -Infinity, y0 = Infinity, y1 = -Infinity;
    for (let i = b * BLOCK; i < Math.min(n, (b + 1) * BLOCK); i++) {
      x0 = Math.min(x0, X[i]), x1 = Math.max(x1, X[i]);
      y0 = Math.min(y0, Y[i]), y1 = Math.max(y1, Y[i]);
    }
    boxes.set([x0, x1, y0, y1], 4 * b);
  }

  function eachBlock(x0, x1, y0, y1, visit) {
    for (let b = 0; b < n_blocks; b++) {
      const o = 4 * b;
      if (boxes[o] <= x1 && boxes[o + 1] >= x0 && boxes[o + 2] <= y1 && boxes[o + 3] >= y0)
        visit(b * BLOCK, Math.min(n, (b + 1) * BLOCK), o);
    }
  }

  // The nearest point within a distance, or -1; of those that pass, if there is a byte for each.
  function nearest(x, y, distance, passing) {
    let best = -1, least = distance * distance;
    eachBlock(x - distance, x + distance, y - distance, y + distance, (first, end) => {
      for (let i = first; i < end; i++) {
        const squared = (X[i] - x) ** 2 + (Y[i] - y) ** 2;
        if (squared <= least && (!passing || passing[i])) (least = squared), (best = i);
      }
    });
    return best;
  }

  // The numbers of the points in a rectangle, or null if they are more than `most`.
  function inside(x0, x1, y0, y1, most) {
    const points = [];
    eachBlock(x0, x1, y0, y1, (first, end) => {
      for (let i = first; i < end && points.length <= most; i++)
        if (X[i] >= x0 && X[i] <= x1 && Y[i] >= y0 && Y[i] <= y1) points.push(i);
    });
    return points.length > most ? null : points;
  }

  // colors: {rgb}, (3 n) bytes; with {labels, palette} for labels 0 to k - 1; {} is plain.
  function setColors(key, { rgb, labels, palette }) {
    const packed = (bytes, i) => (bytes[3 * i] << 16) | (bytes[3 * i + 1] << 8) | bytes[3 * i + 2];
    const coloring = { rgb };
    if (labels) {
      // The first grey that occurs is no label: its points vote only where no other is near.
      const k = palette.length / 3;
      const colors = Array.from({ length: k }, (_, i) => packed(palette, i));
      const grey = behindColors.map((color) => colors.indexOf(color)).find((i) => i >= 0) ?? -1;
      coloring.votes = grey < 0 ? labels : labels.map((label) => (label === grey ? k : label));
      coloring.palette = new Uint8Array(3 * k + 3);
      coloring.palette.set(palette);
      if (grey >= 0) coloring.palette.set(palette.subarray(3 * grey, 3 * grey + 3), 3 * k);
    } else if (rgb) {
      const greys = new Set(behindColors), flags = new Uint8Array(n);
      let n_behind = 0;
      for (let i = 0; i < n; i++) n_behind += flags[i] = greys.has(packed(rgb, i)) ? 1 : 0;
      if (n_behind && n_behind < n) coloring.flags = flags;
    }
    colorings.set(key, coloring);
  }

  const buffers = {};
  function buffer(name, Type, length) {
    if (buffers[name]?.length !== length) return (buffers[name] = new Type(length));
    return buffers[name].fill(0);
  }

  // view: x0 and y0 of the lower left corner, pixels per unit, width and height in pixels, and
  // pixels in a CSS pixel; while it moves, only some of very many points are drawn. Returns sRGB
  // with straight alpha, row 0 on top.
  function draw(key, view, shading, plain) {
    const { width, height, ratio } = view, coloring = colorings.get(key);
    const pixels = new Uint8ClampedArray(4 * width * height), side = Math.min(width, height);
    const inside = Math.max(countInside(view), 1);
    const apart = Math.sqrt((COVERED * width * height) / (Math.PI * inside));
    const dot = Math.min(apart, LARGEST_DOT * side);
    const every = view.moving ? Math.ceil(inside / MOVING_POINTS) : 1;
    const padded = (pad) => ({ ...view, every, pad, W: width + 2 * pad, H: height + 2 * pad });
    if (shading !== "filled" || !coloring.rgb) {
      const frame = padded(dot > 0.5 ? Math.ceil(dot) : 0);
      equalize(spread(addUp(frame, coloring.rgb, plain).sums, frame, dot), frame, pixels);
      return pixels;
    }
    const by_side = (SURFACE * side) / ratio / SURFACE_SIDE;
    const surface = ratio * Math.min(Math.max(by_side, LEAST_SURFACE), SURFACE);
    const filled = Math.min(FILLED_DOTS * dot, LARGEST_FILLED * side);
    const radius = (surface ** 4 + filled ** 4) ** 0.25;
    const smoothing = Math.min(SMOOTHING * ratio, radius / 2);
    const reach = Math.ceil(radius + 0.5);
    const frame = padded(Math.max(reach, Math.ceil(2 * smoothing)) + reach);
    if (coloring.votes) {
      const placed = place(frame), winners = vote(placed, coloring, frame, radius, smoothing);
      paintNearest(winners, placed.occupied, coloring.palette, frame, radius, pixels);
    } else {
      const added = addUp(frame, coloring.rgb, plain, coloring.flags);
      fill(added, frame, radius, smoothing, pixels);
    }
    return pixels;
  }

  function countInside({ x0, y0, scale, width, height }) {
    const x1 = x0 + width / scale, y1 = y0 + height / scale;
    let inside = 0;
    eachBlock(x0, x1, y0, y1, (first, end, o) => {
      if (boxes[o] >= x0 && boxes[o + 1] <= x1 && boxes[o + 2] >= y0 && boxes[o + 3] <= y1)
        inside += end - first;
      else
        for (let i = first; i < end; i++)
          if (X[i] >= x0 && X[i] <= x1 && Y[i] >= y0 && Y[i] <= y1) inside++;
    });
    return inside;
  }

  function visible({ x0, y0, scale, width, height, pad }, visit) {
    const around = (pad + 1) / scale;
    const x1 = x0 + width / scale + around, y1 = y0 + height / scale + around;
    eachBlock(x0 - around, x1, y0 - around, y1, visit);
  }

  // Per pixel the sums of linear r, g, b and the number of points; negative for points behind.
  function addUp(frame, rgb, plain, flags) {
    const { x0, y0, scale, height, every, pad, W, H } = frame, top = height + pad;
    const sums = buffer("sums", Float32Array, 4 * W * H);
    const occupied = buffer("occupied", Uint8Array, W * H);
    const [r, g, b] = plain.map((byte) => decode[byte]);
    const add = (wanted) => (first, end) => {
      for (let i = first; i < end; i += every) {
        if (flags && flags[i] !== wanted) continue;
        const u = (X[i] - x0) * scale + pad, v = top - (Y[i] - y0) * scale;
        if (!(u >= 0 && u < W && v > 0 && v <= H)) continue;
        const p = (Math.ceil(v) - 1) * W + (u | 0), j = 4 * p;
        if (wanted && sums[j + 3] > 0) continue;
        const sign = wanted ? -1 : 1;
        occupied[p] = 1;
        sums[j + 3] += sign;
        sums[j] += sign * (rgb ? decode[rgb[3 * i]] : r);
        sums[j + 1] += sign * (rgb ? decode[rgb[3 * i + 1]] : g);
        sums[j + 2] += sign * (rgb ? decode[rgb[3 * i + 2]] : b);
      }
    };
    visible(frame, add(0));
    if (flags) visible(frame, add(1));
    return { sums, occupied };
  }

  function gaussian(reach, smoothing) {
    const sigma = Math.max(smoothing, 0.25, reach / 12);
    const weight = (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2);
    return Float32Array.from({ length: 2 * reach + 1 }, weight);
  }

  // The mean color of each occupied pixel, smoothed; opaque within the radius of one.
  function fill({ sums, occupied }, frame, radius, smoothing, pixels) {
    const { width, height, pad, W } = frame;
    const { near, opacities } = coverage(occupied, frame, radius);
    const reach = Math.ceil(radius + 0.5), taps = gaussian(reach, smoothing), n_taps = taps.length;
    // Rows smoothed along themselves; only those that the next row of the picture needs.
    const ring = Array.from(taps, () => new Float64Array(4 * W));
    for (let y = pad - reach; y < pad + height + reach; y++) {
      const row = ring[y % n_taps].fill(0);
      for (let x = pad - reach, p = y * W + x; x < pad + width + reach; x++, p++) {
        if (!occupied[p]) continue;
        const count = sums[4 * p + 3], weight = count > 0 ? 1 : BEHIND, share = weight / count;
        const r = share * sums[4 * p], g = share * sums[4 * p + 1], b = share * sums[4 * p + 2];
        for (let t = 0, o = 4 * (x - reach); t < n_taps; t++, o += 4) {
          const tap = taps[t];
          row[o] += tap * r;
          row[o + 1] += tap * g;
          row[o + 2] += tap * b;
          row[o + 3] += tap * weight;
        }
      }
      const top = y - reach - pad;
      if (top < 0) continue;
      for (let x = 0, at = top * width, p = (top + pad) * W + pad; x < width; x++, at++, p++) {
        if (near[p] === 0) continue;
        let r = 0, g = 0, b = 0, weight = 0;
        for (let t = 0, o = 4 * (x + pad), slot = (y + 1) % n_taps; t < n_taps; t++) {
          const tap = taps[t], along = ring[slot];
          r += tap * along[o];
          g += tap * along[o + 1];
          b += tap * along[o + 2];
          weight += tap * along[o + 3];
          if (++slot === n_taps) slot = 0;
        }
        const share = 65535 / weight;
        pixels[4 * at] = encode[Math.min(r * share + 0.5, 65535) | 0];
        pixels[4 * at + 1] = encode[Math.min(g * share + 0.5, 65535) | 0];
        pixels[4 * at + 2] = encode[Math.min(b * share + 0.5, 65535) | 0];
        pixels[4 * at + 3] = opacities[near[p]];
      }
    }
  }

  // Where each pixel has its nearest occupied one: `near` is 0 where none is in reach, else which
  // of `steps` leads there. Of equally near ones it is the upper, then the left one.
  function coverage(occupied, { width, height, pad, W, H }, radius) {
    const reach = Math.ceil(radius + 0.5), limit = (radius + 0.5) ** 2;
    const steps = [0], squared = [limit];
    for (let v = -reach; v <= reach; v++)
      for (let u = -reach; u <= reach; u++)
        if (u * u + v * v < limit) steps.push(v * W + u), squared.push(u * u + v * v);
    const opacities = Uint8Array.from(squared, (s) =>
      Math.max(Math.min(radius + 0.5 - Math.sqrt(s), 1), 0) * 255 + 0.5);
    const near = buffer("near", Uint16Array, W * H), self = steps.indexOf(0, 1);
    for (let y = pad - reach; y < pad + height + reach; y++)
      for (let x = pad - reach, p = y * W + x; x < pad + width + reach; x++, p++) {
        if (!occupied[p]) continue;
        near[p] = self;
        // Whatever is near a pixel with four neighbors is nearer to one of these.
        if (occupied[p - 1] && occupied[p + 1] && occupied[p - W] && occupied[p + W]) continue;
        for (let t = 1; t < steps.length; t++) {
          const q = p - steps[t];
          if (squared[t] < squared[near[q]]) near[q] = t;
        }
      }
    return { near, steps, opacities };
  }

  // Each visible point, and its pixel.
  function place(frame) {
    const { x0, y0, scale, height, every, pad, W, H } = frame, top = height + pad;
    const points = buffer("points", Int32Array, n), cells = buffer("cells", Int32Array, n);
    const occupied = buffer("occupied", Uint8Array, W * H);
    let count = 0;
    visible(frame, (first, end) => {
      for (let i = first; i < end; i += every) {
        const u = (X[i] - x0) * scale + pad, v = top - (Y[i] - y0) * scale;
        if (!(u >= 0 && u < W && v > 0 && v <= H)) continue;
        const p = (Math.ceil(v) - 1) * W + (u | 0);
        occupied[p] = 1;
        points[count] = i;
        cells[count++] = p;
      }
    });
    return { points: points.subarray(0, count), cells: cells.subarray(0, count), occupied };
  }

  // Whether all pixels around are empty or hold this one's label only.
  function isAlone(only, p, W, reach) {
    const label = only[p];
    for (let q = p - reach * W; q <= p + reach * W; q += W)
      for (let r = q - reach; r <= q + reach; r++)
        if (only[r] !== label && only[r] !== -1) return false;
    return true;
  }

  // The label with most votes around each occupied pixel; -1 where no point is.
  function vote({ points, cells }, { votes: labels, palette }, { W, H, pad }, radius, smoothing) {
    const none = palette.length / 3 - 1, reach = Math.ceil(2 * smoothing);
    const along = gaussian(reach, smoothing);
    const taps = Float32Array.from({ length: along.length ** 2 }, (_, i) =>
      along[Math.floor(i / along.length)] * along[i % along.length]);
    const ends = buffer("ends", Int32Array, W * H + 2);
    for (const cell of cells) ends[cell + 2]++;
    for (let p = 2; p < ends.length; p++) ends[p] += ends[p - 1];
    const sorted = buffer("sorted", Int32Array, points.length);
    for (let i = 0; i < points.length; i++) sorted[ends[cells[i] + 1]++] = labels[points[i]];
    // Now the labels of pixel p stand at ends[p] to ends[p + 1]. Equal ones become one, with the
    // share of the pixel's points that have it.
    const starts = buffer("starts", Int32Array, W * H + 1);
    const shares = buffer("shares", Float32Array, points.length);
    const counts = new Int32Array(none + 1), met = new Int32Array(none + 1);
    // The only label of a pixel, or one of these; most pixels need nothing else.
    const EMPTY = -1, SEVERAL = -2, only = buffer("only", Int32Array, W * H);
    let n_pairs = 0;
    for (let p = 0; p < W * H; p++) {
      starts[p] = n_pairs;
      const first = ends[p], end = ends[p + 1];
      if (end === first) {
        only[p] = EMPTY;
        continue;
      }
      let n_met = 0;
      for (let i = first; i < end; i++) if (counts[sorted[i]]++ === 0) met[n_met++] = sorted[i];
      for (let j = 0; j < n_met; j++) {
        sorted[n_pairs] = met[j];
        shares[n_pairs++] = counts[met[j]] / (end - first);
        counts[met[j]] = 0;
      }
      only[p] = n_met === 1 ? met[0] : SEVERAL;
    }
    starts[W * H] = n_pairs;
    const winners = buffer("winners", Int32Array, W * H).fill(-1);
    const votes = new Float64Array(none + 1);
    const margin = pad - Math.ceil(radius + 0.5); // what lies further out changes no pixel
    for (let y = margin; y < H - margin; y++)
      for (let x = margin; x < W - margin; x++) {
        const p = y * W + x;
        if (only[p] === EMPTY) continue;
        if (only[p] !== SEVERAL && isAlone(only, p, W, reach)) {
          winners[p] = only[p];
          continue;
        }
        let n_met = 0, t = 0;
        for (let v = -reach; v <= reach; v++)
          for (let q = p + v * W - reach; q <= p + v * W + reach; q++, t++) {
            const label = only[q];
            if (label >= 0) {
              if (votes[label] === 0) met[n_met++] = label;
              votes[label] += taps[t];
            } else if (label === SEVERAL)
              for (let i = starts[q]; i < starts[q + 1]; i++) {
                if (votes[sorted[i]] === 0) met[n_met++] = sorted[i];
                votes[sorted[i]] += taps[t] * shares[i];
              }
          }
        let winner = none, most = 0;
        for (let j = 0; j < n_met; j++) {
          const label = met[j];
          if (label !== none && (votes[label] > most || (votes[label] === most && label < winner)))
            (winner = label), (most = votes[label]);
          votes[label] = 0;
        }
        winners[p] = winner;
      }
    return winners;
  }

  // Each pixel in the color of the nearest one with a winner.
  function paintNearest(winners, occupied, palette, frame, radius, pixels) {
    const { width, height, pad, W } = frame;
    const { near, steps, opacities } = coverage(occupied, frame, radius);
    for (let y = 0, at = 0; y < height; y++)
      for (let x = 0, p = (y + pad) * W + pad; x < width; x++, at++, p++) {
        if (near[p] === 0) continue;
        const color = 3 * winners[p + steps[near[p]]];
        pixels[4 * at] = palette[color];
        pixels[4 * at + 1] = palette[color + 1];
        pixels[4 * at + 2] = palette[color + 2];
        pixels[4 * at + 3] = opacities[near[p]];
      }
  }

  // Replace every occupied pixel by a dot; where dots overlap they add.
  function spread(sums, { W, H }, radius) {
    if (radius <= 0.5) return sums;
    const reach = Math.ceil(radius), side = 2 * reach + 1, cover = new Float32Array(side * side);
    for (let v = 0; v < side; v++)
      for (let u = 0; u < side; u++) {
        const share = Math.min(Math.max(radius + 0.5 - Math.hypot(v - reach, u - reach), 0), 1);
        cover[v * side + u] = share < 1 / 255 ? 0 : share;
      }
    cover[reach * side + reach] = 1;
    const dots = buffer("dots", Float32Array, sums.length);
    for (let y = 0; y < H; y++)
      for (let x = 0; x < W; x++) {
        const j = 4 * (y * W + x);
        if (sums[j + 3] === 0) continue;
        const bottom = Math.min(H - 1, y + reach), right = Math.min(W - 1, x + reach);
        for (let v = Math.max(0, y - reach); v <= bottom; v++)
          for (let u = Math.max(0, x - reach); u <= right; u++) {
            const share = cover[(v - y + reach) * side + u - x + reach], o = 4 * (v * W + u);
            if (share === 0) continue;
            for (let c = 0; c < 4; c++) dots[o + c] += share * sums[j + c];
          }
      }
    return dots;
  }

  // A pixel is as opaque as the share of occupied pixels that hold no more points than it.
  function equalize(sums, { width, height, pad, W }, pixels) {
    const density = buffer("density", Int32Array, width * height), n_pixels = [];
    for (let y = 0, at = 0; y < height; y++)
      for (let x = 0, o = 4 * ((y + pad) * W + pad) + 3; x < width; x++, o += 4, at++) {
        if (sums[o] === 0) continue;
        const rounded = Math.ceil(sums[o] - 1e-3);
        density[at] = rounded;
        while (n_pixels.length <= rounded) n_pixels.push(0);
        n_pixels[rounded]++;
      }
    let below = 0;
    const up_to = n_pixels.map((count) => (below += count));
    for (let y = 0, at = 0; y < height; y++)
      for (let x = 0, o = 4 * ((y + pad) * W + pad); x < width; x++, o += 4, at++) {
        const count = sums[o + 3];
        if (count === 0) continue;
        const share = 65535 / count;
        const opacity = MIN_OPACITY + ((1 - MIN_OPACITY) * up_to[density[at]]) / below;
        pixels[4 * at] = encode[Math.min(sums[o] * share + 0.5, 65535) | 0];
        pixels[4 * at + 1] = encode[Math.min(sums[o + 1] * share + 0.5, 65535) | 0];
        pixels[4 * at + 2] = encode[Math.min(sums[o + 2] * share + 0.5, 65535) | 0];
        pixels[4 * at + 3] = Math.round(Math.round(Math.min(count, 1) * 255) * opacity);
      }
  }

  return { draw, nearest, inside, setColors };
}
