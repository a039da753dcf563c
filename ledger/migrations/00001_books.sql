-- The books. Reference data is small and the same everywhere; what belongs to a family carries its bucket as the
-- first column of every key, so that a batch stays inside one bucket and the tables can be distributed by it.
-- Rows of money (message, posting, flush) are only ever inserted; triggers refuse anything else.

-- +goose Up

-- +goose StatementBegin
do $$
begin
    -- Roles belong to the whole server: another ledger on it may have made them, or be making them now.
    begin
        create role bpnt_gateway nologin;
    exception when duplicate_object or unique_violation then null;
    end;
    begin
        create role bpnt_operator nologin;
    exception when duplicate_object or unique_violation then null;
    end;
end
$$;
-- +goose StatementEnd

create schema bpnt;

-- One row: what was chosen when this ledger was made.
create table bpnt.ledger (
    only_row        boolean primary key default true check (only_row),
    buckets         smallint    not null check (buckets between 1 and 100),
    key_fingerprint text        not null,
    time_zone       text        not null default 'Asia/Jakarta',
    -- A business date begins this long after midnight of the same calendar date.
    cut_over        interval    not null default '0',
    created_at      timestamptz not null default now()
);

create table bpnt.programme (
    id   smallint primary key check (id between 1 and 2000), -- post() counts programme * 1000000 + period in an integer
    code text not null unique,
    name text not null
);

-- A period is one month of a programme, as YYYYMM. Only an open period's purses may be spent from.
create table bpnt.period (
    programme smallint not null references bpnt.programme,
    id        integer  not null check (id between 200001 and 999912 and id % 100 between 1 and 12),
    amount    bigint   not null check (amount > 0),
    status    text     not null check (status in ('pending', 'open', 'closed')),
    opened_at timestamptz,
    primary key (programme, id)
);

create table bpnt.region (
    id   smallint primary key,
    name text not null unique
);

create table bpnt.bank (
    id   smallint primary key,
    code text not null unique,
    name text not null
);

-- Only names: a link's settings stand in the gateway's configuration file.
create table bpnt.link (
    id   smallint generated always as identity primary key,
    name text not null unique
);

-- What a receipt prints of an outlet. Never changed: a renamed outlet gets a new row, so that a repeated answer
-- prints what the first one printed.
create table bpnt.masthead (
    id   integer generated always as identity primary key,
    mid  text not null,
    name text not null,
    city text not null,
    unique (mid, name, city)
);

create table bpnt.outlet (
    id       integer generated always as identity primary key,
    mid      text     not null unique check (length(mid) between 1 and 15),
    masthead integer  not null references bpnt.masthead,
    region   smallint not null references bpnt.region,
    bank     smallint not null references bpnt.bank,
    status   text     not null default 'active' check (status in ('active', 'suspended'))
);

-- An unregistered terminal is one of which only a reversal was heard: its tombstone needs the number.
create table bpnt.terminal (
    id          integer  generated always as identity unique,
    link        smallint not null references bpnt.link,
    tid         text collate "C" not null check (length(tid) = 8),
    outlet      integer  references bpnt.outlet,
    status      text     not null default 'active' check (status in ('active', 'suspended', 'unregistered')),
    -- Counts the repairs that set the STAN back: identities of an older epoch are no repeats (DESIGN D5).
    epoch       smallint not null default 0,
    -- The settlement batch that is open now, for messages that do not name one in DE60.
    batch       integer  not null default 1,
    wrapped_tpk bytea,
    wrapped_tak bytea,
    changed_at  timestamptz not null default now(),
    primary key (link, tid),
    check ((outlet is null) = (status = 'unregistered'))
);

-- What was done to reference data and cards, by whom and when. Append-only.
create table bpnt.journal (
    id     bigint generated always as identity primary key,
    at     timestamptz not null default now(),
    actor  text not null default session_user,
    action text not null,
    what   text not null
);

-- One row a bucket: the counters and the end of the hash chain. Changed only under the bucket's lock.
create table bpnt.bucket (
    id         smallint primary key,
    message_no bigint not null default 0,
    flush_no   bigint not null default 0,
    digest     bytea  not null default sha256('bpnt')
) with (fillfactor = 20);

create table bpnt.family (
    bucket smallint not null,
    id     bigint   not null check (id > 0),
    region smallint not null,
    name   text     not null,
    primary key (bucket, id)
);

-- A card, found by the keyed hash of its PAN, or a forward: the card's family lives in another bucket.
create table bpnt.card (
    family     bigint,
    pan        uuid     not null,
    pin_value  integer,
    expiry     integer  not null check (expiry between 1 and 9912),
    bucket     smallint not null,
    pan_key    smallint not null,
    tries      smallint not null default 0 check (tries between 0 and 3),
    forward    smallint,
    first6     text     not null check (first6 ~ '^[0-9]{6}$'),
    last4      text     not null check (last4 ~ '^[0-9]{4}$'),
    status     text     not null default 'active' check (status in ('active', 'blocked', 'lost', 'stolen')),
    primary key (bucket, pan),
    check ((family is null) = (forward is not null))
) with (fillfactor = 90);

