import { useEffect, useRef } from 'preact/hooks';

/** Calls `onIdle` once nobody has touched the page or a key for `patience` ms: whoever was there has gone. */
export function useIdle(patience: number, onIdle: () => void): void {
  const newest = useRef(onIdle);
  newest.current = onIdle;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => newest.current(), patience);
    };
    wait();
    addEventListener('pointerdown', wait);
    addEventListener('keydown', wait);
    return () => {
      clearTimeout(timer);
      removeEventListener('pointerdown', wait);
      removeEventListener('keydown', wait);
    };
  }, [patience]);
}
