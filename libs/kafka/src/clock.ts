/** Time as the lanes see it; a simulation brings its own. */
export type Clock = {
  /** epoch ms */
  readonly now: () => number;
  /** Calls once after `ms`; the returned function cancels it. */
  readonly after: (ms: number, call: () => void) => () => void;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
