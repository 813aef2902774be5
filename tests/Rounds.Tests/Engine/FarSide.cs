using Microsoft.Extensions.Logging.Abstractions;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Partitions;
using Tributary.Storage.InMemory;
using static Tributary.Rounds.Tests.Engine.EngineRun;

namespace Tributary.Rounds.Tests.Engine;

/// <summary>A partition that another silo owns, with two grains of it.</summary>
internal static class FarSide
{
    public const string Far = "far";

    public static PartitionId Partition { get; } = new Partitioner(16).Of(new RoundGrainId("probe", Far));

    /// <summary>Another grain of the same partition.</summary>
    public static string Near { get; } = KeyLike("near");

    /// <summary>A key of the partition that begins with this text.</summary>
    public static string KeyLike(string text) => Enumerable.Range(0, 1_000).Select(number => $"{text} {number}")
        .First(key => new Partitioner(16).Of(new RoundGrainId("probe", key)) == Partition);

    /// <summary>A turn tells grains of the partition, which is elsewhere.</summary>
    public static async Task TellAsync(EngineRun run, Action<ProbeGrain> tell)
    {
        if (run.Host.IsHere(Partition))
            await run.Host.GiveAsync([Partition]);
        await run.Probe("a").Do(Script.Of(tell));
    }

    /// <summary>Another process over the same database, which owns the partition unless it is told not to.</summary>
    public static async Task<RoundEngine> StartAsync(
        EngineRun run, Action<ScriptedFaults>? fault = null, bool isTaking = true,
        Action<RoundOptions>? options = null)
    {
        var own = new RoundOptions
        {
            IsAlone = false, RetryDelay = run.Options.RetryDelay, Lease = run.Options.Lease,
            DeferredPollInterval = run.Options.DeferredPollInterval,
        };
        options?.Invoke(own);
        var faults = new ScriptedFaults();
        fault?.Invoke(faults);
        var host = new RoundEngine(
            own, new InMemoryStore(run.Database, faults), run.Types, run.Activities, run.World.Environment(),
            NullLogger<RoundEngine>.Instance);
        await host.StartAsync();
        await run.Host.GiveAsync([Partition]);
        if (isTaking)
            await host.TakeAsync([Partition]);
        return host;
    }
}
