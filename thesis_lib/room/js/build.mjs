// Bundles the page into ../static/room.js, and writes the licences of all that is in it beside it.
// `npm ci && npm run build`; the same sources give the same bytes.
import { readFileSync, writeFileSync, readdirSync } from "node:fs";
import { build } from "esbuild";

const made = await build({
  entryPoints: ["src/index.js"],
  outfile: "../static/room.js",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  loader: { ".css": "text" },
  legalComments: "none",
  metafile: true,
});

const packages = new Set();
for (const input of Object.keys(made.metafile.inputs)) {
  const found = input.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (found) packages.add(found[1]);
}

// Some packages ship without the file; their package.json names the licence and the author.
function licence(name) {
  const folder = `node_modules/${name}`;
  const about = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  const author = typeof about.author === "string" ? about.author : about.author?.name ?? "";
  const text = file
    ? readFileSync(`${folder}/${file}`, "utf8").trim()
    : readFileSync(`licences/${about.license}.txt`, "utf8").trim().replace("{author}", author);
  return `${name} ${about.version} (${about.license})\n\n${text}\n`;
}

const rule = `\n${"-".repeat(80)}\n\n`;
writeFileSync("../static/LICENSES.txt", [...packages].sort().map(licence).join(rule));
