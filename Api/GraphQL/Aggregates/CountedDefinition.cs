using System.Text;
using Tributary.Aggregates;
using Tributary.Pipeline.Aggregates;
using Tributary.Pipeline.Contributions;
using Tributary.Pipeline.Definitions;
using Tributary.Pipeline.Generations;
using Tributary.Storage.Messages;

namespace Tributary.Api.GraphQL.Aggregates;

/// <summary>
/// A definition that readers see, with the calculator that finds the aggregate that counted a message.
/// </summary>
/// <param name="Number">The definition's generation, from 1.</param>
/// <param name="IsFed">True when new messages are counted in it.</param>
internal sealed record CountedDefinition(DefinedGeneration Active, int Number, bool IsFed)
{
    private readonly ContributionCalculator calculator = new([Active]);

    public AggregateDefinition Definition => Active.Definition;

    /// <summary>
    /// The aggregate that counted the message, or null. Computed again from the stored message. The result is the same:
    /// a definition never changes within its generation, and the time of acceptance is stored.
    /// </summary>
    public AggregateKey? KeyOf(StoredMessage message)
    {
        if (!message.Generations.Contains(Active.Generation))
            return null;
        foreach (var contribution in calculator.Calculate(message.Source, message.Body.Span, message.ReceivedAt))
            return AggregateKey.Parse(contribution.Aggregate.Key);
        return null;
    }

    /// <summary>The stored form of a group that a caller wrote.</summary>
    /// <exception cref="TributaryException"><c>group_invalid</c>.</exception>
    public string GroupOf(IReadOnlyList<object?> values)
    {
        if (values.Count != Definition.Group.Count)
        {
            var allowed =
                Definition.Group.Count == 0
                    ? "none: the aggregate has no groups"
                    : $"{Definition.Group.Count}: {string.Join(", ", Definition.Group.Select(one => one.Name))}";
            throw Resolving.Invalid($"The group has {values.Count} values; allowed: {allowed}.");
        }

        return GroupKey.Normalise(Encoding.UTF8.GetBytes(JsonValues.TextOf(values)));
    }

    /// <summary>The start of the window that holds the time; 0 without windows.</summary>
    public long WindowStartMs(DateTimeOffset? time) =>
        Definition.Window switch
        {
            { } window when time is { } asked => window.StartOf(asked.ToUnixTimeMilliseconds()),
            { } => throw Resolving.Invalid(
                $"There is no 'windowStart'; allowed: a time, because the aggregate '{Definition.Name}' has windows."),
            null when time is null => 0,
            _ => throw Resolving.Invalid(
                $"Found a 'windowStart'; allowed: none, because the aggregate '{Definition.Name}' has no windows."),
        };
}

/// <summary>The definitions that count now, by name and by generation.</summary>
internal sealed class CountedDefinitions(ApiNode node)
{
    private volatile Snapshot snapshot = new(LiveDefinitions.None, []);

    public IReadOnlyList<CountedDefinition> All
    {
        get
        {
            // Calculators are costly, so they are made again only after a switch.
            var live = node.Live();
            var known = snapshot;
            if (ReferenceEquals(known.Of, live))
                return known.All;
            List<CountedDefinition> all =
            [
                .. live.Definitions.Select(active => new CountedDefinition(
                    active, live.GenerationNumbers[active.Generation], live.IsFed(active))),
            ];
            snapshot = new Snapshot(live, all);
            return all;
        }
    }

    /// <exception cref="TributaryException"><c>aggregate_not_found</c>.</exception>
    public CountedDefinition Named(string name)
    {
        var all = All;
        return all.FirstOrDefault(counted => counted.Definition.Name == name)
            ?? throw new TributaryException(
                "aggregate_not_found",
                $"There is no aggregate '{name}'; there are: "
                + $"{(all.Count == 0 ? "none" : string.Join(", ", all.Select(counted => counted.Definition.Name)))}.");
    }

    private sealed record Snapshot(LiveDefinitions Of, IReadOnlyList<CountedDefinition> All);
}
