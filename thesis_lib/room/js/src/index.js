// What anywidget, Voila and a static page load: a view of one room.
import { Listening } from "./listening.js";

export default {
  render({ model, el }) {
    const room = new Listening(model, el);
    return () => room.close();
  },
};
