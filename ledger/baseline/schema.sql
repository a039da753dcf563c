drop schema if exists bpnt_baseline cascade;
create schema bpnt_baseline;
set search_path = bpnt_baseline;

create table card (
    pan       uuid    not null,
    family    bigint  not null,
    pin_value integer not null
);

create table purse (
    family  bigint not null,
    balance bigint not null check (balance >= 0)
) with (fillfactor = 75);

-- The primary key is the identity of a message: a second one like it cannot be posted.
create table posting (
    pan     uuid        not null,
    family  bigint      not null,
    amount  bigint      not null check (amount > 0),
    balance bigint      not null,
    at      timestamptz not null default clock_timestamp(),
    stan    integer     not null,
    tid     text        not null,
    primary key (tid, stan, pan)
);
