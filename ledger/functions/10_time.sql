-- The bucket's lock, and the ledger's clock.

create function bpnt.lock_bucket(p_bucket smallint) returns void language sql as $$
    select pg_advisory_xact_lock(8583, p_bucket);
$$;

-- The time of a job: the server's. Only the owner of the books may give another, to play a year in a test.
create function bpnt.clock(p_now timestamptz) returns timestamptz language plpgsql as $$
begin
    if p_now is not null
       and session_user <> (select tableowner from pg_tables where schemaname = 'bpnt' and tablename = 'ledger') then
        raise exception 'the clock is the ledger''s' using errcode = '42501';
    end if;
    return coalesce(p_now, clock_timestamp());
end
$$;

create function bpnt.business_date(p_at timestamptz) returns date language sql stable as $$
    select ((p_at at time zone l.time_zone) - l.cut_over)::date from bpnt.ledger l;
$$;

-- The month of a date, as periods are written.
create function bpnt.month_of(p_date date) returns integer language sql immutable as $$
    select (extract(year from p_date) * 100 + extract(month from p_date))::integer;
$$;
