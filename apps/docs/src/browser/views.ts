/** How a page is looked at. */
export type View = { name: string; colorScheme: 'light' | 'dark'; width: number; height: number };

export const views: View[] = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 900 },
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 900 },
  { name: 'phone', colorScheme: 'light', width: 375, height: 760 },
];
