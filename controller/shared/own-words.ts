import { options } from 'preact';

/**
 * Keeps rendering right on a page that a translator rewrites although `translate="no"` forbids it. Translators put
 * `<font>` elements in place of text nodes; preact then changes text that is not on the page any more, and inserts beside
 * it. What they did to texts inside `root` is undone just before each rendering, never in answer to their changes: two
 * that undo each other would never end. Call it once, before the first rendering.
 */
export function keepOwnWords(root: Node): void {
  let foreign: MutationRecord[] = [];
  const observer = new MutationObserver((records) => {
    foreign.push(...records);
  });
  observer.observe(root, { childList: true, subtree: true });
  options.debounceRendering = (renderNow) =>
    queueMicrotask(() => {
      foreign.push(...observer.takeRecords());
      for (const record of foreign.reverse()) if (isAboutWords(record)) undo(record);
      foreign = [];
      try {
        renderNow();
      } finally {
        observer.takeRecords();
      }
    });
}

/** Whether texts, or what translators put in their place, were added or removed. Effects of ours only move a video. */
const isAboutWords = ({ addedNodes, removedNodes }: MutationRecord): boolean =>
  [...addedNodes, ...removedNodes].some((node) => node.nodeType === Node.TEXT_NODE || node.nodeName === 'FONT');

/** Takes a change back. All later changes must have been taken back before. */
function undo({ target, addedNodes, removedNodes, previousSibling, nextSibling }: MutationRecord): void {
  for (const node of addedNodes) if (node.parentNode === target) target.removeChild(node);
  const next = nextSibling ?? previousSibling?.nextSibling ?? null;
  for (const node of removedNodes) target.insertBefore(node, next?.parentNode === target ? next : null);
}
