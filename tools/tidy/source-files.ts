import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';

/** One TypeScript file of the house, parsed. `path` is relative to the root, with forward slashes. */
export type SourceFile = { readonly path: string; readonly text: string; readonly tree: ts.SourceFile };

const ROOTS = ['apps', 'libs', 'tools', 'tests'];
const PASSED_OVER = new Set(['node_modules', 'dist', '.stack']);

export function sourceFiles(root: string): SourceFile[] {
  return ROOTS.flatMap((folder) => filesBelow(join(root, folder)))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => parse(root, path));
}

function parse(root: string, path: string): SourceFile {
  const text = readFileSync(path, 'utf8');
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  return { path: relative(root, path).split(sep).join('/'), text, tree };
}

/** [] where there is no such folder: git keeps no empty ones. */
function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (PASSED_OVER.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** Every node of a tree, depth first. */
export function* nodes(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  node.forEachChild((child) => {
    children.push(child);
  });
  for (const child of children) yield* nodes(child);
}

/** Every module specifier that a file imports or re-exports, dynamic imports included. */
export function importsOf(file: SourceFile): string[] {
  const found: string[] = [];
  for (const node of nodes(file.tree)) {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier)
      found.push(textOf(node.moduleSpecifier));
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument) found.push(textOf(argument));
    }
  }
  return found;
}

function textOf(node: ts.Node): string {
  return ts.isStringLiteral(node) ? node.text : '';
}

export function lineOf(file: SourceFile, node: ts.Node): number {
  return file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree)).line + 1;
}
