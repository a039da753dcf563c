-- A message's retrieval reference number (DE37), as the Go type Result makes it.
create function bpnt.rrn(p_bucket smallint, p_message bigint) returns text language sql immutable parallel safe as $$
    select lpad(p_bucket::text, 2, '0') || lpad((p_message % 10000000000)::text, 10, '0');
$$;
