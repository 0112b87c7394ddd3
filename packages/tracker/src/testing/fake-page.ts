import { vi } from 'vitest';
import type { TrackerStorage } from '../store.ts';

/** Puts a page around the tracker, as far as it looks at one; `vi.unstubAllGlobals` takes it away. */
export function fakePage(localStorage?: TrackerStorage) {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('window', window);
  vi.stubGlobal('document', document);
  vi.stubGlobal('localStorage', localStorage);
  return {
    hide() {
      document.visibilityState = 'hidden';
      document.dispatchEvent(new Event('visibilitychange'));
    },
    leave: () => window.dispatchEvent(new Event('pagehide')),
    comeBack: () => window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true })),
    show: () => window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false })),
    goOnline: () => window.dispatchEvent(new Event('online')),
  };
}
