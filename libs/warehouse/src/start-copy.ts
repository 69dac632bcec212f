import { Failure } from '#contracts';
import { jsonPathsUrl, parseCopyOptions, startCopyRun } from '#copy';
import type { CopyColumn, CopyOptions, CopyRun, CopySemantics } from '#copy';

/**
 * Reads a small object as a whole, e.g. a jsonpaths file. @throws Failure file-missing | access-denied
 * | …
 */
export type ReadObject = (at: { readonly bucket: string; readonly key: string }) => Promise<Buffer>;

export type CopySettings = {
  /** as the plan carries them */
  readonly options: string;
  readonly columns: readonly CopyColumn[];
  readonly semantics: CopySemantics;
  /** rejected rows carry the beginning of the row */
  readonly showRows: boolean;
};

/** @throws Failure `options-invalid` with every problem of the options, before any row */
export async function startCopy(settings: CopySettings, readObject: ReadObject): Promise<CopyRun> {
  const input = { ...settings, options: loadableOptions(settings.options) };
  const url = jsonPathsUrl(input.options);
  if (url === undefined) return startCopyRun(input);
  return startCopyRun({ ...input, jsonPaths: await readObject(placeOf(url)) });
}

/** @throws Failure `options-invalid` with every problem, and for options under which nothing is loaded */
export function loadableOptions(text: string): CopyOptions {
  const parsed = parseCopyOptions(text);
  if (parsed.kind === 'problems') {
    const problems = parsed.problems.map((problem) => problem.message).join('; ');
    throw new Failure('options-invalid', `COPY options: ${problems}`);
  }
  if (!parsed.options.noLoad) return parsed.options;
  // It would enter the ledger as loaded, and the cleaner would remove what nobody has.
  throw new Failure(
    'options-invalid',
    'COPY options: NOLOAD loads nothing, yet its files would count as loaded',
  );
}

function placeOf(url: string): { readonly bucket: string; readonly key: string } {
  const place = /^s3:\/\/([^/]+)\/(.+)$/s.exec(url);
  if (place?.[1] && place[2]) return { bucket: place[1], key: place[2] };
  throw new Failure('options-invalid', `COPY options: ${url} is not an s3://bucket/key`);
}
