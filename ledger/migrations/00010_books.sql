-- The books. Reference data is small and the same everywhere; what belongs to a family carries its bucket as the
-- first column of every key, so that a batch stays inside one bucket and the tables can be distributed by it.
-- Rows of money (message, posting, flush) are only ever inserted; triggers refuse anything else. The functions stand in
-- ledger/functions and are replaced as a whole by each version of the program.

-- +goose Up

-- Versions 1 to 3 were never released. Their disbursements do not say where the money came from.
-- +goose StatementBegin
do $$
begin
    if exists (select from pg_namespace where nspname = 'bpnt') then
        raise exception 'this database holds a ledger of an unreleased version, which cannot be carried over: use a new one';
    end if;
end
$$;
-- +goose StatementEnd

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

-- The digest of ledger/functions as this database has them.
create table bpnt.code (
    only_row boolean primary key default true check (only_row),
    digest   text    not null
);

create table bpnt.programme (
    id   smallint primary key check (id > 0), -- 1, 2, 3 …: post() keeps rules in arrays with this index
    code text not null unique check (code ~ '^[A-Z0-9-]{2,12}$'),
    name text not null
);

-- What holds for a programme from a business date on, until the next row. Never changed: a decree is a new row, dated
-- after today (rule_add), so the past keeps its rules. Null says that there is no such rule.
create table bpnt.rule (
    programme   smallint not null references bpnt.programme,
    since       date     not null,
    amount      bigint   check (amount > 0),        -- whole rupiah a family and period; null: what the file says
    unspent     text     not null check (unspent in ('accumulate', 'expire_at_next', 'expire_after')),
    expire_days integer  check (expire_days > 0),   -- after the period was opened, where unspent is expire_after
    freeze_days integer  check (freeze_days > 0),   -- since money and last use, then it is frozen
    return_days integer  check (return_days >= 0),  -- since it was frozen, then it goes back to the treasury
    most        bigint   check (most > 0),          -- whole rupiah a redemption
    day_most    bigint   check (day_most > 0),      -- whole rupiah a family and business day
    day_count   integer  check (day_count > 0),     -- redemptions a family and business day
    opens       time,                               -- hours of trade, by the ledger's time zone
    closes      time,
    cash_out    boolean  not null,
    source      text     not null check (source <> ''), -- the decree
    primary key (programme, since),
    check ((unspent = 'expire_after') = (expire_days is not null)),
    check ((opens is null) = (closes is null) and opens < closes)
);

-- One order to pay: a file, or "every family". Its name is what it is known by for ever.
create table bpnt.disbursement (
    id        integer generated always as identity primary key,
    name      text    not null unique check (name ~ '^[A-Za-z0-9._-]{1,64}$'),
    digest    bytea,                                -- SHA-256 of the file; null where every family is paid
    purses    bigint  not null check (purses >= 0), -- to be funded
    total     bigint  not null check (total >= 0),  -- whole rupiah
    status    text    not null default 'funding' check (status in ('funding', 'open', 'reversing', 'reversed')),
    begun_at  timestamptz not null,
    opened_at timestamptz
);

-- The money of one disbursement for one programme and period: the unit that becomes spendable, and is closed, for every
-- family at once. A period is a month, as YYYYMM. pending: being funded. closing: no longer spendable, its purses are
-- being emptied. The account F that the money comes from has its number.
create table bpnt.tranche (
    id           integer  generated always as identity primary key,
    disbursement integer  not null references bpnt.disbursement,
    programme    smallint not null references bpnt.programme,
    period       integer  not null check (period between 200001 and 999912 and period % 100 between 1 and 12),
    status       text     not null default 'pending' check (status in ('pending', 'open', 'closing', 'closed')),
    closing      "char"   check (closing in ('X', 'C')), -- kind of the postings that empty it: expiry, or taken back
    purses       bigint   not null default 0,            -- funded so far
    funded       bigint   not null default 0,            -- whole rupiah so far
    opened_at    timestamptz,
    opened_on    date,                                   -- business date of it
    closed_at    timestamptz,
    unique (disbursement, programme, period),
    check ((closing is null) = (status in ('pending', 'open')))
);
create index tranche_shut on bpnt.tranche (id) where status in ('pending', 'closing');
create index tranche_period on bpnt.tranche (programme, period);

