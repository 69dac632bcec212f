declare module 'unbzip2-stream' {
  import type { Duplex } from 'node:stream';
  /** An old-style through stream: data comes out synchronously during `write` and `end`. */
  export default function unbzip2Stream(): Duplex;
}
