// anywidget's script registers itself by `define(needs, make)`, as require.js has it. One module
// needs no loader: this keeps what it makes, and `widgets.js` gives it what it needs.
export const made = [];
window.define = (needs, make) => made.push(make);
