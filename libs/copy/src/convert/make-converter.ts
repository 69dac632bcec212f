import { unreachable } from '#contracts';
import type { CopyColumn, CopySemantics } from '../copy-feed.ts';
import type { CopyOptions } from '../copy-options.ts';
import type { LossCounter } from '../loss-counter.ts';
import { BooleanConverter } from './boolean-converter.ts';
import { columnType } from './column-type.ts';
import type { ColumnType } from './column-type.ts';
import { DecimalConverter } from './decimal-converter.ts';
import type { FieldConverter } from './field-converter.ts';
import { FloatConverter } from './float-converter.ts';
import { IntegerConverter } from './integer-converter.ts';
import { JsonConverter } from './json-converter.ts';
import { makeDateConverter, makeTimestampConverter } from './moment-converter.ts';
import { NullRule } from './null-rule.ts';
import { TextConverter } from './text-converter.ts';
import { TimeConverter } from './time-converter.ts';

/** @throws Failure `options-invalid` when DATEFORMAT or TIMEFORMAT cannot be read */
export function makeConverter(
  column: CopyColumn,
  options: CopyOptions,
  semantics: CopySemantics,
  losses: LossCounter,
): FieldConverter {
  const type = columnType(column.type);
  const nulls = new NullRule(options);
  switch (type.kind) {
    case 'Integer':
      return new IntegerConverter(type.bytes, nulls);
    case 'Decimal':
      return new DecimalConverter({ fit: type.fit, rounds: options.roundDecimals }, nulls);
    case 'Float':
      return new FloatConverter(type.bytes, nulls);
    case 'Boolean':
      return new BooleanConverter(nulls);
    case 'Date':
      return makeDateConverter(options, nulls, losses);
    case 'Timestamp':
      return makeTimestampConverter(type.withZone, options, nulls, losses);
    case 'Time':
      return new TimeConverter(type.withZone, nulls);
    case 'Json': {
      const text = textConverter({ kind: 'Other' }, { options, semantics }, nulls, losses);
      // the documents of a file in JSON were read as such already
      return options.format.kind === 'Json' ? text : new JsonConverter(text, nulls);
    }
    case 'VarChar':
    case 'Char':
    case 'Other':
      return textConverter(type, { options, semantics }, nulls, losses);
    default:
      return unreachable(type);
  }
}

function textConverter(
  type: ColumnType & { readonly kind: 'VarChar' | 'Char' | 'Other' },
  how: { readonly options: CopyOptions; readonly semantics: CopySemantics },
  nulls: NullRule,
  losses: LossCounter,
): FieldConverter {
  const { options, semantics } = how;
  const isVarChar = type.kind === 'VarChar';
  const isText = type.kind !== 'Other';
  return new TextConverter(
    {
      length: isText ? type.length : undefined,
      counts: semantics === 'redshift' ? 'bytes' : 'characters',
      asciiOnly: type.kind === 'Char' && semantics === 'redshift',
      // empty and blank fields of other types are always NULL
      emptyIsNull: !isText || options.emptyAsNull,
      blankIsNull: !isText || options.blanksAsNull,
      trims: isVarChar && options.trimBlanks,
      truncates: isText && options.truncateColumns,
      replacement: isVarChar ? options.acceptInvChars : undefined,
      nulIsNull: options.nullAs === '\0',
    },
    nulls,
    losses,
  );
}
