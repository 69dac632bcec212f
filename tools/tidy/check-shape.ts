import ts from 'typescript';
import { isSpec, roomOf } from './check-imports.ts';
import { ENVIRONMENT_READERS, EXCEPTIONS, LIMITS, ROLE_NAMES } from './house-rules.ts';
import { lineOf, nodes } from './source-files.ts';
import type { SourceFile } from './source-files.ts';

type Check = (file: SourceFile) => string[];

/** Says every limit of style.md that a file breaks, as `path:line: what`. */
export function badShape(file: SourceFile): string[] {
  const excepted = EXCEPTIONS[file.path]?.rule;
  return Object.entries(CHECKS).flatMap(([rule, check]) => (rule === excepted ? [] : check(file)));
}

const CHECKS: Readonly<Record<string, Check>> = {
  'file length': (file) => {
    const lines = file.text.split('\n').length - 1;
    const most = file.path.endsWith('.spec.ts') ? LIMITS.specLinesMax : LIMITS.fileLinesMax;
    return lines > most ? [`${file.path}: ${lines} lines, at most ${most}: split it by deed`] : [];
  },
  'line length': (file) =>
    file.text
      .split('\n')
      .flatMap((line, index) =>
        line.length > LIMITS.lineColumnsMax ? [`${file.path}:${index + 1}: ${line.length} columns`] : [],
      ),
  'function length': (file) => (isSpec(file.path) ? [] : longFunctions(file)),
  'constructor parameters': (file) => wideConstructors(file),
  'file name': (file) => badName(file.path),
  'left behind': (file) =>
    file.text
      .split('\n')
      .flatMap((line, index) =>
        /\b(TO[D]O|FIX[M]E|X{3}|HAC[K])\b/.test(line) ? [`${file.path}:${index + 1}: left behind`] : [],
      ),
  'forbidden syntax': (file) => forbiddenSyntax(file),
  'process.env': (file) =>
    roomOf(file.path) === undefined || isSpec(file.path) || ENVIRONMENT_READERS.includes(file.path)
      ? []
      : /process\.env\b/.test(file.text)
        ? [`${file.path}: reads process.env; take it from the configuration`]
        : [],
};

function longFunctions(file: SourceFile): string[] {
  const found: string[] = [];
  for (const node of nodes(file.tree)) {
    if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) continue;
    const from = lineOf(file, node);
    const lines = file.tree.getLineAndCharacterOfPosition(node.end).line + 2 - from;
    if (lines > LIMITS.functionLinesMax) found.push(`${file.path}:${from}: a function of ${lines} lines`);
  }
  return found;
}

function wideConstructors(file: SourceFile): string[] {
  const found: string[] = [];
  for (const node of nodes(file.tree)) {
    if (ts.isConstructorDeclaration(node) && node.parameters.length > LIMITS.constructorParametersMax)
      found.push(`${file.path}:${lineOf(file, node)}: ${node.parameters.length} constructor parameters`);
  }
  return found;
}

function badName(path: string): string[] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const problems: string[] = [];
  if (!/^[a-z0-9]+([.-][a-z0-9]+)*\.ts$/.test(name)) problems.push(`${path}: not kebab-case`);
  if (ROLE_NAMES.test(name)) problems.push(`${path}: named after a role; name the deed`);
  if (name === 'index.ts' && !/^libs\/[^/]+\/src\/index\.ts$/.test(path))
    problems.push(`${path}: only a lib's door is an index.ts`);
  const inside = /\/src\/(.*)$/.exec(path)?.[1];
  if (inside && inside.split('/').length - 1 > LIMITS.folderDepthMax)
    problems.push(`${path}: too deep inside src`);
  return problems;
}

function forbiddenSyntax(file: SourceFile): string[] {
  const found: string[] = [];
  const product = roomOf(file.path) !== undefined && !isSpec(file.path);
  for (const node of nodes(file.tree)) {
    const what = forbidden(node, { product, path: file.path });
    if (what) found.push(`${file.path}:${lineOf(file, node)}: ${what}`);
  }
  return found;
}

function forbidden(
  node: ts.Node,
  at: { readonly product: boolean; readonly path: string },
): string | undefined {
  if (ts.isEnumDeclaration(node)) return 'an enum; use a union of literals';
  if (ts.isExportAssignment(node) && !at.path.endsWith('.config.ts')) return 'a default export';
  if (node.kind === ts.SyntaxKind.AnyKeyword) return 'any';
  if (!at.product) return undefined;
  if (ts.isDecorator(node) && !mayDecorate(at.path)) return 'a decorator outside modules and controllers';
  if (ts.isAsExpression(node) && !isConst(node) && !insideParse(node)) return '`as` outside a parse function';
  if (ts.isNonNullExpression(node)) return '`!` instead of a check';
  return undefined;
}

function mayDecorate(path: string): boolean {
  return /\.(module|controller)\.ts$|\/main\.ts$/.test(path) || path.startsWith('libs/service/');
}

function isConst(node: ts.AsExpression): boolean {
  return node.type.getText() === 'const';
}

/** `as` is for the one place where a raw value gets its type: functions that parse, read, decode or brand. */
function insideParse(node: ts.Node): boolean {
  for (let up: ts.Node | undefined = node.parent; up; up = up.parent) {
    const name = nameOf(up);
    if (name && /^(parse|read|decode|as|from|brand|to[A-Z]|is[A-Z])/.test(name)) return true;
  }
  return /\/(brands|identity|target)\.ts$/.test(node.getSourceFile().fileName);
}

function nameOf(node: ts.Node): string | undefined {
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) return node.name?.getText();
  const holder = ts.isArrowFunction(node) || ts.isFunctionExpression(node) ? node.parent : undefined;
  return holder && ts.isVariableDeclaration(holder) ? holder.name.getText() : undefined;
}
