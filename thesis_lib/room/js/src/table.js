// The table: of each sound its class, group, node, recording, start, duration and numbers.
import { codes, floats } from "./bytes.js";

const CODED = ["label", "group", "node", "moment", "recording"];

export class Table {
  constructor(columns) {
    this.count = columns.count;
    for (const name of CODED) {
      const { names, codes: own, blank } = columns[name];
      this[name] = { names, codes: codes(own), blank };
    }
    this.start = floats(columns.start);
    this.duration = floats(columns.duration);
    this.numbers = Object.fromEntries(
      Object.entries(columns.numbers).map(([name, own]) => [name, floats(own)]),
    );
  }

  /** What a coded column calls a sound; "" where it has no name. */
  text(column, item) {
    const { names, codes: own, blank } = this[column];
    return own[item] === blank ? "" : names[own[item]];
  }

  /** Whether any sound has a name in a coded column; looked up once. */
  has(column) {
    const own = this[column];
    return (own.any ??= own.codes.some((code) => code !== own.blank));
  }

  /** Where a sound is: its recording, session and node if there are any, and seconds. */
  place(item) {
    const parts = [this.text("recording", item)];
    if (this.has("node")) parts.push(`session ${this.text("group", item)}`, `node ${this.text("node", item)}`);
    parts.push(this.span(item));
    return parts.join(" · ");
  }

  span(item) {
    const start = this.start[item];
    const end = start + this.duration[item];
    if (!Number.isFinite(end)) return start ? `from ${clock(start)}` : "";
    return `${clock(start)}–${clock(end)}${end < 59.95 ? " s" : ""}`;
  }

  /** All sounds of the same moment on other nodes, itself included; itself alone without nodes. */
  moments(item) {
    const { codes: own, blank } = this.moment;
    if (own[item] === blank) return [item];
    const found = [];
    own.forEach((code, other) => code === own[item] && found.push(other));
    return found;
  }

  /** Sounds that a text is found in, by class, recording, group or node; one of each recording. */
  search(text, most = 12) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    this.said ??= Array.from({ length: this.count }, (_, item) => `${this.text("label", item)} ${this.place(item)}`.toLowerCase());
    const hits = new Map();
    for (let item = 0; item < this.count && hits.size < most; item += 1) {
      const recording = this.recording.codes[item];
      if (hits.has(recording)) continue;
      if (words.every((word) => this.said[item].includes(word))) hits.set(recording, item);
    }
    return [...hits.values()];
  }
}

/** Seconds as they are read: 7.5, 1:07.5, 1:02:07. */
export function clock(seconds) {
  const rounded = Math.round(seconds * 10) / 10;
  const [hours, minutes] = [Math.floor(rounded / 3600), Math.floor(rounded / 60) % 60];
  const rest = Number((rounded % 60).toFixed(1));
  const two = (number) => (number < 10 ? `0${number}` : `${number}`);
  if (hours) return `${hours}:${two(minutes)}:${two(rest)}`;
  return minutes ? `${minutes}:${two(rest)}` : `${rest}`;
}
