// The kept list: numbers of sounds in an order; every change is a new list.

export const added = (list, items) => [...list, ...items.filter((item, i) => !list.includes(item) && items.indexOf(item) === i)];

export const removed = (list, place) => list.filter((_, i) => i !== place);

export function moved(list, place, by) {
  const to = place + by;
  if (to < 0 || to >= list.length) return list;
  const made = [...list];
  [made[place], made[to]] = [made[to], made[place]];
  return made;
}
