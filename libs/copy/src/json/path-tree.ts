import { KeyBook } from './key-book.ts';
import type { JsonPath } from './json-paths.ts';

/** One place in a document that some column wants, or that leads to one. */
export type PathNode = {
  /** indexes of the columns that this value itself fills */
  readonly columns: number[];
  /** columns filled by members and by elements of this value, at any depth */
  readonly memberColumns: number[];
  readonly elementColumns: number[];
  readonly members: Map<string, PathNode>;
  /** sparse, by array index */
  readonly elements: (PathNode | undefined)[];
  readonly keys: KeyBook<PathNode>;
};

/**
 * All paths as one tree: 'auto' is the tree of one-step paths, so there is one reader for both.
 * @param paths the n-th fills column n; names in lower case when `ignoreCase`
 */
export function pathTree(paths: readonly JsonPath[], ignoreCase: boolean): PathNode {
  const root = makeNode(ignoreCase);
  for (const [column, path] of paths.entries()) addPath(root, path, column, ignoreCase);
  return root;
}

function addPath(root: PathNode, path: JsonPath, column: number, ignoreCase: boolean): void {
  let node = root;
  for (const step of path) {
    if (typeof step === 'number') {
      node.elementColumns.push(column);
      node = node.elements[step] ??= makeNode(ignoreCase);
    } else {
      node.memberColumns.push(column);
      const next = node.members.get(step) ?? makeNode(ignoreCase);
      node.members.set(step, next);
      node = next;
    }
  }
  node.columns.push(column);
}

function makeNode(ignoreCase: boolean): PathNode {
  const members = new Map<string, PathNode>();
  return {
    columns: [],
    memberColumns: [],
    elementColumns: [],
    members,
    elements: [],
    keys: new KeyBook(members, ignoreCase),
  };
}