-- A disbursement on its way in: a file as it was read; then what is to be paid, in the order in which it is funded.
-- Emptied at the end.
create unlogged table bpnt.stage (
    line      bigint   not null,
    family    bigint   not null,
    amount    bigint   not null,
    period    integer  not null,
    programme smallint not null
);
create unlogged table bpnt.staged (
    n         bigint   not null,
    family    bigint   not null,
    amount    bigint   not null,
    period    integer  not null,
    programme smallint not null,
    bucket    smallint not null,
    primary key (bucket, n)
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
    id           integer generated always as identity primary key,
    mid          text     not null unique check (length(mid) between 1 and 15),
    masthead     integer  not null references bpnt.masthead,
    region       smallint not null references bpnt.region,
    bank         smallint not null references bpnt.bank,
    kind         text     not null default 'e_warong' check (kind in ('e_warong', 'kube_jasa')),
    operator     bigint,  -- family of who runs it: operators are themselves KPM
    status       text     not null default 'active' check (status in ('registered', 'active', 'suspended', 'closed')),
    since        date     not null,
    activated_on date,
    check (activated_on is not null or status <> 'active')
);

-- How many outlets of a kind shall be active at the end of a month (YYYYMM). The newest row of a month holds.
create table bpnt.target (
    id      integer generated always as identity primary key,
    kind    text    not null check (kind in ('e_warong', 'kube_jasa')),
    month   integer not null check (month between 200001 and 999912 and month % 100 between 1 and 12),
    outlets integer not null check (outlets >= 0)
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

-- Where a terminal stood from when on: outlets lend terminals to each other. Append-only.
create table bpnt.stay (
    terminal integer     not null,
    since    timestamptz not null default clock_timestamp(),
    outlet   integer     not null references bpnt.outlet,
    primary key (terminal, since)
);

-- What was done to reference data and cards, by whom, why and when. Append-only. actor is the person that the session
-- names (Options.Operator), login the database's user.
create table bpnt.journal (
    id     bigint generated always as identity primary key,
    at     timestamptz not null default clock_timestamp(),
    actor  text not null default coalesce(nullif(current_setting('bpnt.operator', true), ''), session_user),
    login  text not null default session_user,
    action text not null,
    what   text not null,
    reason text not null default ''
);
create index journal_what on bpnt.journal (what collate "C");

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

-- A family that moved: a report as of a day before counts it where it lived then. Append-only.
create table bpnt.family_move (
    bucket      smallint    not null,
    family      bigint      not null,
    at          timestamptz not null,
    from_region smallint    not null,
    to_region   smallint    not null,
    primary key (bucket, family, at)
);

-- A card, found by the keyed hash of its PAN, or a forward: the card's family lives in another bucket.
create table bpnt.card (
    family    bigint,
    pan       uuid     not null,
    pin_value integer,
    expiry    integer  not null check (expiry between 1 and 9912),
    bucket    smallint not null,
    pan_key   smallint not null,
    tries     smallint not null default 0 check (tries between 0 and 3),
    forward   smallint,
    programme smallint, -- the one it is for; null: the message or the link says
    first6    text     not null check (first6 ~ '^[0-9]{6}$'),
    last4     text     not null check (last4 ~ '^[0-9]{4}$'),
    status    text     not null default 'active'
        check (status in ('inactive', 'active', 'blocked', 'lost', 'stolen', 'replaced')),
    primary key (bucket, pan),
    check ((family is null) = (forward is not null))
) with (fillfactor = 90);
create index card_family on bpnt.card (bucket, family) where family is not null;

-- What a family may spend of one programme and period, by state: O open, E emptied and set aside, F frozen, X expired,
-- T returned to the treasury, C taken back. The balance of a frozen purse is the family's account Z, of any other its
-- account P. Only an open purse of an open tranche is spent from.
--
-- message and before_message are the numbers of the newest posting on it and of the one before: the head of a chain
-- through posting.previous, which is a family's statement without an index on it.
--
-- The primary key is in the order in which a disbursement inserts. The period stands second, so that no plan, on whatever
-- figures, takes it for a look-up by family and programme (with the programme second, one did, and read a bucket's whole
-- index for each purse). Who looks for a family's purses goes by purse_open:
-- the next disbursement sets an emptied purse aside, so that a family has one or two in that index and not one for each
-- month of its life. Its columns are never those that a redemption changes, so a redemption's update stays HOT.
create table bpnt.purse (
    family         bigint   not null,
    balance        bigint   not null,
    granted        bigint   not null,
    message        bigint   not null,
    before_message bigint,
    period         integer  not null,
    tranche        integer  not null,
    bucket         smallint not null,
    programme      smallint not null,
    state          "char"   not null default 'O',
    primary key (bucket, period, programme, family),
    check (balance >= 0 and balance <= granted and state in ('O', 'E', 'F', 'X', 'T', 'C')
        and (balance = 0 or state in ('O', 'F')))
) with (fillfactor = 75);
create index purse_open on bpnt.purse (bucket, family, programme, period) where state = 'O';
create index purse_frozen on bpnt.purse (bucket, family, programme, period) where state = 'F';

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

-- Append-only. Each row moves amount rupiah from one account to another: P a family's purse, Z its frozen purse (of
-- family, programme, period), O outlet, F the fund of a tranche, T the treasury's account of a programme.
--
--   D  disbursement     F → P       F  freeze      P → Z
--   R  redemption       P → O       H  thaw        Z → P
--   U  its reversal     O → P, Z    Y  return      Z → T
--   X  expiry           P → T       C  taken back  P, Z → F
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
        when 'U' then from_kind = 'O' and to_kind in ('P', 'Z')
        when 'D' then from_kind = 'F' and to_kind = 'P'
        when 'X' then from_kind = 'P' and to_kind = 'T'
        when 'F' then from_kind = 'P' and to_kind = 'Z'
        when 'H' then from_kind = 'Z' and to_kind = 'P'
        when 'Y' then from_kind = 'Z' and to_kind = 'T'
        when 'C' then from_kind in ('P', 'Z') and to_kind = 'F'
        else false end),
    primary key (bucket, message, line)
);

