/** Redshift's tables about loads (reference/redshift-copy.md §5): CHAR columns are padded, as there. */
export const LOAD_VIEWS_SQL = `
create or replace view redshift_emulator.known_load_errors as
  select * from redshift_emulator.load_errors
  union all
  select * from redshift_emulator.load_errors_inside as inside where not exists
    (select from redshift_emulator.load_errors as beside where beside.query = inside.query);

create or replace view redshift_emulator.known_load_commits as
  select * from redshift_emulator.load_commits
  union all
  select * from redshift_emulator.load_commits_inside as inside where not exists
    (select from redshift_emulator.load_commits as beside where beside.query = inside.query);

create or replace view redshift_emulator.stl_load_errors as
  select 100 as userid, 0 as slice, tbl, starttime, session, query, filename::char(256) as filename,
    line_number, colname::char(127) as colname, type::char(10) as type, col_length::char(10) as col_length,
    0 as position, raw_line::char(1024) as raw_line, ''::char(1024) as raw_field_value, err_code,
    err_reason::char(100) as err_reason, 0 as is_partial, 0::bigint as start_offset
  from redshift_emulator.known_load_errors;

create or replace view redshift_emulator.stl_loaderror_detail as
  select 100 as userid, 0 as slice, session, query, filename::char(256) as filename, line_number, 0 as field,
    colname::char(1024) as colname, raw_line::char(1024) as value, 0 as is_null, type::char(10) as type,
    col_length::char(10) as col_length
  from redshift_emulator.known_load_errors;

create or replace view redshift_emulator.sys_load_error_detail as
  select 100 as user_id, query::bigint as query_id, query::bigint as transaction_id, session as session_id,
    pg_catalog.current_database()::char(64) as database_name, tbl as table_id, starttime as start_time,
    filename::char(256) as file_name, line_number, colname::char(127) as column_name,
    type::char(10) as column_type, col_length::char(10) as column_length, 0 as position,
    err_code as error_code, err_reason::char(512) as error_message
  from redshift_emulator.known_load_errors;

create or replace view redshift_emulator.stl_load_commits as
  select 100 as userid, query, 0 as slice, filename::char(256) as name, filename::char(256) as filename,
    0 as byte_offset, lines_scanned, errors, curtime, 1 as status, ''::char(1) as file_format,
    0 as is_partial, 0::bigint as start_offset
  from redshift_emulator.known_load_commits;

create or replace view redshift_emulator.sys_load_detail as
  select 100 as user_id, query::bigint as query_id, filename::char(256) as file_name,
    lines_scanned, errors as error_count, curtime as record_time
  from redshift_emulator.known_load_commits;

create or replace view redshift_emulator.stl_replacements as
  select 100 as userid, query, 0 as slice, tbl, starttime, session, filename::char(256) as filename,
    0::bigint as line_number, ''::char(127) as colname, ''::char(1024) as raw_line
  from redshift_emulator.replacements;

create or replace view redshift_emulator.stl_unload_log as
  select 100 as userid, query, 0 as slice, session as pid, path::char(1280) as path, start_time,
    start_time as end_time, line_count, transfer_size, file_format::char(10) as file_format
  from redshift_emulator.unloads;
`;
