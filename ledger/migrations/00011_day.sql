-- A terminal's day and a switch's day: batches and what is said of them, voids and refunds, money that families owe,
-- keys of terminals and links, and what does not match, for people.

-- +goose Up

-- Switches name a terminal with 16 characters, EDCs with 8. A key that is replaced stays good until the new one was used.
alter table bpnt.terminal
    drop constraint terminal_tid_check,
    add constraint terminal_tid_check check (length(tid) between 8 and 16),
    add column wrapped_tmk        bytea, -- the master key under which working keys are sent; injected, never sent
    add column wrapped_tpk_before bytea,
    add column wrapped_tak_before bytea,
    add column keys_at            timestamptz; -- when the working keys were made

-- A link of a switch has business days of its own, counted like a terminal's batches: what its terminals post stands in
-- the day that is open. EDC links have none. business_date is what the switch calls the open day (DE15).
alter table bpnt.link
    add column day           integer,
    add column business_date date,
    add column wrapped_zmk   bytea, -- the zone's master key, under which its working keys come
    add column wrapped_zpk   bytea,
    add column wrapped_zak   bytea,
    add column wrapped_zpk_before bytea,
    add column wrapped_zak_before bytea,
    add column keys_at       timestamptz;

-- message.batch and posting.batch are the terminal's batch by the ledger's own count (terminal.batch), or the switch's
-- day (link.day): 1, 2, 3 …, never given twice, read under the bucket's lock. What the terminal calls its batch (DE60) is
-- message.sent_batch. A posting without a batch corrects one that is closed: it is in nobody's totals, and listed.
-- On a switch's link there is none such: it counts a reversal in the day on which it comes, and so do we.
--
-- Until now they were what the terminal sent, of six digits at most: our own count begins above that for the terminals that
-- are there.
--
-- original is the number, in the same bucket, of the message that this one is about: of the purchase in a void, a refund
-- or a reversal, of the void in the reversal of one. Few messages have one: the index costs a redemption nothing.
update bpnt.terminal set batch = 1000000;
alter table bpnt.message add column original bigint;
create index message_original on bpnt.message (bucket, original) where original is not null;

-- Which terminals a purchase may have been made on that an outlet wants to refund.
create index stay_outlet on bpnt.stay (outlet);

-- What counts in a batch, and what undid it. Nothing else finds the messages of one, nor the voids of a purchase.
create index message_batch on bpnt.message (bucket, terminal, batch)
    where batch is not null and (outcome = 1 and class in ('R', 'V', 'N') or outcome = 2 and class in ('r', 'v', 'n'));

-- Three more kinds. Q is what a family owes of a programme: food that it was handed against a signed form while the bank
-- was away, or money of a void that was undone after it was spent.
--
--   A  advance   Q → O          U  a reversal, a void, a refund   O → P, Z, and O → Q where an advance is undone
--   B  repaid    P → Q          G  repaid, and given back when the advance is undone   Q → P, Z
--   R  also the redemption that stands again when its void was undone
--
-- A posting between Q and O is of period 0: no purse is a side.
alter table bpnt.posting
    drop constraint posting_check,
    add constraint posting_check check (amount > 0 and case kind
        when 'R' then from_kind = 'P' and to_kind = 'O'
        when 'U' then from_kind = 'O' and to_kind in ('P', 'Z', 'Q')
        when 'D' then from_kind = 'F' and to_kind = 'P'
        when 'X' then from_kind = 'P' and to_kind = 'T'
        when 'F' then from_kind = 'P' and to_kind = 'Z'
        when 'H' then from_kind = 'Z' and to_kind = 'P'
        when 'Y' then from_kind = 'Z' and to_kind = 'T'
        when 'C' then from_kind in ('P', 'Z') and to_kind = 'F'
        when 'A' then from_kind = 'Q' and to_kind = 'O'
        when 'B' then from_kind = 'P' and to_kind = 'Q'
        when 'G' then from_kind = 'Q' and to_kind in ('P', 'Z')
        else false end);

-- What a family owes of a programme, to be taken from its next disbursement. Changed only under the bucket's lock.
create table bpnt.receivable (
    family    bigint   not null,
    owed      bigint   not null check (owed >= 0), -- whole rupiah
    message   bigint   not null,                   -- number of the newest posting between it and an outlet: the head of a
                                                   -- chain through posting.previous, like a purse's
    bucket    smallint not null,
    programme smallint not null,
    primary key (bucket, programme, family)
) with (fillfactor = 75);
create index receivable_open on bpnt.receivable (bucket, programme, family) where owed > 0;

-- Berita acara: advices of food that was handed out while the bank was away are booked, within these limits, in whole
-- rupiah: what a family may owe, and what an outlet may tell by advices in a business day, paid or owed. Null in both: not booked.
alter table bpnt.rule
    add column advance_family bigint check (advance_family > 0),
    add column advance_outlet bigint check (advance_outlet > 0),
    add constraint rule_advance check ((advance_family is null) = (advance_outlet is null));

-- What an outlet told by advices on a business day, undone or not: for its limit. A shared row, locked after the
-- bucket's lock, all of a call's rows at once and in order.
create table bpnt.advance_day (
    outlet        integer not null,
    business_date date    not null,
    amount        bigint  not null check (amount > 0),
    primary key (outlet, business_date)
);

