// The icons of the installed app: mark.svg drawn as PNGs. Knows as much of SVG as the mark uses: paths of M H V A L Z
// in either case, circles, fills and round strokes. Points are in the mark's own units.
import { deflateSync } from "node:zlib";

const SAMPLES = 4; // a pixel on an edge is looked at in 4 × 4 places
const STEPS = 12; // straight pieces of an arc

/** The shapes of an SVG, in the order in which they are painted. */
function shapes(svg) {
  return [...svg.matchAll(/<(path|circle) ([^>]*)\/>/g)].map(([, kind, said]) => {
    const attribute = Object.fromEntries([...said.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    const lines = kind === "circle" ? [ring(attribute)] : outlines(attribute.d);
    const width = attribute.stroke ? Number(attribute["stroke-width"] ?? 1) : 0;
    return { lines, width, colour: rgb(attribute.stroke ?? attribute.fill) };
  });
}

function rgb(hex) {
  const long = hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit).join("") : hex.slice(1);
  return [0, 2, 4].map((at) => Number.parseInt(long.slice(at, at + 2), 16));
}

function ring({ cx, cy, r }) {
  const turn = (2 * Math.PI) / (4 * STEPS);
  return Array.from({ length: 4 * STEPS }, (_, n) => [+cx + r * Math.cos(n * turn), +cy + r * Math.sin(n * turn)]);
}

/** The lines of a path, arcs as short straight pieces. */
function outlines(d) {
  const lines = [];
  let at = [0, 0];
  for (const [, letter, said] of d.matchAll(/([a-z])([^a-z]*)/gi)) {
    const numbers = (said.match(/-?(?:\d*\.\d+|\d+)/g) ?? []).map(Number);
    const from = letter === letter.toLowerCase() ? at : [0, 0];
    const kind = letter.toUpperCase();
    if (kind === "Z") continue;
    const size = { M: 2, L: 2, H: 1, V: 1, A: 7 }[kind];
    for (let n = 0; n < numbers.length; n += size) {
      const part = numbers.slice(n, n + size);
      const base = letter === letter.toLowerCase() ? at : from;
      const to = { H: [base[0] + part[0], at[1]], V: [at[0], base[1] + part[0]] }[kind] ?? [base[0] + part.at(-2), base[1] + part.at(-1)];
      if (kind === "M" && n === 0) lines.push([to]);
      else lines.at(-1).push(...(kind === "A" ? arc(at, part, to) : [to]));
      at = to;
    }
  }
  return lines;
}

/** Points of a circle's arc that ends in `to` (its radii are equal in the mark). */
function arc([x, y], [radius, , , large, sweep], [toX, toY]) {
  const [halfX, halfY] = [(toX - x) / 2, (toY - y) / 2];
  const half = Math.hypot(halfX, halfY);
  const away = Math.sqrt(Math.max(radius * radius - half * half, 0)) * (large === sweep ? -1 : 1);
  const centre = [x + halfX - (away * halfY) / half, y + halfY + (away * halfX) / half];
  const begin = Math.atan2(y - centre[1], x - centre[0]);
  let turn = Math.atan2(toY - centre[1], toX - centre[0]) - begin;
  if (sweep && turn < 0) turn += 2 * Math.PI;
  if (!sweep && turn > 0) turn -= 2 * Math.PI;
  const r = Math.max(radius, half);
  return Array.from({ length: STEPS }, (_, n) => begin + (turn * (n + 1)) / STEPS).map((a) => [centre[0] + r * Math.cos(a), centre[1] + r * Math.sin(a)]);
}

function covers({ lines, width }, x, y) {
  return lines.some((line) => (width ? near(line, x, y) <= width / 2 : inside(line, x, y)));
}

function inside(line, x, y) {
  let found = false;
  for (let n = 0, before = line.length - 1; n < line.length; before = n, n += 1) {
    const [[ax, ay], [bx, by]] = [line[n], line[before]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) found = !found;
  }
  return found;
}

function near(line, x, y) {
  return Math.min(
    ...line.slice(1).map(([bx, by], n) => {
      const [ax, ay] = line[n];
      const along = Math.min(Math.max(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2), 0), 1);
      return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
    }),
  );
}

/** A PNG of `size` pixels. `share`: how much of it the mark fills; `ground`: a colour behind it, or none. */
export function icon(svg, size, { share = 1, ground = null } = {}) {
  const drawn = shapes(svg);
  const units = Number(/viewBox="0 0 (\d+)/.exec(svg)[1]);
  const place = (pixel) => ((pixel - size / 2) * units) / (size * share) + units / 2;
  const colourAt = (x, y) => drawn.findLast((each) => covers(each, place(x), place(y)))?.colour ?? ground;
  const middles = Array.from({ length: size * size }, (_, n) => colourAt((n % size) + 0.5, Math.floor(n / size) + 0.5));
  const isEdge = (n) => [n - 1, n + 1, n - size, n + size].some((beside) => middles[beside] !== middles[n]);
  const rows = Buffer.alloc(size * (size * 4 + 1));
  middles.forEach((middle, n) => {
    const [column, row] = [n % size, Math.floor(n / size)];
    const colours = isEdge(n) ? closely(colourAt, column, row) : [middle];
    rows.set(mixed(colours), row * (size * 4 + 1) + 1 + column * 4);
  });
  return png(size, rows);
}

function closely(colourAt, column, row) {
  const parts = Array.from({ length: SAMPLES }, (_, n) => (n + 0.5) / SAMPLES);
  return parts.flatMap((down) => parts.map((along) => colourAt(column + along, row + down)));
}

/** Red, green, blue and how opaque, of one pixel. */
function mixed(colours) {
  const painted = colours.filter(Boolean);
  const mean = (part) => Math.round(painted.reduce((sum, each) => sum + each[part], 0) / (painted.length || 1));
  return [mean(0), mean(1), mean(2), Math.round((255 * painted.length) / colours.length)];
}

function png(size, rows) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([start, chunk("IHDR", head), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc(body), body.length + 4);
  return framed;
}

function crc(bytes) {
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let n = 0; n < 8; n += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return ~value >>> 0;
}
