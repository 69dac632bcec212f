create table if not exists fruit (
  id integer primary key,
  name varchar(40),
  price numeric(8, 2)
);
