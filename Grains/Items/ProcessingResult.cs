using Tributary.Grains.Items.Retries;
using Tributary.Items;
using Tributary.Messages;

namespace Tributary.Grains.Items;

/// <summary>The result of a message's activity, on its way to the turn that applies it.</summary>
public sealed record ProcessingResult : INeeds
{
    /// <summary>The message; null when it could not be read, and then <see cref="Failure"/> says why.</summary>
    public MessageReference? Message { get; init; }

    /// <summary>The number of the plugins that ran: see <see cref="ActivePlugins.Number"/>.</summary>
    public int SetNumber { get; init; }

    /// <summary>The version of the definitions that the contributions are complete by.</summary>
    public long Definitions { get; init; }

    /// <summary>
    /// Handed to the next activity when this result is not applied: see <see cref="ActivityStart.Local"/>.
    /// </summary>
    public object? Local { get; init; }

    /// <summary>A failure of all parts that the activity was asked for; then there are no runs.</summary>
    public ProcessingFailure? Failure { get; init; }

    /// <summary>
    /// The contributions to declarative aggregates of a message that could not be mapped when it was accepted, and now
    /// can. Null for all other messages: their contributions were added when they were accepted.
    /// </summary>
    public IReadOnlyList<Contribution>? Late { get; init; }

    /// <summary>
    /// True when the message was a kept delivery and the door has taken it: nothing is left to be done.
    /// </summary>
    public bool IsAccepted { get; init; }

    /// <summary>The outcome of each plugin that was asked for and accepts the message.</summary>
    public IReadOnlyList<PluginOutcome> Runs { get; init; } = [];

    public IEnumerable<RoundGrainId> Grains
    {
        get
        {
            foreach (var contribution in Late ?? [])
                yield return contribution.Aggregate;
            foreach (var run in Runs)
            {
                foreach (var contribution in run.Run.Contributions)
                    yield return contribution.Aggregate;
            }
        }
    }

    public ExternalKey? External => null;

    public bool IsNewGrain => false;

    public int SizeBytes
    {
        get
        {
            // Saturates: the results of many plugins together must not wrap around.
            var size = 256L;
            foreach (var run in Runs)
            {
                foreach (var record in run.Run.Result.Records)
                    size += record.Json.Length + 128;
                size += 256L * run.Run.Contributions.Count;
            }

            return (int)Math.Min(size, int.MaxValue);
        }
    }
}

/// <summary>One plugin's run on a message.</summary>
public sealed record PluginOutcome(string Plugin, int Generation, PluginRun Run)
{
    /// <inheritdoc cref="IActivePlugin.Fed"/>
    public IReadOnlyList<FedGeneration> Fed { get; init; } = [];
}
