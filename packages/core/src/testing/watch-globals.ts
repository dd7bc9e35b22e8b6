/** What an adapter could reach past its context: each belongs to the engine. */
const watchedFunctions = ['fetch', 'setTimeout', 'setInterval', 'setImmediate'] as const;

/** Watches who reaches for clocks, timers and the network. */
export interface GlobalsWatch {
  /** What was used while it was watched, such as `Date.now`. */
  readonly used: readonly string[];
  /** Lets `work` use what it likes: what runs meanwhile is not the adapter. */
  unwatched<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Runs `work` with the global clocks, timers and fetch under watch, and puts them back. They go on working, so that what is
 * watched fails by the rule and not by surprise.
 */
export async function watchGlobals<T>(work: (watch: GlobalsWatch) => T | Promise<T>): Promise<T> {
  const used: string[] = [];
  let watching = true;
  const note = (name: string) => {
    if (watching) used.push(name);
  };
  const restore = replaceGlobals(note);
  try {
    return await work({
      used,
      unwatched: async (inner) => {
        watching = false;
        try {
          return await inner();
        } finally {
          watching = true;
        }
      },
    });
  } finally {
    restore();
  }
}

function replaceGlobals(note: (name: string) => void): () => void {
  const originals = [...watchedFunctions, 'Date'].map((name) => [name, Reflect.get(globalThis, name)] as const);
  for (const name of watchedFunctions) Reflect.set(globalThis, name, noting(Reflect.get(globalThis, name), name, note));
  Reflect.set(globalThis, 'Date', notingDate(note));
  const now = performance.now.bind(performance);
  const hadOwn = Object.hasOwn(performance, 'now');
  Reflect.set(performance, 'now', noting(now, 'performance.now', note));
  return () => {
    for (const [name, value] of originals) Reflect.set(globalThis, name, value);
    if (!hadOwn) Reflect.deleteProperty(performance, 'now');
    else Reflect.set(performance, 'now', now);
  };
}

function noting(original: unknown, name: string, note: (name: string) => void): unknown {
  if (typeof original !== 'function') return original;
  return new Proxy(original, {
    apply(target, self, args) {
      note(name);
      return Reflect.apply(target, self, args);
    },
  });
}

/** `Date` as it is, but for the moments when it is asked what time it is now. */
function notingDate(note: (name: string) => void): DateConstructor {
  return new Proxy(Date, {
    construct(target, args, self) {
      if (args.length === 0) note('new Date()');
      return Reflect.construct(target, args, self);
    },
    apply(target, self, args) {
      note('Date()');
      return Reflect.apply(target, self, args);
    },
    get(target, key) {
      if (key === 'now') return noting(target.now, 'Date.now', note);
      return Reflect.get(target, key);
    },
  });
}
