export const TARGETS: Readonly<
  Record<
    string,
    { readonly needs: readonly ('build' | 'servers')[]; readonly steps: readonly (readonly string[])[] }
  >
>;
export function bootstrap(root: string, args: readonly string[]): Promise<number>;
export function install(root: string): number;
export function build(root: string): number;
export function listSources(root: string): string[];
export function stampOf(root: string, sources: readonly string[]): string;
