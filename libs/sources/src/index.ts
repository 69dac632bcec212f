export * from './document/document-node.ts';
export * from './document/nearest.ts';
export * from './document/read-document.ts';
export * from './edn/read-edn.ts';
