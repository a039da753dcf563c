-- All functions are made anew by each version of the program, in one transaction. Triggers' functions stay: tables
-- depend on them.
do $$
declare
    v_function regprocedure;
begin
    for v_function in
        select oid::regprocedure from pg_proc
         where pronamespace = 'bpnt'::regnamespace and prorettype <> 'trigger'::regtype
    loop
        execute format('drop routine %s cascade', v_function);
    end loop;
end
$$;
drop type if exists bpnt.decision;
drop type if exists bpnt.amendment;

-- What post() answers to one request: the Go type Result. moved_to is null unless the card lives in another bucket.
create type bpnt.decision as (
    n integer, outcome smallint, replay boolean, again boolean, moved_to smallint, id bigint, amount bigint,
    balance bigint, at timestamptz, batch integer, invoice text, nii smallint, entry_mode smallint, masthead integer,
    tries_left smallint, generation smallint
);

-- One request on its way through undo() or amend(), for what is done row by row: the request, the call, and what was
-- found and decided. no is its message's number. What follows from it has the numbers no + stride, no + 2 stride …
create type bpnt.amendment as (
    n integer, kind smallint, link smallint, tid text, stan integer, pan uuid, code integer, amount bigint, mid text,
    programme smallint, by_card boolean, stamp bigint, atc integer, invoice text, sent_batch integer, nii smallint,
    entry_mode smallint, time_window interval, resent boolean, original bigint,
    bucket smallint, at timestamptz, date date, shut integer[], no bigint, stride integer,
    class "char", terminal integer, registered boolean, outlet integer, masthead integer, bank smallint, epoch smallint,
    batch integer, generation smallint, family bigint, outcome smallint
);
