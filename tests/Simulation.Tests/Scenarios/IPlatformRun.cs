using Tributary.Storage.InMemory;
using Tributary.Storage.Ledger;
using Tributary.TestingHost.Simulation;

namespace Tributary.Simulation.Tests.Scenarios;

/// <summary>A run whose clients use the grains of the platform, in one silo or in several.</summary>
public interface IPlatformRun
{
    SimulationWorld World { get; }

    InMemoryDatabase Database { get; }

    /// <summary>What producers of items were told.</summary>
    ItemPromises Items { get; }

    /// <summary>What senders of parcels were told.</summary>
    ParcelPromises Parcels { get; }

    /// <summary>The answer to a call; null when there was none, and nothing is known of the call.</summary>
    Task<Answered<T>?> AskAsync<T>(Func<IRoundGrains, ValueTask<T>> ask);

    /// <summary>The ledger and a recount of one moment; null when the store does not answer.</summary>
    Task<LedgerReport?> ReadLedgerAsync();
}
