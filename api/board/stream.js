// The live stream, read with fetch: it can carry a token or a cookie, which EventSource cannot.
//
// The service joins what a slow reader missed into one picture, so a jump in `seq` loses nothing; a
// `seq` that does not grow is another service or a lost order: then everything is asked for anew.

const SILENCE_MS = 30_000; // the service says something every 15 s
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Server-sent events out of text that comes in pieces. */
export class EventParser {
  #rest = "";
  #event = {};

  /** The events that this piece completes. */
  push(text) {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop();
    const found = [];
    for (const line of lines.map((each) => each.replace(/\r$/, ""))) {
      if (line === "") {
        if (this.#event.data !== undefined) found.push(this.#event);
        this.#event = {};
      } else if (!line.startsWith(":")) {
        const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
        this.#event[name] = name === "data" && this.#event.data !== undefined
          ? `${this.#event.data}\n${value}`
          : value;
      }
    }
    return found;
  }
}

/** Keeps a stream open until it is stopped or refused. */
export class Stream {
  #request;
  #told;
  #ended = new AbortController();

  /**
   * `request(signal)` opens it; of `told`, `picture(picture, whole)` is called for each event,
   * `up()` when it lives, `down()` when it is lost and tried again, `refused()` for 401 and 403.
   */
  constructor(request, told) {
    this.#request = request;
    this.#told = told;
  }

  /** Read until `stop`, or until the service refuses. */
  async run() {
    let pause = FIRST_PAUSE_MS;
    while (!this.#ended.signal.aborted) {
      const began = Date.now();
      try {
        if ((await this.#once()) === "refused") return;
      } catch (error) {
        if (this.#ended.signal.aborted) return;
        console.info("live stream:", error.message);
      }
      if (this.#ended.signal.aborted) return;
      this.#told.down();
      // one that lived for a while was no vain attempt
      if (Date.now() - began > SILENCE_MS) pause = FIRST_PAUSE_MS;
      await this.#rest(pause * (0.5 + Math.random()));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  /** End it. */
  stop() {
    this.#ended.abort();
  }

  async #once() {
    const broken = new AbortController();
    const signal = AbortSignal.any([broken.signal, this.#ended.signal]);
    let silence;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => broken.abort(new Error("silent for 30 s")), SILENCE_MS);
    };
    heard();
    try {
      const response = await this.#request(signal);
      if (response.status === 401 || response.status === 403) {
        this.#told.refused(response);
        return "refused";
      }
      if (!response.ok) throw new Error(`answered ${response.status}`);
      await this.#read(response.body.pipeThrough(new TextDecoderStream()), heard);
    } finally {
      clearTimeout(silence);
      broken.abort();
    }
    return "ended";
  }

  async #read(texts, heard) {
    const parser = new EventParser();
    let last = -1;
    const reader = texts.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      heard();
      for (const { event, data } of parser.push(value)) {
        const picture = JSON.parse(data);
        const whole = event === "snapshot";
        if (!whole && picture.seq <= last) throw new Error(`seq ${picture.seq} after ${last}`);
        last = picture.seq;
        if (whole) this.#told.up();
        this.#told.picture(picture, whole);
      }
    }
  }

  #rest(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      const stopped = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#ended.signal.addEventListener("abort", stopped, { once: true });
    });
  }
}
