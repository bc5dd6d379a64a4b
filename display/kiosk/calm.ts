/**
 * Keeps everything of the browser off the wall: no menus, no selection, no dragging, no zooming, no dialogs, and a screen
 * that does not sleep. A tap or the key F asks for the full screen, where no kiosk mode does.
 */
export function keepCalm(page: Document): void {
  const prevent = (event: Event) => event.preventDefault();
  for (const type of ['contextmenu', 'selectstart', 'dragstart', 'gesturestart', 'drop', 'dragover']) {
    page.addEventListener(type, prevent);
  }
  page.addEventListener('wheel', prevent, { passive: false });
  page.addEventListener('touchmove', prevent, { passive: false });
  const fillScreen = () => {
    if (!page.fullscreenElement) page.documentElement.requestFullscreen?.().catch(() => {});
  };
  page.addEventListener('pointerup', fillScreen);
  page.addEventListener('keydown', ({ key }) => key.toLowerCase() === 'f' && fillScreen());
}
