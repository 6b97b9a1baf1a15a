// What a room needs of the page: its keys are its own, one sound plays at a time, and a line moves
// over the picture beside a sound in step with it. The room is the nearest element ".listening".

const TYPED = "select, textarea, input:not([type=checkbox])"; // letters are text there
const PRESSED = "button, audio, input"; // the space bar is theirs

// The picture and the sound in the nearest part of the page that holds one of each, or null.
function pair(one) {
  for (let part = one.parentElement; part; part = part.parentElement) {
    const pictures = part.querySelectorAll("img");
    const sounds = part.querySelectorAll("audio");
    if (pictures.length > 1 || sounds.length > 1) return null;
    if (pictures.length && sounds.length) return { picture: pictures[0], sound: sounds[0] };
  }
  return null;
}

// Put the line where the sound is: at currentTime / duration of the picture's width.
function move(sound) {
  const picture = pair(sound)?.picture;
  if (!picture?.offsetWidth || !(sound.duration > 0)) return;
  const place = picture.parentElement;
  let line = place.querySelector(".cursor");
  if (!line) {
    line = document.createElement("div");
    line.className = "cursor";
    place.style.position = "relative";
    place.append(line);
  }
  const left = picture.offsetLeft + (picture.offsetWidth * sound.currentTime) / sound.duration;
  line.style.cssText = `position: absolute; width: 2px; pointer-events: none; background: white;
    mix-blend-mode: difference; left: ${left - 1}px; top: ${picture.offsetTop}px;
    height: ${picture.offsetHeight}px`;
}

function follow(sound) {
  move(sound);
  if (!sound.paused && sound.isConnected) requestAnimationFrame(() => follow(sound));
}

// Play the first sound of the room; pause whatever plays.
function play(room) {
  const sounds = [...room.querySelectorAll("audio")];
  const playing = sounds.filter((one) => !one.paused);
  if (playing.length) playing.forEach((one) => one.pause());
  else sounds[0]?.play();
}

function listen(room, model, signal) {
  const on = (name, answer, capture) => room.addEventListener(name, answer, { signal, capture });
  // JupyterLab keeps off what carries its mark; it looks at what has the focus alone.
  const mark = (one) => one.setAttribute("data-lm-suppress-shortcuts", "true");
  on("focusin", ({ target }) => mark(target));
  mark(room);
  on("play", ({ target }) => {
    for (const other of room.querySelectorAll("audio")) if (other !== target) other.pause();
    follow(target);
  }, true); // events of a sound do not bubble
  on("timeupdate", ({ target }) => move(target), true);
  on("seeking", ({ target }) => move(target), true);
  on("click", (event) => {
    const both = event.target.matches("img") && pair(event.target);
    if (!both) return;
    both.sound.currentTime = (both.sound.duration * event.offsetX) / both.picture.offsetWidth || 0;
    both.sound.play();
  });
  const keys = model.get("answers");
  if (!Object.keys(keys).length) return;
  room.tabIndex = -1; // can hold the focus where no part of it does
  on("click", (event) => {
    // After a click by mouse the space bar plays, and does not press the button again.
    if (event.detail && event.target.closest("button")) room.focus({ preventScroll: true });
  });
  on("keydown", (event) => {
    const { target, key, repeat, ctrlKey, altKey, metaKey } = event;
    if (key === "Enter" && target.matches(TYPED)) return room.focus({ preventScroll: true });
    if (repeat || ctrlKey || altKey || metaKey || target.matches(TYPED)) return;
    if (key === " " && !target.matches(PRESSED)) {
      event.preventDefault();
      play(room);
    } else if (key.toLowerCase() in keys) {
      event.preventDefault();
      room.focus({ preventScroll: true }); // the sound that has it will be replaced
      model.send({ pressed: keys[key.toLowerCase()], shown: model.get("shown") });
    }
  }, true); // before a field of text stops them
}

function render({ model, el }) {
  const stop = new AbortController();
  const begin = () => {
    const room = el.closest(".listening");
    if (room) listen(room, model, stop.signal);
    else if (!stop.signal.aborted) setTimeout(begin, 50); // not yet on the page
  };
  begin();
  return () => stop.abort();
}

export default { render };
