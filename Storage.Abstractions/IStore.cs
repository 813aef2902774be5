using Tributary.Storage.Aggregates;
using Tributary.Storage.Deliveries;
using Tributary.Storage.ExternalIds;
using Tributary.Storage.Failures;
using Tributary.Storage.Folds;
using Tributary.Storage.Generations;
using Tributary.Storage.GrainStates;
using Tributary.Storage.Items;
using Tributary.Storage.Ledger;
using Tributary.Storage.Messages;
using Tributary.Storage.PluginTables;
using Tributary.Storage.Records;
using Tributary.Storage.Reminders;
using Tributary.Storage.Rounds;

namespace Tributary.Storage;

/// <summary>
/// A database with all that it can be asked for: the engine's contract, and one contract per idea for its readers. The
/// properties are known once the store is open.
/// </summary>
public interface IStore : IPartitionStore
{
    IMessageReads Messages { get; }

    IItemReads Items { get; }

    IAggregateReads Aggregates { get; }

    IRecordReads Records { get; }

    IFailureReads Failures { get; }

    IReminderReads Reminders { get; }

    ILedgerReads Ledger { get; }

    IGenerations Generations { get; }

    IExternalIds ExternalIds { get; }

    IDeliveryStarts DeliveryStarts { get; }

    IFolds Folds { get; }

    IPluginTables PluginTables { get; }

    IGrainStates GrainStates { get; }

    IGrainReminders GrainReminders { get; }
}
