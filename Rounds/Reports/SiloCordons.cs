using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Reports;

/// <summary>
/// Has a silo give its partitions and own none while another silo can. The note stands in the silo's row, where all
/// silos read it; the silo itself moves its partitions, as when others join.
/// </summary>
/// <param name="own">The silo of this process; null in a process that is none.</param>
public sealed class SiloCordons(ISiloRows rows, Func<SiloId?> own)
{
    /// <summary>The silo of this process; null in a process that is none.</summary>
    public SiloId? Own => own();

    /// <summary>Cordons a silo, or ends that; repeated, it changes nothing.</summary>
    /// <exception cref="TributaryException"><c>silo_not_found</c>, <c>last_silo</c>, <c>silo_too_old</c>.</exception>
    /// <exception cref="Storage.StoreException">The database does not answer.</exception>
    public async Task CordonAsync(SiloId silo, bool isCordoned, CancellationToken cancellation)
    {
        switch (await rows.CordonAsync(silo, isCordoned, cancellation))
        {
            case CordonOutcome.NotFound:
                throw NotFound(silo);
            case CordonOutcome.LastSilo:
                throw new TributaryException(
                    "last_silo",
                    $"Silo {silo} is the last one that can own partitions: no other silo runs that is neither cordoned "
                    + "nor about to leave. Start another silo first, or uncordon one.");
            case CordonOutcome.EarlierVersion:
                throw new TributaryException(
                    "silo_too_old",
                    "A silo of an earlier version runs, which does not know of cordons: it would give the "
                    + "partitions back. Bring all silos to this version first.");
        }
    }

    public static TributaryException NotFound(SiloId silo) => new(
        "silo_not_found", $"There is no silo {silo}: it has ended, or never was. GET /api/v1/cluster lists the silos.");
}
