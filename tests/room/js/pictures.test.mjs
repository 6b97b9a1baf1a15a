import assert from "node:assert/strict";
import { test } from "node:test";
import { byName, byNumber, choices } from "../../../thesis_lib/room/js/src/colouring.js";
import { levels, many, ramp, scale } from "../../../thesis_lib/room/js/src/colours.js";
import { areaOf, pointSize, towards } from "../../../thesis_lib/room/js/src/geometry.js";
import { coloured, height, ownPart } from "../../../thesis_lib/room/js/src/picture.js";

test("a ramp begins and ends at its stops, and has their mean between", () => {
  assert.deepEqual([...ramp(["000000", "6496c8"], 3)], [0, 0, 0, 50, 75, 100, 100, 150, 200]);
});

test("loud is bright on a dark page and dark on a light one", () => {
  const light = (lut, shade) => lut[3 * shade] + lut[3 * shade + 1] + lut[3 * shade + 2];
  assert.ok(light(levels(true), 255) > light(levels(true), 0) + 500);
  assert.ok(light(levels(false), 255) < light(levels(false), 0) - 500);
});

test("shades become pixels without gaps", () => {
  const pixels = coloured(Uint8Array.from([0, 255]), levels(true));
  assert.deepEqual([...pixels], [0, 0, 4, 255, 252, 253, 191, 255]);
});

test("a frequency lies in the middle of its band, and between bands where it is between", () => {
  const middles = [100, 200, 400, 800];
  assert.equal(height(100, middles), 0.125);
  assert.equal(height(300, middles), 0.5);
  assert.equal(height(50, middles), null);
  assert.equal(height(900, middles), null);
});

test("the sound itself is a part of what is heard with its context", () => {
  const table = { start: [10], duration: [2] };
  assert.deepEqual(ownPart(table, 0, { start: 5, duration: 12 }), [5 / 12, 7 / 12]);
  assert.deepEqual(ownPart(table, 0, { start: 10, duration: 2 }), [0, 1]);
  assert.deepEqual(ownPart({ start: [0], duration: [NaN] }, 0, { start: 0, duration: 5 }), [0, 1]);
});

test("numbers are coloured from low to high, and what is not known is grey", () => {
  const found = byNumber(Float32Array.from([10, 20, NaN, 30]), true);
  assert.deepEqual([...found.values], [0, 32, 64, 63]);
  assert.deepEqual([found.palette[64], found.palette.length, found.unknown], ["#949494", 65, true]);
  assert.deepEqual([found.low, found.high], [10, 30]);
  assert.equal(new Set(byNumber(Float32Array.from([5, 5]), true).values).size, 1);
});

test("a legend counts, and what has no name is grey", () => {
  const table = { label: { names: ["a", "b", ""], codes: Uint32Array.from([0, 1, 1, 2]), blank: 2 } };
  const found = byName(table, "label", ["#111111", "#222222", "#333333"]);
  assert.deepEqual(found.legend.map(({ name, colour, count }) => [name, colour, count]),
    [["a", "#111111", 1], ["b", "#222222", 2], ["", "#949494", 1]]);
});

test("only what a table has can colour it", () => {
  const table = { numbers: { bpm: [] }, has: (column) => column === "label" };
  assert.deepEqual(choices(table, "song").map(([value]) => value), ["label", "number:bpm", "preserved", "distance"]);
});

test("colours of names that have none differ", () => {
  assert.equal(new Set(many(40)).size, 40);
  assert.match(scale(false)[0], /^#[0-9a-f]{6}$/);
});

test("an arrow key goes to the sound ahead, rather than to a nearer one aside", () => {
  const [x, y] = [[0, 0.1, 0.5, -1], [0, 0.4, 0.05, 0]];
  assert.equal(towards(x, y, 0, [1, 0]), 2);
  assert.equal(towards(x, y, 0, [0, 1]), 1);
  assert.equal(towards(x, y, 0, [-1, 0]), 3);
  assert.equal(towards(x, y, 0, [0, -1]), -1);
});

test("the view holds all points", () => {
  const { x, y, width, height: tall } = areaOf([-1, 1], [0, 0.5], 0);
  assert.deepEqual([x, y, width, tall], [-1, 0, 2, 0.5]);
  assert.ok(pointSize(50) > pointSize(5000) && pointSize(1e6) >= 2);
});
