using System.Globalization;

namespace Tributary;

/// <summary>
/// The identity of a message: a UUID version 7 (RFC 9562), so that ids sort by the time of acceptance.
/// </summary>
[GenerateSerializer, Immutable, Alias("tributary.message-id")]
public readonly record struct MessageId(Guid Value)
{
    public static bool TryParse(string? text, out MessageId id)
    {
        var parsed = Guid.TryParseExact(text, "D", out var value);
        id = new MessageId(value);
        return parsed;
    }

    public override string ToString() => Value.ToString("D");
}

/// <summary>
/// A message's place in the one order of the database: the transaction (PostgreSQL) or round (SQLite) that stored it,
/// shifted left by <see cref="IndexBits"/>, plus its index in the round.
/// </summary>
[GenerateSerializer, Immutable, Alias("tributary.position")]
public readonly record struct Position(long Value) : IComparable<Position>
{
    /// <summary>Bits that hold the index of a message in its round; a round holds at most 2^16 messages.</summary>
    public const int IndexBits = 16;

    /// <summary>Most messages of one round.</summary>
    public const int MaxMessagesPerRoundCount = 1 << IndexBits;

    /// <summary>The position before every message.</summary>
    public static Position Start => new(0);

    public static Position Of(long transaction, int index) => new((transaction << IndexBits) | (uint)index);

    public int CompareTo(Position other) => Value.CompareTo(other.Value);

    public static bool operator <(Position left, Position right) => left.Value < right.Value;
    public static bool operator >(Position left, Position right) => left.Value > right.Value;
    public static bool operator <=(Position left, Position right) => left.Value <= right.Value;
    public static bool operator >=(Position left, Position right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>
/// The unit of ownership: the hash of a grain's identity modulo the number of partitions of the database.
/// </summary>
[GenerateSerializer, Immutable, Alias("tributary.partition-id")]
public readonly record struct PartitionId(int Value)
{
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One incarnation of a silo. A silo that rejoins gets a new id.</summary>
public readonly record struct SiloId(long Value)
{
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The identity of a grain: the name of its type and its key within that type.</summary>
[GenerateSerializer, Immutable, Alias("tributary.round-grain-id")]
public readonly record struct RoundGrainId(string Type, string Key)
{
    public bool Equals(RoundGrainId other) => Key == other.Key && Type == other.Type;

    // Types are few and keys are many: the key alone spreads grains over buckets, and hashing the type costs time.
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Type + "/" + Key;
}
