// Elements with attributes and children; text is text, whatever it holds.

/** make("button", {class: "x", onclick: f, "aria-label": "y"}, "text", child) */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("aria-")) element.setAttribute(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

export function button(words, onclick, attributes = {}) {
  return make("button", { type: "button", onclick, ...attributes }, words);
}

/** A list to choose from: [[value, words], ...]; `chosen` is called with the value. */
export function select(name, options, chosen, value) {
  const list = make("select", { "aria-label": name, onchange: () => chosen(list.value) });
  fill(list, options, value);
  return list;
}

export function fill(list, options, value) {
  list.replaceChildren(...options.map(([own, words]) => make("option", { value: own }, words)));
  if (value != null) list.value = value;
}

export function labelled(words, control) {
  return make("label", { class: "field" }, make("span", {}, words), control);
}

export function checkbox(words, checked, changed, title) {
  const box = make("input", { type: "checkbox", onchange: () => changed(box.checked) });
  box.checked = checked;
  return make("label", { class: "check", title }, box, make("span", {}, words));
}

const SHAPES = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  stop: "M3.5 3.5h9v9h-9z",
  keep: "M7 2h2v5h5v2H9v5H7V9H2V7h5z",
  remove: "M3 7h10v2H3z",
  up: "M8 3l5 6H9v4H7V9H3z",
  down: "M8 13L3 7h4V3h2v4h4z",
  near: "M8 1.5a6.5 6.5 0 106.5 6.5h-2A4.5 4.5 0 118 3.500z M8 6a2 2 0 100 4 2 2 0 000-4z",
  lasso: "M8 2C4.500 2 2 4 2 6.500c0 1.500 1 2.800 2.500 3.600-.2 1.200.1 2.500 1.300 3.400l1-1.200c-.6-.4-.8-1-.8-1.700.6.200 1.300.2 2 .2 3.500 0 6-1.900 6-4.300S11.500 2 8 2zm0 1.600c2.600 0 4.400 1.400 4.400 2.900S10.600 9.200 8 9.200 3.600 8 3.600 6.500 5.400 3.600 8 3.600z",
  whole: "M2 2h5v1.600H3.600V7H2zm7 0h5v5h-1.600V3.600H9zM2 9h1.600v3.400H7V14H2zm10.400 0H14v5H9v-1.600h3.400z",
};

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", SHAPES[name]);
  drawing.append(path);
  return drawing;
}

/** A button of a picture alone; its words are read out and shown when it is pointed at. */
export function iconButton(name, words, onclick, attributes = {}) {
  return make("button", { type: "button", class: "icon", title: words, "aria-label": words, onclick, ...attributes }, icon(name));
}

/** A play button that shows whether it would play or pause. */
export function playing(own, on) {
  if (own.classList.contains("on") === on) return;
  own.classList.toggle("on", on);
  own.replaceChildren(icon(on ? "pause" : "play"));
  const words = own.getAttribute("aria-label").replace(/^\w+/, on ? "Pause" : "Play");
  own.setAttribute("aria-label", words);
  own.title = words;
}
