type Environment = Readonly<Record<string, string | undefined>>;
export function nodeProblem(version?: string): string | undefined;
export function javaCommand(env?: Environment): string;
export function findJava(env?: Environment): { readonly version: string } | { readonly problem: string };
export function mavenProblem(env?: Environment): string | undefined;
