-- The bank's day: what each bank's outlets are owed for a business day, what was paid out of it, and what became of that.

-- +goose Up

-- Where a bank's payouts come from: the account that its payout file debits.
alter table bpnt.bank
    add column account        text check (account ~ '^[0-9A-Za-z]{1,34}$'),
    add column account_holder text;

-- Where an outlet is paid; no account: what it is owed is carried forward. No holder: its own name.
alter table bpnt.outlet
    add column account        text check (account ~ '^[0-9A-Za-z]{1,34}$'),
    add column account_holder text;

-- An outlet that changed its bank: its business days before until, and after the row before, were the bank's. The change
-- holds from the next business day on, so that a day that is over has one bank for ever. Append-only.
create table bpnt.outlet_bank (
    outlet integer  not null references bpnt.outlet,
    until  date     not null,
    bank   smallint not null references bpnt.bank,
    primary key (outlet, until)
);

-- The bank whose card a family has: 9 is BNI, DKI Jakarta's. The same for families that changed theirs.
alter table bpnt.family add column bank smallint not null default 9;
create table bpnt.family_bank (
    bucket smallint not null,
    family bigint   not null,
    until  date     not null,
    bank   smallint not null,
    primary key (bucket, family, until)
);

-- A bank's business day that was closed; name is its identity, of its files too. cuts says how far: for each bucket the
-- number of the newest message when its lock was passed, the day being over. account and account_holder are the bank's
-- at that time. This table and those after it are append-only: closing a day again reads them.
create table bpnt.settlement (
    id             integer     generated always as identity primary key,
    bank           smallint    not null references bpnt.bank,
    business_date  date        not null,
    name           text        not null unique check (length(name) <= 24),
    closed_at      timestamptz not null,
    cuts           bigint[]    not null,
    account        text        not null,
    account_holder text        not null,
    unique (bank, business_date)
);

-- What a settlement has of an outlet, in whole rupiah. brought is what its line before carried, and payouts that came
-- back since; redeemed - undone + brought is paid out, or carried where it is not above zero or there is no account.
create table bpnt.settlement_line (
    settlement  integer not null references bpnt.settlement,
    outlet      integer not null references bpnt.outlet,
    redemptions integer not null,
    redeemed    bigint  not null check (redeemed >= 0),
    undoings    integer not null, -- reversals, voids, refunds
    undone      bigint  not null check (undone >= 0),
    brought     bigint  not null,
    carried     bigint  not null,
    primary key (settlement, outlet)
);
create index settlement_line_outlet on bpnt.settlement_line (outlet, settlement);

-- What the cards' bank owes the outlets' bank for a day: redeemed - undone.
create table bpnt.settlement_position (
    settlement integer  not null references bpnt.settlement,
    issuer     smallint not null references bpnt.bank,
    redeemed   bigint   not null,
    undone     bigint   not null,
    primary key (settlement, issuer)
);

-- What an outlet is to be paid. reference is what the bank's answer names it by (EndToEndId).
create table bpnt.payout (
    id             bigint  generated always as identity primary key,
    settlement     integer not null references bpnt.settlement,
    outlet         integer not null references bpnt.outlet,
    reference      text    not null unique check (length(reference) <= 35),
    amount         bigint  not null check (amount > 0),
    account        text    not null,
    account_holder text    not null,
    unique (settlement, outlet)
);
create index payout_outlet on bpnt.payout (outlet);

-- A bank's file that says what became of payouts.
create table bpnt.payout_file (
    id     integer     generated always as identity primary key,
    bank   smallint    not null references bpnt.bank,
    name   text        not null, -- the file's own identity
    digest bytea       not null, -- SHA-256
    at     timestamptz not null,
    unique (bank, digest)
);

-- What became of a payout: paid, or rejected, or first the one and then the other, where the money came back.
create table bpnt.payout_result (
    payout bigint      not null references bpnt.payout,
    status text        not null check (status in ('paid', 'rejected')),
    file   integer     not null references bpnt.payout_file,
    at     timestamptz not null,
    reason text        not null,
    primary key (payout, status)
);

-- A payout that was rejected, and the settlement in which its amount is due again.
create table bpnt.payout_back (
    payout     bigint  not null primary key references bpnt.payout,
    settlement integer not null references bpnt.settlement
);

-- +goose StatementBegin
do $$
declare
    v_table text;
begin
    foreach v_table in array array['outlet_bank', 'family_bank', 'settlement', 'settlement_line', 'settlement_position',
            'payout', 'payout_file', 'payout_result', 'payout_back'] loop
        execute format('create trigger append_only before update or delete or truncate on bpnt.%I
            for each statement execute function bpnt.refuse_change()', v_table);
    end loop;
end
$$;
-- +goose StatementEnd

-- +goose Down
-- There is no way back: books are not unwritten. Drop the database instead.
select 1/0;
