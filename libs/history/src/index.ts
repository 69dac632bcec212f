export { History, foldHistory } from './history.ts';
export type { HistoryLimits } from './history.ts';
export type { CleanPart, CompletionSeen, LoadRecord, Recorded, RequestSeen } from './load-record.ts';
export { statusOf } from './load-status.ts';
export type { LoadStatus } from './load-status.ts';
/** @public for the gateway and its page */
export { storyOf } from './story-of.ts';
export type { StoryEntry } from './story-of.ts';
export { tableViews } from './table-views.ts';
export type { TableView } from './table-views.ts';
