using Tributary.Messages;

namespace Tributary.Storage.Queries;

/// <summary>
/// The source of a search's rows: all rows in the order of positions, or the rows that an index leads to.
/// </summary>
internal abstract record ScanSource
{
    /// <summary>How many index lookups one requested row costs.</summary>
    public virtual int LookupCount => 1;

    public sealed record AllRows : ScanSource;

    /// <param name="Items">Without repeats.</param>
    public sealed record OfItems(string[] Items) : ScanSource
    {
        public override int LookupCount => Math.Max(1, Items.Length);
    }

    /// <param name="Values">The values of which a message must hold one at its path; without repeats.</param>
    public sealed record OfValues(IndexedValue[] Values) : ScanSource
    {
        public override int LookupCount => Math.Max(1, Values.Length);
    }

    /// <param name="Statuses">The statuses whose messages an index leads to; null for messages with any part.</param>
    public sealed record OfStatuses(IReadOnlyList<MessageStatus>? Statuses) : ScanSource
    {
        public override int LookupCount => Math.Max(1, Statuses?.Count ?? 1);
    }

    /// <param name="Positions">In the order of the search.</param>
    public sealed record AtPositions(long[] Positions) : ScanSource;
}

/// <summary>A range of keys of one indexed path.</summary>
/// <param name="Low">Inclusive.</param>
/// <param name="High">Exclusive.</param>
internal readonly record struct KeyRange(int Path, byte[] Low, byte[] High)
{
    /// <summary>The intersection of both ranges.</summary>
    public KeyRange And(KeyRange other) => new(
        Path,
        Low.AsSpan().SequenceCompareTo(other.Low) >= 0 ? Low : other.Low,
        High.AsSpan().SequenceCompareTo(other.High) <= 0 ? High : other.High);

    public bool Contains(in IndexedValue value) =>
        value.Path == Path && value.Key.Span.SequenceCompareTo(Low) >= 0 && value.Key.Span.SequenceCompareTo(High) < 0;
}
