// What the map is coloured by: for each choice a value of every sound, and a legend.
import { many, scale } from "./colours.js";

const GREY = "#949494";
const STEPS = 64; // colours of numbers
const SHOWN = 24; // names in a legend; there may be thousands

/** The choices: [[value, words], ...]. */
export function choices(table, group) {
  const coded = [["label", "class"], ["group", group], ["node", "node"]];
  return [
    ...coded.filter(([column]) => table.has(column)),
    ...Object.keys(table.numbers).map((name) => [`number:${name}`, name]),
    ["preserved", "how well neighbours survive"],
    ["distance", "distance to the chosen sound"],
  ];
}

/** By names: {values, palette, kind, legend: [{code, name, colour, count}]}. */
export function byName(table, column, classColours) {
  const { names, codes, blank } = table[column];
  const palette = column === "label" ? [...classColours] : many(names.length);
  if (blank >= 0) palette[blank] = GREY;
  const counts = new Uint32Array(names.length);
  for (const code of codes) counts[code] += 1;
  const legend = names.map((name, code) => ({ code, name, colour: palette[code], count: counts[code] }));
  const shown = legend.filter((one) => one.count).sort((a, b) => (column === "label" ? 0 : b.count - a.count));
  return { kind: "names", column, values: codes, palette, legend: shown.slice(0, SHOWN), more: Math.max(0, shown.length - SHOWN) };
}

/** By numbers: the middle 98 % of them in steps from the first colour to the last; NaN is grey. */
export function byNumber(numbers, dark, words) {
  const sorted = Float32Array.from(numbers).filter(Number.isFinite).sort();
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const [low, high] = [at(0.01), at(0.99)];
  const span = high - low || 1;
  const step = (one) => Math.round((STEPS - 1) * Math.min(1, Math.max(0, (one - low) / span)));
  const values = Uint32Array.from(numbers, (one) => (Number.isFinite(one) ? step(one) : STEPS));
  return { kind: "numbers", values, palette: [...scale(dark, STEPS), GREY], low, high, words, unknown: values.includes(STEPS) };
}
