/**
 * Options are data: what a value may be, its default, and one sentence. Validation, environment names and
 * docs/configuration.md all derive from it.
 */
import { z } from 'zod';
import { Secret } from '#contracts';

export type Option<S extends z.ZodType = z.ZodType> = {
  readonly schema: S;
  /** for people, and for "expected …": e.g. `whole number, 1 to 65535` */
  readonly type: string;
  /** for people; `required`, or what happens without a value */
  readonly fallback: string;
  readonly description: string;
};

export type Options = Readonly<Record<string, Option>>;

type Sentence = { readonly description: string };

/** Text that may be left out. `otherwise` says what happens then. */
export function optionalText(about: Sentence & { readonly otherwise: string }) {
  return {
    schema: z.string().min(1).optional(),
    type: 'text',
    fallback: about.otherwise,
    description: about.description,
  };
}

export function text(
  about: Sentence & { readonly default: string; readonly pattern?: RegExp; readonly type?: string },
) {
  const { default: value, pattern = /^[^\0]*$/s, type = 'text', description } = about;
  const fallback = value === '' ? 'empty' : code(value);
  return { schema: z.string().regex(pattern).default(value), type, fallback, description };
}

export function requiredText(about: Sentence) {
  return { schema: z.string().min(1), type: 'text', fallback: 'required', description: about.description };
}

/** A value that is never printed. */
export function secret(about: Sentence & { readonly otherwise: string }) {
  return {
    schema: z
      .string()
      .min(1)
      .transform((value) => new Secret(value))
      .optional(),
    type: 'secret text',
    fallback: about.otherwise,
    description: about.description,
  };
}

type Bounds = { readonly min: number; readonly max: number };

export function integer(about: Sentence & Bounds & { readonly default: number }) {
  const { min, max, default: value, description } = about;
  const schema = z.preprocess(asNumber, z.number().int().min(min).max(max)).default(value);
  return { schema, type: `whole number, ${min} to ${max}`, fallback: code(value), description };
}

export function optionalInteger(about: Sentence & Bounds & { readonly otherwise: string }) {
  const { min, max, otherwise, description } = about;
  const schema = z.preprocess(asNumber, z.number().int().min(min).max(max)).optional();
  return { schema, type: `whole number, ${min} to ${max}`, fallback: otherwise, description };
}

export function fraction(about: Sentence & { readonly default: number }) {
  const schema = z.preprocess(asNumber, z.number().min(0).max(1)).default(about.default);
  const { description } = about;
  return { schema, type: 'number, 0 to 1', fallback: code(about.default), description };
}

export function flag(about: Sentence & { readonly default: boolean }) {
  const schema = z.preprocess(asBoolean, z.boolean()).default(about.default);
  return { schema, type: 'true or false', fallback: code(about.default), description: about.description };
}

export function optionalFlag(about: Sentence & { readonly otherwise: string }) {
  const schema = z.preprocess(asBoolean, z.boolean()).optional();
  return { schema, type: 'true or false', fallback: about.otherwise, description: about.description };
}

export function choice<const T extends readonly [string, ...string[]]>(
  about: Sentence & { readonly of: T; readonly default: T[number] },
) {
  const { of, default: value, description } = about;
  const schema = z.enum(of).default(() => value);
  return { schema, type: `one of ${of.join(', ')}`, fallback: code(value), description };
}

export function optionalChoice<const T extends readonly [string, ...string[]]>(
  about: Sentence & { readonly of: T; readonly otherwise: string },
) {
  const { of, otherwise, description } = about;
  return { schema: z.enum(of).optional(), type: `one of ${of.join(', ')}`, fallback: otherwise, description };
}

/** In the environment: separated by commas. */
export function texts(
  about: Sentence & {
    readonly default: readonly string[];
    readonly pattern?: RegExp;
    readonly type?: string;
  },
) {
  const { default: value, pattern = /./s, type = 'list of texts', description } = about;
  const list = z.array(z.string().regex(pattern)).min(1).readonly();
  const schema = z.preprocess(asList, list).default(() => [...value]);
  return { schema, type, fallback: value.length === 0 ? 'none' : code(value.join(',')), description };
}

function code(value: string | number | boolean): string {
  return `\`${value}\``;
}

/** Numbers and flags may come as text, from the environment or from `${NAME}`. */
function asNumber(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

function asBoolean(value: unknown): unknown {
  return value === 'true' ? true : value === 'false' ? false : value;
}

function asList(value: unknown): unknown {
  return typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;
}

type SchemasOf<O extends Options> = { readonly [K in keyof O]: O[K]['schema'] };

/** The zod object of a section: its options and nothing else. */
export function toSchema<const O extends Options>(options: O): z.ZodObject<SchemasOf<O>, z.core.$strict> {
  const entries = Object.entries(options).map(([name, option]) => [name, option.schema] as const);
  return z.strictObject(Object.fromEntries(entries) as SchemasOf<O>);
}
