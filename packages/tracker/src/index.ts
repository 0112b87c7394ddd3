export type { Clock } from './clock.ts';
export { createTracker, type Tracker } from './create-tracker.ts';
export type { Lost, OnError, TrackerError } from './report.ts';
export type { TrackerStorage } from './store.ts';
export type { Platform, Properties, Revenue, TrackerOptions, TrackOptions, UserProperties } from './tracker-options.ts';
