import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, codes, floats } from "../../../thesis_lib/room/js/src/bytes.js";
import { Table, clock } from "../../../thesis_lib/room/js/src/table.js";

const view = (array) => new DataView(array.buffer);
const coded = (names, own, blank = -1) => ({ names, codes: view(Uint32Array.from(own)), blank });

// Four sounds: two nodes heard the first moment; the last has no label and no moment.
const table = new Table({
  count: 4,
  label: coded(["", "cooking", "talk"], [1, 1, 2, 0], 0),
  group: coded(["s1", "s2"], [0, 0, 1, 1]),
  node: coded(["1", "2"], [0, 1, 0, 0]),
  moment: coded([], [1, 1, 2, 0], 0),
  recording: coded(["kitchen", "<b>hall</b>"], [0, 0, 1, 1]),
  start: view(Float32Array.from([0, 0, 62.5, 3])),
  duration: view(Float32Array.from([2, 2, 2, NaN])),
  numbers: { bpm: view(Float32Array.from([120, 121, NaN, 90])) },
});

test("numbers come out of views that begin anywhere, and out of base64", () => {
  const whole = new Uint8Array([9, 0, 0, 128, 63, 0, 0, 0, 64]);
  assert.deepEqual([...floats(new DataView(whole.buffer, 1, 8))], [1, 2]);
  assert.deepEqual([...floats(Buffer.from(whole.slice(1)).toString("base64"))], [1, 2]);
  assert.deepEqual([...codes(Uint8Array.from([7, 1, 0, 0]))], [263]);
  assert.deepEqual([...bytes("AAEC")], [0, 1, 2]);
});

test("a place names recording, session, node and seconds", () => {
  assert.equal(table.place(1), "kitchen · session s1 · node 2 · 0–2 s");
  assert.equal(table.place(2), "<b>hall</b> · session s2 · node 1 · 1:02.5–1:04.5");
  assert.equal(table.span(3), "from 3");
});

test("a label that is empty is no text", () => {
  assert.deepEqual([0, 1, 2, 3].map((item) => table.text("label", item)), ["cooking", "cooking", "talk", ""]);
  assert.ok(table.has("label"));
});

test("the same moment is found at other nodes, and what has none is alone", () => {
  assert.deepEqual(table.moments(0), [0, 1]);
  assert.deepEqual(table.moments(2), [2]);
  assert.deepEqual(table.moments(3), [3]);
});

test("a search wants every word, and gives one sound of each recording", () => {
  assert.deepEqual(table.search("KITCHEN"), [0]);
  assert.deepEqual(table.search("talk hall"), [2]);
  assert.deepEqual(table.search("node 1"), [0, 2]);
  assert.deepEqual(table.search("talk kitchen"), []);
  assert.deepEqual(table.search("  "), []);
});

test("seconds are read as a clock", () => {
  assert.deepEqual([0, 7.5, 59.94, 59.96, 67.5, 3727].map(clock), ["0", "7.5", "59.9", "1:00", "1:07.5", "1:02:07"]);
});
