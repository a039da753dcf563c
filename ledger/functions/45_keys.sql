-- Working keys, wrapped by gateway/pin. A key that is replaced stays good (…_before) until the new one was used.

-- Keys that the terminal was not heard to use yet are not replaced, whatever is given: whoever wants new ones reads what
-- stands here afterwards. So two gateways that serve logons of one terminal at the same time both send it the same.
create function bpnt.terminal_keys(p_now timestamptz, p_link smallint, p_tid text, p_tpk bytea, p_tak bytea) returns boolean
language plpgsql volatile security definer set search_path = bpnt, pg_temp as $$
begin
    update terminal t set
        wrapped_tpk_before = case when p_tpk is not null then t.wrapped_tpk end,
        wrapped_tak_before = case when p_tak is not null then t.wrapped_tak end,
        wrapped_tpk = coalesce(p_tpk, t.wrapped_tpk), wrapped_tak = coalesce(p_tak, t.wrapped_tak), keys_at = clock(p_now)
     where t.link = p_link and t.tid = p_tid and t.status <> 'unregistered'
       and t.wrapped_tpk_before is null and t.wrapped_tak_before is null;
    return found or exists (
        select from terminal t where t.link = p_link and t.tid = p_tid and t.status <> 'unregistered');
end
$$;

-- The terminal used these keys. Where they were replaced meanwhile that says nothing of the present ones.
create function bpnt.terminal_keys_used(p_link smallint, p_tid text, p_tpk bytea, p_tak bytea) returns boolean
language plpgsql volatile security definer set search_path = bpnt, pg_temp as $$
begin
    update terminal t set wrapped_tpk_before = null, wrapped_tak_before = null
     where t.link = p_link and t.tid = p_tid and t.status <> 'unregistered'
       and t.wrapped_tpk is not distinct from p_tpk and t.wrapped_tak is not distinct from p_tak;
    return found or exists (
        select from terminal t where t.link = p_link and t.tid = p_tid and t.status <> 'unregistered');
end
$$;

-- Of a zone's keys, where a third comes before the second was used, it is the second that goes.
create function bpnt.link_keys(p_now timestamptz, p_link smallint, p_zpk bytea, p_zak bytea) returns boolean
language plpgsql volatile security definer set search_path = bpnt, pg_temp as $$
begin
    update link k set
        wrapped_zpk_before = case when p_zpk is null then k.wrapped_zpk_before
            else coalesce(k.wrapped_zpk_before, k.wrapped_zpk) end,
        wrapped_zak_before = case when p_zak is null then k.wrapped_zak_before
            else coalesce(k.wrapped_zak_before, k.wrapped_zak) end,
        wrapped_zpk = coalesce(p_zpk, k.wrapped_zpk),
        wrapped_zak = coalesce(p_zak, k.wrapped_zak), keys_at = clock(p_now)
     where k.id = p_link;
    return found;
end
$$;

create function bpnt.link_keys_used(p_link smallint) returns boolean
language plpgsql volatile security definer set search_path = bpnt, pg_temp as $$
begin
    update link k set wrapped_zpk_before = null, wrapped_zak_before = null where k.id = p_link;
    return found;
end
$$;
