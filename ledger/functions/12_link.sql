-- The number of a link's name; a new name gets the next one.
create function bpnt.link_id(p_name text) returns smallint
language plpgsql security definer set search_path = bpnt, pg_temp as $$
declare
    v_id smallint;
begin
    select id into v_id from link where name = p_name;
    if found then
        return v_id;
    end if;
    insert into link (name) values (p_name) on conflict do nothing;
    select id into strict v_id from link where name = p_name;
    return v_id;
end
$$;
