// Where points of the map are, and how large they are drawn.

/** Points of a size at which many stay apart and few are easily hit. */
export function pointSize(count) {
  return Math.max(2.2, Math.min(9, 9 - 2 * Math.log10(Math.max(count, 40) / 40)));
}

/** The rectangle that holds all points, with a margin. */
export function areaOf(x, y, margin = 0.06) {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < x.length; i += 1) {
    [left, right] = [Math.min(left, x[i]), Math.max(right, x[i])];
    [low, high] = [Math.min(low, y[i]), Math.max(high, y[i])];
  }
  const edge = margin * Math.max(right - left, high - low, 0.1);
  return { x: left - edge, y: low - edge, width: right - left + 2 * edge, height: high - low + 2 * edge };
}

/** The sound next to one in a direction: among those ahead, far aside counts double; -1: none. */
export function towards(x, y, from, [dx, dy]) {
  let [best, found] = [Infinity, -1];
  for (let i = 0; i < x.length; i += 1) {
    const ahead = (x[i] - x[from]) * dx + (y[i] - y[from]) * dy;
    const aside = Math.abs((x[i] - x[from]) * dy - (y[i] - y[from]) * dx);
    const cost = ahead + 2 * aside;
    if (i !== from && ahead > 1e-6 && cost < best) [best, found] = [cost, i];
  }
  return found;
}
