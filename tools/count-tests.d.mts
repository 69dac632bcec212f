export function countTests(
  report: string | undefined,
  code: number,
): { readonly line: string; readonly code: number };