-- A batch that was closed, of a terminal, or a day of a switch's link (terminal is null). The one that is open has no
-- row: its number stands in terminal.batch or link.day. sales and what follows it are null until it was summed: first the
-- next batch is opened, then each bucket's lock is passed once, then nothing more can come into it.
--
-- A terminal's sales and refunds are those that were not reversed within the batch; a later reversal is a correction, in
-- no batch. A switch counts otherwise: all redemptions, voids and refunds of the day stand in sales, voids and refunds,
-- and what was reversed that day, of whatever day, in reversals and restored.
create table bpnt.batch (
    id              integer     generated always as identity primary key,
    link            smallint    not null,
    terminal        integer,
    no              integer     not null,
    closed_by       "char"      not null check (closed_by in ('T', 'C', 'S')), -- terminal, cut-off, switch
    closed_at       timestamptz not null,
    business_date   date        not null, -- on which it was closed; that ended at the cut-off; what the switch called the day
    sales           integer, -- redemptions and advices
    sales_amount    bigint,
    voids           integer, -- of these, voided
    voids_amount    bigint,
    refunds         integer,
    refunds_amount  bigint,
    reversals        integer, -- of redemptions
    reversals_amount bigint,
    restored         integer, -- reversals of voids and refunds
    restored_amount  bigint,
    reconciliation  integer  -- the one that speaks of it; null where nobody has yet
);
create unique index batch_terminal on bpnt.batch (terminal, no) where terminal is not null;
create unique index batch_link on bpnt.batch (link, no) where terminal is null;
create index batch_unspoken on bpnt.batch (terminal) where reconciliation is null;
create index batch_reconciliation on bpnt.batch (reconciliation) where reconciliation is not null;
create index batch_unsummed on bpnt.batch (id) where sales is null;

-- How far the sums of a batch have come: a switch's day has millions of messages, so it is summed in steps, terminal by
-- terminal within a bucket, up to tid. Gone when the sums stand in batch.
create table bpnt.batch_part (
    batch  integer  primary key references bpnt.batch,
    bucket smallint not null,
    tid    text collate "C" not null,
    sums   bigint[] not null -- as in batch, sales to restored_amount
);

-- Their figures against ours: one row for each 0500 or 0520 that named totals. A terminal's speaks of all batches that
-- nobody spoke of before. Amounts are whole rupiah; a terminal's sales are net of voids. Of a switch, sales are debits,
-- refunds credits, and the other columns are its reversals of each; a terminal names none.
create table bpnt.reconciliation (
    id             integer     generated always as identity primary key,
    link           smallint    not null,
    terminal       integer,
    epoch          smallint    not null, -- the terminal's, see terminal.epoch
    stan           integer     not null,
    trailer_stan   integer,              -- of the trailer that closed it
    sent_batch     integer,              -- DE60
    at             timestamptz not null,
    business_date  date        not null, -- on which it came; of a switch, the day that it speaks of
    status         text        not null check (status in ('open', 'agreed', 'disputed', 'closed', 'superseded')),
    their_sales    integer     not null,
    their_sales_amount   bigint not null,
    their_refunds  integer     not null,
    their_refunds_amount bigint not null,
    their_reversals        integer not null default 0,
    their_reversals_amount bigint  not null default 0,
    their_restored         integer not null default 0,
    their_restored_amount  bigint  not null default 0,
    their_net      bigint, -- a switch's: debits less credits
    our_sales      integer,
    our_sales_amount     bigint,
    our_refunds    integer,
    our_refunds_amount   bigint,
    our_reversals        integer,
    our_reversals_amount bigint,
    our_restored         integer,
    our_restored_amount  bigint,
    our_voids      integer,
    our_voids_amount     bigint,
    masthead       integer,
    settled_at     timestamptz -- agreed, or closed by the trailer
);
create index reconciliation_terminal on bpnt.reconciliation (terminal, id) where terminal is not null;
create index reconciliation_link on bpnt.reconciliation (link, id) where terminal is null;

-- What a terminal uploaded (0320) after totals that differ. Append-only.
create table bpnt.upload (
    id             bigint      generated always as identity primary key,
    terminal       integer     not null,
    reconciliation integer,              -- null where none was disputed
    original_mti   integer     not null,
    original_stan  integer     not null,
    rrn            text        not null,
    amount         bigint      not null,
    found          text        not null check (found in ('matched', 'differs', 'unknown', 'foreign')),
    at             timestamptz not null
);
create unique index upload_once on bpnt.upload (terminal, coalesce(reconciliation, 0), original_stan, rrn);

-- What does not match, for people. key makes a job that runs again find what it has noted before. Append-only; what was
-- done about one is an exception_note.
create table bpnt.exception (
    id            bigint      generated always as identity primary key,
    key           text        not null unique,
    kind          text        not null,
    at            timestamptz not null,
    business_date date        not null,
    link          smallint,
    terminal      integer,
    outlet        integer,
    bank          smallint,
    bucket        smallint,
    message       bigint,     -- the message in the books that it is about
    stan          integer,
    rrn           text,
    theirs        bigint,     -- whole rupiah, where it is about amounts
    ours          bigint,
    detail        text        not null default ''
);
create index exception_date on bpnt.exception (business_date);

create table bpnt.exception_note (
    exception bigint      not null references bpnt.exception,
    at        timestamptz not null default clock_timestamp(),
    actor     text        not null default coalesce(nullif(current_setting('bpnt.operator', true), ''), session_user),
    settled   boolean     not null, -- nothing is left to be done about it
    note      text        not null check (note <> ''),
    primary key (exception, at)
);

-- +goose StatementBegin
do $$
declare
    v_table text;
begin
    foreach v_table in array array['upload', 'exception', 'exception_note'] loop
        execute format('create trigger append_only before update or delete or truncate on bpnt.%I
            for each statement execute function bpnt.refuse_change()', v_table);
    end loop;
end
$$;
-- +goose StatementEnd

-- +goose Down
-- There is no way back: books are not unwritten. Drop the database instead.
select 1/0;
