import assert from "node:assert/strict";
import { test } from "node:test";
import { Player } from "../../../thesis_lib/room/js/src/player.js";
import { sourceOf } from "../../../thesis_lib/room/js/src/source.js";

/** A kernel that answers by a function, one message at a time. */
function kernel(answer) {
  const heard = [];
  let listener;
  return {
    heard,
    get: () => "",
    on: (_, own) => { listener = own; },
    off: () => { listener = null; },
    send: (content, _, buffers) => {
      heard.push(content);
      const [reply, own = []] = answer(content, buffers);
      setTimeout(() => listener?.({ id: content.id, ...reply }, own));
    },
  };
}

const bytes = (...own) => new DataView(Uint8Array.from(own).buffer);
const sound = () => [{ type: "audio/mpeg", start: 1, duration: 2, columns: 2, bands: 1 }, [bytes(1, 2, 3), bytes(7, 8)]];

test("a sound is asked for once, and comes with its picture", async () => {
  const model = kernel(sound);
  const source = sourceOf(model);
  const [one, two] = await Promise.all([source.sound(5, { context: 2 }), source.sound(5, { context: 2 })]);
  assert.equal(one, two);
  const [{ id, ...question }, ...more] = model.heard;
  assert.deepEqual(question, { ask: "sound", item: 5, context_s: 2, channel: null, recorded: false, large: false });
  assert.ok(id && !more.length);
  assert.deepEqual([...one.picture.shades], [7, 8]);
  assert.match(one.url, /^blob:/);
  await source.sound(5, { context: 0 });
  assert.equal(model.heard.length, 2);
});

test("two views of a room do not take each other's answers", async () => {
  const listeners = [];
  const model = {
    get: () => "",
    on: (_, own) => listeners.push(own),
    send: ({ id, item }) => setTimeout(() => listeners.forEach((own) => own({ id, items: [item], distances: [0] }, []))),
  };
  const [one, two] = [sourceOf(model), sourceOf(model)];
  const found = await Promise.all([one.near(3), two.near(4)]);
  assert.deepEqual(found.map(({ items }) => items), [[3], [4]]);
});

test("a large picture serves for a small one, not the other way", async () => {
  const model = kernel(sound);
  const source = sourceOf(model);
  await source.sound(1, { large: true });
  await source.sound(1);
  assert.equal(model.heard.length, 1);
  await source.sound(2);
  await source.sound(2, { large: true });
  assert.equal(model.heard.length, 3);
});

test("what went wrong is a sentence, and is asked for again the next time", async () => {
  let times = 0;
  const model = kernel(() => ((times += 1) === 1 ? [{ error: "a.wav is missing." }] : sound()));
  const source = sourceOf(model);
  await assert.rejects(source.sound(0), /a\.wav is missing/);
  assert.equal((await source.sound(0)).duration, 2);
});

test("an upload goes in pieces, in order", async () => {
  const parts = [];
  const model = kernel((content, buffers) => {
    parts.push([content.part, content.parts, buffers[0].byteLength]);
    return content.part + 1 < content.parts ? [{ more: true }] : sound();
  });
  const file = { name: "x.wav", arrayBuffer: async () => new ArrayBuffer(4_500_000) };
  await sourceOf(model).upload(file);
  assert.deepEqual(parts, [[0, 3, 2e6], [1, 3, 2e6], [2, 3, 5e5]]);
});

const view = (array) => new DataView(array.buffer);

test("without a kernel the made lists answer, by class and one a group", async () => {
  const traits = {
    audio: "sounds/{item}.mp3",
    near: { k: 3, items: view(Int32Array.from([1, 2, 3, 0, -1, -1])), distances: view(Float32Array.from([1, 2, 4, 1, NaN, NaN])) },
  };
  const table = { count: 4, group: { codes: [0, 1, 1, 2] }, label: { codes: [0, 0, 1, 1] } };
  const source = sourceOf({ get: (name) => traits[name], script: async () => ({ shades: "BwgA", columns: 3, bands: 1 }) }, table);
  const items = async (item, wanted) => (await source.near(item, { k: 3, label: null, spread: false, ...wanted })).items;
  assert.deepEqual(await items(0, {}), [1, 2, 3]);
  assert.deepEqual(await items(0, { spread: true }), [1, 3]);
  assert.deepEqual(await items(0, { label: 1 }), [2, 3]);
  assert.deepEqual(await items(0, { k: 1 }), [1]);
  assert.deepEqual(await items(1, {}), [0]);
  assert.equal((await source.sound(2)).url, "sounds/2.mp3");
});

/** An audio element that ends when it is told to. */
class FakeAudio extends EventTarget {
  paused = true;
  ended = false;
  currentTime = 0;
  duration = 2;
  async play() { this.paused = false; this.ended = false; this.dispatchEvent(new Event("play")); }
  pause() { this.paused = true; }
  removeAttribute() {}
  end() { this.paused = true; this.ended = true; this.dispatchEvent(new Event("ended")); }
}

const settle = () => new Promise((done) => setTimeout(done, 5));

function player(answer) {
  globalThis.Audio = FakeAudio;
  globalThis.requestAnimationFrame = () => {};
  return new Player({ sound: answer }, () => ({}));
}

test("a list is played in sequence, the next one is read ahead, and a missing one is passed over", async () => {
  const asked = [];
  const failed = [];
  const own = player(async (item) => {
    asked.push(item);
    if (item === 2) throw new Error("missing");
    return { url: `u${item}` };
  });
  own.addEventListener("failed", ({ detail }) => failed.push(detail.item));
  own.play([1, 2, 3]);
  await settle();
  assert.equal(own.audio.src, "u1");
  assert.deepEqual(asked, [1, 2]);
  own.audio.end();
  await settle();
  assert.deepEqual([own.item, own.audio.src, failed], [3, "u3", [2]]);
  own.audio.end();
  await settle();
  assert.equal(own.playing, false);
});

test("what comes late does not play over what was chosen since", async () => {
  const late = {};
  const own = player((item) => new Promise((done) => { late[item] = () => done({ url: `u${item}` }); }));
  own.play(1);
  own.play(2);
  late[2]();
  await settle();
  late[1]();
  await settle();
  assert.equal(own.audio.src, "u2");
});
