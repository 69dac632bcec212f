import { posix } from 'node:path';
import { importsOf } from './source-files.ts';
import type { SourceFile } from './source-files.ts';

type Graph = ReadonlyMap<string, readonly string[]>;

/**
 * Files that import each other in a circle, types included: none of them can be understood, moved or tested
 * without the others. Each circle once, as short as it can be, from the first of its names.
 */
export function importCycles(files: readonly SourceFile[]): string[] {
  const graph = graphOf(files);
  const told = new Set<string>();
  const cycles: string[] = [];
  for (const path of [...graph.keys()].toSorted((a, b) => (a < b ? -1 : 1))) {
    const cycle = told.has(path) ? undefined : shortestCycle(path, graph);
    if (!cycle) continue;
    for (const member of cycle) told.add(member);
    cycles.push([...cycle, path].join(' → '));
  }
  return cycles;
}

function graphOf(files: readonly SourceFile[]): Graph {
  const paths = new Set(files.map(({ path }) => path));
  const edges = (file: SourceFile) =>
    importsOf(file)
      .map((specifier) => targetOf(file.path, specifier))
      .filter((target) => paths.has(target));
  return new Map(files.map((file) => [file.path, edges(file)]));
}

/** What a door leads to is part of the circle, too. */
function targetOf(path: string, specifier: string): string {
  if (specifier === '#stack') return 'tools/stack/stack.ts';
  if (specifier.startsWith('#')) return `libs/${specifier.slice(1)}/src/index.ts`;
  return posix.join(posix.dirname(path), specifier);
}

/** Breadth first, so that the first way back to the start is the shortest. */
function shortestCycle(start: string, graph: Graph): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const path of queue) {
    for (const next of graph.get(path) ?? []) {
      if (next === start) return wayTo(path, cameFrom);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, path);
      queue.push(next);
    }
  }
  return undefined;
}

function wayTo(path: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way = [path];
  for (let at = cameFrom.get(path); at !== undefined; at = cameFrom.get(at)) way.unshift(at);
  return way;
}
