// What the map shows: which places, which colours, and of whom.
import { floats } from "./bytes.js";
import { byName, byNumber } from "./colouring.js";
import { towards } from "./geometry.js";
import { Legend } from "./legend.js";

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class MapView {
  constructor(room) {
    this.room = room;
    const maps = room.model.get("maps");
    this.name = Object.keys(maps)[0];
    this.maps = { [this.name]: { places: floats(maps[this.name]) } };
    this.colour = room.table.has("label") ? "label" : "group";
    this.codes = null; // of that column, those that are shown alone
    this.legend = new Legend(this);
  }

  colouring() {
    const { colour, room } = this;
    if (colour === "distance") {
      return byNumber(room.all ?? new Float32Array(room.table.count).fill(NaN), room.dark, ["near", "far"]);
    }
    if (colour === "preserved") {
      return byNumber(this.maps[this.name].preserved, room.dark, ["lost", "kept"]);
    }
    if (colour.startsWith("number:")) return byNumber(room.table.numbers[colour.slice(7)], room.dark);
    return byName(room.table, colour, room.colours);
  }

  async paint(moved = false) {
    const colouring = this.colouring();
    this.legend.show(colouring);
    await this.room.map.draw(this.maps[this.name].places, colouring, moved);
    this.filter();
  }

  async showMap(name) {
    if (!(await this.know(name))) return;
    this.name = name;
    await this.paint(true);
  }

  async colourBy(choice) {
    if (choice === "preserved" && !(await this.know(this.name))) return;
    if (choice === "distance" && this.room.chosen == null) this.room.say("Choose a sound: its distances are then drawn.");
    this.colour = choice;
    this.codes = null;
    await this.paint();
    if (choice === "distance" && !this.room.all) await this.room.ask();
  }

  /** Places and preservation of a map, asked for once; false where there are none. */
  async know(name) {
    if (this.maps[name]?.preserved) return true;
    this.room.say(`Looking which neighbours survive on the map ${name} …`, true);
    try {
      this.maps[name] = await this.room.source.places(name);
      const share = Math.round(100 * this.maps[name].mean);
      this.room.say(`On the map ${name}, ${share} % of the 10 nearest neighbours are still among the 10 nearest.`);
      return true;
    } catch (error) {
      this.room.say(error.message);
      return false;
    }
  }

  /** Show some codes of the column that colours; null: all. */
  only(codes) {
    this.codes = codes;
    this.filter();
  }

  filter() {
    const { codes, colour, room } = this;
    if (!codes) return room.map.filter(null);
    const own = room.table[colour].codes;
    const items = [];
    own.forEach((code, item) => codes.has(code) && items.push(item));
    room.map.filter(items);
  }

  /** By an arrow key to the sound that is next in its direction. */
  walk(event) {
    const { map, chosen } = this.room;
    const way = WAYS[event.key];
    if (!way || !map.x) return;
    event.preventDefault();
    const item = towards(map.x, map.y, chosen != null && chosen >= 0 ? chosen : 0, way);
    if (item >= 0) this.room.choose(item, true);
  }
}
