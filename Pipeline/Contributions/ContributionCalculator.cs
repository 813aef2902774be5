using System.Text;
using Tributary.Aggregates;
using Tributary.Items;
using Tributary.Measures;
using Tributary.Messages;
using Tributary.Pipeline.Definitions;
using Tributary.Storage.Generations;

namespace Tributary.Pipeline.Contributions;

/// <summary>
/// Turns a body into its contributions to all declarative aggregates, in one pass. Immutable but for its caches and for
/// <see cref="Replace"/>; callable from many threads.
/// </summary>
public sealed class ContributionCalculator
{
    /// <summary>The longest group, as JSON in bytes of UTF-8.</summary>
    public const int MaxGroupBytes = 1024;

    /// <summary>How far an event's time may lie after the message's arrival.</summary>
    public const long MaxAheadMs = 86_400_000;

    /// <summary>Room for the generation and the window's start in front of the group.</summary>
    private const int PrefixChars = 40;

    private static readonly AggregateDelta One = new(1, []);

    private readonly KeyCache keys = new();
    private volatile Counted counted;

    /// <param name="definitions">The fed generations.</param>
    /// <param name="indexed">The paths whose values are found in the same pass.</param>
    /// <param name="version">The version of the definitions.</param>
    public ContributionCalculator(
        IReadOnlyList<DefinedGeneration> definitions, IReadOnlyList<IndexedPath>? indexed = null, long version = 0)
    {
        counted = new Counted(
            new Plans(definitions, indexed ?? []), new Refusals(definitions), Generations(definitions),
            Paths(indexed ?? []), version);
    }

    /// <summary>The refused contributions since the process started or the definitions were replaced.</summary>
    public IReadOnlyList<RefusalCount> RefusalCounts => counted.Refusals.Read();

    /// <summary>
    /// Counts by other definitions, and finds the values at other paths, from now on. Bodies that are being read are
    /// counted by those before, and carry the version before.
    /// </summary>
    public void Replace(
        IReadOnlyList<DefinedGeneration> definitions, IReadOnlyList<IndexedPath> indexed, long version)
    {
        var present = counted;
        var (generations, paths) = (Generations(definitions), Paths(indexed));
        var isSame = present.Generations.SequenceEqual(generations);
        counted = new Counted(
            isSame && present.Paths.SequenceEqual(paths) ? present.Plans : new Plans(definitions, indexed),
            isSame ? present.Refusals : new Refusals(definitions), generations, paths, version);
    }

    private static int[] Generations(IReadOnlyList<DefinedGeneration> definitions) =>
        [.. definitions.Select(static one => one.Generation)];

    private static int[] Paths(IReadOnlyList<IndexedPath> indexed) => [.. indexed.Select(static path => path.Id)];

    private sealed record Counted(Plans Plans, Refusals Refusals, int[] Generations, int[] Paths, long Version);

    /// <summary>A calculator for stored definitions, none of which is a plugin's.</summary>
    public static ContributionCalculator For(StoredDefinitions stored) =>
        new(
            [.. stored.Rows.Select(row => new DefinedGeneration(row.Id, AggregateDefinition.Parse(row.Definition)))],
            [.. stored.IndexedPaths.Select(IndexedPath.Of)], stored.Version);

    /// <summary>The contributions of a message, at most one per definition.</summary>
    /// <exception cref="TributaryException">
    /// The body is not one JSON object: see <see cref="BodyScan.Run"/>.
    /// </exception>
    public IReadOnlyList<Contribution> Calculate(string source, ReadOnlySpan<byte> body, DateTimeOffset receivedAt) =>
        Read(source, null, body, receivedAt).Contributions;

    /// <summary>Checks the body, and finds its contributions, its indexed values and the id of its item.</summary>
    internal BodyFacts Read(string source, JsonPointer? item, ReadOnlySpan<byte> body, DateTimeOffset receivedAt)
    {
        var (plans, refusals, _, _, version) = counted;
        var plan = plans.For(source, item);
        var scratch = Scratch.Take(plan);
        BodyScan.Run(body, plan.Root, scratch.Found);

        var receivedMs = receivedAt.ToUnixTimeMilliseconds();
        var count = 0;
        foreach (var definition in plan.Definitions)
        {
            var key = KeyOf(definition, body, scratch, receivedMs, out var refusal);
            if (key is null)
                refusals.Count(definition.Index, refusal);
            else
                scratch.Contributions[count++] = new Contribution(
                    new RoundGrainId(AggregateKey.GrainType, key), definition.Generation,
                    DeltaOf(definition, body, scratch));
        }

        Contribution[] contributions = count == 0 ? [] : scratch.Contributions[..count];
        var generations = count == plan.Generations.Length
            ? plan.Generations
            : Array.ConvertAll(contributions, static contribution => contribution.Generation);
        return new BodyFacts(
            contributions,
            generations,
            version,
            IndexedValues.Of(plan.Indexed, scratch.Found, body),
            plan.ItemSlot < 0 ? default : scratch.Found[plan.ItemSlot]);
    }

    private string? KeyOf(
        PlannedDefinition definition, ReadOnlySpan<byte> body, Scratch scratch, long receivedMs,
        out RefusalReason refusal)
    {
        refusal = default;
        var windowMs = 0L;
        if (definition.Window is { } window)
        {
            var timeMs = window.Time is null
                ? receivedMs
                : EventTime.ReadMs(scratch.Found[definition.TimeSlot], body, window.Format);
            if (timeMs is null || timeMs > receivedMs + MaxAheadMs)
            {
                refusal = timeMs is null ? RefusalReason.EventTimeInvalid : RefusalReason.EventTimeAhead;
                return null;
            }

            windowMs = window.StartOf(timeMs.Value);
        }

        var writer = new GroupWriter(stackalloc char[PrefixChars + MaxGroupBytes]);
        writer.Append(definition.Generation);
        writer.Append('/');
        writer.Append(windowMs);
        writer.Append('/');
        var start = writer.Text.Length;
        writer.Append('[');
        foreach (var (slot, floor) in definition.Groups)
        {
            if (writer.Text.Length > start + 1)
                writer.Append(',');
            if (writer.Append(scratch.Found[slot], body, floor) is { } reason)
            {
                refusal = reason;
                return null;
            }
        }

        writer.Append(']');
        var group = writer.Text[start..];
        if (writer.IsFull || (group.Length * 3 > MaxGroupBytes && Encoding.UTF8.GetByteCount(group) > MaxGroupBytes))
        {
            refusal = RefusalReason.GroupTooLong;
            return null;
        }

        return keys.Get(writer.Text);
    }

    private static AggregateDelta DeltaOf(PlannedDefinition definition, ReadOnlySpan<byte> body, Scratch scratch)
    {
        if (definition.Measures.Length == 0)
            return One;

        var measures = new Measure[definition.Measures.Length];
        for (var i = 0; i < measures.Length; i++)
            measures[i] = MeasureFactory.Of(definition.Measures[i].Kind, definition.Measures[i].Slot, body, scratch);
        return new AggregateDelta(1, measures);
    }
}

/// <summary>The findings of one pass over a body.</summary>
internal readonly record struct BodyFacts(
    Contribution[] Contributions, int[] Generations, long Version, IndexedValue[] Indexed, FoundValue Item);
