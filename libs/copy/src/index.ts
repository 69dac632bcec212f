export * from './copy-feed.ts';
