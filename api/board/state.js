// Everything the feed has told: one map of things by path, as `queues/soporte`.

/** The things, and who wants to know when those of a family change. */
export class Things {
  #things = new Map();
  #listeners = [];
  #changed = new Set();
  #asked = false;

  /** Take a picture in: a whole one replaces everything, else only what it names changes. */
  take({ things }, whole) {
    if (whole) {
      for (const path of this.#things.keys()) {
        if (!things[path]) this.#set(path, null);
      }
    }
    for (const [path, thing] of Object.entries(things)) this.#set(path, thing);
    this.#tell();
  }

  /** The thing at a path, or undefined. */
  get(path) {
    return this.#things.get(path);
  }

  /** The things of a family, `agents` for one, in the feed's order. */
  of(family) {
    const found = [];
    for (const [path, thing] of this.#things) {
      if (path.startsWith(`${family}/`)) found.push(thing);
    }
    return found;
  }

  /** Call `draw` once per frame in which things of these families changed, and once now. */
  watch(families, draw) {
    this.#listeners.push({ families, draw });
    draw();
  }

  /** Draw everything again, as after a change of language. */
  redraw() {
    for (const { draw } of this.#listeners) draw();
  }

  #set(path, thing) {
    if (thing === null) this.#things.delete(path);
    else this.#things.set(path, thing);
    this.#changed.add(path.split("/")[0]);
  }

  #tell() {
    if (this.#asked) return;
    this.#asked = true;
    // a page in the background gets no frames: it draws when it is looked at again
    requestAnimationFrame(() => {
      this.#asked = false;
      const changed = this.#changed;
      this.#changed = new Set();
      for (const { families, draw } of this.#listeners) {
        if (families.some((family) => changed.has(family))) draw();
      }
    });
  }
}