-- Postings and messages are written in the order of time, so a report of a month reads that month's pages only.
create index posting_date on bpnt.posting using brin (business_date) with (pages_per_range = 64, autosummarize);
create index message_at on bpnt.message using brin (at) with (pages_per_range = 64, autosummarize);

-- The hash chain: what one call wrote, and the digest of it together with the digest of the flush before. marks has
-- four bytes for each posting, by which the audit names the row that was touched.
create table bpnt.flush (
    no            bigint      not null,
    first_message bigint      not null,
    last_message  bigint      not null,
    at            timestamptz not null,
    postings      integer     not null,
    bucket        smallint    not null,
    digest        bytea       not null,
    marks         bytea       not null,
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

-- +goose StatementBegin
do $$
declare
    v_table text;
begin
    foreach v_table in array array['posting', 'message', 'flush', 'journal', 'masthead', 'rule', 'stay', 'family_move', 'target'] loop
        execute format('create trigger append_only before update or delete or truncate on bpnt.%I
            for each statement execute function bpnt.refuse_change()', v_table);
    end loop;
end
$$;
-- +goose StatementEnd

insert into bpnt.programme (id, code, name) values
    (1, 'BPNT', 'Bantuan Pangan Non Tunai'), (2, 'PKH', 'Program Keluarga Harapan'), (3, 'SEMBAKO', 'Program Sembako');
-- DOMAIN A.1, A.3, A.4, A.6. The decree that returns frozen money to the treasury was not found: return_days is empty
-- until an operator enters one.
insert into bpnt.rule (programme, since, amount, unspent, freeze_days, cash_out, source) values
    (1, '2017-02-01', 110000, 'accumulate', 90, false, 'Rp110,000 a month 2017-2019 (TNP2K; Solopos 17 Mar 2019)'),
    (1, '2020-01-01', 150000, 'accumulate', 90, false, 'Rp150,000 from January 2020 (rembangkab.go.id)'),
    (1, '2020-04-01', 200000, 'accumulate', 90, false, 'Rp200,000 since Covid-19 (suara.com 28 Jul 2020; ANTARA 2022)'),
    (3, '2020-01-01', 150000, 'accumulate', 90, false, 'Rp150,000 from January 2020 (rembangkab.go.id)'),
    (3, '2020-04-01', 200000, 'accumulate', 90, false, 'Rp200,000 since Covid-19 (suara.com 28 Jul 2020; ANTARA 2022)'),
    (2, '2017-01-01', null, 'accumulate', 90, true, 'PKH: by the family''s composition; may be drawn in cash');
insert into bpnt.region (id, name) values
    (0, 'Unassigned'), (3171, 'Jakarta Selatan'), (3172, 'Jakarta Timur'), (3173, 'Jakarta Pusat'),
    (3174, 'Jakarta Barat'), (3175, 'Jakarta Utara');
insert into bpnt.bank (id, code, name) values (9, 'BNI', 'Bank Negara Indonesia');

-- +goose Down
-- There is no way back: books are not unwritten. Drop the database instead.
select 1/0;
