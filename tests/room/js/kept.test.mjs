import assert from "node:assert/strict";
import { test } from "node:test";
import { added, moved, removed } from "../../../thesis_lib/room/js/src/kept.js";

test("what is there already is not added again, nor twice at once", () => {
  assert.deepEqual(added([3, 1], [1, 2, 2, 5]), [3, 1, 2, 5]);
});

test("one is removed by its place", () => {
  assert.deepEqual(removed([3, 1, 2], 1), [3, 2]);
});

test("one moves up or down, and not past an end", () => {
  const list = [3, 1, 2];
  assert.deepEqual(moved(list, 0, 1), [1, 3, 2]);
  assert.deepEqual(moved(list, 2, -1), [3, 2, 1]);
  assert.deepEqual(moved(list, 0, -1), list);
  assert.deepEqual(list, [3, 1, 2]);
});
