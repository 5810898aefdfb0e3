// Builds what browsers load: one script, one stylesheet, two fonts, one sprite of icons. All into app/static/dist with
// hashed names, and manifest.json (written last) that says which name became which file. Run by `flask build-assets`.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = (...parts) => join(root, "assets", ...parts);
const dist = join(root, "app", "static", "dist");
const tabler = join(root, "node_modules", "@tabler", "icons", "icons", "outline");

/** Scripts, styles and the fonts that the styles name. Answers { logicalName: fileName }. */
async function bundle() {
  const result = await esbuild.build({
    absWorkingDir: root,
    entryPoints: { app: source("js", "app.js"), theme: source("js", "theme.js"), style: source("css", "style.css") },
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

/** Write `text` under a name that carries its hash. */
async function write(logical, text) {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
  const [stem, extension] = logical.split(".");
  const file = `${stem}-${hash}.${extension}`;
  await writeFile(join(dist, file), text);
  return { [logical]: file };
}

/** Forget the files of earlier builds. */
async function sweep(manifest) {
  const kept = new Set([...Object.values(manifest), "manifest.json"]);
  for (const file of await readdir(dist)) if (!kept.has(file)) await rm(join(dist, file));
}

await mkdir(dist, { recursive: true });
const mark = await write("mark.svg", await readFile(source("mark.svg"), "utf8"));
const manifest = { ...(await bundle()), ...(await sprite()), ...mark };
const draft = join(dist, `manifest.${process.pid}.tmp`);
await writeFile(draft, JSON.stringify(manifest, null, 2));
await rename(draft, join(dist, "manifest.json"));
await sweep(manifest);
