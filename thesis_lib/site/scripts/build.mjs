// Bundles the scripts, their styles and their licences into ../static; `make scripts` calls it.
import { build } from "esbuild";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";

const OUT = "../static/vendor";
const nothing = () => ({ contents: "", loader: "empty" });
const leaveOut = {
  name: "leave out",
  setup(build) {
    // Fonts for browsers of before 2016, and ipywidgets 7.
    build.onLoad({ filter: /\.(eot|ttf|woff)$|webfonts.*\.svg$/ }, nothing);
    const seven = { path: "ipywidgets 7", namespace: "left-out" };
    build.onResolve({ filter: /^@jupyter-widgets\/(base|controls)7/ }, () => seven);
    build.onLoad({ filter: /./, namespace: "left-out" }, nothing);
  },
};

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const { metafile } = await build({
  entryPoints: ["widgets.js", "math.js"],
  outdir: OUT,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  legalComments: "none",
  metafile: true,
  plugins: [leaveOut],
  loader: { ".woff2": "dataurl", ".svg": "dataurl", ".png": "dataurl", ".gif": "dataurl" },
  define: {
    global: "window",
    "process.env.NODE_ENV": '"production"',
    __webpack_public_path__: "window.__jupyter_widgets_assets_path__",
  },
});

const packages = new Set();
for (const input of Object.keys(metafile.inputs)) {
  const found = input.match(/^(node_modules\/(?:.+\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//);
  if (found) packages.add(found[1]);
}
const licences = [...packages].sort().map((folder) => {
  const { name, version, license, licenses } = JSON.parse(readFileSync(`${folder}/package.json`));
  const called = license ?? licenses.map((one) => one.type).join(", ");
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying)/i.test(file));
  const texts = files.map((file) => readFileSync(`${folder}/${file}`, "utf8").trim());
  return [`${name} ${version}: ${called}`, ...texts].join("\n\n");
});
writeFileSync(`${OUT}/licences.txt`, licences.join("\n\n" + "-".repeat(80) + "\n\n") + "\n");
