// Colours: of levels in a picture, of numbers on the map, and of names that have none yet.

const MAGMA = ["000004", "1c1044", "4f127b", "812581", "b5367a", "e55064", "fb8761", "fec287", "fcfdbf"];
const INK = ["ffffff", "f0eef6", "d5d3e8", "aaa8d3", "7d77ba", "5a4a9f", "3f2a82", "2a1260", "13042f"];
const VIRIDIS = ["440154", "472d7b", "3b528b", "2c728e", "21918c", "28ae80", "5ec962", "addc30", "fde725"];

const rgb = (hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** Colours that go through some stops: Uint8Array of count * 3. */
export function ramp(stops, count = 256) {
  const marks = stops.map(rgb);
  const made = new Uint8Array(count * 3);
  for (let i = 0; i < count; i += 1) {
    const place = (i / (count - 1)) * (marks.length - 1);
    const low = Math.min(Math.floor(place), marks.length - 2);
    for (let c = 0; c < 3; c += 1) {
      made[3 * i + c] = Math.round(marks[low][c] + (place - low) * (marks[low + 1][c] - marks[low][c]));
    }
  }
  return made;
}

/** What levels look like: loud is bright on a dark page, dark on a light one. */
export const levels = (dark) => ramp(dark ? MAGMA : INK);

const hex = (r, g, b) => `#${[r, g, b].map((one) => one.toString(16).padStart(2, "0")).join("")}`;

/** What numbers look like on the map, from low to high: list of "#rrggbb". */
export function scale(dark, count = 64) {
  const made = ramp(dark ? VIRIDIS : VIRIDIS.slice(0, 8), count);
  return Array.from({ length: count }, (_, i) => hex(made[3 * i], made[3 * i + 1], made[3 * i + 2]));
}

/** So many colours that are far from each other: hues by the golden angle. */
export function many(count) {
  return Array.from({ length: count }, (_, i) => hsl((i * 137.508) % 360, 0.62, i % 2 ? 0.62 : 0.5));
}

function hsl(hue, saturation, light) {
  const part = (n) => {
    const k = (n + hue / 30) % 12;
    const a = saturation * Math.min(light, 1 - light);
    return Math.round(255 * (light - a * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return hex(part(0), part(8), part(4));
}
