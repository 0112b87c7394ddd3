type Listeners = {
  /** The page is no longer seen, and on a phone may never be again. */
  onHidden: () => void;
  /** The page goes away; it may come back from the browser's cache. */
  onLeave: () => void;
  /** It came back, or the network did. */
  onBack: () => void;
};

/** Listens to the page, where there is one; returns what ends it. */
export function watchPage({ onHidden, onLeave, onBack }: Listeners): () => void {
  const { document, window } = globalThis;
  if (!document || !window) return () => {};
  const end = new AbortController();
  const { signal } = end;
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && onHidden(), { signal });
  window.addEventListener('pagehide', onLeave, { signal });
  window.addEventListener('pageshow', ({ persisted }) => persisted && onBack(), { signal });
  window.addEventListener('online', onBack, { signal });
  return () => end.abort();
}
