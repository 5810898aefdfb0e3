// Builds what browsers load: scripts, one stylesheet, two fonts, one sprite of icons, the camera's decoder, the installed
// app's icons and its service worker. All into app/static/dist with hashed names, and manifest.json (written last) that
// says which name became which file. Run by `flask build-assets`.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";
import * as esbuild from "esbuild";
import { icon } from "./icons.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = (...parts) => join(root, "assets", ...parts);
const dist = join(root, "app", "static", "dist");
const zxing = join(root, "node_modules", "zxing-wasm", "dist", "reader", "zxing_reader.wasm");
const dejavu = join(root, "node_modules", "dejavu-fonts-ttf", "ttf");
const tabler = join(root, "node_modules", "@tabler", "icons", "icons", "outline");

const brotli = promisify(brotliCompress);
const GROUND = [242, 235, 223]; // --bench of the light theme
const ICONS = [
  ["icon-192.png", 192, {}],
  ["icon-512.png", 512, {}],
  ["icon-maskable-512.png", 512, { share: 0.56, ground: GROUND }],
  ["icon-touch-180.png", 180, { share: 0.66, ground: GROUND }],
];
const SHELL = ["app.js", "theme.js", "style.css", "icons.svg", "mark.svg", "figtree-latin-wght-normal.woff2"];

/** Scripts, styles and the fonts that the styles name. Answers { logicalName: fileName }. */
async function bundle() {
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: {
      app: source("js", "app.js"),
      scan: source("js", "scan.js"),
      theme: source("js", "theme.js"),
      style: source("css", "style.css"),
    },
    outdir: dist,
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file" },
    bundle: true,
    minify: true,
    metafile: true,
    format: "iife",
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    legalComments: "eof",
    logLevel: "warning",
  });
  const manifest = {};
  for (const [path, output] of Object.entries(result.metafile.outputs)) {
    const logical = output.entryPoint ? basename(output.entryPoint) : basename(Object.keys(output.inputs)[0]);
    manifest[logical] = basename(path);
  }
  return manifest;
}

/** The inner shapes of one icon, without its invisible frame. */
async function shapes(name) {
  const svg = await readFile(join(tabler, `${name}.svg`), "utf8");
  const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  return inner.replace(/<path stroke="none"[^>]*\/>/, "").replace(/\s+/g, " ").trim();
}

/** One file with a symbol for each name in icons.txt. */
async function sprite() {
  const names = (await readFile(source("icons.txt"), "utf8")).split("\n").filter(Boolean);
  const symbols = await Promise.all(
    names.map(async (name) => `<symbol id="i-${name}" viewBox="0 0 24 24">${await shapes(name)}</symbol>`),
  );
  return write("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
}

/** The name under which `content` is known, with its hash in it. */
function hashed(logical, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const [stem, extension] = logical.split(".");
  return `${stem}-${hash}.${extension}`;
}

/** Write `text` under a name that carries its hash. */
async function write(logical, text) {
  const file = hashed(logical, text);
  await writeFile(join(dist, file), text);
  return { [logical]: file };
}

/** The installed app's icons, drawn from the mark; one that stands there already is not drawn again. */
async function icons() {
  const mark = await readFile(source("mark.svg"), "utf8");
  const drawer = await readFile(source("icons.mjs"), "utf8");
  const made = {};
  for (const [logical, size, look] of ICONS) {
    const file = hashed(logical, `${mark}${drawer}${JSON.stringify(look)}`);
    const known = (await readdir(dist)).includes(file);
    if (!known) await writeFile(join(dist, file), icon(mark, size, look));
    made[logical] = file;
  }
  return made;
}

/** The service worker, which knows by name what it keeps. */
async function worker(built) {
  const kept = SHELL.map((logical) => `/static/dist/${built[logical]}`);
  const result = await esbuild.build({
    entryPoints: [source("js", "worker.js")],
    bundle: true,
    minify: true,
    write: false,
    target: ["es2022"],
    define: { SHELL: JSON.stringify(kept), VERSION: JSON.stringify(hashed("shell.v", kept.join())) },
  });
  return write("worker.js", result.outputFiles[0].text);
}

/** The fonts that printed labels carry in them; no browser loads these. */
async function labelFonts() {
  const names = ["DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf", "DejaVuSansMono-Bold.ttf"];
  const made = await Promise.all(names.map(async (name) => write(name, await readFile(join(dejavu, name)))));
  return Object.assign({}, ...made);
}

/** Beside each text that browsers load a compressed one: made once here, not at each request. */
async function compress(built) {
  const texts = Object.values(built).filter((file) => /\.(css|js|svg|wasm)$/.test(file));
  const there = new Set(await readdir(dist));
  await Promise.all(
    texts
      .filter((file) => !there.has(`${file}.br`))
      .map(async (file) => writeFile(join(dist, `${file}.br`), await brotli(await readFile(join(dist, file))))),
  );
}

/** Forget the files of earlier builds. */
async function sweep(manifest) {
  const kept = new Set([...Object.values(manifest), "manifest.json"]);
  for (const file of await readdir(dist)) if (!kept.has(file.replace(/\.br$/, ""))) await rm(join(dist, file));
}

await mkdir(dist, { recursive: true });
const mark = await write("mark.svg", await readFile(source("mark.svg"), "utf8"));
const decoder = await write("zxing_reader.wasm", await readFile(zxing));
const built = { ...(await bundle()), ...(await sprite()), ...mark, ...decoder, ...(await icons()), ...(await labelFonts()) };
const manifest = { ...built, ...(await worker(built)) };
await compress(manifest);
const draft = join(dist, `manifest.${process.pid}.tmp`);
await writeFile(draft, JSON.stringify(manifest, null, 2));
await rename(draft, join(dist, "manifest.json"));
await sweep(manifest);
