import { TextDecoder } from 'node:util';
import { Failure } from '#contracts';
import type { Encoding } from '../copy-options.ts';

const MARKS = { 'utf-16le': '\xff\xfe', 'utf-16be': '\xfe\xff' } as const;
type Decoder = keyof typeof MARKS;

/**
 * UTF-16 as UTF-8, without its byte order mark. The mark must be there and agree with the option, else the
 * file is refused with error 1221 (reference/redshift-copy.md §2, ENCODING). An unpaired surrogate becomes
 * an invalid byte, so that the row it is in is refused, not the file.
 */
export async function* decodeUtf16(
  bytes: AsyncIterable<Buffer>,
  how: { readonly encoding: Exclude<Encoding, 'utf8'>; readonly url: string },
): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | undefined;
  let head: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    let data = chunk;
    if (decoder === undefined) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      if (head.length < 2) continue;
      decoder = new TextDecoder(decoderOf(head, how), { ignoreBOM: false });
      data = head;
    }
    yield toUtf8(decoder.decode(data, { stream: true }));
  }
  if (decoder === undefined && head.length > 0) throw wrongEncoding(how.url);
  if (decoder !== undefined) yield toUtf8(decoder.decode());
}

function decoderOf(
  head: Buffer,
  how: { readonly encoding: Exclude<Encoding, 'utf8'>; readonly url: string },
): Decoder {
  const mark = head.toString('latin1', 0, 2);
  const found = mark === MARKS['utf-16le'] ? 'utf-16le' : mark === MARKS['utf-16be'] ? 'utf-16be' : undefined;
  const wanted = how.encoding === 'utf16' ? found : how.encoding === 'utf16le' ? 'utf-16le' : 'utf-16be';
  if (found === undefined || found !== wanted) throw wrongEncoding(how.url);
  return found;
}

const REPLACEMENT = Buffer.from('\ufffd');
const INVALID = 0xff;

/**
 * TextDecoder writes U+FFFD for a lone surrogate; a byte that UTF-8 never has makes the row an error
 * (1220).
 */
function toUtf8(text: string): Buffer {
  const utf8 = Buffer.from(text);
  for (let at = utf8.indexOf(REPLACEMENT); at >= 0; at = utf8.indexOf(REPLACEMENT, at + 3))
    utf8[at] = INVALID;
  return utf8;
}

function wrongEncoding(url: string): Failure {
  const reason = 'The file does not begin with the byte order mark of the UTF-16 declared';
  return new Failure('copy-rejected', `${url}: ${reason}`, {
    rejected: [{ file: url, line: 1, reason, copyError: 1221 }],
    remedy: 'Upload the file with its byte order mark, or correct ENCODING among the COPY options.',
  });
}
