using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Services;
using Orleans.Services;
using Tributary.Feed;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Reports;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Orleans.Silos;

/// <summary>What one silo says of itself, reached by its address.</summary>
[Alias("tributary.silo-reports")]
internal interface ISiloReports : IGrainService
{
    [Alias("Read")]
    Task<SiloReport> Read();
}

/// <inheritdoc cref="ISiloReports"/>
[Reentrant]
internal sealed class SiloReports(
    GrainId id, Silo silo, ILoggerFactory loggers, RoundEngine engine, MoveLog moves, IServiceProvider services)
    : GrainService(id, silo, loggers), ISiloReports
{
    public Task<SiloReport> Read() => Task.FromResult(Of(engine, moves, services));

    /// <summary>The report of the silo of this process.</summary>
    /// <param name="services">May have a feed.</param>
    public static SiloReport Of(RoundEngine engine, MoveLog moves, IServiceProvider services)
    {
        var rounds = engine.Figures;
        return new SiloReport(
            rounds.PerSecond, rounds.CommitMs, engine.WaitingCount, engine.ActivityCount, engine.PartitionsCount,
            services.GetService<FeedTail>()?.LastLag?.TotalMilliseconds, moves.Read());
    }
}

/// <summary>References to the reports of silos.</summary>
internal sealed class SiloReportsClient(IServiceProvider services) : GrainServiceClient<ISiloReports>(services)
{
    public ISiloReports At(SiloAddress silo) => GetGrainService(silo);
}

/// <summary>The view of the whole cluster from a silo of it.</summary>
public static class ClusterView
{
    /// <summary>How long a silo may take to answer; then it is shown as one that does not.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    /// <param name="services">Of a silo with round grains.</param>
    public static ClusterReader NewClusterReader(this IServiceProvider services)
    {
        var engine = services.GetRequiredService<RoundEngine>();
        return new ClusterReader(
            engine.Rows, () => engine.Facts.PartitionCount,
            (silo, cancellation) => AskAsync(services, engine, silo, cancellation));
    }

    /// <param name="services">Of a silo with round grains.</param>
    public static SiloCordons NewSiloCordons(this IServiceProvider services)
    {
        var engine = services.GetRequiredService<RoundEngine>();
        return new SiloCordons(engine.Rows, () => engine.Silo);
    }

    private static async Task<SiloReport> AskAsync(
        IServiceProvider services, RoundEngine engine, LivingSilo silo, CancellationToken cancellation)
    {
        if (silo.Silo == engine.Silo)
            return SiloReports.Of(engine, services.GetRequiredService<MoveLog>(), services);
        // A silo that was alone has no address of Orleans.
        if (SiloAddresses.TryParse(silo.Address) is not { } address)
            throw new InvalidOperationException("It is not in a cluster.");
        try
        {
            var reports = services.GetRequiredService<SiloReportsClient>().At(address);
            return await reports.Read().WaitAsync(MaxWait, cancellation);
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"It did not answer within {MaxWait.TotalSeconds:0} s.", error);
        }
    }
}
