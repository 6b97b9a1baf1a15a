// Bundles the page into ../static/room.js, and writes the licences of all that is in it beside it.
// `npm ci && npm run build`; the same sources give the same bytes. Another folder can be named.
import { readFileSync, writeFileSync, readdirSync } from "node:fs";
import { build } from "esbuild";

const folder = process.argv[2] ?? "../static";

await build({
  entryPoints: ["src/index.js"],
  outfile: `${folder}/room.js`,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  loader: { ".css": "text" },
  legalComments: "none",
});

// All that is installed for the page, for a package may have others built in; what builds is not.
const lock = JSON.parse(readFileSync("package-lock.json", "utf8")).packages;
const packages = Object.keys(lock).filter((path) => path && !lock[path].dev).map((path) => path.slice("node_modules/".length));

function licence(name) {
  const place = `node_modules/${name}`;
  const about = JSON.parse(readFileSync(`${place}/package.json`, "utf8"));
  const file = readdirSync(place).find((one) => /^licen[cs]e/i.test(one));
  if (!file) throw new Error(`${name} comes without its licence; write it here by hand.`);
  const text = readFileSync(`${place}/${file}`, "utf8").trim();
  return `${about.name} ${about.version} (${about.license})\n\n${text}\n`;
}

const rule = `\n${"-".repeat(80)}\n\n`;
writeFileSync(`${folder}/LICENSES.txt`, packages.sort().map(licence).join(rule));
