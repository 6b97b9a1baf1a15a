// A spectrogram drawn from shades of grey, with a cursor; on demand its frequency axis and levels.
import { make } from "./dom.js";
import { clock } from "./table.js";

const TICKS = [200, 500, 1000, 2000, 4000, 8000, 16000]; // Hz
const APART = 0.1; // of the axis, between two of its marks

/** RGBA of shades through a table of colours: Uint8ClampedArray. */
export function coloured(shades, lut) {
  const pixels = new Uint8ClampedArray(shades.length * 4);
  shades.forEach((shade, i) => {
    pixels.set(lut.subarray(3 * shade, 3 * shade + 3), 4 * i);
    pixels[4 * i + 3] = 255;
  });
  return pixels;
}

/** Where a frequency is, from 0 at the bottom to 1 at the top, among the middles of the bands. */
export function height(hertz, middles) {
  const above = middles.findIndex((one) => one >= hertz);
  if (above < 0) return null;
  if (above === 0) return hertz === middles[0] ? 0.5 / middles.length : null;
  const [low, high] = [middles[above - 1], middles[above]];
  return (above - 1 + (hertz - low) / (high - low || 1) + 0.5) / middles.length;
}

export class Picture {
  constructor(lut, name, seek) {
    this.lut = lut;
    this.canvas = make("canvas", { role: "img", "aria-label": `Spectrogram: ${name}` });
    this.cursor = make("div", { class: "cursor", hidden: true });
    this.before = make("div", { class: "veil" });
    this.behind = make("div", { class: "veil behind" });
    this.element = make("div", { class: "picture" }, this.canvas, this.before, this.behind, this.cursor);
    this.element.addEventListener("click", (event) => {
      const box = this.canvas.getBoundingClientRect();
      seek((event.clientX - box.left) / box.width);
    });
  }

  draw({ columns, bands, shades }) {
    this.drawn = { columns, bands, shades };
    Object.assign(this.canvas, { width: columns, height: bands });
    const image = new ImageData(coloured(shades, this.lut()), columns, bands);
    this.canvas.getContext("2d").putImageData(image, 0, 0);
  }

  /** Veil what is around the sound itself, which is from one share of the width to another. */
  bound([from, to]) {
    this.before.style.width = `${100 * from}%`;
    this.behind.style.width = `${100 * (1 - to)}%`;
  }

  redraw() {
    if (this.drawn) this.draw(this.drawn);
  }

  /** The cursor at a share of the width; null: none. */
  point(share) {
    this.cursor.hidden = share == null;
    if (share != null) this.cursor.style.left = `${100 * share}%`;
  }
}

/** Which part of what is heard is the sound itself: shares from and to. */
export function ownPart(table, item, { start, duration }) {
  const own = table.duration[item];
  if (!Number.isFinite(own) || !(duration > 0)) return [0, 1];
  const share = (seconds) => Math.min(1, Math.max(0, (seconds - start) / duration));
  return [share(table.start[item]), share(table.start[item] + own)];
}

/** The axis of frequencies, left of a picture. */
export function frequencyAxis(middles) {
  const axis = make("div", { class: "hertz", "aria-hidden": "true" });
  let last = -1;
  for (const tick of TICKS) {
    const at = height(tick, middles);
    if (at == null || at - last < APART) continue;
    last = at;
    const mark = make("span", {}, tick < 1000 ? `${tick}` : `${tick / 1000}k`);
    mark.style.bottom = `${100 * at}%`;
    axis.append(mark);
  }
  return axis;
}

/** Seconds below a picture. */
export function timeAxis(start, duration) {
  const axis = make("div", { class: "seconds", "aria-hidden": "true" });
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const at = start + share * duration;
    const words = at < 60 ? `${Number(at.toFixed(2))}` : clock(at);
    const mark = make("span", {}, share === 1 ? `${words} s` : words);
    mark.style.left = `${100 * share}%`;
    axis.append(mark);
  }
  return axis;
}

/** What shade is which level: a bar with its lowest and its highest in dB. */
export function levelScale(lut, [low, high]) {
  const bar = make("canvas", { class: "bar", "aria-hidden": true, width: 256, height: 1 });
  const shades = Uint8Array.from({ length: 256 }, (_, i) => i);
  bar.getContext("2d").putImageData(new ImageData(coloured(shades, lut), 256, 1), 0, 0);
  const words = `Levels from ${Math.round(low)} to ${Math.round(high)} dB`;
  return make("div", { class: "decibels", role: "img", "aria-label": words },
    make("span", {}, `${Math.round(low)}`), bar, make("span", {}, `${Math.round(high)} dB`));
}
