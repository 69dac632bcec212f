import type { CopyFormat, CopyOptions, DateFormat, JsonPaths, TimeFormat } from '../copy-options.ts';
import { DEFAULT_COPY_OPTIONS } from '../copy-options.ts';
import { unreachable } from '#contracts';
import { printCharacters, printText } from './literal-characters.ts';

/**
 * The options as Redshift reads them, in one fixed order, defaults left out. **Credentials and keys are not
 * printed**: the dialect adds its own authorization.
 */
export function printCopyOptions(options: CopyOptions): string {
  return [
    ...printFormat(options.format),
    ...printSource(options),
    ...printConversion(options),
    ...printLoad(options),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function printFormat(format: CopyFormat): string[] {
  switch (format.kind) {
    case 'Delimited':
      return [
        format.delimiter === '|' ? '' : `delimiter ${printCharacters(format.delimiter)}`,
        format.escape ? 'escape' : '',
        format.removeQuotes ? 'removequotes' : '',
      ];
    case 'Csv':
      return [
        'csv',
        format.quote === '"' ? '' : `quote ${printCharacters(format.quote)}`,
        format.delimiter === ',' ? '' : `delimiter ${printCharacters(format.delimiter)}`,
      ];
    case 'FixedWidth': {
      const widths = format.fields.map(({ label, width }) => `${label}:${width}`);
      return [`fixedwidth ${printText(widths.join(','))}`];
    }
    case 'Json':
      return [`json ${printPaths(format.paths)}`];
    case 'Avro':
      return [`avro ${printPaths(format.paths)}`];
    case 'Parquet':
      return ['parquet'];
    case 'Orc':
      return ['orc'];
  }
  return unreachable(format);
}

function printPaths(paths: JsonPaths): string {
  switch (paths.kind) {
    case 'Auto':
      return paths.ignoreCase ? "'auto ignorecase'" : "'auto'";
    case 'NoShred':
      return "'noshred'";
    case 'At':
      return printText(paths.url);
  }
  return unreachable(paths);
}

function printSource(options: CopyOptions): string[] {
  return [
    options.compression === 'none' ? '' : options.compression,
    options.encoding === 'utf8' ? '' : `encoding ${options.encoding}`,
    options.encrypted ? 'encrypted' : '',
    options.manifest ? 'manifest' : '',
    options.region === undefined ? '' : `region ${printText(options.region)}`,
    options.readRatio === undefined ? '' : `readratio ${options.readRatio}`,
  ];
}

function printConversion(options: CopyOptions): string[] {
  const { acceptInvChars, ignoreHeader } = options;
  return [
    options.nullAs === DEFAULT_COPY_OPTIONS.nullAs ? '' : `null as ${printCharacters(options.nullAs)}`,
    options.emptyAsNull ? 'emptyasnull' : '',
    options.blanksAsNull ? 'blanksasnull' : '',
    options.trimBlanks ? 'trimblanks' : '',
    options.truncateColumns ? 'truncatecolumns' : '',
    options.fillRecord ? 'fillrecord' : '',
    options.ignoreBlankLines ? 'ignoreblanklines' : '',
    ignoreHeader === 0 ? '' : `ignoreheader ${ignoreHeader}`,
    acceptInvChars === undefined ? '' : `acceptinvchars ${printCharacters(acceptInvChars)}`,
    options.acceptAnyDate ? 'acceptanydate' : '',
    printTimes('dateformat', options.dateFormat),
    printTimes('timeformat', options.timeFormat),
    options.roundDecimals ? 'roundec' : '',
    options.explicitIds ? 'explicit_ids' : '',
    options.serializeToJson ? 'serializetojson' : '',
  ];
}

function printTimes(option: string, format: DateFormat | TimeFormat): string {
  switch (format.kind) {
    case 'Default':
      return '';
    case 'Auto':
      return `${option} 'auto'`;
    case 'Pattern':
      return `${option} ${printText(format.pattern)}`;
    case 'EpochSecs':
      return `${option} 'epochsecs'`;
    case 'EpochMillisecs':
      return `${option} 'epochmillisecs'`;
  }
  return unreachable(format);
}

function printLoad(options: CopyOptions): string[] {
  return [
    options.maxError === 0 ? '' : `maxerror ${options.maxError}`,
    options.ignoreAllErrors ? 'ignoreallerrors' : '',
    options.noLoad ? 'noload' : '',
    options.compUpdate === undefined ? '' : `compupdate ${options.compUpdate}`,
    options.compRows === undefined ? '' : `comprows ${options.compRows}`,
    options.statUpdate === undefined ? '' : `statupdate ${options.statUpdate}`,
  ];
}
