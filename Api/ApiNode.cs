using Tributary.Api.Health;
using Tributary.Api.Processing;
using Tributary.Feed;
using Tributary.Pipeline.Generations;
using Tributary.Pipeline.Intake;
using Tributary.Pipeline.Plugins;
using Tributary.Pipeline.Processing;
using Tributary.Pipeline.Reading;
using Tributary.Rounds.Held;
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

/// <summary>What the API serves: one node's door for messages, its reads and its feed.</summary>
public sealed class ApiNode : INodeReadiness
{
    /// <summary>The door for single messages.</summary>
    public required MessageIntake Intake { get; init; }

    /// <summary>The door for loads of many messages, which give way to single ones.</summary>
    public required MessageIntake BulkIntake { get; init; }

    public required IRoundGrains Grains { get; init; }

    public required IMessageReads Messages { get; init; }

    public required IItemReads Items { get; init; }

    public required IAggregateReads Aggregates { get; init; }

    public required IRecordReads Records { get; init; }

    public required IFailureReads Failures { get; init; }

    public required IReminderReads Reminders { get; init; }

    public required ILedgerReads Ledger { get; init; }

    /// <summary>Reads of what this build cannot make.</summary>
    public required IHeldReads Held { get; init; }

    /// <summary>Makes a failed call again; null in a process without the role silo.</summary>
    public Func<Guid, Task<AgainResult>>? MakeAgain { get; init; }

    /// <summary>What can be done about many failures at once.</summary>
    public FailedMessages Failed => field ??= new FailedMessages(Grains, Failures);

    /// <summary>The plugins and which of their generations is read, in the order of their names.</summary>
    public Func<IReadOnlyList<LivePlugin>> LivePlugins { get; init; } = static () => [];

    /// <summary>How the plugins of this process do, in the order of their names.</summary>
    public Func<IReadOnlyList<PluginStatus>> PluginStatuses { get; init; } = static () => [];

    /// <summary>
    /// The store's own check of a body, so that subscriptions filter as searches do; may throw what a search would.
    /// </summary>
    public required Func<BodyCondition, Func<ReadOnlyMemory<byte>, bool>> MatcherOf { get; init; }

    public required FeedTail Tail { get; init; }

    /// <summary>Tells what the rounds of this process change; null in a process without the role silo.</summary>
    public ChangeWatch? Changes { get; init; }

    /// <summary>
    /// The definitions that readers see: one snapshot, which a switch replaces. Who takes it uses one for the whole of
    /// an answer.
    /// </summary>
    public required Func<LiveDefinitions> Live { get; init; }

    /// <summary>Builds and switches generations; null in a process that only reads.</summary>
    public GenerationControl? Generations { get; init; }

    /// <summary>True while calls are taken.</summary>
    public required Func<bool> IsReady { get; init; }

    /// <summary>Why nothing can be stored at the moment; null when it can, and in a process that only reads.</summary>
    public Func<StoreException?> Refusal { get; init; } = static () => null;

    bool INodeReadiness.IsReady => IsReady();

    StoreException? INodeReadiness.Refusal => Refusal();

    /// <summary>The database that cursors belong to.</summary>
    public Guid History => Tail.History;
}
