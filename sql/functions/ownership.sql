-- What comes by the REST interface is a claim until the platform has confirmed it (`noteChannelTest`).
create or replace function keep_ownership() returns trigger language plpgsql as $$
begin
  -- By its parts: what is generated of them is not known yet.
  if current_user = 'tistis_api' and (tg_op = 'INSERT' or row(new.whatsapp_phone_number_id, new.whatsapp_business_account_id,
      new.instagram_account_id, new.instagram_page_id, new.facebook_page_id, new.tiktok_open_id, new.tiktok_business_id)
    is distinct from row(old.whatsapp_phone_number_id, old.whatsapp_business_account_id, old.instagram_account_id,
      old.instagram_page_id, old.facebook_page_id, old.tiktok_open_id, old.tiktok_business_id)) then
    new.owned_at := null;
  end if;
  return new;
end $$;
create or replace trigger keep_ownership before insert or update on channel_connections
  for each row execute function keep_ownership();
