// One player for all: a sound at a time, or a list of them one after the other.

/** `source.sound(item, options)` gives the url; events: "change", "progress", "failed". */
export class Player extends EventTarget {
  constructor(source, options) {
    super();
    this.source = source;
    this.options = options; // of the source: context, channel
    this.audio = new Audio();
    this.audio.preload = "auto";
    this.queue = [];
    this.at = -1;
    this.turn = 0;
    this.sound = null;
    this.audio.addEventListener("ended", () => this.ended());
    for (const event of ["play", "pause"]) this.audio.addEventListener(event, () => this.tell("change"));
    this.frame = () => {
      this.tell("progress");
      if (this.playing) requestAnimationFrame(this.frame);
    };
    this.audio.addEventListener("playing", () => requestAnimationFrame(this.frame));
    this.audio.addEventListener("seeked", () => this.tell("progress"));
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  get item() {
    return this.queue[this.at] ?? null;
  }

  get playing() {
    return !this.audio.paused && !this.audio.ended;
  }

  /** Seconds, as the sound itself says: a browser counts what an encoder puts in front. */
  get length() {
    return this.sound?.duration ?? this.audio.duration;
  }

  /** How much of the sound has been heard, from 0 to 1. */
  get share() {
    return this.length > 0 ? Math.min(1, this.audio.currentTime / this.length) : 0;
  }

  /** The same where something has been heard of it; else null. */
  get heard() {
    return this.sound && this.share > 0 ? this.share : null;
  }

  /** Play one sound, or several in sequence from one of them on. */
  play(items, from = 0) {
    this.queue = Array.isArray(items) ? [...items] : [items];
    return this.go(from);
  }

  async go(place) {
    this.at = place;
    const turn = (this.turn += 1);
    const { item } = this;
    this.audio.pause();
    this.tell("change");
    if (item == null) return;
    try {
      const sound = typeof item === "object" ? item.sound : await this.source.sound(item, this.options());
      if (turn !== this.turn) return; // something else was chosen meanwhile
      this.sound = sound;
      this.audio.src = sound.url;
      await this.audio.play();
      this.tell("change");
      this.ahead();
    } catch (error) {
      if (turn !== this.turn || error.name === "AbortError") return;
      this.tell("failed", { item, message: error.message });
      if (this.at + 1 < this.queue.length) this.go(this.at + 1);
    }
  }

  ahead() {
    const next = this.queue[this.at + 1];
    if (next != null) this.source.sound(next, this.options()).catch(() => {});
  }

  ended() {
    this.tell("progress");
    if (this.at + 1 < this.queue.length) this.go(this.at + 1);
    else this.tell("change");
  }

  toggle() {
    if (this.playing) this.audio.pause();
    else if (this.sound) this.audio.play();
  }

  stop() {
    this.turn += 1;
    this.audio.pause();
    this.queue = this.item == null ? [] : [this.item];
    this.at = this.queue.length - 1;
    this.tell("change");
  }

  /** Go to a share of the sound that is played. */
  seek(share) {
    if (this.length > 0) this.audio.currentTime = share * this.length;
  }

  close() {
    this.turn += 1;
    this.audio.pause();
    this.audio.removeAttribute("src");
  }
}
