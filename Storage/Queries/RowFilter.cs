using Tributary.Messages;
using Tributary.Storage.Messages;
using Tributary.Storage.Rows;

namespace Tributary.Storage.Queries;

/// <summary>A filter prepared for rows. Texts that no row can hold are left out, because no row equals them.</summary>
internal sealed class RowFilter
{
    private readonly BodyMatcher? body;
    private readonly HashSet<string>? itemSet;

    /// <exception cref="TributaryException"><c>pointer_invalid</c>.</exception>
    public RowFilter(MessageFilter filter)
    {
        Sources = filter.Sources?.Where(StorableText.Fits).ToHashSet(StringComparer.Ordinal);
        Items = filter.Items?.Where(StorableText.Fits).Distinct(StringComparer.Ordinal).ToArray();
        itemSet = Items?.ToHashSet(StringComparer.Ordinal);
        FromTicks = filter.From is { } from ? Instant.ToTicks(from) : null;
        UntilTicks = filter.Until is { } until ? Instant.ToTicks(until) : null;
        Statuses = filter.Statuses?.ToHashSet();
        body = filter.Body is null ? null : BodyMatcher.Of(filter.Body);
    }

    /// <summary>Null: any.</summary>
    public HashSet<string>? Sources { get; }

    /// <summary>Without repeats; null: any.</summary>
    public string[]? Items { get; }

    /// <summary>Inclusive; see <see cref="Instant"/>.</summary>
    public long? FromTicks { get; }

    /// <summary>Exclusive.</summary>
    public long? UntilTicks { get; }

    /// <summary>Null for any. A message without parts is completed.</summary>
    public HashSet<MessageStatus>? Statuses { get; }

    /// <summary>True when no row can match, whatever it holds.</summary>
    public bool IsEmpty =>
        Sources is { Count: 0 } || Items is { Length: 0 } || Statuses is { Count: 0 } || FromTicks >= UntilTicks;

    /// <summary>True when rows may be read that do not match.</summary>
    public bool ChecksRows =>
        Sources is not null
        || FromTicks is not null
        || UntilTicks is not null
        || Statuses is not null
        || body is not null;

    public bool AcceptsSource(string source) => Sources is null || Sources.Contains(source);

    /// <summary>For rows that were not found by item.</summary>
    public bool AcceptsItem(string item) => itemSet is null || itemSet.Contains(item);

    public bool AcceptsTime(long ticks) => !(ticks < FromTicks) && !(ticks >= UntilTicks);

    public bool AcceptsBody(ReadOnlySpan<byte> bytes) => body is null || body.Matches(bytes);
}
