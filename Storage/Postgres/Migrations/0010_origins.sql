-- The call that began what led to this one, as its sequence; 0 when the round that left this call began it.
alter table deferred_calls add column origin bigint not null default 0;