-- What a family may spend in one programme and period. message and before_message are the numbers of the newest
-- posting on it and of the one before: the head of a chain through posting.previous, which is a family's statement
-- without an index on it.
create table bpnt.purse (
    family         bigint   not null,
    balance        bigint   not null,
    granted        bigint   not null,
    message        bigint   not null,
    before_message bigint,
    period         integer  not null,
    bucket         smallint not null,
    programme      smallint not null,
    primary key (bucket, family, programme, period),
    check (balance >= 0 and balance <= granted)
) with (fillfactor = 75);

-- One row for each message that was decided. class is what the key is about: R redemption, I inquiry, V void,
-- O other; in lower case the reversal of such a one. A tombstone is a row with outcome 5 in the original's place.
create table bpnt.message (
    id              bigint      not null,
    at              timestamptz not null,
    amount          bigint      not null,
    balance         bigint      not null,
    family          bigint,
    stamp           bigint,
    pan             uuid        not null,
    terminal        integer     not null,
    stan            integer     not null,
    processing_code integer     not null,
    batch           integer,
    sent_batch      integer,
    atc             integer,
    masthead        integer,
    bucket          smallint    not null,
    generation      smallint    not null,
    epoch           smallint    not null,
    outcome         smallint    not null,
    tries_left      smallint,
    nii             smallint,
    entry_mode      smallint,
    class           "char"      not null,
    invoice         text        not null,
    -- terminal is the number of (link, TID). It and the STAN come first, so that a terminal's inserts fall on one leaf.
    primary key (bucket, terminal, stan, class, pan, generation)
);

-- Append-only. Each row moves amount rupiah from one account to another: P purse (of family, programme, period),
-- O outlet, F the programme's fund, T treasury. kind: D disbursement, R redemption, U reversal of a redemption.
create table bpnt.posting (
    message       bigint   not null,
    from_id       bigint   not null,
    to_id         bigint   not null,
    amount        bigint   not null,
    previous      bigint,
    period        integer  not null,
    business_date date     not null,
    batch         integer,
    bucket        smallint not null,
    line          smallint not null,
    programme     smallint not null,
    kind          "char"   not null,
    from_kind     "char"   not null,
    to_kind       "char"   not null,
    -- One check, not one a column: the server makes each ready anew for every statement.
    check (amount > 0 and case kind
        when 'R' then from_kind = 'P' and to_kind = 'O'
        when 'U' then from_kind = 'O' and to_kind = 'P'
        when 'D' then from_kind = 'F' and to_kind = 'P'
        else false end),
    primary key (bucket, message, line)
);

-- The hash chain: what one call wrote, and the digest of it together with the digest of the flush before.
create table bpnt.flush (
    no            bigint      not null,
    first_message bigint      not null,
    last_message  bigint      not null,
    at            timestamptz not null,
    postings      integer     not null,
    bucket        smallint    not null,
    digest        bytea       not null,
    primary key (bucket, no)
);

-- An ANALYZE makes every backend plan post() anew (tens of ms), and its plan does not depend on figures; a purse's dead
-- rows are cleared by whoever reads the page next. So autovacuum is called seldom: after half a table has changed.
alter table bpnt.purse   set (autovacuum_vacuum_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
alter table bpnt.message set (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
alter table bpnt.posting set (autovacuum_vacuum_insert_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);

-- +goose StatementBegin
create function bpnt.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'rows of %.% are never changed or removed: post a correction', tg_table_schema, tg_table_name;
end
$$;
-- +goose StatementEnd

create trigger append_only before update or delete or truncate on bpnt.posting
    for each statement execute function bpnt.refuse_change();
create trigger append_only before update or delete or truncate on bpnt.message
    for each statement execute function bpnt.refuse_change();
create trigger append_only before update or delete or truncate on bpnt.flush
    for each statement execute function bpnt.refuse_change();
create trigger append_only before update or delete or truncate on bpnt.journal
    for each statement execute function bpnt.refuse_change();
create trigger append_only before update or delete or truncate on bpnt.masthead
    for each statement execute function bpnt.refuse_change();

insert into bpnt.programme (id, code, name) values (1, 'BPNT', 'Bantuan Pangan Non Tunai');
insert into bpnt.region (id, name) values
    (0, 'Unassigned'), (3171, 'Jakarta Selatan'), (3172, 'Jakarta Timur'), (3173, 'Jakarta Pusat'),
    (3174, 'Jakarta Barat'), (3175, 'Jakarta Utara');
insert into bpnt.bank (id, code, name) values (9, 'BNI', 'Bank Negara Indonesia');

-- +goose Down
-- There is no way back: books are not unwritten. Drop the database instead.
select 1/0;
