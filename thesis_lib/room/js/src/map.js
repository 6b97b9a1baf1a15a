// The map: points by WebGL, with hover, click, lasso, colours and a filter.
import createScatterplot, { createRenderer } from "regl-scatterplot";
import { make } from "./dom.js";
import { areaOf, pointSize } from "./geometry.js";

const LOOK = {
  dark: { background: "#14161a", lasso: "#ffffff", active: "#ffffff" },
  light: { background: "#ffffff", lasso: "#1a1d21", active: "#111111" },
};

/** Events: "over" and "out" (item), "chosen" (item), "selected" (items). */
export class SoundMap extends EventTarget {
  constructor(dark) {
    super();
    this.canvas = make("canvas", { tabindex: 0, role: "application", class: "points",
      "aria-label": "Map of all sounds; arrow keys go to the sound that is nearest in their direction" });
    this.tip = make("div", { class: "tip", hidden: true });
    this.ringMark = make("div", { class: "ring", hidden: true });
    this.element = make("div", { class: "map" }, this.canvas, this.ringMark, this.tip);
    this.canvas.addEventListener("pointerdown", () => this.canvas.focus({ preventScroll: true }));
    this.element.addEventListener("wheel", (event) => this.leaveToPage(event), { capture: true });
    this.dark = dark;
    this.marked = [];
    this.lasso = false;
  }

  /** Begin to draw, once the element is on the page; false where there is no WebGL. */
  begin(count) {
    const { width, height } = this.size();
    const look = LOOK[this.dark ? "dark" : "light"];
    try {
      this.renderer = createRenderer();
      this.renderer.resize(width, height); // else it draws as many pixels as the window has
      this.plot = createScatterplot({
        renderer: this.renderer, canvas: this.canvas, width, height,
        spatialIndexUseWorker: false, // its script would be lost in the bundle
        pointSize: pointSize(count), pointSizeSelected: 3, pointOutlineWidth: 2,
        opacity: count > 20000 ? 0.55 : 0.85, opacityInactiveMax: 1, opacityInactiveScale: 1,
        backgroundColor: look.background, lassoColor: look.lasso, lassoOnLongPress: true,
        pointColorActive: look.active, pointColorHover: look.active, deselectOnDblClick: false,
        showReticle: false,
      });
    } catch (error) {
      this.element.replaceChildren(make("p", { class: "sorry" },
        `No map here: this browser offers no WebGL (${error.message}). Search and lists work.`));
      return false;
    }
    this.plot.subscribe("pointover", (item) => this.tell("over", item));
    this.plot.subscribe("pointout", (item) => this.tell("out", item));
    this.plot.subscribe("select", ({ points }) => this.selected(points));
    this.plot.subscribe("view", () => this.ring(this.ringed));
    this.plot.subscribe("lassoEnd", () => { this.lassoed = true; });
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.element);
    return true;
  }

  /** A wheel scrolls the page over a map that nobody has clicked. */
  leaveToPage(event) {
    if (document.activeElement !== this.canvas) event.stopPropagation();
  }

  size() {
    const { clientWidth, clientHeight } = this.element;
    return { width: Math.max(clientWidth, 50), height: Math.max(clientHeight, 50) };
  }

  resize() {
    const { width, height } = this.size();
    this.renderer.resize(width, height);
    this.plot.set({ width, height });
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  selected(points) {
    const items = Array.from(points);
    const byLasso = this.lassoed;
    this.lassoed = false;
    if (byLasso) this.tell("selected", items);
    else if (items.length === 1) this.tell("chosen", items[0]);
    else this.tell("selected", items);
  }

  /** Places as pairs, and what they are coloured by: of `colouring`. */
  async draw(places, colouring, moved = false) {
    if (!this.plot) return;
    const count = places.length / 2;
    const [x, y] = [new Float32Array(count), new Float32Array(count)];
    for (let i = 0; i < count; i += 1) [x[i], y[i]] = [places[2 * i], places[2 * i + 1]];
    if (this.x && moved) this.area = null;
    this.x = x;
    this.y = y;
    const { values, palette } = colouring;
    this.plot.set({ colorBy: "valueA", pointColor: palette.length > 1 ? palette : [palette[0], palette[0]] });
    await this.plot.draw({ x, y, valueA: Array.from(values) }, {
      zDataType: "categorical", transition: moved, transitionDuration: 700, preventFilterReset: true,
    });
    if (!this.area) await this.whole();
    this.mark(this.marked);
  }

  /** Show some sounds alone; null: all. */
  filter(items) {
    if (!this.plot) return;
    if (items) this.plot.filter(items);
    else this.plot.unfilter();
  }

  /** Mark the chosen sound and its neighbours. */
  mark(items) {
    this.marked = items;
    if (!this.plot) return;
    if (items.length) this.plot.select(items, { preventEvent: true });
    else this.plot.deselect({ preventEvent: true });
  }

  /** A ring around the sound that is played; null: none. */
  ring(item) {
    this.ringed = item;
    const place = item == null ? null : this.plot?.getScreenPosition(item);
    this.ringMark.hidden = !place;
    if (place) this.ringMark.style.transform = `translate(${place[0]}px, ${place[1]}px)`;
  }

  /** Name a sound beside its point. */
  name(item, lines) {
    this.tip.hidden = item == null;
    if (item == null) return;
    this.tip.replaceChildren(...lines.map((line, i) => make(i ? "span" : "b", {}, line)));
    const place = this.plot?.getScreenPosition(item);
    if (!place) return;
    const { width, height } = this.size(); // the box lies on the side that has more room
    const aside = place[0] > width / 2 ? "calc(-100% - 10px)" : "10px";
    const above = place[1] > height / 2 ? "calc(-100% - 10px)" : "10px";
    this.tip.style.transform = `translate(${place[0]}px, ${place[1]}px) translate(${aside}, ${above})`;
  }

  /** Draw a way around sounds with the mouse, or move the map again. */
  useLasso(on) {
    this.lasso = on;
    this.plot?.set({ mouseMode: on ? "lasso" : "panZoom" });
  }

  /** Move the view so that every point is in it. */
  async whole() {
    if (!this.plot) return;
    this.area = areaOf(this.x, this.y);
    await this.plot.zoomToArea(this.area);
  }

  theme(dark) {
    this.dark = dark;
    const look = LOOK[dark ? "dark" : "light"];
    this.plot?.set({ backgroundColor: look.background, lassoColor: look.lasso,
      pointColorActive: look.active, pointColorHover: look.active });
  }

  close() {
    this.observer?.disconnect();
    this.plot?.destroy();
    this.renderer?.destroy();
  }
}
