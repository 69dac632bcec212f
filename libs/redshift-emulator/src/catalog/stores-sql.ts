/**
 * What the emulator keeps in the backend's database: facts of tables that PostgreSQL has no place for, and
 * the traces of loads. `if not exists` throughout: it is run whenever an emulator comes to a database.
 */
export const STORES_SQL = `
create schema if not exists redshift_emulator;
grant usage on schema redshift_emulator to public;

-- a text, so that it is what was loaded and clients get it as such, in the binary format too
do $do$ begin
  create domain redshift_emulator.super as text check (value is null or value::json is not null);
exception when duplicate_object then null;
end $do$;

create sequence if not exists redshift_emulator.query_id start 100;

create table if not exists redshift_emulator.table_facts (
  relid oid primary key, diststyle text not null, sortstyle text not null
);
create table if not exists redshift_emulator.column_facts (
  relid oid, attnum smallint, distkey boolean not null, sortkey integer not null, encoding text,
  primary key (relid, attnum)
);
create table if not exists redshift_emulator.key_facts (
  oid oid primary key, relid oid not null, name text not null, kind "char" not null,
  columns smallint[] not null, foreign_relid oid not null, foreign_columns smallint[]
);
create sequence if not exists redshift_emulator.key_oid as integer start 2000000000;

create table if not exists redshift_emulator.load_errors (
  id bigint generated always as identity, query integer not null, session integer not null,
  tbl integer not null, starttime timestamp not null default (now() at time zone 'UTC'),
  filename text not null, line_number bigint not null, colname text not null, type text not null,
  col_length text not null, raw_line text not null, err_code integer not null, err_reason text not null
);
create table if not exists redshift_emulator.load_commits (
  query integer not null, session integer not null, filename text not null,
  lines_scanned bigint not null, errors integer not null,
  curtime timestamp not null default (now() at time zone 'UTC')
);
-- the same for the transaction that loaded: its snapshot is older than what is written beside it
create table if not exists redshift_emulator.load_errors_inside (like redshift_emulator.load_errors
  including defaults including identity);
create table if not exists redshift_emulator.load_commits_inside (like redshift_emulator.load_commits
  including defaults);
grant insert on redshift_emulator.load_errors_inside, redshift_emulator.load_commits_inside to public;
create table if not exists redshift_emulator.replacements (
  query integer not null, session integer not null, tbl integer not null, filename text not null,
  starttime timestamp not null default (now() at time zone 'UTC')
);
create table if not exists redshift_emulator.unloads (
  query integer not null, session integer not null, path text not null, line_count bigint not null,
  transfer_size bigint not null, file_format text not null,
  start_time timestamp not null default (now() at time zone 'UTC')
);
`;
