/**
 * Keeps the tablet awake while the page is seen, where the browser can (Screen Wake Lock; only over https), and tells
 * when it woke from sleep, came back to the front, or found the network again.
 */
export function stayAwake(page: Document, onWake: () => void): void {
  const { wakeLock } = navigator as Partial<Pick<Navigator, 'wakeLock'>>;
  const hold = () => {
    // Refused on a low battery: the tablet then sleeps as it is set to, and wakes at a touch.
    if (page.visibilityState === 'visible') wakeLock?.request('screen').catch(() => {});
  };
  const wake = () => {
    if (page.visibilityState !== 'visible') return;
    hold();
    onWake();
  };
  page.addEventListener('visibilitychange', wake);
  addEventListener('pageshow', (event) => event.persisted && wake());
  addEventListener('online', wake);
  hold();
}
