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

-- What post() answers to one request: the Go type Result. moved_to is null unless the card lives in another bucket.
create type bpnt.decision as (
    n integer, outcome smallint, replay boolean, again boolean, moved_to smallint, id bigint, amount bigint,
    balance bigint, at timestamptz, batch integer, invoice text, nii smallint, entry_mode smallint, masthead integer,
    tries_left smallint, generation smallint
);
