// Where sounds, pictures and neighbours come from: the kernel, or the files beside a static page.
import { bytes, floats, integers } from "./bytes.js";

const PATIENCE = 120_000; // ms
const HELD = 300; // sounds that stay in memory
const PIECE = 2_000_000; // bytes of an upload at a time: a message has its limit

/** The source that a model has: "audio" names files only where there is no kernel. */
export function sourceOf(model, table) {
  return model.get("audio") ? new Files(model, table) : new Kernel(model);
}

class Kernel {
  constructor(model) {
    this.alive = true;
    this.model = model;
    this.waiting = new Map();
    this.heard = new Map(); // by question, in the order of use
    this.last = 0;
    this.name = Math.random().toString(36).slice(2); // another view of the room asks the same kernel
    this.listener = (content, buffers) => this.receive(content, buffers);
    model.on("msg:custom", this.listener);
  }

  /** Ask the kernel: {content, buffers}; an error is its sentence. */
  ask(question, buffers) {
    const id = `${this.name} ${(this.last += 1)}`;
    return new Promise((done, failed) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        failed(new Error("The kernel does not answer; is another cell still running?"));
      }, PATIENCE);
      this.waiting.set(id, { done, failed, timer });
      this.model.send({ ...question, id }, undefined, buffers);
    });
  }

  receive(content, buffers = []) {
    const waiting = this.waiting.get(content.id);
    if (!waiting) return; // another view's question
    this.waiting.delete(content.id);
    clearTimeout(waiting.timer);
    if (content.error) waiting.failed(new Error(content.error));
    else waiting.done({ content, buffers });
  }

  /** {url, start, duration, channels, levels, picture: {columns, bands, shades}} of a sound. */
  sound(item, { context = 0, channel = null, recorded = false, large = false } = {}) {
    const question = { ask: "sound", item, context_s: context, channel, recorded };
    const known = this.known(question, true) ?? (large ? null : this.known(question, false));
    if (known) return known;
    question.large = large;
    const key = JSON.stringify(question);
    const asked = this.ask(question).then(unpacked);
    this.heard.set(key, asked);
    asked.catch(() => this.heard.delete(key)); // it may be there again the next time
    this.forget();
    return asked;
  }

  /** What has been asked for before, and now is the last to be forgotten. */
  known(question, large) {
    const key = JSON.stringify({ ...question, large });
    const sound = this.heard.get(key);
    if (sound) {
      this.heard.delete(key);
      this.heard.set(key, sound);
    }
    return sound;
  }

  forget() {
    for (const [key, sound] of this.heard) {
      if (this.heard.size <= HELD) return;
      this.heard.delete(key);
      sound.then(({ url }) => URL.revokeObjectURL(url), () => {});
    }
  }

  async near(item, options) {
    const { content, buffers } = await this.ask({ ask: "near", item, ...options });
    const all = buffers.length ? floats(buffers[0]) : null;
    return { items: content.items, distances: content.distances, all };
  }

  async places(name) {
    const { content, buffers } = await this.ask({ ask: "places", name });
    return { places: floats(buffers[0]), preserved: floats(buffers[1]), mean: content.mean };
  }

  async upload(file) {
    const whole = await file.arrayBuffer();
    const parts = Math.max(1, Math.ceil(whole.byteLength / PIECE));
    let answer;
    for (let part = 0; part < parts; part += 1) {
      const piece = whole.slice(part * PIECE, (part + 1) * PIECE);
      answer = await this.ask({ ask: "clip", name: file.name, part, parts }, [piece]);
    }
    return unpacked(answer);
  }

  close() {
    this.model.off("msg:custom", this.listener);
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    for (const sound of this.heard.values()) sound.then(({ url }) => URL.revokeObjectURL(url), () => {});
  }
}

function unpacked({ content, buffers }) {
  const blob = new Blob([bytes(buffers[0])], { type: content.type });
  const picture = { columns: content.columns, bands: content.bands, shades: bytes(buffers[1]) };
  return { ...content, url: URL.createObjectURL(blob), picture };
}

class Files {
  constructor(model, table) {
    this.alive = false;
    this.model = model;
    this.table = table;
    const { items, distances } = model.get("near");
    this.k = model.get("near").k;
    this.items = integers(items);
    this.distances = floats(distances);
    this.heard = new Map();
  }

  sound(item) {
    if (!this.heard.has(item)) this.heard.set(item, this.load(item));
    return this.heard.get(item);
  }

  // A script, for a page that was opened as a file may not fetch.
  async load(item) {
    const found = await this.model.script(item);
    if (found.error) throw new Error(found.error);
    const picture = { columns: found.columns, bands: found.bands, shades: bytes(found.shades) };
    return { ...found, url: this.model.get("audio").replace("{item}", item), picture };
  }

  /** The list that was made before: others of its group are already left out. */
  async near(item, { k, label, spread }) {
    const { table } = this;
    const found = { items: [], distances: [], all: new Float32Array(table.count).fill(NaN) };
    const groups = new Set();
    for (let place = item * this.k; place < (item + 1) * this.k; place += 1) {
      const other = this.items[place];
      if (other < 0) break;
      found.all[other] = this.distances[place];
      const group = table.group.codes[other];
      const passes = (label == null || table.label.codes[other] === label) && !(spread && groups.has(group));
      if (!passes || found.items.length === k) continue;
      groups.add(group);
      found.items.push(other);
      found.distances.push(this.distances[place]);
    }
    found.all[item] = 0;
    return found;
  }

  async places(name) {
    const own = this.model.get("maps")[name];
    const preserved = this.model.get("preserved")[name];
    if (!preserved) throw new Error("This page does not hold how well neighbours survive.");
    const shares = floats(preserved);
    return { places: floats(own), preserved: shares, mean: shares.reduce((sum, one) => sum + one, 0) / shares.length };
  }

  close() {}
}
