using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Reports;

/// <summary>The silos of a database and its partitions, as one process sees them.</summary>
/// <param name="Silos">Those that are not declared dead, by their ids.</param>
/// <param name="Partitions">All partitions, by their numbers.</param>
public sealed record ClusterState(IReadOnlyList<SiloState> Silos, IReadOnlyList<PartitionPlace> Partitions);

/// <param name="Row">What the database knows of the silo.</param>
/// <param name="Report">What the silo says of itself; null when it does not answer.</param>
/// <param name="Silence">Why there is no report; null when there is one.</param>
public sealed record SiloState(LivingSilo Row, SiloReport? Report, string? Silence);

/// <param name="Silo">The owner; null when nobody owns the partition, or its owner was declared dead.</param>
/// <param name="WaitingRowsCount">Rows of calls that wait for the owner.</param>
public sealed record PartitionPlace(PartitionId Partition, SiloId? Silo, int WaitingRowsCount);

/// <summary>Puts together what the database knows, and what the silos say.</summary>
/// <param name="partitionCount">How many partitions the database has.</param>
/// <param name="ask">
/// Asks a silo for its report. A silo that does not answer is an exception, whose message says so.
/// </param>
public sealed class ClusterReader(
    ISiloRows rows, Func<int> partitionCount, Func<LivingSilo, CancellationToken, Task<SiloReport>> ask)
{
    /// <summary>Rows of calls that are counted at most, so that a look is cheap when very many wait.</summary>
    public const int MaxCountedRowsCount = 100_000;

    /// <exception cref="Storage.StoreException">The database does not answer.</exception>
    public async Task<ClusterState> ReadAsync(CancellationToken cancellation)
    {
        var living = await rows.ReadSilosAsync(cancellation);
        var asked = Task.WhenAll(living.Select(silo => AskAsync(silo, cancellation)));
        var owners = (await rows.ReadOwnersAsync(cancellation)).Where(static owner => !owner.IsDead)
            .ToDictionary(static owner => owner.Partition, static owner => owner.Silo);
        var waiting = (await rows.CountDeferredAsync(MaxCountedRowsCount, cancellation))
            .ToDictionary(static rows => rows.Partition, static rows => rows.Count);
        var partitions = Enumerable.Range(0, partitionCount()).Select(static id => new PartitionId(id))
            .Select(id => new PartitionPlace(
                id, owners.TryGetValue(id, out var silo) ? silo : null, waiting.GetValueOrDefault(id)));
        return new ClusterState(await asked, [.. partitions]);
    }

    /// <summary>What a silo says of itself.</summary>
    /// <exception cref="Exception">It does not answer.</exception>
    public Task<SiloReport> ReportOfAsync(LivingSilo silo, CancellationToken cancellation) => ask(silo, cancellation);

    private async Task<SiloState> AskAsync(LivingSilo silo, CancellationToken cancellation)
    {
        try
        {
            return new SiloState(silo, await ask(silo, cancellation), Silence: null);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            return new SiloState(silo, Report: null, error.Message);
        }
    }
}
