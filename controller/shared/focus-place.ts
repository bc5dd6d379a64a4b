const focusable = 'button, input, select, textarea, a[href], [tabindex]:not([tabindex="-1"])';

/** Where the focus is, so that it can come back: to the element, or beside where it was, should it be gone by then. */
export interface FocusPlace {
  restore(): void;
}

export function focusPlace(page: Document): FocusPlace {
  const held = page.activeElement;
  // From the inside out: what holds it, and as which child.
  const holders: { readonly parent: Element; readonly at: number }[] = [];
  for (let child = held; child?.parentElement; child = child.parentElement) {
    const parent = child.parentElement;
    holders.push({ parent, at: [...parent.children].indexOf(child) });
  }
  return {
    restore() {
      if (held?.isConnected) return focus(held);
      for (const { parent, at } of holders) {
        if (!parent.isConnected) continue;
        const beside = parent.children[Math.min(at, parent.children.length - 1)] as Element | undefined;
        const next = beside && firstFocusable(beside, parent);
        if (next) return focus(next);
      }
    },
  };
}

const firstFocusable = (beside: Element, parent: Element): Element | null =>
  beside.matches(focusable) ? beside : (beside.querySelector(focusable) ?? parent.querySelector(focusable));

function focus(element: Element): void {
  if (element instanceof HTMLElement) element.focus();
}
