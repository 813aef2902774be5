-- The call that began what led to this one, as its sequence; 0 when the round that left this call began it.
alter table deferred_calls add column origin integer not null default 0;
