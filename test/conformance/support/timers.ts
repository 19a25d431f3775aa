/** Counts the timers that RxJS has set, all of them intervals, and that still run. */
export interface TimerWatch {
  open(): number;
}

/** Starts to watch, until the end of the test. */
export function watchTimers(): TimerWatch {
  const running = new Set<unknown>();
  const { setInterval: set, clearInterval: clear } = globalThis;
  const setSpy = jest.spyOn(globalThis, 'setInterval').mockImplementation((...args: Parameters<typeof set>) => {
    const timer = set(...args);
    running.add(timer);
    return timer;
  });
  const clearSpy = jest.spyOn(globalThis, 'clearInterval').mockImplementation((timer) => {
    running.delete(timer);
    clear(timer);
  });
  stops.push(() => {
    setSpy.mockRestore();
    clearSpy.mockRestore();
  });
  return { open: () => running.size };
}

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});
