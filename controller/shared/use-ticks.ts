import { useEffect, useState } from 'preact/hooks';

/** Draws the component again every `interval` ms, for what depends on the time; not at all where `interval` is null. */
export function useTicks(interval: number | null): void {
  const [, redraw] = useState({});
  useEffect(() => {
    if (interval === null) return;
    const timer = setInterval(() => redraw({}), interval);
    return () => clearInterval(timer);
  }, [interval]);
}
