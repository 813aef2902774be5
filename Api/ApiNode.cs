using Tributary.Api.Health;
using Tributary.Api.Processing;
using Tributary.Feed;
using Tributary.Feed.Changes;
using Tributary.Pipeline.Generations;
using Tributary.Pipeline.Intake;
using Tributary.Pipeline.Plugins;
using Tributary.Pipeline.Processing;
using Tributary.Rounds.Held;
using Tributary.Rounds.Reports;
using Tributary.Storage;
using Tributary.Storage.Aggregates;
using Tributary.Storage.Failures;
using Tributary.Storage.Held;
using Tributary.Storage.Items;
using Tributary.Storage.Ledger;
using Tributary.Storage.Messages;
using Tributary.Storage.Records;
using Tributary.Storage.Reminders;

namespace Tributary.Api;

/// <summary>The node behind the API: its intake of messages, its reads and its feed.</summary>
public sealed record ApiNode : INodeReadiness
{
    /// <summary>Takes single messages.</summary>
    public required IMessageDoor Intake { get; init; }

    /// <summary>Takes bulk loads, which give way to single messages.</summary>
    public required IMessageDoor BulkIntake { get; init; }

    public required IRoundGrains Grains { get; init; }

    public required IMessageReads Messages { get; init; }

    public required IItemReads Items { get; init; }

    public required IAggregateReads Aggregates { get; init; }

    public required IRecordReads Records { get; init; }

    public required IFailureReads Failures { get; init; }

    public required IReminderReads Reminders { get; init; }

    public required ILedgerReads Ledger { get; init; }

    /// <summary>Reads calls and reminders that this build cannot make.</summary>
    public required IHeldReads Held { get; init; }

    /// <summary>Reads the silos and the partitions.</summary>
    public required ClusterReader Cluster { get; init; }

    /// <summary>Has silos give their partitions.</summary>
    public required SiloCordons Cordons { get; init; }

    /// <summary>Makes a failed call again; null in a process without the role silo.</summary>
    public Func<Guid, Task<AgainResult>>? MakeAgain { get; init; }

    /// <summary>Retries and parks many failures at once.</summary>
    public FailedMessages Failed => field ??= new FailedMessages(Grains, Failures);

    /// <summary>The plugins, by name, each with the generation that readers see.</summary>
    public Func<IReadOnlyList<LivePlugin>> LivePlugins { get; init; } = static () => [];

    /// <summary>The states and counts of the plugins of this process, by name.</summary>
    public Func<IReadOnlyList<PluginStatus>> PluginStatuses { get; init; } = static () => [];

    /// <summary>
    /// The store's own check of a body, so that subscriptions and searches filter alike; throws the errors of a search.
    /// </summary>
    public required Func<BodyCondition, Func<ReadOnlyMemory<byte>, bool>> MatcherOf { get; init; }

    public required FeedTail Tail { get; init; }

    /// <summary>Reports changes by rounds of all silos; null in a process without the role silo.</summary>
    public NodeChanges? Changes { get; init; }

    /// <summary>
    /// The definitions that readers see: one snapshot, which a switch replaces. An answer takes one snapshot and uses
    /// no other.
    /// </summary>
    public required Func<LiveDefinitions> Live { get; init; }

    /// <summary>Builds and switches generations; null in a process that only reads.</summary>
    public IGenerationControl? Generations { get; init; }

    /// <summary>True while the node takes calls.</summary>
    public required Func<bool> IsReady { get; init; }

    /// <summary>
    /// The reason why no messages are taken now; null when they are, and in a process that only reads.
    /// </summary>
    public Func<TributaryException?> Refusal { get; init; } = static () => null;

    bool INodeReadiness.IsReady => IsReady();

    TributaryException? INodeReadiness.Refusal => Refusal();

    /// <summary>The database that cursors belong to.</summary>
    public Guid History => Tail.History;
}
