import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * One table of the demo: real data from the npm package vega-datasets, dressed as a producer would drop it.
 */
export type Dataset = {
  readonly table: string;
  readonly what: string;
  readonly ddl: string;
  readonly manifest: string;
  readonly fileName: string;
  readonly body: () => Buffer;
  readonly rows: number;
  readonly sample: string;
};

const data = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data');

function read(name: string): Buffer {
  return readFileSync(join(data, name));
}

function readRows(name: string): Record<string, unknown>[] {
  return JSON.parse(read(name).toString('utf8')) as Record<string, unknown>[];
}

export const AIRPORTS: Dataset = {
  table: 'airports',
  what: 'CSV with quotes, merged by key',
  ddl: `create table airports (iata varchar(8) primary key, name text, city text, state text, country text,
    latitude double precision, longitude double precision)`,
  manifest: `{:table "airports"
 :pk-columns ["iata"]
 :columns ["iata" "name" "city" "state" "country" "latitude" "longitude"]
 :database :main
 :options ["CSV" "IGNOREHEADER 1"]
 :data-pattern ".*\\\\.csv"}`,
  fileName: 'airports.csv',
  body: () => read('airports.csv'),
  rows: 3_376,
  sample: `select name, city from airports where iata = 'BTR'`,
};

export const BIRDSTRIKES: Dataset = {
  table: 'birdstrikes',
  what: 'CSV with CRLF, appended',
  ddl: `create table birdstrikes (airport text, aircraft text, damage text, flight_date date, operator text,
    state text, phase text, size text, species text, time_of_day text, cost_other bigint, cost_repair bigint,
    cost_total bigint, speed bigint)`,
  manifest: `{:table "birdstrikes"
 :columns ["airport" "aircraft" "damage" "flight_date" "operator" "state" "phase" "size" "species"
           "time_of_day" "cost_other" "cost_repair" "cost_total" "speed"]
 :database :main
 :strategy "append"
 :options ["CSV" "IGNOREHEADER 1"]
 :data-pattern ".*\\\\.csv"}`,
  fileName: 'birdstrikes.csv',
  body: () => read('birdstrikes.csv'),
  rows: 10_000,
  sample: `select species, count(*) as strikes from birdstrikes group by 1 order by 2 desc limit 1`,
};

export const UNEMPLOYMENT: Dataset = {
  table: 'unemployment',
  what: 'TSV, replacing the table',
  ddl: 'create table unemployment (id integer, rate numeric(5,3))',
  manifest: `{:table "unemployment"
 :columns ["id" "rate"]
 :database :main
 :strategy "replace"
 :options ["DELIMITER '\\\\t'" "IGNOREHEADER 1"]
 :data-pattern ".*\\\\.tsv"}`,
  fileName: 'unemployment.tsv',
  body: () => read('unemployment.tsv'),
  rows: 3_218,
  sample: 'select round(avg(rate), 4) as mean_rate from unemployment',
};

export const CARS: Dataset = {
  table: 'cars',
  what: 'JSON lines, appended',
  ddl: `create table cars (name text, miles_per_gallon numeric(6,1), cylinders smallint,
    displacement numeric(8,2), horsepower integer, weight_in_lbs integer, acceleration numeric(6,2),
    year date, origin text)`,
  manifest: `{:table "cars"
 :columns ["name" "miles_per_gallon" "cylinders" "displacement" "horsepower" "weight_in_lbs" "acceleration"
           "year" "origin"]
 :database :main
 :strategy "append"
 :options ["JSON 'auto ignorecase'"]
 :data-pattern ".*\\\\.json"}`,
  fileName: 'cars.json',
  body: () =>
    Buffer.from(
      readRows('cars.json')
        .map((row) => JSON.stringify(row))
        .join('\n') + '\n',
    ),
  rows: 406,
  sample: 'select origin, count(*) as models from cars group by 1 order by 2 desc limit 1',
};

export const FLIGHTS: Dataset = {
  table: 'flights',
  what: 'gzip, merged by key',
  ddl: 'create table flights (id bigint primary key, delay integer, distance integer, hour numeric(10,6))',
  manifest: `{:table "flights"
 :pk-columns ["id"]
 :columns ["id" "delay" "distance" "hour"]
 :database :main
 :options ["CSV" "GZIP"]
 :data-pattern ".*\\\\.csv\\\\.gz"}`,
  fileName: 'flights.csv.gz',
  body: () => gzipSync(flightRows(), { level: 1 }),
  rows: 200_000,
  sample: 'select round(avg(delay), 2) as mean_delay from flights',
};

/** The alternate mode of Blueshift: the data stays, the manifest goes after the load. */
export const ZIPCODES: Dataset = {
  table: 'zipcodes',
  what: 'alternate mode: data kept, manifest removed',
  ddl: `create table zipcodes (zip_code varchar(5), latitude double precision, longitude double precision,
    city text, state varchar(2), county text)`,
  manifest: `{:table "zipcodes"
 :pk-columns ["zip_code"]
 :columns ["zip_code" "latitude" "longitude" "city" "state" "county"]
 :database :main
 :options ["CSV" "IGNOREHEADER 1"]
 :data-pattern ".*\\\\.csv"
 :keep-data-pattern-files-on-import true
 :keep-manifest-upon-import false}`,
  fileName: 'zipcodes.csv',
  body: () => read('zipcodes.csv'),
  rows: 42_049,
  sample: `select city, county from zipcodes where zip_code = '00501'`,
};

/** One file per year, for the other warehouse. */
export const WEATHER = {
  table: 'weather',
  ddl: `create table weather (date date not null, precipitation decimal(5,1), temp_max decimal(5,1),
    temp_min decimal(5,1), wind decimal(5,1), weather varchar(16)) distkey (date) sortkey (date)`,
  manifest: `{:table "weather"
 :pk-columns ["date"]
 :columns ["date" "precipitation" "temp_max" "temp_min" "wind" "weather"]
 :database :redshift
 :options ["CSV" "IGNOREHEADER 1"]
 :data-pattern ".*\\\\.csv"}`,
  files: yearsOf(read('seattle-weather.csv').toString('utf8')),
  rows: 1_461,
  sample: `select weather, count(*) as days from weather group by 1 order by 2 desc limit 1`,
} as const;

export const DATASETS = [AIRPORTS, BIRDSTRIKES, UNEMPLOYMENT, CARS, FLIGHTS] as const;

function yearsOf(file: string): readonly { readonly name: string; readonly body: string }[] {
  const [header = '', ...rows] = file.trimEnd().split('\n');
  const years = [...new Set(rows.map((row) => row.slice(0, 4)))];
  return years.map((year) => ({
    name: `seattle-${year}.csv`,
    body: `${[header, ...rows.filter((row) => row.startsWith(year))].join('\n')}\n`,
  }));
}

function flightRows(): Buffer {
  const rows = readRows('flights-200k.json');
  return Buffer.from(
    rows
      .map(
        (row, index) =>
          `${index + 1},${String(row['delay'])},${String(row['distance'])},${String(row['time'])}\n`,
      )
      .join(''),
  );
}
